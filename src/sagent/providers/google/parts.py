"""Our parts as Google's, one by one: what a user says, what Google said itself, what another model said."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from sagent.errors import SessionError
from sagent.messages.words import plain
from sagent.providers.sendable import base64, sendable, sendable_object
from sagent.providers.wording import Read
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking
from sagent.schema.wire import google as wire

File: TypeAlias = Image | Document | Audio
"""What is bytes of a known kind."""

SEEN: Final[Mapping[str, str]] = {
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "image/webp": "image/webp",
    "application/pdf": "application/pdf",
    "audio/wav": "audio/wav",
    "audio/mpeg": "audio/mp3",
    "audio/ogg": "audio/ogg",
    "audio/flac": "audio/flac",
}
"""Our media types that Gemini reads, and what it calls them (Google's documentation of vision and audio)."""

NESTED: Final = frozenset(("image/png", "image/jpeg", "image/webp", "application/pdf"))
"""Those that it also reads inside a function response (Gemini 3 on)."""


def spoken_part(part: Part, read: Read) -> wire.Part | None:
    """A part of a prompt; None where nothing is left of it."""
    match part:
        case Image() | Document() | Audio() if part.descriptor in SEEN:
            return file_part(part, read)
        case Text() | ErrorText() | Data() | Image() | Document() | Audio() | Foreign():
            return text_part(plain(part))
        case Thinking():
            return None


def own_part(part: ResponsePart, read: Read) -> wire.Part | None:
    """A part of Google's own response, just as it came; None for an empty one, and for what we said of it."""
    match part:
        case Text():
            return {"text": part.content} if part.content else None
        case ErrorText():
            return None
        case Thinking() if part.signature:
            return {"text": part.content, "thought": True, "thoughtSignature": part.signature}
        case Thinking():
            return {"text": part.content, "thought": True} if part.content else None
        case ToolCall():
            return call_part(part, part.vendor_id)
        case Image() | Document() | Audio() if part.descriptor in SEEN:
            return {"inlineData": {"mimeType": part.descriptor, "data": base64(part.content, read)}}
        case Image() | Document() | Audio():
            return text_part(plain(part))  # Gemini does not read all that it may have drawn
        case Foreign():
            return {"inlineData": {"mimeType": part.media_type, "data": base64(part.content, read)}}
        case Data():
            return {"text": plain(part)}


def retold_part(part: ResponsePart, *, named: bool) -> wire.Part | None:
    """A part of a response that another model gave: visible text and calls, no thoughts."""
    match part:
        case Thinking() | ErrorText():
            return None
        case ToolCall():
            return call_part(part, part.call_id if named else "")
        case Text() | Data() | Image() | Document() | Audio() | Foreign():
            return text_part(plain(part))


def call_part(call: ToolCall, call_id: str) -> wire.Part:
    """A call, with an id if there is one."""
    said: wire.FunctionCall = {"name": call.tool, "args": sendable_object(call.content)}
    return {"functionCall": {"id": call_id, **said} if call_id else said}


def text_part(text: str) -> wire.Part | None:
    """Some text; None for the empty one, which is refused."""
    return {"text": sendable(text)} if text else None


def file_part(part: File, read: Read) -> wire.Part:
    """A file's bytes, or where they are gone words that say so: a lost file must not end a conversation."""
    try:
        data = base64(part.content, read)
    except SessionError as error:
        return {"text": f"{plain(part)} (its bytes are gone: {error})"}
    return (
        {"inlineData": {"mimeType": SEEN[part.descriptor], "data": data}} if data else {"text": plain(part)}
    )


def outcome(content: Sequence[Part], *, failed: bool, aside: Iterable[Part] = ()) -> Mapping[str, object]:
    """What came of a call, as the object that Google wants; the parts in `aside` are sent beside it."""
    left = [part for part in content if part not in aside and not isinstance(part, Thinking)]
    if len(left) == 1 and isinstance(left[0], Data) and not failed:
        return sendable_object({"output": left[0].content})
    text = sendable("\n".join(words for words in map(plain, left) if words))
    return {"error" if failed else "output": text if text.strip() else "(no tool output)"}

"""Our parts as blocks, one by one: what a user says, what the model said, what another model said."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from sagent.atoms import CallId
from sagent.errors import SessionError
from sagent.messages.words import plain
from sagent.providers.sendable import base64, sendable, sendable_object
from sagent.providers.wording import Read
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking
from sagent.schema.wire import anthropic as wire

NOTHING: Final = "(no tool output)"
"""What a model is told of a tool that said nothing: an empty text is refused."""

ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What a call's id may be."""


def spoken_block(part: Part, read: Read) -> wire.OutcomeBlock | None:
    """A part of a prompt or of an outcome; None where nothing is left of it."""
    match part:
        case Image() | Document():
            return _file_block(part, read)
        case Text() | ErrorText() | Data() | Audio() | Foreign():
            return text_block(plain(part))
        case Thinking():
            return None


def own_block(part: ResponsePart, *, signs: bool) -> wire.Block | None:
    """A part of the model's own response, just as it came; None for what it would not take back."""
    match part:
        case Thinking() if part.signature or (part.content and not signs):
            return {"type": "thinking", "thinking": part.content, "signature": part.signature}
        case Thinking() | ErrorText():
            return None
        case ToolCall():
            return call_block(part, part.vendor_id or part.call_id)
        case Text():
            return {"type": "text", "text": part.content} if part.content.strip() else None
        case Data() | Image() | Document() | Audio() | Foreign():
            return text_block(plain(part))


def retold_block(part: ResponsePart, call_id: str) -> wire.Block | None:
    """A part of a response that another model gave: visible text and calls, no thoughts."""
    match part:
        case Thinking() | ErrorText():
            return None
        case ToolCall():
            return call_block(part, call_id)
        case Text() | Data() | Image() | Document() | Audio() | Foreign():
            return text_block(plain(part))


def call_block(call: ToolCall, call_id: str) -> wire.CallBlock:
    """A call under this id."""
    return {"type": "tool_use", "id": call_id, "name": call.tool, "input": sendable_object(call.content)}


def text_block(text: str) -> wire.TextBlock | None:
    """Some text; None for blank ones, which are refused."""
    words = sendable(text)
    return {"type": "text", "text": words} if words.strip() else None


def _file_block(part: Image | Document, read: Read) -> wire.OutcomeBlock:
    """A file's bytes, or where they are gone words that say so: a lost file must not end a conversation."""
    try:
        data = base64(part.content, read)
    except SessionError as error:
        return {"type": "text", "text": f"{plain(part)} (its bytes are gone: {error})"}
    if not data:
        return {"type": "text", "text": plain(part)}
    source: wire.Source = {"type": "base64", "media_type": part.descriptor, "data": data}
    if isinstance(part, Document):
        return {"type": "document", "source": source}
    return {"type": "image", "source": source}


def outcome(
    content: Sequence[Part], read: Read, *, failed: bool
) -> tuple[Sequence[wire.OutcomeBlock], Sequence[wire.OutcomeBlock]]:
    """What came of a call, and the files that have to stand behind all results: those of a failed one."""
    inside: list[wire.OutcomeBlock] = []
    aside: list[wire.OutcomeBlock] = []
    words: list[str] = []
    for part in content:
        block = spoken_block(part, read)
        if block is None:
            continue
        if block["type"] == "text":
            words.append(block["text"])
            continue
        if failed:
            aside.append(block)
            continue
        _end_run(words, inside)
        inside.append(block)
    _end_run(words, inside)
    return inside or ({"type": "text", "text": NOTHING},), aside


def _end_run(words: list[str], blocks: list[wire.OutcomeBlock]) -> None:
    """Texts in a row are one text."""
    if words:
        blocks.append({"type": "text", "text": "\n".join(words)})
        words.clear()


def call_name(call_id: CallId, taken: set[str]) -> str:
    """What a call is called here: always the same for the same history, legal, and nobody else's."""
    name = (
        call_id
        if ID.fullmatch(call_id)
        else f"call_{blake2b(call_id.encode(errors='replace'), digest_size=12).hexdigest()}"
    )
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name[:56]}_{number}"
    return unique

"""Our parts as this wire's: what a user says, what came of a call."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeGuard

from sagent.errors import SessionError
from sagent.messages.words import plain
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.sendable import base64, sendable
from sagent.providers.wording import Read
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking
from sagent.schema.wire import openai_chat as wire

SILENT: Final = "(no tool output)"
"""What is said for a tool that said nothing: an empty text is refused."""


def spoken_parts(content: Sequence[Part], manners: Manners, read: Read) -> Iterator[wire.ContentPart]:
    """The parts of a prompt; those of which nothing is left are left out."""
    for part in content:
        match part:
            case Image() | Document() if is_seen(part, manners):
                yield file_part(part, read)
            case Text() | ErrorText() | Data() | Image() | Document() | Audio() | Foreign():
                if text := plain(part):
                    yield {"type": "text", "text": sendable(text)}
            case Thinking():
                pass


def is_seen(part: Part, manners: Manners) -> TypeGuard[Image | Document]:
    """Whether the model is shown the file itself."""
    files = manners.files
    return (isinstance(part, Image) and bool(files.pictures)) or (
        isinstance(part, Document) and files.documents
    )


def file_part(part: Image | Document, read: Read) -> wire.ContentPart:
    """A file's bytes, or where they are gone words that say so: a lost file must not end a conversation."""
    try:
        data = base64(part.content, read)
    except SessionError as error:
        return {"type": "text", "text": sendable(f"{plain(part)} (its bytes are gone: {error})")}
    if not data:
        return {"type": "text", "text": plain(part)}
    url = f"data:{part.descriptor};base64,{data}"
    if isinstance(part, Document):
        return {"type": "file", "file": {"filename": "document.pdf", "file_data": url}}
    return {"type": "image_url", "image_url": {"url": url}}


def outcome(content: Sequence[Part], manners: Manners, *, failed: bool) -> str:
    """What came of a call, in words: a tool's message holds nothing else, and has no mark for failures."""
    words: list[str] = []
    for part in content:
        if isinstance(part, Text):
            words.append(part.content)
        elif not isinstance(part, Thinking):
            words.append(f"{plain(part)} (shown below)" if is_seen(part, manners) else plain(part))
    text = sendable("\n".join(filter(None, words)))
    if not text.strip():
        text = ""
    if failed and not text.lower().startswith("error"):
        text = f"Error: {text or 'it failed, and nobody said why'}"
    return text or SILENT

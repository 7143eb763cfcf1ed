"""Our parts as items and their pieces: what a user says, what a call brought, what another model said."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from sagent.errors import SessionError
from sagent.lib.json import is_object, json_text
from sagent.messages.words import plain
from sagent.providers.openai_responses.reading import WORDS
from sagent.providers.sendable import base64, sendable
from sagent.providers.wording import Read
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking
from sagent.schema.wire import openai_responses as wire

File: TypeAlias = Image | Document
"""What OpenAI's models see: pictures of all our kinds (a moving one at its first frame), and PDF."""

NOTHING: Final = "(no tool output)"
"""Stands where a call brought nothing."""

FAILED: Final = "Error: "
"""Stands before what a failed call brought, unless that says so itself: this wire has no flag for it."""


NEEDED: Final[Mapping[str, Mapping[str, object]]] = {
    "message": {"role": "assistant", "content": ()},
    "function_call": {"arguments": "{}"},
    "reasoning": {"summary": ()},
}
"""What an item of the model's must have to be taken back, and what that is where nothing came."""


def whole_item(item: Mapping[str, object]) -> Mapping[str, object]:
    """An item as it is taken back: what is null in it is absent, and what must be there is there.

    Kinds that are not listed go back as they came: of some of them, nulls are wanted.
    """
    needed = NEEDED.get(str(item.get("type")))
    if needed is None:
        return item
    whole = _filled(item)
    for key, nothing in needed.items():
        whole.setdefault(key, nothing)
    return {key: _whole_pieces(value) if isinstance(value, list) else value for key, value in whole.items()}


def _whole_pieces(pieces: Sequence[object]) -> Sequence[object]:
    return [_whole_piece(piece) if is_object(piece) else piece for piece in pieces]


def _whole_piece(piece: Mapping[str, object]) -> Mapping[str, object]:
    whole = _filled(piece)
    word = WORDS.get(str(piece.get("type")))
    if word is None:
        return whole
    said = whole.get(word, "")
    return {**whole, word: sendable(said) if isinstance(said, str) else said}


def _filled(value: Mapping[str, object]) -> dict[str, object]:
    return {key: member for key, member in value.items() if member is not None}


def message(parts: Sequence[Part], read: Read) -> wire.Item | None:
    """What a user says; None where nothing is left of it."""
    content = [piece for part in parts if (piece := _piece(part, read))]
    return {"role": "user", "content": content} if content else None


def outcome(call_id: str, content: Sequence[Part], read: Read, *, failed: bool) -> wire.Item:
    """What came of a call: a string, or pieces where there are files among it."""
    output: str | Sequence[wire.Content]
    if any(isinstance(part, Image | Document) for part in content):
        output = [piece for part in content if (piece := _piece(part, read))]
        if failed:
            output = [{"type": "input_text", "text": FAILED.strip()}, *output]
    else:
        words = [plain(part) for part in content if not isinstance(part, Thinking)]
        text = sendable("\n".join(word for word in words if word))
        text = text if text.strip() else NOTHING
        output = FAILED + text if failed and not text.lower().startswith("error") else text
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def retold(part: ResponsePart, call_id: str) -> wire.Item | None:
    """A part of a response as any model can be told it: visible text and calls, no thoughts, no item ids."""
    match part:
        case Thinking() | ErrorText():
            return None
        case ToolCall():
            return {
                "type": "function_call",
                "call_id": call_id,
                "name": part.tool,
                "arguments": sendable(json_text(part.content)),
            }
        case Text() | Data() | Image() | Document() | Audio() | Foreign():
            text = plain(part)
            # The type may be left out, says OpenAI; llama.cpp wants it where an assistant speaks.
            return {"type": "message", "role": "assistant", "content": sendable(text)} if text else None


def _piece(part: Part, read: Read) -> wire.Content | None:
    match part:
        case Image() | Document():
            return _file(part, read)
        case Text() | ErrorText() | Data() | Audio() | Foreign():
            text = plain(part)
            return {"type": "input_text", "text": sendable(text)} if text else None
        case Thinking():
            return None


def _file(part: File, read: Read) -> wire.Content:
    """A file's bytes, or where they are gone words that say so: a lost file must not end a conversation."""
    try:
        data = base64(part.content, read)
    except SessionError as error:
        return {"type": "input_text", "text": sendable(f"{plain(part)} (its bytes are gone: {error})")}
    if not data:
        return {"type": "input_text", "text": plain(part)}
    address = f"data:{part.descriptor};base64,{data}"
    if isinstance(part, Image):
        return {"type": "input_image", "detail": "auto", "image_url": address}
    return {"type": "input_file", "filename": "document.pdf", "file_data": address}

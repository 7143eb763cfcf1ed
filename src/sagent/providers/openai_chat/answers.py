"""A model's answer as a message: as it came, and as it goes back to it or to another model."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from sagent.lib.json import is_object, json_text
from sagent.messages.words import plain
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.sendable import sendable, sendable_arguments, sendable_object
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Text, Thinking
from sagent.schema.wire import openai_chat as wire

REASONING: Final = ("reasoning_content", "reasoning")
"""What thoughts are called, here or there."""


def own_message(content: Sequence[ResponsePart], manners: Manners) -> dict[str, object]:
    """The message that a model of this wire must have sent, if nothing else was in it."""
    thought = "".join(part.content for part in content if isinstance(part, Thinking))
    text = "".join(part.content for part in content if isinstance(part, Text))
    calls = [
        call_piece(part.vendor_id, part.tool, json_text(part.content))
        for part in content
        if isinstance(part, ToolCall)
    ]
    message: dict[str, object] = {"role": "assistant"}
    if thought:
        message[manners.reasoning] = thought
    if text:
        message["content"] = text
    if calls:
        message["tool_calls"] = calls
    return message


def replayed(
    message: Mapping[str, object], calls: Sequence[ToolCall], ids: Sequence[str], manners: Manners
) -> dict[str, object] | None:
    """A message that goes back to whom it came from; None where nothing but thoughts is left of it.

    Arguments that are no JSON object would break the chat template of many a server: they go back empty,
    and what came of the call says what they were.
    """
    content = message.get("content")
    if not calls and not _says(content):
        return None
    went: dict[str, object] = {"role": "assistant", **_thoughts(message, manners)}
    went |= {key: message[key] for key in manners.kept if key in message}
    if content:
        went["content"] = content
    if calls:
        pieces = message.get("tool_calls")
        went["tool_calls"] = [
            _again(piece, call, call_id)
            for piece, call, call_id in zip(
                pieces if isinstance(pieces, Sequence) else (), calls, ids, strict=True
            )
        ]
    return finished(went, manners)


def retold(
    content: Sequence[ResponsePart], calls: Sequence[ToolCall], ids: Sequence[str], manners: Manners
) -> dict[str, object] | None:
    """What another model is told of a response: visible text and calls; None where neither is left."""
    text = sendable("".join(_words(part) for part in content))
    message: dict[str, object] = {"role": "assistant"}
    if text:
        message["content"] = text
    if calls:
        message["tool_calls"] = [
            call_piece(call_id, call.tool, json_text(sendable_object(call.content)))
            for call, call_id in zip(calls, ids, strict=True)
        ]
    return finished(message, manners) if len(message) > 1 else None


def finished(message: dict[str, object], manners: Manners) -> dict[str, object]:
    """The message with what the server wants in each: thoughts, and something for its text."""
    if manners.reasoning_filler and not any(message.get(key) for key in (*REASONING, "reasoning_details")):
        message[manners.reasoning] = manners.reasoning_filler
    if "content" not in message and manners.empty_content != "absent":
        message["content"] = None if manners.empty_content == "null" else ""
    return message


def call_piece(call_id: str, name: str, arguments: str) -> wire.Call:
    """A call of a function."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def fitted(call_id: str, manners: Manners, salt: str = "") -> str:
    """The id itself if it is fit for the wire, else a short one that is always the same for it."""
    length = manners.call_id_length
    if not salt and not manners.call_id_exact and len(call_id) <= length:
        return call_id
    digest = sha256(f"{call_id}{salt}".encode()).hexdigest()
    return digest[:length] if manners.call_id_exact else f"{call_id[: max(0, length - 17)]}_{digest}"[:length]


def _thoughts(message: Mapping[str, object], manners: Manners) -> Mapping[str, object]:
    came = {key: message[key] for key in (*REASONING, "reasoning_details") if key in message}
    match manners.reasoning_back:
        case "as it came":
            return came
        case "renamed":
            text = next((came[key] for key in REASONING if key in came), None)
            return {manners.reasoning: text} if text else {}
        case "never":
            return {}


def _says(content: object) -> bool:
    """Whether there is more in what came as the content than thoughts (Mistral puts them there)."""
    if isinstance(content, Sequence) and not isinstance(content, str):
        return any(not is_object(part) or part.get("type") != "thinking" for part in content)
    return bool(content)


def _again(piece: object, call: ToolCall, call_id: str) -> Mapping[str, object]:
    """A call as it came, but for an id that could not tell it apart and arguments that cannot be sent."""
    came = piece if is_object(piece) else {}
    function = came.get("function")
    function = dict(function) if is_object(function) else {}
    arguments = function.get("arguments")
    if call.raw:
        function["arguments"] = "{}"
    elif isinstance(arguments, str):
        function["arguments"] = sendable_arguments(arguments)
    return {**came, "id": call_id, "function": function}


def _words(part: ResponsePart) -> str:
    match part:
        case Text():
            return part.content
        case Thinking() | ErrorText() | ToolCall():
            return ""
        case Data() | Image() | Document() | Audio() | Foreign():
            return f"\n{plain(part)}\n"

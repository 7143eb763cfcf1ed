"""What comes over this wire, read as its types; whatever does not fit is named by its place."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeGuard

from sagent.errors import BadAnswer
from sagent.providers.hearing import event_of, integer
from sagent.schema.wire import anthropic as wire

WORDS: Final[Mapping[str, str]] = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "input_json_delta": "partial_json",
}
"""What is a string in each kind of delta that is read."""

BLOCKS: Final[Mapping[str, Sequence[str]]] = {
    "text": ("text",),
    "thinking": ("thinking", "signature"),
    "tool_use": ("id", "name"),
}
"""What is a string in each kind of block that is read."""


def event(data: str, vendor: str) -> wire.Event:
    """One event of a stream, or a whole answer.

    Raises:
        BadAnswer: it is not one.
    """
    value = event_of(data, vendor)
    if is_event(value):
        return value
    raise BadAnswer(f"{vendor} sent an event that cannot be read: {misfit(value)}")


def is_event(value: object) -> TypeGuard[wire.Event]:
    """Whether all that is read of an event has the type that it should have."""
    return not misfit(value)


def misfit(value: object) -> str:
    """Where an event is not what it should be; what nobody reads is not looked at."""
    if not isinstance(value, dict):
        return "at $: expected an object"
    kind = value.get("type")
    if kind == "content_block_delta":
        return _index(value) or _delta(value.get("delta"))
    if kind == "content_block_start":
        return _index(value) or (
            f"at $.content_block{wrong}" if (wrong := _block(value.get("content_block"))) else ""
        )
    if kind == "message_start":
        return f"at $.message{wrong}" if (wrong := _answer(value.get("message"))) else ""
    if kind == "message_delta":
        return f"at $.delta{wrong}" if (wrong := _stop(value.get("delta") or {})) else ""
    return f"at ${wrong}" if kind == "message" and (wrong := _answer(value)) else ""


def _index(event: Mapping[str, object]) -> str:
    index = event.get("index")
    return "" if isinstance(index, int) or integer(index) is not None else "at $.index: expected an integer"


def _delta(delta: object) -> str:
    if not isinstance(delta, dict):
        return "at $.delta: expected an object"
    kind = delta.get("type")
    word = WORDS.get(kind) if isinstance(kind, str) else None
    if word is None or isinstance(delta.get(word) or "", str):
        return ""
    return f"at $.delta.{word}: expected a string"


def _stop(told: object) -> str:
    if not isinstance(told, dict):
        return ": expected an object"
    return "" if isinstance(told.get("stop_reason") or "", str) else ".stop_reason: expected a string"


def _answer(answer: object) -> str:
    if wrong := _stop(answer):
        return wrong
    content = answer.get("content") if isinstance(answer, dict) else None
    if content is None:
        return ""
    if not isinstance(content, list):
        return ".content: expected an array"
    for index, block in enumerate(content):
        if wrong := _block(block):
            return f".content[{index}]{wrong}"
    return ""


def _block(block: object) -> str:
    if not isinstance(block, dict):
        return ": expected an object"
    kind = block.get("type")
    if not isinstance(kind, str):
        return ".type: expected a string"
    for key in BLOCKS.get(kind, ()):
        if not isinstance(block.get(key) or "", str):
            return f".{key}: expected a string"
    if kind == "tool_use" and not isinstance(block.get("input") or {}, dict):
        return ".input: expected an object"
    return ""

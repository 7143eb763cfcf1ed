"""What comes over this wire, read as its types; whatever does not fit is named by its place."""

from typing import Final, TypeGuard

from sagent.errors import BadAnswer
from sagent.providers.hearing import event_of
from sagent.schema.wire import anthropic as wire

WORDS: Final = frozenset(
    ("type", "text", "thinking", "signature", "partial_json", "content", "stop_reason", "stop_sequence")
)
"""What is a string wherever it stands in a delta."""


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
    delta = value.get("delta")
    if delta is not None and (wrong := _delta(delta)):
        return f"at $.delta{wrong}"
    kind = value.get("type")
    if kind == "content_block_delta":
        if delta is None:
            return "at $.delta: expected an object"
        return "" if isinstance(value.get("index"), int) else "at $.index: expected an integer"
    if kind is not None and not isinstance(kind, str):
        return "at $.type: expected a string"
    if kind == "content_block_start":
        if not isinstance(value.get("index"), int):
            return "at $.index: expected an integer"
        return f"at $.content_block{wrong}" if (wrong := _block(value.get("content_block"))) else ""
    if kind == "message_start":
        return f"at $.message{wrong}" if (wrong := _answer(value.get("message"))) else ""
    if kind == "message":
        return f"at ${wrong}" if (wrong := _answer(value)) else ""
    return ""


def _delta(delta: object) -> str:
    if not isinstance(delta, dict):
        return ": expected an object"
    for key, value in delta.items():
        if key in WORDS and not isinstance(value, str) and value is not None:
            return f".{key}: expected a string"
    if not isinstance(delta.get("citation") or {}, dict):
        return ".citation: expected an object"
    return "" if isinstance(delta.get("stop_details") or {}, dict) else ".stop_details: expected an object"


def _answer(answer: object) -> str:
    if not isinstance(answer, dict):
        return ": expected an object"
    for key in ("model", "stop_reason"):
        if not isinstance(answer.get(key) or "", str):
            return f".{key}: expected a string"
    if not isinstance(answer.get("stop_details") or {}, dict):
        return ".stop_details: expected an object"
    content = answer.get("content")
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
    if not isinstance(block.get("type"), str):
        return ".type: expected a string"
    for key in ("text", "thinking", "signature", "id", "name"):
        if not isinstance(block.get(key) or "", str):
            return f".{key}: expected a string"
    if block["type"] == "tool_use" and not isinstance(block.get("input") or {}, dict):
        return ".input: expected an object"
    return "" if isinstance(block.get("citations") or [], list) else ".citations: expected an array"

"""What comes over the wire, read as its types; whatever does not fit is named by its place."""

from collections.abc import Mapping
from typing import Final, TypeGuard

from sagent.errors import BadAnswer
from sagent.providers.hearing import integer
from sagent.schema.wire import openai_chat as wire

PLAIN: Final = frozenset(
    ("id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier")
)
"""What stands in an event that brings words, and is known by the events before it, or nobody's business."""

CHOICE: Final = frozenset(("index", "delta", "finish_reason", "logprobs"))

USUAL: Final = frozenset(("role", "content", "reasoning_content", "reasoning", "tool_calls"))
"""What stands in nearly every message."""

EVENT: Final = frozenset(wire.Response.__annotations__)
MESSAGE: Final = frozenset(wire.Delta.__annotations__)


def words(value: object) -> str:
    """The words of an event that brings nothing else; empty for any other event."""
    if not isinstance(value, dict) or not value.keys() <= PLAIN or value.get("usage"):
        return ""
    choices = value.get("choices")
    choice = choices[0] if isinstance(choices, list) and len(choices) == 1 else None
    if not isinstance(choice, dict) or not choice.keys() <= CHOICE:
        return ""
    delta = choice.get("delta")
    if not isinstance(delta, dict) or len(delta) != 1 or choice.get("finish_reason") or choice.get("index"):
        return ""
    text = delta.get("content")
    return text if isinstance(text, str) else ""


def response(value: object, vendor: str) -> wire.Response:
    """One event of a stream, or a whole answer, as its types.

    Raises:
        BadAnswer: it is not one.
    """
    if is_response(value):
        return value
    raise BadAnswer(f"{vendor} sent an event that cannot be read: {misfit(value)}")


def is_response(value: object) -> TypeGuard[wire.Response]:
    """Whether all that is read of an answer has the type that it should have."""
    return not misfit(value)


def misfit(value: object) -> str:
    """Where an answer is not what it should be; what nobody reads is not looked at."""
    if not isinstance(value, dict):
        return "at $: expected an object"
    choices = value.get("choices")
    if choices is not None:
        if not isinstance(choices, list):
            return "at $.choices: expected an array"
        for index, choice in enumerate(choices):
            if wrong := _choice(choice):
                return f"at $.choices[{index}]{wrong}"
    return ""


def _choice(choice: object) -> str:
    if not isinstance(choice, dict):
        return ": expected an object"
    if "delta" in choice and (wrong := _message(choice["delta"])):
        return f".delta{wrong}"
    if "message" in choice and (wrong := _message(choice["message"])):
        return f".message{wrong}"
    if not isinstance(choice.get("finish_reason") or "", str):
        return ".finish_reason: expected a string"
    return "" if integer(choice.get("index") or 0) is not None else ".index: expected an integer"


def _message(message: object) -> str:
    if message is None:
        return ""
    if not isinstance(message, dict):
        return ": expected an object"
    content = message.get("content")
    if isinstance(content, str):
        if len(message) == 1 or (len(message) == 2 and "role" in message):
            return ""
    elif isinstance(content, list):
        for index, part in enumerate(content):
            if wrong := _part(part):
                return f".content[{index}]{wrong}"
    elif not (content is None or isinstance(content, dict)):
        return ".content: expected a string"
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        return ".tool_calls: expected an array"
    for index, call in enumerate(calls):
        if wrong := _call(call):
            return f".tool_calls[{index}]{wrong}"
    return ""


def _part(part: object) -> str:
    if not isinstance(part, dict):
        return ": expected an object"
    if part.get("type") != "text" or isinstance(part.get("text") or "", str):
        return ""
    return ".text: expected a string"


def _call(call: object) -> str:
    if not isinstance(call, dict):
        return ": expected an object"
    if not isinstance(call.get("id") or "", str):
        return ".id: expected a string"
    if integer(call.get("index") or 0) is None:
        return ".index: expected an integer"
    function: Mapping[str, object] = call.get("function") or {}
    if not isinstance(function, dict):
        return ".function: expected an object"
    if not isinstance(function.get("name") or "", str):
        return ".function.name: expected a string"
    if not isinstance(function.get("arguments") or "", (str, dict)):  # a union would be made anew for each
        return ".function.arguments: expected a string"
    return ""

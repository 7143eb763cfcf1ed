"""What comes from OpenAI, read as its types; whatever does not fit is named by its place."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeGuard

from sagent.errors import BadAnswer
from sagent.providers.faults import unfinished
from sagent.providers.hearing import event_of
from sagent.schema.wire import openai_responses as wire

DELTAS: Final = frozenset(
    (
        "response.output_text.delta",
        "response.refusal.delta",
        "response.reasoning_summary_text.delta",
        "response.reasoning_text.delta",
    )
)
"""The events of which something is shown at once."""

ERRORS: Final = frozenset(("error", "detail", "message", "code"))
"""What says that something went wrong, where no event says so."""

COUNTS: Final = ("input_tokens", "output_tokens")
DETAILS: Final[Mapping[str, Sequence[str]]] = {
    "input_tokens_details": ("cached_tokens", "cache_write_tokens"),
    "output_tokens_details": ("reasoning_tokens",),
}
"""The figures that usage is made of."""


def event(data: str, vendor: str) -> wire.Event:
    """One event of a stream; a whole answer is put into one.

    Raises:
        BadAnswer: it is neither.
        NotFound: it is something else.
    """
    value = event_of(data, vendor)
    if isinstance(value, dict) and ("type" not in value or value.get("object") == "error"):
        value = _wrapped(value)
        if value and "type" not in value:
            raise unfinished(vendor, value)
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
    if kind in DELTAS:
        return "" if isinstance(value.get("delta"), str) else "at $.delta: expected a string"
    if not isinstance(kind, str):
        return "at $.type: expected a string"
    if not isinstance(value.get("error") or {}, dict | str):
        return "at $.error: expected an object"
    index = value.get("summary_index")
    if not isinstance(index, int | None):
        return "at $.summary_index: expected an integer"
    if kind == "response.output_item.done":
        if not isinstance(value.get("output_index"), int | None):
            return "at $.output_index: expected an integer"
        return f"at $.item{wrong}" if (wrong := _item(value.get("item"))) else ""
    response = value.get("response")
    if response is not None or kind in {"response.completed", "response.incomplete", "response.failed"}:
        return f"at $.response{wrong}" if (wrong := _response(response)) else ""
    return ""


def _wrapped(value: Mapping[str, object]) -> Mapping[str, object]:
    """A whole answer, or an error under HTTP 200, as the event that would have brought it."""
    if "output" in value or value.get("object") == "response":
        return {"type": f"response.{value.get('status') or 'completed'}", "response": value}
    return {**value, "type": "error"} if value.keys() & ERRORS else value


def _response(response: object) -> str:
    if not isinstance(response, dict):
        return ": expected an object"
    for key in ("status", "model"):
        if not isinstance(response.get(key) or "", str):
            return f".{key}: expected a string"
    for key in ("error", "incomplete_details"):
        if not isinstance(response.get(key) or {}, dict):
            return f".{key}: expected an object"
    output = response.get("output") or []
    if not isinstance(output, list):
        return ".output: expected an array"
    for index, item in enumerate(output):
        if wrong := _item(item):
            return f".output[{index}]{wrong}"
    return f".usage{wrong}" if (wrong := _usage(response.get("usage") or {})) else ""


def _usage(usage: object) -> str:
    if not isinstance(usage, dict):
        return ": expected an object"
    for count in COUNTS:
        if not isinstance(usage.get(count) or 0, int):
            return f".{count}: expected an integer"
    for group, counts in DETAILS.items():
        details = usage.get(group) or {}
        if not isinstance(details, dict):
            return f".{group}: expected an object"
        for count in counts:
            if not isinstance(details.get(count) or 0, int):
                return f".{group}.{count}: expected an integer"
    return ""


def _item(item: object) -> str:
    if not isinstance(item, dict):
        return ": expected an object"
    kind = item.get("type")
    if not isinstance(kind, str):
        return ".type: expected a string"
    strings: tuple[str, ...] = ()
    match kind:
        case "function_call":
            strings = ("name", "call_id", "arguments")
        case "image_generation_call":
            strings = ("result", "output_format")
        case "reasoning":
            strings = ("encrypted_content",)
            if wrong := _pieces(item.get("summary")):
                return f".summary{wrong}"
        case _:
            pass
    for key in ("id", *strings):
        if not isinstance(item.get(key) or "", str):
            return f".{key}: expected a string"
    if kind in {"message", "reasoning"} and (wrong := _pieces(item.get("content"))):
        return f".content{wrong}"
    return ""


def _pieces(pieces: object) -> str:
    if pieces is None:
        return ""
    if not isinstance(pieces, list):
        return ": expected an array"
    for index, piece in enumerate(pieces):
        if not isinstance(piece, dict):
            return f"[{index}]: expected an object"
        for key in ("type", "text", "refusal"):
            if not isinstance(piece.get(key) or "", str):
                return f"[{index}].{key}: expected a string"
    return ""

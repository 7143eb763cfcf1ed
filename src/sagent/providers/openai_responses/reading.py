"""What comes from OpenAI, read as its types; whatever does not fit is named by its place."""

from collections.abc import Mapping
from typing import Final, TypeGuard

from sagent.errors import BadAnswer
from sagent.providers.faults import is_fault
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

BEGINS: Final = frozenset(("response.created", "response.queued", "response.in_progress"))
"""The events that name the answer that begins."""

ENDS: Final = frozenset(("response.completed", "response.incomplete", "response.cancelled"))
"""The events after which nothing comes."""

WORDS: Final[Mapping[str, str]] = {
    "output_text": "text",
    "summary_text": "text",
    "reasoning_text": "text",
    "refusal": "refusal",
}
"""What is a string in each kind of piece that is read."""

UNTYPED: Final = "event without a type"
"""What an event that does not say its kind is counted as."""


def event(data: str, vendor: str) -> wire.Event:
    """One event of a stream; a whole answer is put into one.

    Raises:
        BadAnswer: it is neither.
    """
    value = event_of(data, vendor)
    if isinstance(value, dict) and (not isinstance(value.get("type"), str) or value.get("object") == "error"):
        value = _wrapped(value)
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
    if kind == "response.output_item.done":
        return f"at $.item{wrong}" if (wrong := _item(value.get("item"))) else ""
    response = value.get("response")
    if kind in ENDS or (kind in BEGINS and isinstance(response, dict)):
        return f"at $.response{wrong}" if (wrong := _response(response)) else ""
    return ""


def _wrapped(value: Mapping[str, object]) -> Mapping[str, object]:
    """A whole answer, or an error under HTTP 200, as the event that would have brought it."""
    if "output" in value or value.get("object") == "response":
        return {"type": f"response.{value.get('status') or 'completed'}", "response": value}
    return {**value, "type": "error" if is_fault(value) else UNTYPED}


def _response(response: object) -> str:
    if not isinstance(response, dict):
        return ": expected an object"
    if not isinstance(response.get("status") or "", str):
        return ".status: expected a string"
    output = response.get("output") or []
    if not isinstance(output, list):
        return ".output: expected an array"
    for index, item in enumerate(output):
        if wrong := _item(item):
            return f".output[{index}]{wrong}"
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
    for key in strings:
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
        kind = piece.get("type")
        word = WORDS.get(kind) if isinstance(kind, str) else None
        if word is not None and not isinstance(piece.get(word) or "", str):
            return f"[{index}].{word}: expected a string"
    return ""

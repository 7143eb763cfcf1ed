"""What a reply means for the loop (LOOP R8, R11, R19): pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from sagent.lib.json import JsonObject
from sagent.messages.words import says_anything
from sagent.protocols import Reply
from sagent.schema.message import ModelResponse, ResponsePart, ToolCall
from sagent.schema.part import ErrorText, Text
from sagent.schema.values import StopReason

Next: TypeAlias = Literal["run", "answer", "resend", "again", "retry_empty"]
"""What follows a reply: its calls are run; it is the answer; the model must send its call again; the model is
called on as it stands; it said nothing, so it is asked once more."""

MOST_RESENDS: Final = 2
"""How often in a row a cut or malformed call is asked for again (R11)."""

MOST_EMPTY: Final = 1
"""How often in a row an empty reply is asked for again (R11)."""

CUT: Final = (
    "Your last response was cut off by the output limit in the middle of a tool call, so none of its calls "
    "was run. Send the call again, in smaller pieces if it was long."
)
GARBLED: Final = (
    "Your last tool call was malformed, so it was not run. Send it again as valid JSON that fits its schema."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A reply as it is kept, and what follows."""

    content: Sequence[ResponsePart]
    native: Sequence[JsonObject]
    stop: StopReason
    next: Next
    advice: str = ""
    """What the model is told before it is asked again."""


def judge(reply: Reply, *, resends: int, empties: int) -> Judged:
    """Decide about a complete reply; `resends` and `empties` count those just before it."""
    calls = any(isinstance(part, ToolCall) for part in reply.content)
    whole = Judged(content=reply.content, native=reply.native, stop=reply.stop, next="answer")
    match reply.stop:
        case "length" if calls:
            return _resend(reply, CUT, resends)
        case "malformed_call":
            return _resend(reply, GARBLED, resends)
        case "pause" if not calls:
            return replace(whole, next="again")
        case "refusal" | "filter" | "interrupted" | "failed" if calls:
            return replace(whole, content=words(reply.content), native=())
        case "refusal" | "filter" | "length" | "interrupted" | "failed":
            return whole
        case "end" | "tool_calls" | "pause" if calls:
            return replace(whole, next="run", stop="tool_calls")
        case "end" | "tool_calls" | "pause":
            silent = not says_anything(reply.content)
            return replace(
                whole, next="retry_empty" if silent and empties < MOST_EMPTY else "answer", stop="end"
            )


def is_shown(response: ModelResponse) -> bool:
    """Whether a model is shown this response again: not if it broke off, was refused, or says nothing."""
    match response.stop:
        case "failed" | "refusal":
            return False
        case "pause":
            return bool(response.content or response.native)
        case "end" | "tool_calls" | "length" | "filter" | "malformed_call" | "interrupted":
            return says_anything(response.content)


def words(content: Sequence[ResponsePart]) -> Sequence[ResponsePart]:
    """What is left of a response that was not received whole: no calls and no thinking."""
    return tuple(part for part in content if isinstance(part, Text | ErrorText))


def _resend(reply: Reply, advice: str, resends: int) -> Judged:
    again = resends < MOST_RESENDS
    return Judged(
        content=words(reply.content),
        native=(),
        stop=reply.stop,
        next="resend" if again else "answer",
        advice=advice if again else "",
    )

"""What a reply means for the loop (LOOP R8, R11, R19): pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from sagent.lib.json import JsonObject
from sagent.lib.value import frozen
from sagent.loop.form import Formed, formed
from sagent.messages.view import Viewed
from sagent.messages.words import says_anything, visible_text
from sagent.protocols import Reply
from sagent.schema.message import ModelResponse, ResponsePart, ToolCall
from sagent.schema.part import ErrorText, Text
from sagent.schema.values import StopReason

Next: TypeAlias = Literal["run", "answer", "resend", "again", "retry_empty", "reform"]
"""What follows a reply: its calls are run; it is the answer; the model must send its call again; the model is
called on as it stands; it said nothing, so it is asked once more; its answer must have another form."""

MOST_RESENDS: Final = 2
"""How often in a row a cut or malformed call is asked for again (R11)."""

MOST_EMPTY: Final = 1
"""How often in a row an empty reply is asked for again (R11)."""

MOST_PAUSES: Final = 10
"""How often in a row a model that pauses is called on; one that never goes on would be for ever."""

MOST_MISFITS: Final = 1
"""How often in a turn an answer is asked for again that does not fit the schema that was asked for (R11)."""

CUT: Final = (
    "Your last response was cut off by the output limit in the middle of a tool call, so none of its calls "
    "was run. Send the call again, in smaller pieces if it was long."
)
GARBLED: Final = (
    "Your last tool call was malformed, so it was not run. Send it again as valid JSON that fits its schema."
)

MISFIT: Final = (
    "Your last answer does not fit the JSON Schema that was asked for: {complaint}. "
    "Answer again, with nothing but JSON that fits it."
)


@frozen(kw_only=True)
class Judged:
    """A reply as it is kept, and what follows."""

    content: Sequence[ResponsePart]
    native: Sequence[JsonObject]
    stop: StopReason
    next: Next
    advice: str = ""
    """What the model is told before it is asked again."""
    formed: Formed | None = None
    """An answer that came to its end, held against the schema that was asked for."""


def judge(reply: Reply, *, resends: int, empties: int) -> Judged:
    """Decide about a complete reply; `resends` and `empties` count those just before it."""
    calls = any(isinstance(part, ToolCall) for part in reply.content)
    whole = Judged(content=reply.content, native=reply.native, stop=reply.stop, next="answer")
    match reply.stop:
        case "length" if calls:
            return _resend(reply, CUT, resends)
        case "malformed_call":
            return _resend(reply, GARBLED, resends)
        case "pause" if not calls and (reply.content or reply.native):
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


def held(
    judged: Judged, output: JsonObject | None, misfits: int, *, begun: Sequence[ResponsePart] = ()
) -> Judged:
    """Hold an answer against the schema that was asked for; `misfits` counts those before it in the turn.

    `begun` is what the model has said of it before it paused.
    """
    if output is None or judged.next != "answer" or judged.stop != "end":
        return judged
    found = formed(visible_text((*begun, *judged.content)), output)
    if found.complaint and misfits < MOST_MISFITS:
        return replace(judged, next="reform", advice=MISFIT.format(complaint=found.complaint))
    return replace(judged, formed=found)


def paused(view: Sequence[Viewed]) -> Sequence[ModelResponse]:
    """The responses that the model goes on from, in order: none where anything else came since."""
    pieces: list[ModelResponse] = []
    for entry in reversed(view):
        if not isinstance(entry, ModelResponse) or entry.stop != "pause":
            break
        pieces.insert(0, entry)
    return pieces


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

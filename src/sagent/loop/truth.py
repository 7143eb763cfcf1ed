"""What is true beside the conversation: what runs, what is planned, what has ended, what is left: pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from sagent.lib.json import json_text
from sagent.lib.value import frozen
from sagent.loop.filing import UNDO, undone
from sagent.loop.purse import Purse
from sagent.loop.state import AGENTS, BUDGET, ENDED, FACTS, State, planned
from sagent.schema.message import AgentSpawned, Job, Scheduled, ToolCall, ToolResult
from sagent.schema.values import Fate

FEW: Final = 5
"""How many are named of those that run, are planned, or serve."""

BRIEF: Final = 60
"""How many characters are shown of what one of them does."""

NOTHING: Final = "Nothing of yours runs in the background any more, and nothing is planned."

NOBODY: Final = "None of your agents serves any more."

STOPPED: Final = "stopped, and waits for its user"
"""How one stands that has halted."""

IDLE: Final = "idle"

AT_WORK: Final = "at work"

AWAY: Final = "not running"
"""How one stands that could not be started again."""

FATES: Final[Mapping[Fate, str]] = {
    "answered": "it ended",
    "killed": "it was ended in the midst of its work",
    "failed": "it failed",
    "lost": "it was lost",
}
"""What became of those that serve no more, in words."""

STEPS: Final = ((0.1, "a tenth"), (0.25, "a quarter"), (0.5, "half"))
"""What is told of a budget is below which of these parts it is; more would change with each request."""

AMPLE: Final = "More than half of the budget is left again."


@frozen(kw_only=True)
class Truth:
    """What goes on in an agent's background, as it is told to its model, to surfaces and to callers."""

    running: Sequence[Job]
    """The calls that run, or wait for leave."""
    forgotten: Sequence[Job]
    """Those from before a clear; their outcomes are not delivered."""
    planned: Sequence[tuple[Job, float]]
    """The calls that are to begin, and when."""
    children: Sequence[AgentSpawned]
    """The agents of its own that no call of its waits for."""
    ended: Sequence[ToolResult]
    """What has come of calls, well or not, and waits to be delivered at the next drain."""


def truth(state: State) -> Truth:
    """What goes on now."""
    # Whoever moved a call, its result is wanted; until when is the state's to know.
    calls = [Job(content=call, promises=True, deadline=None) for call in state.detached.values()]
    calls += [started.content for started in state.jobs.values()]
    plans = [_plan(plan) for plan in state.timers.values()]
    return Truth(
        running=[job for job in calls if job.content.call_id not in state.forgotten],
        forgotten=[job for job in calls if job.content.call_id in state.forgotten],
        planned=[plan for plan in plans if plan is not None],
        children=state.serving,
        ended=[kept for kept in state.pending.values() if isinstance(kept, ToolResult)],
    )


def left(purse: Purse | None) -> float:
    """Which part of the budget is left: its own or one above, of dollars or tokens, of which there is least.

    What is only set aside comes back, and does not count.
    """
    parts, holder = [1.0], purse
    while holder is not None:
        usd, tokens = holder.limits.max_budget_usd, holder.limits.max_budget_tokens
        if usd or tokens:
            held = holder.held
            parts += [1.0 - used / most for used, most in ((held.usd, usd), (held.tokens, tokens)) if most]
        holder = holder.parent
    return min(parts)


def news(state: State, purse: Purse, stands: Mapping[str, str], *, heard: bool) -> Iterator[tuple[str, str]]:
    """What the model has not been told, with the sender of the words; nothing in them is volatile.

    `stands` says how each of its agents stands that serve. That one is idle or at work by now, and nothing
    else, is told only where somebody else is `heard`, too.

    What a stub or a result has told, and what has ended and is delivered by the drain that these enter with,
    is known; and the same words, where one that is not named has taken another's place, are not said twice.
    """
    if state.undone:
        yield UNDO, undone(state.undone.values())
    if (state.known or state.jobs or state.timers) and state.afoot != _known(state):
        facts = _facts(truth(state)) or NOTHING
        if facts != state.told:
            yield FACTS, facts
    serve = _serve(state, stands)
    gone = "; ".join(f"{name} ({FATES[how]})" for name, how in state.gone)
    if gone or (serve != state.serve and (heard or _lasting(serve) != _lasting(state.serve))):
        yield AGENTS, f"{serve} {ENDED}{gone}.".strip() if gone else serve
    words = _budget(left(purse)) or (AMPLE if state.left else "")
    if words != state.left:
        yield BUDGET, words


def _known(state: State) -> Set[str]:
    ended = [kept.call_id for kept in state.pending.values() if isinstance(kept, ToolResult)]
    return state.known - {*ended, *map(planned, ended)}


def _facts(found: Truth) -> str:
    told = [
        _named("Running in the background", [_shown(job.content) for job in found.running]),
        _named("Planned for later", [_shown(job.content) for job, _ in found.planned]),
    ]
    return " ".join(filter(None, told))


def _serve(state: State, stands: Mapping[str, str]) -> str:
    names = [f"{child.name} ({child.content}, {stands.get(child.content, AWAY)})" for child in state.serving]
    return _named("Your agents that serve", names) or (NOBODY if state.serve else "")


def _lasting(words: str) -> str:
    """The same where nobody works."""
    return words.replace(f", {AT_WORK})", f", {IDLE})")


def _budget(part: float) -> str:
    step = next((words for most, words in STEPS if part <= most), "")
    return f"Less than {step} of the budget is left." if step else ""


def _named(what: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f"; and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"{what}: {'; '.join(names[:FEW])}{more}."


def _shown(call: ToolCall) -> str:
    about = json_text(call.content)
    about = about if len(about) <= BRIEF else f"{about[:BRIEF]}…"
    return f"{call.tool} call {call.call_id} with {about}"


def _plan(plan: Scheduled) -> tuple[Job, float] | None:
    return (plan.content, plan.due) if isinstance(plan.content, Job) else None

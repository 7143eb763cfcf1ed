"""What is waited for in the background (LOOP R17): pure."""

import math
from collections.abc import Collection, Sequence

from sagent.atoms import CallId
from sagent.lib.json import json_text
from sagent.loop.state import State
from sagent.schema.message import Job, ToolCall
from sagent.schema.values import Standing


def facts(state: State) -> Sequence[str]:
    """What it has said, what runs, what is planned, where commands start: for a model that has forgotten."""
    calls = [*state.detached.values(), *(kept.content.content for kept in state.jobs.values())]
    running = [call for call in calls if call.call_id not in state.forgotten]
    return [
        *told(state.standing),
        *(f"still running in the background: {_shown(call)}" for call in running),
        *(f"planned for later: {_shown(job.content)}" for job in state.planned),
        *([f"the directory that commands start in: {state.cwd}"] if state.cwd else []),
    ]


def told(standing: Standing) -> Sequence[str]:
    """How an agent has said that its work stands, a line for each thing."""
    lines = {
        "your status": standing.status,
        "you noted as done": standing.progress,
        "you noted as left": standing.pending,
        "you wait for the user to say or do": standing.needs_user,
    }
    return [f"{what}: {words}" for what, words in lines.items() if words]


def leftovers(state: State, running: Collection[CallId]) -> str:
    """What ends in the background with its agent, and what has not begun; empty where nothing does."""
    calls = [*state.detached.values(), *(kept.content.content for kept in state.jobs.values())]
    ended = [_shown(call) for call in calls if call.call_id in running]
    planned = [_shown(job.content) for job in state.planned]
    told = [f"ended with the agent: {'; '.join(ended)}"] if ended else []
    return "; ".join([*told, f"planned, and not begun: {'; '.join(planned)}"] if planned else told)


def _shown(call: ToolCall) -> str:
    return f"{call.tool} call {call.call_id} with {json_text(call.content)[:200]}"


def promised(state: State, now: float) -> tuple[float, Sequence[str]]:
    """For how many seconds an answer waits for the calls that promise a result, and their names."""
    starts = [(kept.content, kept.due) for kept in state.timers.values()]
    starts += [(kept.content, kept.timestamp) for kept in state.jobs.values()]
    jobs = [
        (job, start)
        for job, start in starts
        if isinstance(job, Job) and job.promises and job.content.call_id not in state.forgotten
    ]
    ends = [math.inf if job.deadline is None else start + job.deadline - now for job, start in jobs]
    moved = [(call_id, until) for call_id, until in state.promised.items() if call_id not in state.forgotten]
    ends += [until - now for _, until in moved]
    calls = [job.content for job, _ in jobs] + [state.detached[call_id] for call_id, _ in moved]
    return max(ends, default=0.0), [f"{call.tool} {call.call_id}" for call in calls]

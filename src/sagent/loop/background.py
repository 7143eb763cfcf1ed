"""What is waited for in the background (LOOP R17): pure."""

import math
from collections.abc import Collection, Sequence

from sagent.atoms import CallId
from sagent.lib.json import json_text
from sagent.loop.state import State
from sagent.schema.message import Job, ToolCall


def facts(state: State) -> Sequence[str]:
    """What runs in the background, and what is planned, for a model that has forgotten that it began it."""
    calls = [*state.detached.values(), *(kept.content.content for kept in state.jobs.values())]
    running = [call for call in calls if call.call_id not in state.forgotten]
    return [
        *(f"still running in the background: {_shown(call)}" for call in running),
        *(f"planned for later: {_shown(job.content)}" for job in state.planned),
    ]


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
    """For how many seconds an answer waits for the jobs that promise a result, and their names."""
    starts = [(kept.content, kept.due) for kept in state.timers.values()]
    starts += [(kept.content, kept.timestamp) for kept in state.jobs.values()]
    jobs = [
        (job, start)
        for job, start in starts
        if isinstance(job, Job) and job.promises and job.content.call_id not in state.forgotten
    ]
    ends = [math.inf if job.deadline is None else start + job.deadline - now for job, start in jobs]
    return max(ends, default=0.0), [f"{job.content.tool} {job.content.call_id}" for job, _ in jobs]

"""The background of a conversation, as the user sees it and ends what goes on there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sagent.cli.paint import one_line
from sagent.errors import UsageError
from sagent.tasks import Task, standing

if TYPE_CHECKING:
    from sagent.agent import Agent

NOTHING = "nothing runs in the background, and nothing is planned"


def listing(agent: "Agent | None") -> Sequence[str]:
    """A line for each task, and for each agent that it has spawned."""
    if agent is None:
        return [NOTHING]
    children = [one_line(f"{child.name} {child.session_id} · {child.status}") for child in agent.children]
    return [*(_line(task) for task in agent.tasks), *children] or [NOTHING]


async def kill(agent: "Agent | None", word: str) -> str:
    """End the task, or the agent that serves its inbox, with this word in its id or name; what is said of it.

    Raises:
        UsageError: there is none, or more than one.
    """
    going = _going(agent)
    if agent is None or not going:
        raise UsageError(NOTHING)
    meant = [one for one in going if word.lower() in f"{_id(one)} {_name(one)}".lower()]
    names = ", ".join(f"{_id(one)} ({_name(one)})" for one in going)
    if not word and len(going) > 1:
        raise UsageError(f"say which, by a part of its id or its name: {names}")
    if len(meant) != 1:
        what = f"{len(meant)} tasks have" if meant else "no task has"
        raise UsageError(f"{what} {word!r} in the id or the name; there are {names}")
    (one,) = meant
    if isinstance(one, Task):
        agent.tasks.kill(one.call_id)
    else:
        await one.aclose()  # and its parent hears of it, as it did not do this itself
    return f"{_name(one)} {_id(one)} is ended; the model is told"


def _going(agent: "Agent | None") -> "Sequence[Task | Agent]":
    if agent is None:
        return ()
    return [*(task for task in agent.tasks if task.state != "ended"), *agent.children.serving]


def _id(one: "Task | Agent") -> str:
    return one.call_id if isinstance(one, Task) else one.session_id


def _name(one: "Task | Agent") -> str:
    return one.tool if isinstance(one, Task) else one.name


def _line(task: Task) -> str:
    return one_line(" · ".join(filter(None, [f"{task.call_id} {task.tool}", standing(task), task.about])))

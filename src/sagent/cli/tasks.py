"""The background of a conversation, as the user sees it and ends what goes on there."""

from collections.abc import Iterable, Sequence
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


def kill(agent: "Agent | None", word: str) -> str:
    """End the task whose id or tool has this word in it; what is said of that.

    Raises:
        UsageError: there is none, or more than one.
    """
    going = [task for task in agent.tasks if task.state != "ended"] if agent is not None else []
    if agent is None or not going:
        raise UsageError(NOTHING)
    meant = [task for task in going if word.lower() in f"{task.call_id} {task.tool}".lower()]
    if not word and len(going) > 1:
        raise UsageError(f"say which, by a part of its id or the tool's name: {_named(going)}")
    if len(meant) != 1:
        what = f"{len(meant)} tasks have" if meant else "no task has"
        raise UsageError(f"{what} {word!r} in the id or the tool's name; there are {_named(going)}")
    (task,) = meant
    agent.tasks.kill(task.call_id)
    return f"{task.tool} {task.call_id} is ended; the model is told"


def _named(tasks: Iterable[Task]) -> str:
    return ", ".join(f"{task.call_id} ({task.tool})" for task in tasks)


def _line(task: Task) -> str:
    return one_line(" · ".join(filter(None, [f"{task.call_id} {task.tool}", standing(task), task.about])))

"""Running other tools in the background or later, and looking after what goes on there."""

from collections.abc import Sequence
from dataclasses import field, replace
from typing import Final, Self

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.host import Host
from sagent.lib.json import EMPTY
from sagent.lib.value import frozen
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.background_task import BackgroundTaskDirective
from sagent.tasks import Task, Tasks, standing
from sagent.tools.crafted import Crafted
from sagent.tools.lines import clipped
from sagent.tools.output import told_of
from sagent.validation import Schema

PATIENCE: Final = 60.0
"""How many seconds are waited for a task where the directive does not say."""

ENDING: Final = 6.0
"""How many seconds a task gets to end that was cancelled; nobody gets longer than 5 s (LOOP R9)."""

HOLD: Final = 600.0
"""An answer waits for nothing that begins later than in so many seconds."""


@frozen()
class BackgroundTask(Crafted[BackgroundTaskDirective]):
    """Starts any other tool in the background, now or later; lists, reads, awaits and ends what goes on."""

    host: Host | None = field(default=None, repr=False, compare=False)
    """Whose background it is."""

    @property
    @override
    def schema(self) -> Schema[BackgroundTaskDirective]:
        return catalog.BACKGROUND_TASK_DIRECTIVE

    @property
    def polls(self) -> bool:
        """Asking again how things stand is no repetition."""
        return True

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool for the background of this host."""
        return replace(self, workspace=host.workspace, host=host)

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        match directive["action"]:
            case "start":
                delay = directive.get("delay", 0)
                when = f"in {delay:g} s" if delay else "in the background"
                return f"Start {directive.get('tool', '')} {when}"
            case "list":
                return "List background tasks"
            case "wait" if "id" not in directive:
                return "Wait for a background task"
            case action:
                return f"{action.capitalize()} background task {directive.get('id', '')}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches: nothing, as what it starts is judged by itself when it begins."""
        return Reach()

    async def run(self, message: ToolCall, /) -> Text:
        """Do it; `wait` takes as long as it says, and `cancel` until the task has ended.

        Raises:
            ToolError: there is no such task or tool, or it may not be done.
        """
        if self.host is None:
            raise ToolError("only an agent has a background to run tasks in")
        directive, tasks = self.directive(message), self.host.tasks
        match directive["action"]:
            case "start":
                return Text(content=self._started(directive, tasks))
            case "list":
                return Text(content=_listed(tuple(tasks)))
            case "read":
                task = _named(directive, tasks)
                output, room = tasks.output(task.call_id), self.host.result_room
                return Text(content=await told_of(task, output, directive.get("offset", 0), room))
            case "wait":
                return Text(content=await _awaited(directive, tasks))
            case "cancel":
                return Text(content=await _cancelled(_named(directive, tasks), tasks))
            case "foreground":
                return Text(content=_foreground(_named(directive, tasks), tasks))

    def _started(self, directive: BackgroundTaskDirective, tasks: Tasks) -> str:
        tool, delay = directive.get("tool"), directive.get("delay", 0)
        if tool is None:
            raise ToolError("start needs the tool that is to be started, and its directive")
        if tool == self.name:
            raise ToolError(f"{self.name} starts other tools, not itself")
        call_id = tasks.start(
            tool,
            directive.get("directive", EMPTY),
            delay=delay,
            promises=directive.get("promises", True) and delay <= HOLD,
        )
        how = _beginning(_found(call_id, tasks), delay)
        return f"{tool} call {call_id} {how}; its result comes as a message of its own."


def _beginning(task: Task, delay: float) -> str:
    match task.state:
        case "planned":
            return f"is planned to begin in {delay:g} s"
        case "asking":
            return "waits for leave to begin"
        case "running":
            return "runs in the background"
        case "ended":
            return "has ended at once"


def _listed(tasks: Sequence[Task]) -> str:
    return "\n".join(map(_line, tasks)) or "Nothing runs in the background, and nothing is planned."


def _line(task: Task) -> str:
    about = clipped(" ".join(task.about.split()), 200)
    alone = "" if task.promises else ", no answer waits for it"
    return f"{task.call_id}  {task.tool}  {standing(task)}{alone}{about and f'  {about}'}"


def _named(directive: BackgroundTaskDirective, tasks: Tasks) -> Task:
    call_id = directive.get("id")
    if call_id is None:
        raise ToolError(f"{directive['action']} needs the id of a task; {_known(tasks)}")
    return _found(call_id, tasks)


def _found(call_id: str, tasks: Tasks) -> Task:
    task = tasks.find(call_id)
    if task is None:
        raise ToolError(f"there is no task {call_id!r}; {_known(tasks)}")
    return task


def _known(tasks: Tasks) -> str:
    known = [f"{task.call_id} ({task.tool})" for task in tasks]
    return f"there are {', '.join(known)}" if known else "nothing runs in the background"


async def _awaited(directive: BackgroundTaskDirective, tasks: Tasks) -> str:
    waited = [_named(directive, tasks)] if "id" in directive else list(tasks)
    if not waited:
        raise ToolError("nothing runs in the background or is planned: there is nothing to wait for")
    timeout = directive.get("timeout", PATIENCE)
    await tasks.wait([task.call_id for task in waited], timeout)
    now = (tasks.find(task.call_id) for task in waited)
    return _listed([task for task in now if task is not None])


async def _cancelled(task: Task, tasks: Tasks) -> str:
    if task.state == "ended":
        raise ToolError(f"{task.tool} call {task.call_id} has ended already: {standing(task)}")
    tasks.kill(task.call_id, "cancelled by the model")
    await tasks.wait([task.call_id], ENDING)
    return _line(_found(task.call_id, tasks))


def _foreground(task: Task, tasks: Tasks) -> str:
    name = f"{task.tool} call {task.call_id}"
    match task.state:
        case "planned" | "ended":
            raise ToolError(f"{name} does not run: {standing(task)}")
        case "asking" | "running" if not task.promises:
            raise ToolError(f"{name} is a service, which may never end; wait for it with a timeout instead")
        case "asking" | "running":
            tasks.foreground(task.call_id)
            return f"You go on when {name} has ended or somebody speaks; its result is the next message."

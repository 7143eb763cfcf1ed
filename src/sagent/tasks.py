"""What goes on in the background of a conversation, as tools, surfaces and callers see it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal, Protocol, TypeAlias

from sagent.atoms import CallId, ToolName
from sagent.lib.value import frozen
from sagent.schema.message import ToolResult

TaskState: TypeAlias = Literal["planned", "asking", "running", "ended"]
"""How far a call in the background has come; `asking` waits for leave."""


@frozen(kw_only=True)
class Task:
    """A call in the background, as things stand now."""

    call_id: CallId
    tool: ToolName
    about: str
    """What it does, in one line; empty where that is no longer known."""
    state: TaskState
    seconds: float
    """For how long it has run, or, where it is planned, until it begins."""
    promises: bool = True
    """Whether its result is wanted; a service promises none."""
    result: ToolResult | None = None
    """What came of it, once it has ended."""
    told: bool = False
    """Whether the model has been told the result."""


@frozen(kw_only=True)
class Output:
    """What a running call has told so far."""

    text: str = ""
    """The end of its news, as much as is kept."""
    skipped: int = 0
    """How many characters before that are not kept."""
    file: str = ""
    """Where all that it has written can be read, if it is kept at all."""


def standing(task: Task) -> str:
    """How far a task has come, in words."""
    match task.state:
        case "planned":
            return f"begins in {task.seconds:.0f} s"
        case "asking":
            return "waits for leave"
        case "running":
            return f"running for {task.seconds:.1f} s"
        case "ended":
            how = "failed" if task.result is not None and task.result.failed else "finished"
            after = f" after {task.seconds:.1f} s" if task.seconds else ""
            return f"{how}{after}{'' if task.told else ', its result is the next message'}"


class Tasks(Protocol):
    """An agent's background: iterated over, all that runs, is planned, or has ended and not been told."""

    def __iter__(self) -> Iterator[Task]: ...

    def find(self, call_id: str, /) -> Task | None:
        """A task by its call, also one that was told long ago; None if there is none."""
        ...

    def output(self, call_id: CallId, /) -> Output:
        """What a running call has told so far."""
        ...

    def start(
        self,
        tool: str,
        directive: Mapping[str, object],
        *,
        delay: float = 0.0,
        promises: bool = True,
    ) -> CallId:
        """Begin a call in the background, now or in so many seconds; its result comes as mail.

        Raises:
            ToolError: there is no such tool, or it may not be called so.
            AgentClosed: the agent has ended.
        """
        ...

    async def wait(self, call_ids: Collection[CallId], seconds: float, /) -> None:
        """Return when one of these has ended, after so many seconds, or when somebody has to be heard."""
        ...

    def kill(self, call_id: CallId, reason: str = "", /) -> None:
        """End a call, or keep it from beginning; its outcome comes as mail and tells the reason."""
        ...

    def foreground(self, call_id: CallId, /) -> None:
        """Call no model before the outcome of this running call is there, or somebody speaks."""
        ...

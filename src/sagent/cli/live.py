"""What a conversation shows: lines above the prompt, the last of them still growing, and the status below."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from sagent.cli.paint import Paint, one_line, printable
from sagent.cli.prose import Prose

if TYPE_CHECKING:
    from sagent.agent import Agent
    from sagent.cli.headless import Tally
    from sagent.loop.phase import Status
    from sagent.schema.message import Message


class Live:
    """Lines that stay are written; the line that still grows and the toolbar are asked for."""

    def __init__(self, write: Callable[[str], None], paint: Paint) -> None:
        self.write = write
        """Writes a line above the prompt."""
        self.agent: Agent | None = None
        self._tally: Tally | None = None
        self.model = ""
        """The model that will answer, where there is no agent yet."""
        self.paint: Paint = paint
        self._refresh: Callable[[], None] | None = None
        self._prose = Prose(paint)
        self._partial = ""
        self._news = ""
        self._retry_at = 0.0
        self.failed: bool = False
        """Whether the last thing that happened is that the agent gave up."""

    def attach(self, refresh: Callable[[], None]) -> None:
        """From now on call `refresh` whenever the toolbar has changed."""
        self._refresh = refresh

    def open(self, recap: Sequence[str], notes: Sequence[str]) -> None:
        """Show what was said last, and what there is to know first."""
        for line in recap:
            self.write(self.paint.dim(printable(line)))
        for note in notes:
            self.write(printable(note))

    def follow(self, agent: "Agent") -> None:
        """Show all that happens to an agent."""
        from sagent.cli.headless import Tally

        self.agent, self._tally = agent, Tally(before=agent.spent)
        agent.watch(self.show)

    def spent(self) -> Sequence[str]:
        """What it has spent here, in lines, where that was not for one agent and one model alone."""
        from sagent.cli.spending import spent_lines

        if self.agent is None or self._tally is None:
            return ()
        self._tally.settle(self.agent)
        return spent_lines(self._tally.spending, self._tally.own)

    def refresh(self) -> None:
        """The toolbar has changed."""
        if self._refresh is not None:
            self._refresh()

    @property
    def model_name(self) -> str:
        """The model that answers next."""
        return self.model if self.agent is None else self.agent.model.spec.model

    @property
    def busy(self) -> bool:
        """Whether the agent is at work."""
        return self.agent is not None and self.agent.status not in {"idle", "halted", "closed"}

    @property
    def background(self) -> int:
        """How many calls run there."""
        tasks = () if self.agent is None else self.agent.tasks
        return sum(task.state == "running" for task in tasks)

    def stop(self) -> None:
        """End what runs, detached calls too, and call the model no more."""
        from sagent.schema.signal import Kill

        agent = self.agent
        if agent is None or agent.status == "closed":
            return
        running = agent.running
        for call_id in running:
            agent.inbox.post(Kill(content=call_id))
        if self.busy or running:
            agent.halt()

    def show(self, message: "Message") -> None:
        """Show one thing that happens."""
        from sagent.cli.render import activity
        from sagent.schema.event import Halted, Progress, Retry, TextDelta, ThinkingDelta, ToolLabel
        from sagent.schema.message import ModelResponse

        if self._tally is not None:
            self._tally.take(message)
        self.failed = isinstance(message, Halted) and message.reason == "error"
        if isinstance(message, TextDelta):
            *lines, self._partial = (self._partial + printable(message.content)).split("\n")
            for line in lines:
                self.write(self._prose.line(line))
            self._news = ""
        elif isinstance(message, ThinkingDelta):
            self._news = "thinking"
        elif isinstance(message, Progress | ToolLabel):
            self._news = one_line(message.content.rpartition("\n")[2])
        elif isinstance(message, Retry):
            self._count_down(message.seconds)
        elif isinstance(message, ModelResponse):
            self.end_line()
            self._prose.end()
            self._news = ""
        line = activity(message, self.paint)
        if line:
            self.end_line()
            self.write(line)
        self.refresh()

    def end_line(self) -> None:
        """Nothing more comes on the line that has begun."""
        if self._partial:
            self.write(self._prose.line(self._partial))
            self._partial = ""

    @property
    def begun(self) -> str:
        """The line that is being written."""
        return self._partial

    def toolbar(self, width: int, *, warned: bool, asked: str = "") -> str:
        """What is below the prompt: what can be pressed, and how things stand."""
        return one_line(" · ".join(filter(None, [asked, self._status(warned=warned)])), width)

    def _status(self, *, warned: bool) -> str:
        """What can be pressed comes first: a narrow terminal cuts the end."""
        if self.agent is None:
            return f"{_ends(warned=warned)} · /help · {self.model or 'one moment'}"
        behind = f"{self.background} in the background" if self.background else ""
        pressed = _stops(warned=warned) if behind or self.busy else _ends(warned=warned)
        how = self._how(self.agent.status)
        return " · ".join(filter(None, [pressed, behind, how, self._standing(), self.model_name]))

    def _standing(self) -> str:
        """How the agent says that its work stands, in few words."""
        if self.agent is None:
            return ""
        said = self.agent.control.standing
        return f"needs you: {said.needs_user}" if said.needs_user else said.status

    def _how(self, status: "Status") -> str:
        match status:
            case "idle":
                return "ready"
            case "halted":
                return "halted: say what next"
            case "closed":
                return "the agent has ended"
            case "waiting":
                return f"next attempt in {max(0.0, self._retry_at - time.monotonic()):.0f} s"
            case "compacting":
                return "compacting the conversation"
            case "calling" if (left := self._retry_at - time.monotonic()) > 0:
                return f"waits for its turn, {left:.0f} s"
            case "calling" | "gathering":
                return f"Enter steers · {self._news or 'working'}"

    def _count_down(self, seconds: float) -> None:
        self._retry_at = time.monotonic() + seconds
        loop = asyncio.get_running_loop()
        for passed in range(1, int(seconds) + 1):
            loop.call_later(passed, self.refresh)


class Teller(logging.Handler):
    """Tells in a line what is logged as an error, such as a full disk."""

    def __init__(self, live: Live) -> None:
        super().__init__(logging.ERROR)
        self._live = live

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._live.write(printable(f"sagent: {record.getMessage()}"))


def print_line(line: str) -> None:
    """Write a line to the terminal at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ends(*, warned: bool) -> str:
    return "Ctrl-C again quits" if warned else "Ctrl-D quits"


def _stops(*, warned: bool) -> str:
    return "Ctrl-C again quits" if warned else "Ctrl-C stops"

"""Running shell commands."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import field, replace
from pathlib import Path
from typing import Final, Self

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.host import Host
from sagent.lib.value import frozen
from sagent.messages.room import text_size
from sagent.messages.words import tool_result
from sagent.protocols import Answer
from sagent.schema import catalog
from sagent.schema.event import Event, Progress
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.bash import BashDirective
from sagent.tools import progeny
from sagent.tools.brood import Brood
from sagent.tools.crafted import Crafted
from sagent.tools.lines import clipped, plain_text
from sagent.tools.process import QUIET, Group, start
from sagent.tools.sandbox import Sandbox, starts_in
from sagent.tools.shell import last_directory, shell, spoken
from sagent.tools.spool import Spool
from sagent.tools.threads import in_thread
from sagent.tools.watch import Watch
from sagent.validation import Schema

TIMEOUT: Final = 120_000
"""How many milliseconds a command may take where the directive does not say."""

AFTERMATH: Final = 0.05
"""How many seconds what the shell leaves behind has to end before it is called a background process."""

LONG: Final = 10.0
"""From how many seconds on it is said how long a command took."""


@frozen()
class Bash(Crafted[BashDirective]):
    """Runs commands where the last one has ended; what they leave running ends with the agent."""

    sandbox: Sandbox | None = None
    """What commands may change and see; None is all that the user may."""
    host: Host | None = field(default=None, repr=False, compare=False)
    brood: Brood = field(default_factory=Brood, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.sandbox is not None:
            self.sandbox.check()

    @property
    @override
    def schema(self) -> Schema[BashDirective]:
        return catalog.BASH_DIRECTIVE

    @property
    def detachable(self) -> bool:
        """A command may go on while the conversation does."""
        return True

    @property
    def volatile(self) -> str:
        """Durations and times of day, as builds and tests print them, and the names of our own files."""
        return r"\b\d+(\.\d+)?\s?(ms|s|sec|seconds?)\b|\b\d\d:\d\d:\d\d(\.\d+)?\b|\boutput-\w+\.txt\b"

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool for the host: where its commands run, it knows."""
        return replace(self, workspace=host.workspace, host=host, brood=Brood())

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person: the command itself, since what it is said to do is only said."""
        directive = self.directive(call)
        command = clipped(" ".join(directive["command"].split()), 200)
        return f"{command}  # {directive['description']}" if "description" in directive else command

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        folder = self.workspace if self.host is None else self.host.place(call.call_id)
        return Reach(commands=(self.directive(call)["command"],), folder=folder)

    async def sweep(self) -> None:
        """End what commands have left running."""
        await self.brood.end()

    async def run(self, message: ToolCall, /) -> AsyncIterator[Event | Answer]:
        """Run the command, tell its last lines now and then, and at the end what it wrote.

        Whoever closes the iterator ends the command and all that it has started.

        Raises:
            ToolError: it cannot be started.
        """
        directive = self.directive(message)
        folder, lost = self._folder(message)
        try:
            spool = Spool()
        except OSError as error:
            raise ToolError(f"there is no place for the command's output: {error}") from error
        keeps = directive.get("keep_running", False)
        mark = self.brood.mark()
        try:
            group = await self._started(directive["command"], folder, spool, "" if keeps else mark)
            watch = Watch(group, spool, directive.get("timeout", TIMEOUT), moves=self._moves(message))
            try:
                async with aclosing(watch.news()) as news:
                    async for text in news:
                        yield Progress(call_id=message.call_id, content=text, file=str(spool.path))
            finally:
                if watch.stopped:
                    await in_thread(progeny.end, mark)  # who has left the group
            running = not watch.stopped and not await group.gone(AFTERMATH)
            if running and not keeps:
                self.brood.leave(group.number)
            ended, place = _ending(watch), self._place(message, folder, spool)
            room = (
                None
                if self.host is None
                else self.host.result_room - text_size("\n".join((lost, ended, place)))
            )
            text = await in_thread(spool.digest, running=running, room=room)
        finally:
            last_directory(spool.report)
            spool.close()
        told = "\n".join(part for part in (lost, text, ended) if part)
        told = "\n".join(part for part in (told or "(no output)", place) if part)
        yield tool_result(message, told, failed=True) if watch.failure else Text(content=told)

    async def _started(self, command: str, folder: Path, spool: Spool, mark: str) -> Group:
        words = spoken(shell(), command, spool.report)
        environment: Mapping[str, str] = {**os.environ, **QUIET, progeny.VARIABLE: mark, **words.environment}
        line = words.command
        if self.sandbox is not None:
            line = self.sandbox.around(line, folder=folder, workspace=self.workspace, report=spool.report)
            environment = self.sandbox.known(environment)
            folder = (
                self.workspace
            )  # bwrap itself goes on from here: that other directory may be none outside
        try:
            return await start(line, folder=folder, output=spool.descriptor, environment=environment)
        except (OSError, ValueError) as error:
            raise ToolError(f"the command cannot be started in {folder}: {error}") from error

    def _moves(self, call: ToolCall) -> Callable[[str], bool] | None:
        host = self.host
        return None if host is None else lambda notice: host.detach(call.call_id, notice)

    def _folder(self, call: ToolCall) -> tuple[Path, str]:
        """Where the command starts, and what there is to say of that."""
        folder = self.workspace if self.host is None else self.host.place(call.call_id)
        if (
            self.host is None
            or not self.workspace.is_dir()
            or starts_in(folder, self.workspace, self.sandbox)
        ):
            return folder, ""
        self.host.moved(call.call_id, self.workspace)
        return self.workspace, f"[{folder} is gone: this ran in {self.workspace}]"

    def _place(self, call: ToolCall, folder: Path, spool: Spool) -> str:
        """Where the next command starts, if this one has moved."""
        ended = last_directory(spool.report)
        if ended is None or self.host is None or str(ended) == os.path.realpath(folder):
            return ""
        return (
            f"[working directory: {plain_text(str(ended))}]" if self.host.moved(call.call_id, ended) else ""
        )


def _ending(watch: Watch) -> str:
    """How a command has ended, and after how long, where that is worth a word."""
    took = f"{watch.seconds:.0f} s" if watch.seconds >= LONG else ""
    if not watch.failure:
        return f"[took {took}]" if took else ""
    return f"{watch.failure} after {took}" if took and not watch.stopped else watch.failure

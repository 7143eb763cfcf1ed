"""Running shell commands."""

import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.messages.words import tool_result
from sagent.protocols import Answer
from sagent.schema import catalog
from sagent.schema.event import Event, Progress
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.bash import BashDirective
from sagent.tools.crafted import Crafted
from sagent.tools.lines import clipped
from sagent.tools.process import QUIET, Group, start
from sagent.tools.spool import LARGEST, Spool
from sagent.tools.threads import in_thread
from sagent.validation import Schema

TIMEOUT: Final = 120_000
"""How many milliseconds a command may run where the directive does not say."""

PULSE: Final = 0.1
"""How many seconds lie between two looks at the output, and so between two pieces of news."""

AFTERMATH: Final = 0.05
"""How many seconds what the shell leaves behind has to end before it is called a background process."""


@dataclass(frozen=True, slots=True)
class Bash(Crafted[BashDirective]):
    """Runs a command in the workspace, which ends with its call, unless SIGKILL ends the agent first."""

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
        """Durations and times of day, as test runners and builds print them."""
        return r"\b\d+(\.\d+)?\s?(ms|s|sec|seconds?)\b|\b\d\d:\d\d:\d\d(\.\d+)?\b"

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person: the command itself, since what it is said to do is only said."""
        directive = self.directive(call)
        command = clipped(" ".join(directive["command"].split()), 200)
        return f"{command}  # {directive['description']}" if "description" in directive else command

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        return Reach(commands=(self.directive(call)["command"],), folder=self.workspace)

    async def run(self, message: ToolCall, /) -> AsyncIterator[Event | Answer]:
        """Run the command, tell its last lines now and then, and at the end what it wrote.

        Whoever closes the iterator ends the command and all that it has started.

        Raises:
            ToolError: it cannot be started.
        """
        directive = self.directive(message)
        try:
            spool = Spool()
        except OSError as error:
            raise ToolError(f"there is no place for the command's output: {error}") from error
        try:
            try:
                group = await start(
                    (shell(), "-c", directive["command"]),
                    folder=self.workspace,
                    output=spool.descriptor,
                    environment={**os.environ, **QUIET},
                )
            except (OSError, ValueError) as error:
                raise ToolError(f"the command cannot be started in {self.workspace}: {error}") from error
            outcome = _Outcome()
            timeout = directive.get("timeout", TIMEOUT)
            async with aclosing(_watched(group, spool, timeout, outcome)) as watched:
                async for news in watched:
                    yield Progress(call_id=message.call_id, content=news, file=str(spool.path))
            running = not outcome.stopped and not await group.gone(AFTERMATH)
            text = await in_thread(spool.digest, running=running)
        finally:
            spool.close()
        told = "\n".join(part for part in (text, outcome.text) if part) or "(no output)"
        yield tool_result(message, told, failed=True) if outcome.text else Text(content=told)


@lru_cache(maxsize=1)
def shell() -> str:
    """The shell of this machine."""
    from shutil import which

    return which("bash") or which("sh") or "/bin/sh"


@dataclass(slots=True)
class _Outcome:
    """How a command ended."""

    stopped: bool = False
    text: str = ""
    """What is said of it; empty if it ended well."""


async def _watched(group: Group, spool: Spool, timeout: int, outcome: _Outcome) -> AsyncGenerator[str, None]:
    from time import monotonic

    deadline = monotonic() + timeout / 1000
    seen = 0
    code: int | None = None
    try:
        while code is None:
            left = deadline - monotonic()
            if left <= 0:
                outcome.text = f"stopped after the timeout of {timeout} ms"
                break
            code = await group.ended(min(left, PULSE))
            size = spool.size
            if code is None and size > LARGEST:
                outcome.text = f"stopped because it wrote more than {LARGEST} bytes"
                break
            if code is None and size > seen:
                news = spool.news(seen)
                seen = size
                if news:
                    yield news
    finally:
        if code is None:
            outcome.stopped = True
            await group.kill()
    if code:
        outcome.text = f"exit code {code}" if code > 0 else f"killed by signal {-code}"

"""Working with programs that insist on a terminal."""

import os
import re
from collections.abc import Callable
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from re import Pattern
from typing import TYPE_CHECKING, Final, Self

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError, UsageError
from sagent.host import Host
from sagent.lib.value import frozen
from sagent.protocols import Answer
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.terminal import TerminalDirective
from sagent.tools import progeny
from sagent.tools.brood import Brood
from sagent.tools.crafted import Crafted
from sagent.tools.keys import commands, sent
from sagent.tools.lines import clipped
from sagent.tools.sandbox import Sandbox, starts_in
from sagent.tools.shell import shell
from sagent.tools.threads import in_thread
from sagent.validation import Schema

if TYPE_CHECKING:
    from sagent.tools.console import Console

MOST: Final = 8
"""How many terminals an agent may have open."""

TIMEOUT: Final = 10_000
"""How many milliseconds to wait for the screen where the directive does not say."""


@frozen()
class Terminal(Crafted[TerminalDirective]):
    """Runs programs in pseudo-terminals, which end with the agent."""

    sandbox: Sandbox | None = None
    """What the programs may change and see; None is all that the user may."""
    host: Host | None = field(default=None, repr=False, compare=False)
    brood: Brood = field(default_factory=Brood, repr=False, compare=False)
    consoles: "dict[str, tuple[Console, str]]" = field(default_factory=dict, repr=False, compare=False)
    """The open terminals by name, each with the mark of what it has started."""

    def __post_init__(self) -> None:
        if self.sandbox is not None:
            self.sandbox.check()

    def check(self) -> None:
        """See whether a screen can be kept here.

        Raises:
            UsageError: pyte is not installed.
        """
        from importlib.util import find_spec

        from sagent.tools.screen import MISSING

        if find_spec("pyte") is None:
            raise UsageError(MISSING)

    @property
    @override
    def schema(self) -> Schema[TerminalDirective]:
        return catalog.TERMINAL_DIRECTIVE

    @property
    def polls(self) -> bool:
        """A screen is looked at again and again, on purpose."""
        return True

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool for the host, with terminals of its own."""
        return replace(self, workspace=host.workspace, host=host, brood=Brood(), consoles={})

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person: what is done, and in which terminal."""
        directive = self.directive(call)
        words = [directive["action"], directive.get("command", ""), repr(directive.get("text") or "")]
        words += directive.get("keys", ())
        said = " ".join(" ".join(word for word in words if word not in {"", "''"}).split())
        return f"{directive.get('session', 'main')}: {clipped(said, 200)}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches: what is typed may be a command, and only the program knows."""
        directive = self.directive(call)
        match directive["action"]:
            case "start":
                return Reach(commands=(directive.get("command", shell()),), folder=self._folder(call))
            case "send":
                typed = tuple(commands(directive.get("text", ""), directive.get("keys", ())))
                console, _ = self.consoles.get(directive.get("session", "main"), (None, ""))
                return Reach(commands=typed, folder=console.folder if console else self._folder(call))
            case "read" | "resize" | "stop":
                return Reach()

    async def sweep(self) -> None:
        """End all programs."""
        for name in list(self.consoles):
            await self._stop(name)
        await self.brood.end()

    async def run(self, message: ToolCall, /) -> Answer:
        """Do it, and show the screen.

        Raises:
            ToolError: there is no such terminal or key, or the program cannot be started.
        """
        directive = self.directive(message)
        name = directive.get("session", "main")
        pattern = _pattern(directive)
        if directive["action"] == "stop":
            console = self._open(name)
            last = console.screen.text(directive.get("history", 0))
            await self._stop(name)
            return Text(content="\n".join(part for part in (last, f"[{name}: stopped]") if part))
        if directive["action"] == "start":
            console = await self._started(name, directive, self._folder(message))
        else:
            console = self._open(name)
        came: Callable[[], bool] | None = (
            None if pattern is None else partial(console.screen.matches, pattern)
        )
        match directive["action"]:
            case "send":
                came = None if pattern is None else console.screen.expect(pattern)
                keys = [
                    sent(key, application=console.screen.application) for key in directive.get("keys", ())
                ]
                await console.type("".join([directive.get("text", ""), *keys]))
            case "resize":
                console.resize(*_size(directive, console))
            case "start" | "read":
                pass
        seconds = directive.get("timeout", TIMEOUT) / 1000
        rests = directive["action"] == "read" and came is None
        seen = rests or await console.settle(came, seconds)
        return Text(content=await _shown(name, console, directive, seen=seen))

    async def _started(self, name: str, directive: TerminalDirective, folder: Path) -> "Console":
        from sagent.tools.console import Console

        if name in self.consoles and await self.consoles[name][0].ended() is None:
            raise ToolError(
                f"the terminal {name!r} is open: stop it, or give the new one another session name"
            )
        if name in self.consoles:
            await self._stop(name)
        if len(self.consoles) >= MOST:
            raise ToolError(f"{MOST} terminals are open ({', '.join(self.consoles)}): stop one first")
        mark = self.brood.mark()
        command = (shell(), "-c", directive["command"]) if "command" in directive else (shell(),)
        environment = {**os.environ, "TERM": "linux", progeny.VARIABLE: mark}
        for size in ("LINES", "COLUMNS"):
            environment.pop(size, None)
        sandbox = self.sandbox
        console = Console(folder, directive.get("columns", 80), directive.get("rows", 24))
        self.consoles[name] = console, mark  # before another call of the same response takes the name
        try:
            await console.start(
                command,
                folder=folder if sandbox is None else self.workspace,
                environment=environment if sandbox is None else sandbox.known(environment),
                confined=lambda line: (
                    line if sandbox is None else sandbox.around(line, folder=folder, workspace=self.workspace)
                ),
            )
        except BaseException as error:
            console.close()
            self.consoles.pop(name, None)
            if isinstance(error, OSError | ValueError):
                raise ToolError(f"the program cannot be started in {folder}: {error}") from error
            raise
        return console

    def _folder(self, call: ToolCall) -> Path:
        """Where a program starts."""
        folder = self.workspace if self.host is None else self.host.place(call.call_id)
        return folder if starts_in(folder, self.workspace, self.sandbox) else self.workspace

    def _open(self, name: str) -> "Console":
        from asyncio import get_running_loop

        if name in self.consoles and self.consoles[name][0].loop is not get_running_loop():
            self.consoles.pop(name)[0].close()  # it ended with the event loop that it was started on
        if name not in self.consoles:
            there = f"there are {', '.join(self.consoles)}" if self.consoles else "none is open"
            raise ToolError(f"there is no terminal {name!r}; {there}. Start it first")
        return self.consoles[name][0]

    async def _stop(self, name: str) -> None:
        console, mark = self.consoles.pop(name)
        await console.stop()
        await in_thread(progeny.end, mark)  # who has left the group


def _pattern(directive: TerminalDirective) -> Pattern[str] | None:
    if "wait_for" not in directive:
        return None
    try:
        return re.compile(directive["wait_for"], re.MULTILINE)
    except re.error as error:
        raise ToolError(f"wait_for is no regular expression: {error}") from error


def _size(directive: TerminalDirective, console: "Console") -> tuple[int, int]:
    columns, rows = console.screen.size.split("x")
    return directive.get("columns", int(columns)), directive.get("rows", int(rows))


async def _shown(name: str, console: "Console", directive: TerminalDirective, *, seen: bool) -> str:
    code = await console.ended()
    state = f"cursor at {console.screen.cursor}"
    if code is not None:
        state = f"the program has ended with exit code {code}" if code >= 0 else f"killed by signal {-code}"
    missed = "" if seen else f"; {directive.get('wait_for')!r} did not appear"
    line = f"[{name}: {console.screen.size}, {state}{missed}]"
    return "\n".join(part for part in (console.screen.text(directive.get("history", 0)), line) if part)

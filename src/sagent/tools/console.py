"""A program in a pseudo-terminal of its own."""

import asyncio
import errno
import os
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final

from sagent.errors import ToolError
from sagent.tools.process import Group, start
from sagent.tools.screen import Screen

QUIET: Final = 0.3
"""After how many seconds without a change the screen is taken to be ready."""

FIRST: Final = 1.0
"""How many seconds a program has to show anything at all, before its silence is taken for an answer."""

OPENED: Final = 'tty=$1; shift; exec <>"$tty" >&0 2>&1; exec "$@"'
"""Opens the terminal anew: a session's leader that has none gets it by that as its controlling terminal."""


class Console:
    """One terminal: a program, what it is sent, and its screen."""

    def __init__(self, folder: Path, columns: int, rows: int) -> None:
        self.folder: Path = folder
        """Where its program starts."""
        self.screen: Screen = Screen(columns, rows, self._answer)
        self.loop: asyncio.AbstractEventLoop = asyncio.get_running_loop()
        self._master, self._slave = os.openpty()
        os.set_blocking(self._master, False)
        termios.tcsetwinsize(self._master, (rows, columns))
        self._group: Group | None = None
        self._changed = asyncio.Event()
        self._open = True

    async def start(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        confined: Callable[[Sequence[str]], Sequence[str]],
    ) -> None:
        """Start a program in it.

        Raises:
            OSError: it cannot be started.
            ValueError: it contains a NUL.
        """
        self.loop.add_reader(self._master, self._read)
        tty = os.ttyname(self._slave)
        line = ("/bin/sh", "-c", OPENED, "sh", tty, *confined(command))
        try:
            self._group = await start(line, folder=folder, output=self._slave, environment=environment)
        finally:
            os.close(self._slave)

    async def type(self, words: str) -> None:
        """Send what is typed.

        Raises:
            ToolError: the program has ended, or does not read.
        """
        data = words.encode()
        limit = monotonic() + 5.0
        while data:
            if not self._open:
                raise ToolError("the program has ended, and nobody reads what is typed")
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError as error:
                if monotonic() > limit:
                    raise ToolError(f"the program does not read; {len(data)} bytes were not typed") from error
                await asyncio.sleep(0.01)
            except OSError as error:
                raise ToolError(f"the program has ended: {error.strerror}") from error

    async def settle(self, came: Callable[[], bool] | None, seconds: float) -> bool:
        """Wait until it is said to have come, or else until the screen rests; whether that was in time."""
        end = monotonic() + seconds
        pause = FIRST
        while True:
            if came is not None and came():
                return True
            left = end - monotonic()
            if left <= 0 or not self._open:
                return came is None
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), left if came else min(pause, left))
            except TimeoutError:
                return came is None or came()
            pause = QUIET

    def resize(self, columns: int, rows: int) -> None:
        """Give it another size; the program is told by SIGWINCH."""
        self.screen.resize(columns, rows)
        if self._open:
            termios.tcsetwinsize(self._master, (rows, columns))

    async def ended(self) -> int | None:
        """The program's exit code, or None while it runs."""
        return None if self._group is None else await self._group.ended(0.0 if self._open else 1.0)

    async def stop(self) -> None:
        """End the program, and everybody of its group."""
        self.close()
        if self._group is not None:
            await self._group.kill()

    def close(self) -> None:
        """Hang up."""
        if self._open:
            self._open = False
            with suppress(RuntimeError):  # its loop is closed
                self.loop.remove_reader(self._master)
            os.close(self._master)
            self._changed.set()

    def _read(self) -> None:
        try:
            data = os.read(self._master, 65_536)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if data:
            self.screen.feed(data)
            self._changed.set()
        else:
            self.close()  # nobody holds the other end any more

    def _answer(self, data: str) -> None:
        if self._open:
            with suppress(OSError):
                os.write(self._master, data.encode())

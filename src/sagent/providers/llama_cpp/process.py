"""A program that ends with this process, whatever ends that, and says what it does in a log of its own."""

import atexit
import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from sagent.providers.llama_cpp.guard import GRACE

TAIL: Final = 65_536
"""How many bytes of the log's end are looked at."""

LONGEST: Final = 8_000_000
"""How many bytes of it are kept."""

LISTENING: Final = re.compile(r"listening on https?://\S+?:(\d+)|is listening, hostname: \S+, port: (\d+)")
"""How llama-server says which port it was given: now, and before 2026."""


class Process:
    """A running server. Its output goes to a file without a name, and never to a terminal."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        descriptor, name = tempfile.mkstemp(prefix="llama-server-")
        Path(name).unlink()
        self._log = os.fdopen(descriptor, "w+b", buffering=0)
        # It is written to from where it ends, so that it can be cut.
        fcntl.fcntl(self._log, fcntl.F_SETFL, fcntl.fcntl(self._log, fcntl.F_GETFL) | os.O_APPEND)
        self._last = ""
        self._owner = os.getpid()
        self._swept = False
        self._guard: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py")), *command],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # a Ctrl-C at the terminal ends a turn, and not the server
        )
        atexit.register(self.end)

    @property
    def ended(self) -> str:
        """In words how it ended; empty while it runs."""
        code = self._guard.poll()
        if code is None:
            return ""
        self._sweep()
        number = -code if code < 0 else code - 128
        if number in set(signal.Signals):
            return f"was ended by {signal.Signals(number).name}"
        return f"exited with status {code}"

    def wait(self, seconds: float) -> None:
        """Return when it has ended, or after so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._guard.wait(seconds)
            self._sweep()

    @property
    def port(self) -> int | None:
        """The port that it says it listens on."""
        found = list(LISTENING.finditer(self._end()))
        return int(found[-1][1] or found[-1][2]) if found else None

    def said(self, lines: int) -> str:
        """The last lines of its log."""
        return "\n".join([line for line in self._end().splitlines() if line.strip()][-lines:])

    def shorten(self) -> None:
        """Begin the log anew where it has become long."""
        if not self._log.closed and os.fstat(self._log.fileno()).st_size > LONGEST:
            os.ftruncate(self._log.fileno(), 0)

    def end(self) -> None:
        """End it; returns when it is gone."""
        atexit.unregister(self.end)
        if os.getpid() != self._owner:
            return  # a fork of the one that it belongs to
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        try:
            self._guard.wait(GRACE + 2)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()
        self._sweep()
        self._last = self._end()
        self._log.close()

    def _sweep(self) -> None:
        """End what the guard has left in its group: the server, where somebody has killed the guard.

        Called where it has just been waited for, and never again: its number may be another's by then.
        """
        if not self._swept:
            self._swept = True
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._guard.pid, signal.SIGKILL)

    def _end(self) -> str:
        if self._log.closed:
            return self._last
        file = self._log.fileno()
        # Read without a move: the server writes by the same description.
        return os.pread(file, TAIL, max(0, os.fstat(file).st_size - TAIL)).decode(errors="replace")

"""All that some calls have started, wherever it has gone since: found by a mark, and ended.

Whatever a command starts inherits its environment, and with it the mark; so it is found even where it has
left the process group and the session, as daemons do. Where there is no /proc, nothing is found.

Run as a file, by a bare interpreter, it is a guard: it waits for its standard input to end, which the kernel
does whatever becomes of whoever holds the other end, and then ends what has the mark that it is given.
"""

import os
import signal
import sys
import time
from collections.abc import Collection, Set
from contextlib import suppress

VARIABLE = "SAGENT_CALL"
"""The variable of the environment that holds the mark."""

GRACE = 0.5
"""How many seconds those who are ended have to do so by themselves after SIGTERM."""

PATIENCE = 2.0
"""How many seconds those who are killed are waited for."""


def found(mark: str, sessions: Collection[int] = ()) -> Set[int]:
    """The processes whose mark begins so, with all in their sessions, and those in the given ones."""
    numbers = _numbers()
    wanted = f"{VARIABLE}={mark}".encode()
    marked = {number for number in numbers if _is_marked(number, wanted)}
    # Whoever has a session's own number has taken it over, after all who were in it had ended.
    known = {_session(number) for number in marked} | ({*sessions} - {*numbers} - {0})
    known -= {0, os.getsid(0)}
    return marked | {number for number in numbers if _session(number) in known and _lives(number)}


def end(mark: str, sessions: Collection[int] = (), grace: float = GRACE) -> None:
    """End them, politely and after the grace by force; return when they are dead."""
    asked: set[int] = set()
    started = time.monotonic()
    while alive := found(mark, sessions):
        waited = time.monotonic() - started
        if waited > grace + PATIENCE:
            return  # nobody can end what hangs in the kernel
        for number in alive if waited >= grace else alive - asked:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL if waited >= grace else signal.SIGTERM)
        asked |= alive
        time.sleep(0.002)


def _numbers() -> Set[int]:
    try:
        return {int(name) for name in os.listdir("/proc") if name.isdigit()} - {os.getpid()}  # noqa: PTH208
    except OSError:
        return frozenset()


def _is_marked(number: int, wanted: bytes) -> bool:
    """Whether a process has the mark; a dead one has no environment, and that of others is not told."""
    try:
        with open(f"/proc/{number}/environ", "rb") as environment:  # noqa: PTH123
            told = environment.read()
    except OSError:
        return False
    return told.startswith(wanted) or b"\0" + wanted in told


def _session(number: int) -> int:
    try:
        return os.getsid(number)
    except OSError:
        return 0


def _lives(number: int) -> bool:
    try:
        with open(f"/proc/{number}/stat", "rb") as status:  # noqa: PTH123
            # proc(5): the name in parentheses, then the state.
            return status.read().rpartition(b") ")[2][:1] not in {b"Z", b"X"}
    except OSError:
        return False


def main(mark: str) -> None:
    """Wait for standard input to end, then end what has the mark."""
    while os.read(0, 1024):
        pass
    end(mark)


if __name__ == "__main__":
    main(sys.argv[1])

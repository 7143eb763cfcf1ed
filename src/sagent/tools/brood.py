"""What the calls of one agent have started and left running, to be ended with it."""

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

from sagent.tools import progeny
from sagent.tools.threads import in_thread

_agents = count(1)
_lock: Final = Lock()


class Brood:
    """Marks what an agent's calls start, and knows what they have left."""

    def __init__(self) -> None:
        self._number = next(_agents)
        self._calls = count(1)
        self._left: set[int] = set()

    def mark(self) -> str:
        """A mark for what one more call starts; it ends with a dot, so that it begins no other."""
        return f"{self._own}{next(self._calls)}."

    def leave(self, group: int) -> None:
        """A call has ended, and others of its process group have not."""
        self._left = {left for left in self._left if _is_there(left)} | {group}

    async def end(self) -> None:
        """End everything that was started, except what was started to stay."""
        sessions, self._left = self._left, set()
        if next(self._calls) > 1:
            await in_thread(_end, self._own, sessions)

    @property
    def _own(self) -> str:
        with _lock:
            # The number of the process, since a fork has the same token and counts on from the same number.
            return f"{_token()}.{os.getpid()}.{self._number}."


def _end(mark: str, sessions: Collection[int]) -> None:
    progeny.end(mark, sessions)
    if not Path("/proc").is_dir():
        for group in sessions:
            with suppress(OSError):
                os.killpg(group, signal.SIGKILL)


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@lru_cache(maxsize=1)
def _token() -> str:
    """How the marks of this process begin; from now on somebody ends what has them when the process ends.

    That is one guard for all agents, which holds one end of a pipe. What is
    left when the process ends, even by SIGKILL, it ends within a moment.
    """
    import secrets
    import sys

    token = secrets.token_hex(8)
    reading, _writing = os.pipe()  # the other end stays open for as long as this process lives
    file = str(Path(progeny.__file__))
    actions = [
        (os.POSIX_SPAWN_DUP2, reading, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    command = [sys.executable, "-I", "-S", file, f"{token}."]
    try:
        # No Popen: nobody waits for the guard, which lives longer than this process.
        os.posix_spawn(command[0], command, {}, file_actions=actions, setsid=True)
    except (OSError, NotImplementedError):
        import logging

        logging.getLogger("sagent.tools").warning(
            "nobody watches over what commands leave running: end the agent with aclose()", exc_info=True
        )
    finally:
        os.close(reading)
    return token

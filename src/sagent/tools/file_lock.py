"""One at a time changes a file: among the threads of this process, and among processes."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final
from weakref import WeakValueDictionary

from sagent.errors import ToolError

PATIENCE: Final = 20.0
"""How many seconds another process may take; no change of a file takes one."""


@contextmanager
def alone(*paths: Path) -> Iterator[None]:
    """Wait until nobody else changes these files, and keep others waiting.

    Raises:
        ToolError: another process does not let go of one of them.
    """
    with ExitStack() as stack:
        # In one order everywhere, so that no two wait for each other.
        for key in sorted({os.path.realpath(path) for path in paths}):
            stack.enter_context(_in_process(key))
            stack.enter_context(_among_processes(key))
        yield


_GUARD: Final = Lock()
_LOCKS: Final[WeakValueDictionary[str, Lock]] = WeakValueDictionary()


@contextmanager
def _in_process(key: str) -> Iterator[None]:
    with _GUARD:
        lock = _LOCKS.get(key)
        if lock is None:
            lock = _LOCKS[key] = Lock()
    with lock:
        yield


@contextmanager
def _among_processes(key: str) -> Iterator[None]:
    """Hold a lock file named after the path, in a directory of the user's own and not beside the file."""
    folder = _folder()
    if folder is None:
        yield
        return
    import hashlib

    name = folder / f"{hashlib.sha256(os.fsencode(key)).hexdigest()[:32]}.lock"
    descriptor = _held(name, key)
    try:
        yield
    finally:
        # Removed while it is held: whoever waits for it sees that it is gone, and makes another.
        name.unlink(missing_ok=True)
        os.close(descriptor)


def _held(name: Path, key: str) -> int:
    import fcntl

    give_up = time.monotonic() + PATIENCE
    while True:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink:
                return descriptor
        os.close(descriptor)
        if time.monotonic() > give_up:
            raise ToolError(f"another process has been changing {key} for {PATIENCE:.0f} s: try again later")
        time.sleep(0.005)


def _folder() -> Path | None:
    """A directory that is ours alone; None where there is none, or the system has no such locks."""
    if os.name != "posix":
        return None
    import tempfile

    folder = Path(tempfile.gettempdir()) / f"sagent-locks-{os.getuid()}"
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
    except OSError:
        # Somebody else's change is noticed all the same, by the content, just before the file is replaced.
        return None
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
    return folder if ours else None

"""The directory for what is too long to be shown, where it can be read; its files are removed after a week.

Rule 1: a file is named after its content, so that the same output is told of in the same words.
Rule 2: a file is removed a week after somebody was last told of it, or wrote to it; never while it is locked,
    as those are that a command still writes to.
"""

import os
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

KEPT: Final = 7 * 24 * 3600
"""How many seconds a file stays after its last use."""

OMITTED: Final = r"\[… [^\]\n]* omitted; all output: [^\]\n]*\]"
"""A regular expression for what `gap` writes."""


def folder() -> Path:
    """The directory, which is ours alone; in a shared one somebody else may have taken its name.

    Raises:
        OSError: there is no place for one.
    """
    import tempfile

    place = Path(tempfile.gettempdir()) / f"sagent-{os.getuid()}"
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    status = place.lstat()
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
    if not ours:
        return _instead(place)
    _tidied(place)
    return place


def keep(text: str, suffix: str = ".txt") -> Path:
    """Write a text into the directory, unless it is there already.

    Raises:
        OSError: it cannot be written.
    """
    import hashlib
    import tempfile

    data = text.encode(errors="replace")
    place = folder()
    path = place / f"{hashlib.sha256(data).hexdigest()[:16]}{suffix}"
    if path.is_file() and path.stat().st_size == len(data):
        path.touch()
        return path
    made, name = tempfile.mkstemp(prefix="output-", dir=place)
    try:
        with open(made, "wb") as file:  # noqa: PTH123
            file.write(data)
        return Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def hold(descriptor: int) -> None:
    """Keep a file in the directory for as long as anybody has it open, as a command that writes to it."""
    import fcntl

    with suppress(OSError):  # a file system without locks only forgets it after a week of silence
        fcntl.flock(descriptor, fcntl.LOCK_SH)


def gap(lines: int, size: int, kept: str) -> str:
    """What stands in the place of what is left out, and where all of it is."""
    told = "1 line" if lines == 1 else f"{lines} lines"
    return f"[… {told}, {size} bytes omitted; all output: {kept}]"


def prune(place: Path, now: float) -> None:
    """Remove what nobody has used for a week."""
    with os.scandir(place) as entries:
        for entry in entries:
            with suppress(OSError):  # somebody else may tidy up, too
                if entry.is_file(follow_symlinks=False) and now - entry.stat().st_mtime > KEPT:
                    _remove(entry.path)


def _remove(path: str) -> None:
    import fcntl

    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)  # noqa: PTH108
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)


@lru_cache(maxsize=4)
def _instead(place: Path) -> Path:
    """Another one for this process: what is put there has to be known again as ours."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix="sagent-", dir=place.parent))


@lru_cache(maxsize=4)
def _tidied(place: Path) -> None:
    """Once in a process, which costs a look at each file."""
    import time

    prune(place, time.time())

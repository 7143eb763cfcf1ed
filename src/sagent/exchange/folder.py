"""Where the processes of one user find each other: a directory of sockets that nobody else may enter."""

import hashlib
import os
import platform
import secrets
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sagent.errors import UsageError
from sagent.sessions.private import private_directory

SUFFIX: Final = ".sock"

LONGEST: Final = 103
"""How many bytes the path of a socket has at most: `sun_path` of unix(4) on macOS; Linux takes four more."""

NAME: Final = 32
"""How many of them the name of one takes."""

ABANDONED: Final = 60.0
"""For how many seconds a socket may go without its name before somebody looks whether it is dead."""

OWN: Final[set[Path]] = set()
"""The sockets of this process."""


def meeting_place() -> Path:
    """The directory; it need not be there yet.

    That is `sagent` in the user's runtime directory (XDG Base Directory Specification), or, where there is
    none that is the user's alone, `run` in the directory of states; where that is too long, one in /tmp.
    """
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}")
    if runtime.is_absolute() and not _fault(runtime):
        place = runtime / "sagent"
    else:
        from platformdirs import user_state_path

        place = user_state_path("sagent") / "run"
    if len(os.fsencode(place)) + 1 + NAME <= LONGEST:
        return place
    digest = hashlib.sha256(os.fsencode(place)).hexdigest()[:12]
    return Path("/tmp") / f"sagent-{os.geteuid()}-{digest}"  # noqa: S108  # whose it is, is looked at


def prepared() -> Path:
    """The directory, made if it is not there.

    Raises:
        UsageError: it cannot be made, or others may enter it.
    """
    place = meeting_place()
    try:
        private_directory(place)
    except OSError as error:
        raise UsageError(
            f"{place} cannot be made ({error.strerror}): set XDG_RUNTIME_DIR to a directory of yours"
        ) from error
    if fault := _fault(place):
        raise UsageError(f"{place} {fault}, so agents are not published there: remove it, or mend it")
    return place


def new_name() -> str:
    """A name for a socket of this process."""
    return f"{_host()}-{os.getpid()}-{secrets.token_hex(3)}{SUFFIX}"


def sockets() -> Sequence[Path]:
    """The sockets of other processes on this machine; none where the directory is not the user's alone."""
    place = meeting_place()
    if _fault(place):
        return ()
    # A home directory may be shared by machines, and nobody hears a socket of another one.
    found = place.glob(f"{_host()}-*{SUFFIX}")
    return sorted(path for path in found if path not in OWN)


def nameless() -> Sequence[Path]:
    """Sockets whose processes have had time to give them a name, and have not: they may be dead."""
    place = meeting_place()
    if _fault(place):
        return ()
    return [path for path in place.glob(f".{_host()}-*{SUFFIX}") if _age(path) > ABANDONED]


def _age(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _fault(place: Path) -> str:
    """Why a directory cannot be trusted; empty if it can."""
    try:
        found = place.lstat()
    except OSError as error:
        return f"cannot be entered ({error.strerror})"
    if not stat.S_ISDIR(found.st_mode):
        return "is no directory"
    if found.st_uid != os.geteuid():
        return "belongs to somebody else"
    return "is open to others" if found.st_mode & 0o077 else ""

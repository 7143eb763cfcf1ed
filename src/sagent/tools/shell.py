"""The shell that runs commands, and how it tells where it has ended."""

import os
import shlex
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from sagent.lib.value import frozen

START: Final = Path(__file__).with_name("start.bash")
"""What bash reads first: it makes it write down where it ends."""


@frozen()
class Spoken:
    """A command as it is started, and what is added to the environment for it."""

    command: Sequence[str]
    environment: Mapping[str, str]


def spoken(shell: str, command: str, report: Path) -> Spoken:
    """A command in the words of a shell that writes its last directory to a file.

    A file, because children inherit whatever descriptor a shell could write to.
    bash is given the command untouched, so that what it says of errors in it is
    as ever. What it replaces itself by (`exec`) says nothing, and neither does a
    command that sets an EXIT trap of its own.
    """
    place = shlex.quote(str(report))
    if Path(shell).name != "bash":
        script = f"trap '{{ pwd -P >|{_inner(place)}; }} 2>/dev/null' EXIT; eval \"$1\""
        return Spoken((shell, "-c", script, Path(shell).name, command), {})
    told = {"BASH_ENV": str(START), "SAGENT_CWD": place}
    if "BASH_ENV" in os.environ:
        told["SAGENT_BASH_ENV"] = os.environ["BASH_ENV"]
    return Spoken((shell, "-c", command), told)


def last_directory(report: Path) -> Path | None:
    """What a shell has written down, if it has, and it is text; the file is removed."""
    try:
        told = report.read_bytes()
    except OSError:
        return None
    report.unlink(missing_ok=True)
    try:
        folder = told.decode().removesuffix("\n")
    except UnicodeDecodeError:
        return None  # no log could keep it
    return Path(folder) if folder.startswith("/") else None


@lru_cache(maxsize=1)
def shell() -> str:
    """The shell of this machine."""
    from shutil import which

    return which("bash") or which("sh") or "/bin/sh"


def _inner(quoted: str) -> str:
    """What is quoted for a shell, once more, to stand between single quotes."""
    return quoted.replace("'", "'\\''")

"""From the path that a model wrote to a file that can be used, or to a reason why not."""

import os
import stat
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn

from sagent.errors import ToolError
from sagent.tools.namesakes import namesakes

IRREGULAR: Final = "is not a regular file but a device, pipe or socket: it cannot be used here"
"""Why what has no beginning and no end is refused."""


def place(workspace: Path, name: str) -> Path:
    """The path that is meant: `~` is the home directory, anything relative is relative to the workspace.

    Raises:
        ToolError: there is no such home directory, or no path can be written so.
    """
    if "\0" in name:
        raise ToolError("the path contains a NUL character: give it without")
    try:
        name.encode()
        path = Path(name).expanduser()
    except UnicodeEncodeError as error:
        raise ToolError("the path contains half a surrogate pair: give it as valid Unicode") from error
    except RuntimeError as error:
        raise ToolError(f"{name}: there is no such home directory; give the whole path") from error
    # What lies above a link is not what lies above its target, so `..` cannot be taken by the letter.
    return Path(os.path.realpath(workspace / path)) if ".." in path.parts else workspace / path


def shown(path: Path, workspace: Path) -> str:
    """The path as a model can give it back: relative where it is inside the workspace."""
    try:
        return path.relative_to(workspace).as_posix()
    except ValueError:
        return str(path)


def regular_file(path: Path, name: str, workspace: Path | None = None) -> os.stat_result:
    """The status of a file that can be read from the beginning to its end.

    Of a missing one it is said where in the workspace there is one of that name.

    Raises:
        ToolError: it is missing, a directory, a device or a pipe, or may not be looked at.
    """
    status = _status(path, name, workspace)
    if stat.S_ISDIR(status.st_mode):
        raise ToolError(f"{name} is a directory: use List to see what is in it")
    if not stat.S_ISREG(status.st_mode):
        raise ToolError(f"{name} {IRREGULAR}")
    return status


def directory(path: Path, name: str) -> Path:
    """The path itself, if it is a directory.

    Raises:
        ToolError: it is missing, or something else.
    """
    if not stat.S_ISDIR(_status(path, name).st_mode):
        raise ToolError(f"{name} is a file, not a directory: give its directory, or use Read")
    return path


def searchable(path: Path, name: str) -> Path:
    """The path itself, if it is a directory or a file.

    Raises:
        ToolError: it is missing, or a device or a pipe.
    """
    if not stat.S_ISDIR(_status(path, name).st_mode):
        regular_file(path, name)
    return path


def refuse(error: OSError, name: str, deed: str) -> NoReturn:
    """Say to the model what the system said.

    Raises:
        ToolError: always.
    """
    raise ToolError(f"cannot {deed} {name}: {error.strerror or error}") from error


def _status(path: Path, name: str, workspace: Path | None = None) -> os.stat_result:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ToolError(_missing(path, name, workspace)) from error
    except OSError as error:
        refuse(error, name, "look at")


def _missing(path: Path, name: str, workspace: Path | None) -> str:
    if path.is_symlink():
        return f"{name} is a link to {path.readlink()}, which does not exist"
    parent = path.parent
    while not parent.is_dir() and parent != parent.parent:
        parent = parent.parent
    wanted = path.relative_to(parent).parts[0]
    try:
        names = sorted(other.name for other in islice(parent.iterdir(), 10_000))
    except OSError:
        # Only a hint is lost.
        names = []
    folded = {other.casefold(): other for other in names}
    close = [folded[match] for match in get_close_matches(wanted.casefold(), folded, n=3, cutoff=0.6)]
    elsewhere = (
        [] if workspace is None or (close and parent == path.parent) else namesakes(workspace, path.name)
    )
    known = f"of that name there is {', '.join(elsewhere)}"
    if parent != path.parent:
        hint = f"the directory {parent} has no {wanted}" + (f"; it has {', '.join(close)}" if close else "")
        return f"{name} does not exist: {hint}" + (f"; {known}" if elsewhere else "")
    if close:
        return (
            f"{name} does not exist; did you mean {' or '.join(str(path.parent / other) for other in close)}?"
        )
    if elsewhere:
        return f"{name} does not exist; {known}"
    return f"{name} does not exist, nor anything of a similar name: look with List or Glob"

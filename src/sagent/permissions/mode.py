"""What holds where no rule says anything."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sagent.permissions.harmless import deeds
from sagent.permissions.ruling import ALLOWED, Ruling, strictest
from sagent.permissions.touch import Changing, Reading, Running, Touch, Using
from sagent.permissions.whereabouts import is_inside, is_kept, is_output, is_secret

Mode: TypeAlias = Literal["read-only", "default", "accept-edits", "full"]
"""`read-only` changes nothing; `default` changes files in the workspace; `accept-edits` tidies there, too."""

MODES: Final[Sequence[Mode]] = ("read-only", "default", "accept-edits", "full")


def ordinary(mode: Mode, touch: Touch, workspace: Path) -> Ruling:
    """What a mode says of one thing that a call does."""
    if mode == "full":
        return ALLOWED
    match touch:
        case Using(known=True):
            return ALLOWED
        case Using():
            return Ruling("ask", "nobody can tell beforehand what it touches")
        case Reading(path=path):
            return _reading(path, workspace)
        case Changing(path=path):
            return _changing(mode, path, workspace)
        case Running():
            return _running(mode, touch, workspace)


def _reading(path: Path, workspace: Path) -> Ruling:
    if is_output(path):
        return ALLOWED
    if not is_inside(path, workspace):
        return Ruling("ask", f"{path} is outside {workspace}")
    if is_secret(path):
        return Ruling("ask", f"{path} has the name of a file that holds keys or passwords")
    return ALLOWED


def _changing(mode: Mode, path: Path, workspace: Path) -> Ruling:
    if mode == "read-only":
        return Ruling("deny", f"the mode read-only changes nothing, and {path} would be changed")
    if not is_inside(path, workspace):
        return Ruling("ask", f"{path} would be changed, which is outside {workspace}")
    if is_kept(path, workspace):
        return Ruling("ask", f"{path} would be changed, which steers other programs")
    return ALLOWED


def _running(mode: Mode, running: Running, workspace: Path) -> Ruling:
    done = deeds(running, tidies=mode == "accept-edits")
    if done is not None:
        return strictest([ordinary(mode, deed, workspace) for deed in done])
    if mode == "read-only":
        return Ruling("deny", f"the mode read-only runs no such command: {running.text}")
    if running.script.opaque:
        told = f"cannot be taken apart, as {running.script.opaque}"
    elif any(command.sets for command in running.script.commands):
        told = "is given variables of its own"
    else:
        told = "is not allowed by any rule"
    return Ruling("ask", f"the command {told}: {running.text}")

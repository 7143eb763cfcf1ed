"""Where a path really leads: links followed, `..` taken by what is there, and case as the disk takes it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

KEPT: Final = frozenset({".git", ".hg", ".svn", ".jj", ".sagent", ".vscode", ".idea"})
"""Directories in a project whose files say what other programs run, or what is allowed here."""


def real(path: Path) -> Path:
    """The path without links and `..`; what does not exist stays as it is written."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:
        return path  # a NUL is in it: no such file can be


def steps_into(path: Path, folder: Path) -> Sequence[str] | None:
    """The steps from a folder down to what the path leads to; None where that is elsewhere."""
    target, root = real(path), real(folder)
    if target.is_relative_to(root):
        return target.relative_to(root).parts
    # The same directory may be written in other letters, where the disk does not tell them apart.
    for parent in (target, *target.parents):
        if parent.name.casefold() == root.name.casefold() and _same(parent, root):
            return target.relative_to(parent).parts
    return None


def is_inside(path: Path, folder: Path) -> bool:
    """Whether the path leads to the folder, or to something in it."""
    return steps_into(path, folder) is not None


def is_kept(path: Path, folder: Path) -> bool:
    """Whether it is among what a project keeps for other programs."""
    return any(step.casefold() in KEPT for step in steps_into(path, folder) or ())


def is_output(path: Path) -> bool:
    """Whether it is what our tools have put aside for the user, as it was too long to be shown."""
    from sagent.lib.outputs import folder

    try:
        return is_inside(path, folder())
    except OSError:
        return False  # there is none


def is_secret(path: Path) -> bool:
    """Whether a file is called, or leads to one that is called, like those that hold keys."""
    from sagent.tools.secrets import is_secret as called_so  # all tools come along

    return any(called_so(os.fsencode(each.name.casefold()), each.parent) for each in {path, real(path)})


def matches(pattern: str, path: Path, workspace: Path, *, loosely: bool) -> bool:
    """Whether a path is one that a pattern means, or below it.

    `~/x` and `/x` are meant from the home directory and the root; anything else from the workspace, and
    without a slash at any depth. Loosely, the path as it is written counts too, and case does not.
    """
    written = pattern.removeprefix("./").rstrip("/")
    if written.startswith("~/"):
        written = f"{Path.home()}{written[1:]}"
    if written.startswith("/"):
        anchors = [Path("/")]
        written = written[1:]
    else:
        if "/" not in written:
            written = f"**/{written}"
        anchors = [workspace, real(workspace)]
    candidates = [real(path), path] if loosely else [real(path)]
    return any(
        _below(written, candidate.relative_to(anchor).parts, loosely=loosely)
        for candidate in candidates
        for anchor in anchors
        if candidate.is_relative_to(anchor)
    )


def _below(pattern: str, steps: Sequence[str], *, loosely: bool) -> bool:
    """Whether the pattern fits the steps, or what they are below."""
    from sagent.tools.wildcard import wildcard  # all tools come along

    if loosely:
        pattern, steps = pattern.casefold(), [step.casefold() for step in steps]
    if pattern == "**/**" or not pattern:
        return True
    fits = wildcard(pattern).fullmatch
    return any(fits("/".join(steps[:count])) for count in range(1, len(steps) + 1))


def _same(some: Path, other: Path) -> bool:
    try:
        return os.path.samefile(some, other)  # noqa: PTH121
    except OSError:
        return False

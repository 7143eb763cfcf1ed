"""The files below a directory, in order, without those that git ignores."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that is not a directory."""

    relative: str
    """Its path below the start, with slashes."""
    entry: os.DirEntry[str]


class Walk:
    """Goes through a directory by name, depth first; links to directories are not followed."""

    def __init__(self, start: Path) -> None:
        self.start = start
        self.unreadable: int = 0
        """How many directories could not be looked into so far."""

    def __iter__(self) -> Iterator[Found]:
        prefix = len(os.path.join(self.start, ""))  # noqa: PTH118
        stack = [self._inside(str(self.start), rules_at(self.start))]
        while stack:
            entries, rules = stack[-1]
            entry = next(entries, None)
            if entry is None:
                stack.pop()
            elif entry.is_dir(follow_symlinks=False):
                stack.append(self._inside(entry.path, rules))
            else:
                yield Found(relative=entry.path[prefix:], entry=entry)

    def _inside(self, folder: str, rules: "Rules") -> "tuple[Iterator[os.DirEntry[str]], Rules]":
        entries = scanned(folder)
        if entries is None:
            self.unreadable += 1
            return iter(()), rules
        inner = rules.entering(folder)
        return iter(visible(entries, inner)), inner


def scanned(folder: str) -> Sequence[os.DirEntry[str]] | None:
    """What is in a directory, by name; None if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError:
        return None


def visible(entries: Sequence[os.DirEntry[str]], rules: "Rules") -> Sequence[os.DirEntry[str]]:
    """Those that git does not ignore."""
    return [
        entry
        for entry in entries
        if entry.name != ".git"
        and not rules.ignore(entry.path, is_directory=entry.is_dir(follow_symlinks=False))
    ]


@dataclass(frozen=True, slots=True)
class Rules:
    """The ignore files that hold in a directory, the nearest last."""

    layers: tuple[tuple[str, "GitIgnoreSpec"], ...] = ()

    def entering(self, folder: str) -> "Rules":
        """The rules inside a directory, its own .gitignore included."""
        spec = _spec(os.path.join(folder, ".gitignore"))  # noqa: PTH118
        return self if spec is None else Rules((*self.layers, (folder, spec)))

    def ignore(self, path: str, *, is_directory: bool) -> bool:
        """Whether git ignores it. The nearest file that says anything about it decides."""
        for folder, spec in reversed(self.layers):
            relative = os.path.relpath(path, folder) if folder == "/" else path[len(folder) + 1 :]
            verdict = spec.check_file(relative + "/" * is_directory).include
            if verdict is not None:
                return verdict
        return False


def rules_at(start: Path) -> Rules:
    """The rules that a repository around a directory imposes on it; none if it is itself ignored."""
    root = repository(start)
    if root is None:
        return Rules()
    info = _spec(str(root / ".git" / "info" / "exclude"))
    rules = Rules() if info is None else Rules(((str(root), info),))
    between = [folder for folder in reversed((start, *start.parents)) if folder.is_relative_to(root)]
    for folder, inner in pairwise(between):
        rules = rules.entering(str(folder))
        if rules.ignore(str(inner), is_directory=True):
            # Whoever names an ignored directory wants to see what is in it.
            return Rules()
    return rules


def repository(start: Path) -> Path | None:
    """The git repository that a directory belongs to."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)


def _spec(path: str) -> "GitIgnoreSpec | None":
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            lines = file.read(1_000_000).splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        # For git a line that is no pattern matches nothing, and the others hold.
        return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines((line,))
    except ValueError:
        return False
    return True

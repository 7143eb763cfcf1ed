"""Which ignore files hold in a directory, nearest and strongest first."""

import os
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from sagent.lib.value import frozen
from sagent.tools.ignore_file import IgnoreFile, either, ignore_file, legible

_NAMES: Final = (b".rgignore", b".ignore", b".gitignore")
"""What is read in every directory, the strongest first (ripgrep's guide, "Automatic filtering")."""

_GIT: Final = 2
"""From this kind on, rules end where a repository begins."""

_MARKS: Final = (b".git", b".jj")
"""What a repository is known by."""


class _Layer(NamedTuple):
    """An ignore file, and the way from its directory to the one that is looked at."""

    file: IgnoreFile
    prefix: str


@frozen()
class Ignoring:
    """The rules among the entries of one directory."""

    kinds: tuple[tuple[_Layer, ...], ...] = ((), (), (), (), ())
    """`.rgignore`, `.ignore`, `.gitignore`, `.git/info/exclude` and the user's own, each nearest first."""
    layers: tuple[_Layer, ...] = ()
    """All of them in the order in which they are asked."""
    apart: bool = False
    """Whether nothing above the start of the search holds; repositories below end no rules then."""

    def verdict(self, name: str, is_directory: bool) -> bool | None:
        """Whether an entry is ignored; None if no rule is about it. The name is `legible`."""
        for file, prefix in self.layers:
            verdict = file.verdict(name, prefix, is_directory)
            if verdict is not None:
                return verdict
        return None

    def suspects(self) -> "Suspects | None":
        """Which names a rule may be about; None if all."""
        if any(file.leads and file.reaches(prefix) for file, prefix in self.layers):
            return None
        return _suspects(tuple(file for file, _ in self.layers))

    def below(self, name: bytes) -> "Ignoring":
        """The same rules in a directory in this one."""
        if not self.layers:
            return self
        step = legible(name) + "/"
        kinds = tuple(tuple(_Layer(file, prefix + step) for file, prefix in kind) for kind in self.kinds)
        return _made(kinds, self.apart)

    def entering(self, folder: bytes, names: Collection[bytes]) -> "Ignoring":
        """With the rules that the directory itself brings, of whose entries these are the hidden ones."""
        repository = any(mark in names for mark in _MARKS)
        found = [
            (kind, file)
            for kind, name in enumerate(_NAMES)
            if name in names and (file := ignore_file(os.path.join(folder, name)))  # noqa: PTH118
        ]
        if not repository and not found:
            return self
        kinds = list(self.kinds)
        if repository:
            exclude = _exclude(folder, linked=not self.apart)
            own = (_Layer(exclude, ""),) if exclude else ()
            kinds[_GIT : _GIT + 2] = (kinds[_GIT], own + kinds[_GIT + 1]) if self.apart else ((), own)
        for kind, file in found:
            kinds[kind] = (_Layer(file, ""), *kinds[kind])
        return _made(tuple(kinds), self.apart)


class Suspects(NamedTuple):
    """What one look at a name tells."""

    names: frozenset[str]
    endings: tuple[str, ...]
    shape: re.Pattern[str] | None


@lru_cache(maxsize=1024)
def _suspects(files: tuple[IgnoreFile, ...]) -> Suspects:
    return Suspects(
        frozenset().union(*(file.marks.names for file in files)),
        tuple({ending for file in files for ending in file.marks.endings}),
        either(dict.fromkeys(shape for file in files for shape in file.marks.shapes)),
    )


def _made(kinds: tuple[tuple[_Layer, ...], ...], apart: bool) -> Ignoring:
    return Ignoring(kinds, tuple(layer for kind in kinds for layer in kind), apart)


def ignoring_at(start: bytes) -> Ignoring:
    """The rules that hold for a directory before it is entered: of the repository around it, and the user's.

    Outside of a repository nothing above the directory holds, nor does it where the directory is itself
    ignored: whoever names an ignored directory wants to see what is in it.
    """
    users = user_rules()
    mine: tuple[_Layer, ...] = (_Layer(users, ""),) if users else ()
    rules = Ignoring()
    if surrounded(start):
        folder, inside = b"/", False
        for step in os.path.realpath(start).split(b"/")[1:]:
            if not step:
                break
            names = hidden_names(folder)
            inside = inside or any(mark in names for mark in _MARKS)
            rules = rules.entering(
                folder, names if inside else [name for name in names if name != _NAMES[_GIT]]
            )
            if rules.verdict(legible(step), True):
                return _made(((), (), (), (), mine), apart=True)
            rules, folder = rules.below(step), os.path.join(folder, step)  # noqa: PTH118
        return _made((*rules.kinds[:4], mine), apart=False)
    return _made(((), (), (), (), mine), apart=True)


def surrounded(start: bytes) -> bool:
    """Whether a repository is around a directory, or begins there."""
    folder = os.path.realpath(start)
    while True:
        if any(os.path.exists(os.path.join(folder, mark)) for mark in _MARKS):  # noqa: PTH110, PTH118
            return True
        if folder == b"/":
            return False
        folder = os.path.dirname(folder)  # noqa: PTH120


def hidden_names(folder: bytes) -> Sequence[bytes]:
    """Those of the names that matter here which a directory has."""
    return [name for name in (*_NAMES, *_MARKS) if os.path.lexists(os.path.join(folder, name))]  # noqa: PTH118


def _exclude(folder: bytes, *, linked: bool) -> IgnoreFile | None:
    """`info/exclude` of the repository whose worktree begins here (gitrepository-layout, "commondir")."""
    git = os.path.join(folder, b".git")  # noqa: PTH118
    if linked and os.path.isfile(git):  # noqa: PTH113
        git = _common(folder, git)
    return ignore_file(os.path.join(git, b"info", b"exclude"))  # noqa: PTH118


def _common(folder: bytes, git: bytes) -> bytes:
    try:
        with open(git, "rb") as file:  # noqa: PTH123
            git = os.path.join(folder, file.read(4096).strip().removeprefix(b"gitdir:").strip())  # noqa: PTH118
        with open(os.path.join(git, b"commondir"), "rb") as file:  # noqa: PTH118, PTH123
            git = os.path.join(git, file.read(4096).strip())  # noqa: PTH118
    except OSError:
        # Not a linked worktree; perhaps a submodule, which has no other directory in common.
        return git
    return git


def user_rules() -> IgnoreFile | None:
    """What the user ignores everywhere: `core.excludesFile` of the settings, else git's default place."""
    home = os.environ.get("HOME", "")
    settings = os.environ.get("XDG_CONFIG_HOME") or (home and f"{home}/.config")
    for path in (home and f"{home}/.gitconfig", settings and f"{settings}/git/config"):
        if path and (named := _excludes(path)):
            return ignore_file(os.fsencode(re.sub(r"^~(?=/|$)", lambda _: home, named)))
    return ignore_file(os.fsencode(f"{settings}/git/ignore")) if settings else None


@lru_cache(maxsize=8)
def _found(settings: bytes) -> str:
    found = re.search(rb'(?im)^\s*excludesfile\s*=\s*"?\s*(\S+?)\s*"?\s*$', settings)
    return os.fsdecode(found[1]) if found else ""


def _excludes(path: str) -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return _found(file.read(1_000_000))
    except OSError:
        # Most people have no such settings.
        return ""

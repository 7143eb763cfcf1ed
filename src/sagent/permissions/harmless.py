"""Commands of which it is known what they do to files: those that only look, and a few that tidy."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sagent.permissions.command import Simple
from sagent.permissions.touch import Changing, Reading, Running, moved

LOOKING: Final = frozenset(
    str.split(
        "basename cat cmp dirname du echo false head ls nl pwd readlink realpath stat tail true "
        "uname wc which whoami"
    )
)
"""Commands that write to their output only, whatever their options, and read what they name.

Those of git are not among them: a repository may name programs that git runs when it only looks.
"""

TIDYING: Final = frozenset({"mkdir", "mv", "rmdir", "touch"})
"""Commands that change what they name, and what they name only."""

_OPTION: Final = re.compile(r"-[A-Za-z0-9]+|--[a-z][a-z-]*|--?")


def deeds(running: Running, *, tidies: bool) -> Sequence[Reading | Changing] | None:
    """What a command does, where that is known; with `tidies` also of those that change files."""
    if running.script.opaque or len(running.script.commands) != 1:
        return None
    (command,) = running.script.commands
    if command.sets or not all(word.certain for word in command.words):
        return None
    names = [word.text for word in command.words]
    if not names:
        return ()  # only a redirection, which is judged by itself
    if (target := moved(command)) is not None:
        return tuple(Reading(folder / target) for folder in running.folders)
    if _looks(names):
        return tuple(Reading(path) for path in _named(command, running.folders))
    if tidies and names[0] in TIDYING and all(_is_plain(name) for name in names[1:]):
        return tuple(_tidied(names[0], [*_named(command, running.folders)], running.folders))
    return None


def _looks(names: Sequence[str]) -> bool:
    name, rest = names[0], names[1:]
    if name == "echo":
        return True
    return name in LOOKING and all(_is_plain(word) for word in rest)


def _is_plain(word: str) -> bool:
    """Whether it is a name, or an option in which no name is hidden."""
    return not word.startswith("-") or _OPTION.fullmatch(word) is not None


def _named(command: Simple, folders: Sequence[Path]) -> Iterator[Path]:
    words = [word.text for word in command.words]
    if words[0] == "echo":
        return
    for word in words[1:]:
        if not word.startswith("-"):
            for folder in folders:
                yield folder / word


def _tidied(name: str, paths: Sequence[Path], folders: Sequence[Path]) -> Iterator[Reading | Changing]:
    for path in paths:
        yield Changing(path)
    if name == "mv" and paths:
        # Under another name it can be read; in a directory it takes the place of what has its name there.
        yield from map(Reading, paths)
        for target in paths[-len(folders) :]:
            yield from (Changing(target / path.name) for path in paths)

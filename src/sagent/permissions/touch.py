"""The single things that a call does to the world, each of which is judged by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from sagent.abilities import Reach
from sagent.lib.value import frozen
from sagent.permissions.command import Script, Simple, Word, script
from sagent.schema.message import ToolCall

NOWHERE: Final = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr"})
"""Where output can go without anything being changed."""

MOVING: Final = frozenset({"cd", "pushd", "popd"})
"""What moves a shell; where nobody can tell where to, it may be anywhere."""

FARTHEST: Final = 16
"""In how many directories a command may be, for all that is known, before that is no knowledge."""


@frozen()
class Reading:
    """A file or directory is looked at."""

    path: Path


@frozen()
class Changing:
    """A file or directory becomes another, or is no more."""

    path: Path


@frozen()
class Running:
    """A program is run: one simple command, or all of a command that cannot be taken apart."""

    script: Script
    text: str
    folders: Sequence[Path]
    """Where it may run: a `cd` before it may have failed."""


@frozen()
class Using:
    """The tool is called at all."""

    words: Sequence[str]
    known: bool
    """Whether the tool has said what else the call touches."""


Touch: TypeAlias = Reading | Changing | Running | Using


def touches(call: ToolCall, reach: Reach | None, workspace: Path) -> Iterator[Touch]:
    """All that a call does, by what its tool says; None where the tool cannot say."""
    words = tuple(value for value in call.content.values() if isinstance(value, str))
    yield Using(words, known=reach is not None)
    if reach is None:
        return
    for path in reach.reads:
        yield Reading(path)
    for path in reach.writes:
        yield Changing(path)
    for command in reach.commands:
        yield from _steps(command, reach.folder or workspace)


def _steps(text: str, folder: Path) -> Iterator[Touch]:
    whole = script(text)
    if whole.opaque:
        yield Running(whole, " ".join(text.split()), (folder,))
        return
    folders = [folder]
    for command in whole.commands:
        yield Running(Script(commands=(command,)), command.text, tuple(folders))
        for word in command.reads:
            yield from (Reading(path) for path in _places(word, folders))
        for word in command.writes:
            if word.text not in NOWHERE:
                yield from (Changing(path) for path in _places(word, folders))
        if MOVING.intersection(word.text for word in command.words[:2]):
            target = moved(command)
            folders += [Path("/")] if target is None else [each / target for each in folders]
            if len(folders) > FARTHEST:
                yield Running(replace(whole, opaque="it moves about"), " ".join(text.split()), (folder,))
                return


def moved(command: Simple) -> str | None:
    """Where a command moves the shell to; None where it does not, or nobody can tell."""
    names = [word.text for word in command.words if word.certain]
    if len(names) == len(command.words) == 2 and names[0] == "cd" and not names[1].startswith("-"):
        return names[1]
    return None


def _places(word: Word, folders: Sequence[Path]) -> Iterator[Path]:
    """The files that a word may mean; one that only the shell knows may be anywhere."""
    for folder in folders:
        yield folder / word.text if word.certain else Path("/") / word.text

"""What is searched for, and what a search finds, whoever searches."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Final, Protocol

from sagent.lib.value import frozen
from sagent.tools.dialect import Expression
from sagent.tools.ignore_file import legible
from sagent.tools.wildcard import strict_source

_DOT: Final = ord(".")

LARGEST: Final = 64 * 1024 * 1024
"""How large a file may be that is searched over several lines, in bytes; it is held as a whole."""


def chooser(patterns: Sequence[str]) -> Callable[[str], object] | None:
    """Who tells the file names that one of the patterns is for, as `legible` writes them; None if all are."""
    if not patterns:
        return None
    sources = (strict_source(legible(pattern.encode())) for pattern in patterns)
    return re.compile("|".join(f"(?:{source})" for source in sources), re.DOTALL).fullmatch


def in_order(path: bytes) -> bytes:
    """What paths are sorted by: directory by directory, as they are walked through."""
    return path.replace(b"/", b"\0")


def by_order(key: bytes) -> bytes:
    """The path that is sorted so."""
    return key.replace(b"\0", b"/")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is looked for, and where."""

    expression: Expression = field(default=Expression(pattern=""))
    place: Path
    """A file, or a directory that is searched with all below it."""
    hidden: bool = False
    names: Sequence[str] = ()
    """Patterns of the file names that are searched, all if empty."""
    wanted: Callable[[str], bool] | None = None
    """Whether a file is searched, by its path below the place; all are if None."""
    before: int = 0
    """How many lines before a match are wanted."""
    after: int = 0
    """How many behind it."""
    by_file: bool = True
    """Whether a result is a file, and not a line that matches."""
    enough: int = 0
    """How many results there need be, beyond which nobody counts."""

    def wants(self, path: bytes) -> bool:
        """Whether a file of a name that is searched is searched itself."""
        if self.names and not self.hidden and path[path.rfind(b"/") + 1] == _DOT:
            # Whose name is chosen, ripgrep does not take for hidden.
            return False
        return self.wanted is None or self.wanted(os.fsdecode(path))

    @cached_property
    def top(self) -> Path:
        """The directory that paths are relative to."""
        return self.place if self.place.is_dir() else self.place.parent


@frozen(kw_only=True)
class Count:
    """A file in which something was found."""

    path: bytes
    """Below the top of the query."""
    matches: int


@frozen(kw_only=True)
class Line:
    """A line that matches, or is near one that does."""

    path: bytes
    number: int
    text: str
    match: bool
    at: int = 0
    """Where in the text the match begins."""


class Search(Protocol):
    """One search that is going on."""

    @property
    def unreadable(self) -> Sequence[str]:
        """The places that could not be looked into so far."""
        ...

    def counts(self) -> Iterator[Count]:
        """The files in which something is found.

        Raises:
            Unsuitable: it cannot be done.
        """
        ...

    def lines(self, files: Sequence[bytes]) -> Iterator[Line]:
        """The lines of these files that match, and those around them, in order.

        Raises:
            Unsuitable: it cannot be done.
        """
        ...

    def files(self, names: Sequence[str], depth: int = 0) -> Iterator[Sequence[bytes]]:
        """The files whose names fit one of the patterns, or all, at most so many directories deep.

        They come many at once, since tens of thousands that come one by one cost more than finding them.

        Raises:
            Unsuitable: it cannot be done.
        """
        ...

    def secret(self) -> Sequence[bytes]:
        """The files that were left out since they hold secrets, by their names; asked after `counts`.

        Raises:
            Unsuitable: it cannot be done.
        """
        ...


class Engine(Protocol):
    """Somebody who can search."""

    def __call__(self, query: Query, stop: Event, /) -> Search:
        """Begin a search, which ends early when the event is set."""
        ...


class Unsuitable(Exception):
    """An engine cannot do what is asked; another one might."""

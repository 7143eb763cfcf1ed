"""What a search finds, whoever searches: lines, file by file."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Event
from typing import Final, Protocol, TypeAlias

from sagent.tools.wildcard import wildcard

SECRET: Final = (
    *(".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.keystore"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pgpass", ".npmrc", ".pypirc"),
)
"""Names of files that usually hold keys or passwords."""

HARMLESS: Final = (".env.example", ".env.sample", ".env.template")
"""Those of them that do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for, and where."""

    pattern: str
    place: Path
    """A file, or a directory that is searched with all below it."""
    ignore_case: bool = False
    context: int = 0
    """How many lines around a match are wanted."""
    first_only: bool = False
    """Whether one match a file is enough."""
    glob: str = ""
    """Which files, by a pattern; all if empty."""

    def wants(self, relative: str) -> bool:
        """Whether a file is to be searched, by its path below the place."""
        name = relative.rpartition("/")[2]
        if any(fnmatchcase(name, secret) for secret in SECRET) and name not in HARMLESS:
            return False
        glob = self.glob.removeprefix("!").removeprefix("/")
        if not glob:
            return True
        subject = relative if "/" in self.glob else name
        return (wildcard(glob).fullmatch(subject) is not None) != self.glob.startswith("!")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that matches, or is near one that does."""

    path: str
    number: int
    text: str
    match: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A file in which something was found has been searched."""

    path: str
    binary: bool
    """Whether it turned out to be no text, so that what was found is void."""


Finding: TypeAlias = Line | Finished


class Engine(Protocol):
    """Somebody who can search. Files come in the order of their paths, their lines in theirs."""

    def __call__(self, query: Query, stop: Event, /) -> Iterator[Finding]:
        """Search until all is searched, or the event is set.

        Raises:
            Unsuitable: this engine cannot search for that.
        """
        ...


class Unsuitable(Exception):
    """An engine does not understand a pattern; another one might."""

"""What is told of a search: files, lines or counts, and how much was left out."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sagent.tools.lines import counted, printable
from sagent.tools.page import UNSEEN, Page, Shown, page
from sagent.tools.places import shown
from sagent.tools.search import Line, Query, Search

Mode: TypeAlias = Literal["files_with_matches", "content", "count"]

WIDTH: Final = 500
"""How much of a line is shown."""

_BEFORE: Final = 100
"""How much of it is shown before the match."""

BUDGET: Final = 60_000
"""How many characters are shown."""

_NAMED: Final = 5
"""How many files are named in a remark."""


def tally(search: Search, query: Query, mode: Mode, offset: int, limit: int, workspace: Path) -> str:
    """Take what is found, and write down the page of it that is asked for.

    Raises:
        Unsuitable: the engine cannot do it.
    """
    found = page(search.counts(), query.by_file, offset, limit)
    if mode == "content":
        told, results = _lines(search, query, found, limit, workspace)
    else:
        results = len(found.files)
        names = [path_shown(count.path, query.top, workspace) for count in found.files]
        told = (
            names
            if mode == "files_with_matches"
            else [f"{name}:{count.matches}" for name, count in zip(names, found.files, strict=True)]
        )
    told += more(found.total, offset, results, ("matching line" if mode == "content" else "file"))
    many = found.total > offset + results + UNSEEN
    return "\n".join([*told, *remarks(search, query, many, workspace)])


def path_shown(path: bytes, top: Path, workspace: Path) -> str:
    """A path below a directory as the model is told it, without characters that steer terminals."""
    return printable(shown(top / os.fsdecode(path), workspace))


def more(total: int, offset: int, results: int, noun: str) -> Iterator[str]:
    """How much there is besides, and how to see it."""
    rest = total - offset - results
    if not total:
        yield "No matches."
    elif not results:
        yield f"[nothing from offset {offset} on: there are {counted(total, noun)}]"
    elif rest > UNSEEN:
        yield f"[more than {UNSEEN} more {noun}s; narrow the search, or go on with offset {offset + results}]"
    elif rest > 0:
        yield f"[{counted(rest, f'more {noun}')}; narrow the search, or go on with offset {offset + results}]"


def remarks(search: Search, query: Query, many: bool, workspace: Path) -> Iterator[str]:
    """What was not searched."""
    secret = () if many else search.secret()
    if secret:
        names = ", ".join(path_shown(path, query.top, workspace) for path in secret[:_NAMED])
        rest = ", …" if len(secret) > _NAMED else ""
        verb = "holds" if len(secret) == 1 else "hold"
        was = "was" if len(secret) == 1 else "were"
        yield (
            f"[{counted(len(secret), 'file')} that by the name {verb} secrets {was} not searched: "
            f"{names}{rest}; name one as path to search it]"
        )
    yield from unread(search)


def unread(search: Search) -> Iterator[str]:
    """Which places could not be looked into."""
    places = search.unreadable
    if places:
        names = ", ".join(printable(name) or "." for name in places[:_NAMED])
        yield f"[{counted(len(places), 'place')} could not be read: {names}{', …' * (len(places) > _NAMED)}]"


def _lines(search: Search, query: Query, found: Page, limit: int, workspace: Path) -> tuple[list[str], int]:
    """The lines as grep writes them, `--` where some are left out between, and how many results they are."""
    page = Shown(skip=found.skip, limit=limit, before=query.before, after=query.after, room=BUDGET)
    told: list[str] = []
    last: tuple[bytes, int] | None = None
    name = ""
    for line in page.lines(search.lines([count.path for count in found.files])):
        if last is None or last[0] != line.path:
            name = path_shown(line.path, query.top, workspace)
        if (query.before or query.after) and last is not None and last != (line.path, line.number - 1):
            told.append("--")
        last = line.path, line.number
        mark = ":" if line.match else "-"
        told.append(f"{name}{mark}{line.number}{mark}{_clipped(line)}")
    return told, page.results


def _clipped(line: Line) -> str:
    # How long the line is, not every engine knows.
    if len(line.text) <= WIDTH:
        return printable(line.text)
    begin = line.at - _BEFORE if line.at > WIDTH - _BEFORE else 0
    end = begin + WIDTH
    return f"{'…' * bool(begin)}{printable(line.text[begin:end])}{'… [clipped]' * (end < len(line.text))}"

"""What is found by the names of files, as a model is told it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Final, TypeVar

from sagent.errors import ToolError
from sagent.schema.tools.glob import GlobDirective
from sagent.tools.engines import searched
from sagent.tools.places import directory, place
from sagent.tools.search import Engine, Query, Search, Unsuitable, by_order, in_order
from sagent.tools.tally import more, path_shown, unread
from sagent.tools.wildcard import last_step, names_hidden, split_base, wildcard

T = TypeVar("T", bytes, tuple[int, bytes])

_DOT: Final = ord(".")

LIMIT: Final = 200
"""How many paths are given where the directive does not say."""


def files_found(engines: Sequence[Engine], directive: GlobDirective, workspace: Path, stop: Event) -> str:
    """The page of them that is asked for, and how much there is besides.

    Raises:
        ToolError: there is no such directory.
    """
    name = directive.get("path", ".")
    top = directory(place(workspace, name), name)
    base, rest = split_base(directive["pattern"].removeprefix("./"))
    start = directory(place(top, base), base) if base else top
    query = Query(place=start, hidden=directive.get("hidden", False) or names_hidden(rest))

    def answer(search: Search) -> str:
        return _answer(_matching(search, rest, query.hidden), search, start, directive, workspace)

    try:
        return searched(engines, query, stop, answer)
    except Unsuitable as refused:
        raise ToolError(f"the search failed: {refused}") from refused


def _answer(
    found: Iterator[Sequence[bytes]], search: Search, start: Path, directive: GlobDirective, workspace: Path
) -> str:
    offset, limit = directive.get("offset", 0), directive.get("limit", LIMIT)
    if directive.get("sort", "path") == "modified":
        top = os.fsencode(start)
        aged = ([(_age(top, path), in_order(path)) for path in paths] for paths in found)
        newest, total = _smallest(aged, offset + limit)
        ordered = [path for _, path in newest]
    else:
        ordered, total = _smallest((list(map(in_order, paths)) for paths in found), offset + limit)
    lines = [path_shown(by_order(path), start, workspace) for path in ordered[offset:]]
    rest = (
        more(total, offset, len(lines), "file")
        if total
        else (f"No files match {directive['pattern']} in {path_shown(b'', start, workspace)}.",)
    )
    return "\n".join([*lines, *rest, *unread(search)])


def _smallest(pieces: Iterable[Sequence[T]], count: int) -> tuple[list[T], int]:
    """So many of what comes, in order, and how much has come; not much more is held."""
    kept: list[T] = []
    total, full = 0, False
    for piece in pieces:
        total += len(piece)
        kept += [each for each in piece if each < kept[count - 1]] if full else piece
        if len(kept) > count:
            kept = sorted(kept)[:count]
            full = True
    return sorted(kept), total


def _matching(search: Search, pattern: str, hidden: bool) -> Iterator[Sequence[bytes]]:
    whole = pattern + "**" if pattern.endswith("/") else pattern
    step = last_step(whole)
    depth = 0 if "**" in whole else whole.count("/") + 1
    files = search.files((step,) if step else (), depth)
    if step and not hidden:
        # Whose name is chosen, ripgrep does not take for hidden.
        files = ([path for path in paths if path[path.rfind(b"/") + 1] != _DOT] for paths in files)
    if whole == "**" or (step and whole == f"**/{step}"):
        return files
    fits = wildcard(whole).fullmatch
    return ([path for path in paths if fits(os.fsdecode(path))] for paths in files)


def _age(top: bytes, path: bytes) -> int:
    try:
        return -os.stat(os.path.join(top, path)).st_mtime_ns  # noqa: PTH116, PTH118
    except OSError:
        # It went away in between, but it was there.
        return 0

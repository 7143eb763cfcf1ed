"""Finding files by their names."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Final, TypeVar

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.glob import GlobDirective
from sagent.tools.crafted import Crafted
from sagent.tools.engines import engines, searched
from sagent.tools.places import directory, place
from sagent.tools.search import Engine, Query, Search, Unsuitable, by_order, in_order
from sagent.tools.tally import more, path_shown, unread
from sagent.tools.threads import stoppable
from sagent.tools.wildcard import last_step, names_hidden, split_base, wildcard
from sagent.validation import Schema

T = TypeVar("T", bytes, tuple[int, bytes])

_DOT: Final = ord(".")

LIMIT: Final = 200
"""How many paths are given where the directive does not say."""


@dataclass(frozen=True, slots=True)
class Glob(Crafted[GlobDirective]):
    """Lists the files that match a pattern."""

    engines: Callable[[], Sequence[Engine]] = field(default=engines, kw_only=True)
    """Who walks through the directories: the first one that can."""

    @property
    @override
    def schema(self) -> Schema[GlobDirective]:
        return catalog.GLOB_DIRECTIVE

    @property
    def supports_microcompaction(self) -> bool:
        """What it has shown can be had again."""
        return True

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        where = f" in {directive['path']}" if "path" in directive else ""
        return f"Glob {directive['pattern']}{where}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches."""
        directive = self.directive(call)
        top = place(self.workspace, directive.get("path", "."))
        base, _ = split_base(directive["pattern"])
        return Reach(reads=(place(top, base) if base else top,))

    async def run(self, message: ToolCall, /) -> Text:
        """Look for them.

        Raises:
            ToolError: there is no such directory.
        """
        return Text(content=await stoppable(self._glob, self.directive(message)))

    def _glob(self, stop: Event, directive: GlobDirective) -> str:
        name = directive.get("path", ".")
        top = directory(place(self.workspace, name), name)
        base, rest = split_base(directive["pattern"].removeprefix("./"))
        start = directory(place(top, base), base) if base else top
        query = Query(place=start, hidden=directive.get("hidden", False) or names_hidden(rest))

        def answer(search: Search) -> str:
            return self._answer(_matching(search, rest, query.hidden), search, start, directive)

        try:
            return searched(self.engines(), query, stop, answer)
        except Unsuitable as refused:
            raise ToolError(f"the search failed: {refused}") from refused

    def _answer(
        self, found: Iterator[Sequence[bytes]], search: Search, start: Path, directive: GlobDirective
    ) -> str:
        offset, limit = directive.get("offset", 0), directive.get("limit", LIMIT)
        if directive.get("sort", "path") == "modified":
            top = os.fsencode(start)
            aged = ([(_age(top, path), in_order(path)) for path in paths] for paths in found)
            newest, total = _smallest(aged, offset + limit)
            ordered = [path for _, path in newest]
        else:
            ordered, total = _smallest((list(map(in_order, paths)) for paths in found), offset + limit)
        lines = [path_shown(by_order(path), start, self.workspace) for path in ordered[offset:]]
        rest = (
            more(total, offset, len(lines), "file")
            if total
            else (f"No files match {directive['pattern']} in {path_shown(b'', start, self.workspace)}.",)
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

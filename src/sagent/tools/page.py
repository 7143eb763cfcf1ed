"""One page of what was found: which files and lines are on it, and how much comes behind."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sagent.lib.value import frozen
from sagent.tools.search import Count, Line, in_order

UNSEEN: Final = 10_000
"""How many results behind the page are counted before somebody may stop counting."""


@frozen(kw_only=True)
class Page:
    """Which results are shown."""

    files: Sequence[Count]
    """The files that they are in."""
    skip: int
    """How many results in the first of these files come before the page."""
    total: int
    """How many results there are, as far as they were counted."""


def page(counts: Iterable[Count], by_file: bool, offset: int, limit: int) -> Page:
    """The page that begins after so many results, by path; no more is held than belongs to it."""
    kept: list[Count] = []
    total = 0
    for count in counts:
        total += 1 if by_file else count.matches
        kept.append(count)
        if len(kept) > 2 * (offset + limit) + 1000:
            kept = _smallest(kept, by_file, offset + limit)
    kept = _smallest(kept, by_file, offset + limit)
    if by_file:
        return Page(files=tuple(kept[offset:]), skip=0, total=total)
    passed, skipped = 0, 0
    while skipped < len(kept) and passed + kept[skipped].matches <= offset:
        passed += kept[skipped].matches
        skipped += 1
    return Page(files=tuple(kept[skipped:]), skip=offset - passed, total=total)


def _smallest(counts: Sequence[Count], by_file: bool, results: int) -> list[Count]:
    ordered = sorted(counts, key=lambda count: in_order(count.path))
    if by_file:
        return ordered[:results]
    needed, sum_of_them = 0, 0
    while needed < len(ordered) and sum_of_them < results:
        sum_of_them += ordered[needed].matches
        needed += 1
    return ordered[:needed]


@dataclass(slots=True, kw_only=True)
class Shown:
    """The lines on a page, with those around them."""

    skip: int
    limit: int
    before: int
    after: int
    room: int
    """How many characters there may be."""
    results: int = 0
    """How many results have been shown."""
    _number: int = 0
    _path: bytes = b""
    _reach: int = 0
    _waiting: list[Line] = field(default_factory=list)

    def lines(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Those of the lines that are on the page."""
        for line in lines:
            if line.path != self._path:
                self._path, self._reach, self._waiting = line.path, 0, []
            if line.match:
                self._number += 1
                if self._number <= self.skip:
                    continue
                if self.results == self.limit or self.room <= 0:
                    return
                self.results += 1
                self._reach = line.number + self.after
                shown = [each for each in self._waiting if each.number >= line.number - self.before] + [line]
                self._waiting = []
            elif line.number <= self._reach:
                shown = [line]
            elif self.results == self.limit or self.room <= 0:
                return
            else:
                self._waiting.append(line)
                continue
            for each in shown:
                self.room -= min(len(each.text), 500) + len(each.path)
                yield each

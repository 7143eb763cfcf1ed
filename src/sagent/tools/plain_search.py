"""Searching with Python's own regular expressions, to the same answers as ripgrep's."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from threading import Event
from typing import Final

from sagent.tools.search import LARGEST, Count, Line, Query, chooser
from sagent.tools.secrets import LISTED, is_secret
from sagent.tools.text_blocks import Binary, blocks, readable, small, text_of
from sagent.tools.walk import Walk

_END: Final = ord("\n")

_PIECE: Final = 500
"""How many files are given at once."""


class PlainSearch:
    """One search, file by file; it stops where there is enough."""

    def __init__(self, query: Query, stop: Event) -> None:
        self._query = query
        self._stop = stop
        self._expression = query.expression
        self._replaces = query.expression.alike
        """Whether the ends of lines are made alike."""
        self._may_match = query.expression.may_match
        self._root = os.path.join(os.fsencode(query.top), b"")  # noqa: PTH118
        self._unreadable: list[bytes] = []
        self._secret: list[bytes] = []
        self._walk: Walk | None = None

    @property
    def unreadable(self) -> Sequence[str]:
        """The places that could not be looked into so far."""
        places = [*self._unreadable, *(self._walk.unreadable if self._walk else ())]
        return [os.fsdecode(place) for place in sorted(places)]

    def counts(self) -> Iterator[Count]:
        """The files in which something is found, by path, until there is enough."""
        query, found, whole = self._query, 0, self._query.place.is_dir()
        for path in self._candidates():
            if self._stop.is_set():
                return
            if not query.wants(path):
                continue
            if whole and is_secret(path, query.place):
                self._secret.append(path)
            elif matches := self._matches(path, query.enough - found):
                yield Count(path=path, matches=matches)
                found += 1 if query.by_file else matches
                if found >= query.enough:
                    return

    def files(self, names: Sequence[str], depth: int = 0) -> Iterator[Sequence[bytes]]:
        """The files whose names fit one of the patterns, or all, by path."""
        files = self._walked(
            Walk(self._query.place, hidden=self._query.hidden, chosen=chooser(names), depth=depth)
        )
        while piece := list(islice(files, _PIECE)):
            yield piece

    def _walked(self, walk: Walk) -> Iterator[bytes]:
        self._walk = walk
        return walk.files(self._stop)

    def _candidates(self) -> Iterator[bytes]:
        query = self._query
        if not query.place.is_dir():
            return iter((os.fsencode(query.place.name),))
        always = None if query.names else chooser(LISTED)
        return self._walked(
            Walk(query.place, hidden=query.hidden, chosen=chooser(query.names), always=always)
        )

    def secret(self) -> Sequence[bytes]:
        """The files so far that were left out since they hold secrets, by their names."""
        return self._secret

    def _matches(self, path: bytes, enough: int) -> int:
        """How many results are in a file; 0 if it is binary or cannot be read."""
        try:
            if not self._expression.multiline and (content := small(self._root + path)) is not None:
                if not self._may_match(content) or b"\0" in content:
                    return 0
                return self._counted((content,), enough)
            return self._counted(self._blocks(path), enough)
        except Binary:
            return 0
        except OSError:
            self._unreadable.append(path)
            return 0

    def _counted(self, blocks: Iterable[bytes], enough: int) -> int:
        found, broken = 0, False
        for block in blocks:
            if self._stop.is_set():
                return 0
            if found >= enough:
                continue
            if not self._may_match(block):
                broken = False
                continue
            text = text_of(block, self._replaces)
            last = -1
            for line, last in enumerate(self._expression.lines(text)):
                # A line that goes on from the block before has been counted there.
                found += line > 0 or not broken or "\n" in text[:last]
            broken = last >= 0 and block[-1] != _END and "\n" not in text[last:]
        return found

    def _blocks(self, path: bytes) -> Iterator[bytes]:
        whole = self._root + path
        if not self._expression.multiline:
            return blocks(whole)
        if os.path.getsize(whole) > LARGEST:  # noqa: PTH202
            return iter(())
        joined = b"".join(blocks(whole))
        return iter((joined,) if joined else ())

    def lines(self, files: Sequence[bytes]) -> Iterator[Line]:
        """The lines of these files that match, and those around them, in order."""
        return chain.from_iterable(map(self._shown, files))

    def _shown(self, path: bytes) -> Iterator[Line]:
        query = self._query
        before: deque[Line] = deque(maxlen=query.before)
        after, number, continued = 0, 1, False
        try:
            for block in self._blocks(path):
                if self._stop.is_set():
                    return
                text = text_of(block, self._replaces)
                matches = self._expression.matches(text) if self._may_match(block) else {}
                # Where nothing is found, only the last lines matter, to whatever is found next.
                passed = 0 if matches or after or continued else max(text.count("\n") - query.before, 0)
                for line in self._lines_of(path, text, matches, number, passed):
                    if continued and line.number == number and (not line.match or after == query.after):
                        # The beginning of the line has been shown, or is not to be.
                        continue
                    if line.match:
                        yield from before
                        before.clear()
                        after = query.after
                        yield line
                    elif after:
                        after -= 1
                        yield line
                    else:
                        before.append(line)
                continued = block[-1] != _END
                number += text.count("\n")
        except (Binary, OSError):
            # It has changed since it was counted.
            return

    def _lines_of(
        self, path: bytes, text: str, matches: Mapping[int, int], number: int, passed: int
    ) -> Iterator[Line]:
        """The lines of a text, but for so many at its beginning."""
        at = 0
        for _ in range(passed):
            at = text.find("\n", at) + 1
        for index, line in enumerate(text[at:].removesuffix("\n").split("\n"), passed):
            begin = matches.get(at, -1)
            at += len(line) + 1
            ended = self._replaces and at <= len(text)
            yield Line(
                path=path,
                number=number + index,
                text=readable(line if ended else line.removesuffix("\r")),
                match=begin >= 0,
                at=len(readable(line[: max(begin, 0)])),
            )

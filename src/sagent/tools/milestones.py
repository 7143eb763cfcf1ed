"""Where lines begin in a file, found in its bytes: most of a large file need not be understood."""

import re
from collections.abc import Iterator
from threading import Event
from typing import BinaryIO, Final

from sagent.errors import ToolError
from sagent.tools.charset import Charset

_CHUNK: Final = 1024 * 1024


class Milestones:
    """Finds the beginnings of lines in an open file."""

    def __init__(self, file: BinaryIO, size: int, charset: Charset, stop: Event) -> None:
        self._file = file
        self._stop = stop
        self._ending = "\n".encode(charset.codec)
        self._pattern = re.compile(re.escape(self._ending))
        self.start: int = len(charset.mark)
        """Where the first line begins."""
        self.end: int = size - (size - self.start) % len(self._ending)

    def after(self, count: int) -> tuple[int, int]:
        """Where the text behind so many lines begins, and how many lines there were: fewer if it ends."""
        passed = 0
        if not count:
            return self.start, 0
        for place, chunk in self._forward(self.start, self.end):
            there = self._count(chunk)
            if passed + there >= count:
                ends = self._ends(chunk)
                for _ in range(count - passed - 1):
                    next(ends)
                return place + next(ends), count
            passed += there
        last = self._ends_with_a_line()
        return self.end, passed + (not last and self.end > self.start)

    def before_end(self, count: int) -> int:
        """Where the last so many lines begin: looked for from the end."""
        wanted = count + self._ends_with_a_line()
        place = self.end
        while place > self.start:
            begin = max(self.start, place - _CHUNK)
            chunk = self._at(begin, place - begin)
            there = self._count(chunk)
            if there >= wanted:
                return begin + [*self._ends(chunk)][there - wanted]
            wanted -= there
            place = begin
        return self.start

    def lines_before(self, place: int) -> int:
        """How many lines end before a place."""
        return sum(self._count(chunk) for _, chunk in self._forward(self.start, place))

    def _forward(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        while start < end:
            chunk = self._at(start, min(_CHUNK, end - start))
            if not chunk:
                return
            yield start, chunk
            start += len(chunk)

    def _at(self, place: int, size: int) -> bytes:
        if self._stop.is_set():
            raise ToolError("reading was stopped")
        self._file.seek(place)
        return self._file.read(size)

    def _count(self, chunk: bytes) -> int:
        return chunk.count(b"\n") if len(self._ending) == 1 else sum(1 for _ in self._ends(chunk))

    def _ends(self, chunk: bytes) -> Iterator[int]:
        """The places behind the line endings; of wide characters, halves of two others are none."""
        width = len(self._ending)
        return (match.end() for match in self._pattern.finditer(chunk) if match.start() % width == 0)

    def _ends_with_a_line(self) -> bool:
        width = len(self._ending)
        return self.end - self.start >= width and self._at(self.end - width, width) == self._ending

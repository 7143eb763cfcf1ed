"""A stretch of a text file, read without ever holding more of it than is shown."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from threading import Event
from typing import Final, TextIO

from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.messages.room import text_size
from sagent.tools.charset import Charset
from sagent.tools.lines import counted, numbered, visible
from sagent.tools.milestones import Milestones
from sagent.tools.source import Source

WIDTH: Final = 2_000
"""How many characters of a line are shown where nobody asks for more of it."""

_COUNTED: Final = 64 * 1024 * 1024
"""How many characters behind the last line shown are looked through to say how many lines follow."""

_NUMBERED: Final = 256 * 1024 * 1024
"""How many bytes before the last lines of a file are looked through to know their numbers."""

_NOTES: Final = 500
"""How many bytes are kept free for what is said of the lines."""

_PIECE: Final = 64 * 1024


@frozen(kw_only=True)
class Stretch:
    """Which lines are to be shown, and how much of them."""

    first: int
    count: int
    column: int = 1
    """The character that each line is shown from."""
    last: bool = False
    """Whether the last `count` lines are meant, whatever their numbers."""
    room: int
    """How many bytes all of it may have."""


@frozen()
class _Line:
    text: str
    """What is shown of it, with signs for control characters."""
    steering: bool
    """Whether there are such signs."""
    missing: int
    """How many characters behind the text are left out."""
    column: int
    """Where they begin."""


def excerpt(source: Source, charset: Charset, stretch: Stretch, stop: Event) -> str:
    """Lines of a file with their numbers, and a word about what is left out.

    Raises:
        OSError: it cannot be read.
        ToolError: the file ends before the first line that is asked for, or `stop` was set.
    """
    places = Milestones(source.file, source.size, charset, stop)
    if places.start == places.end:
        return f"{source.name} is empty."
    if stretch.last:
        return _ending(source, charset, stretch, places)
    start, passed = places.after(stretch.first - 1)
    if passed < stretch.first - 1 or start == places.end:
        raise ToolError(f"{source.name} ends with line {passed}: offset {stretch.first} is behind its end")
    with _text(source, charset, start) as text:
        shown, following = _beginning(text, stretch)
        more, all_counted = _following(text)
    following += more
    notes = []
    if following:
        told = counted(following, "more line") if all_counted else f"more than {following} more lines"
        notes.append(f"[{told} not shown; read on with offset={stretch.first + len(shown)}]")
    return _told(enumerate(shown, stretch.first), notes, charset)


def _ending(source: Source, charset: Charset, stretch: Stretch, places: Milestones) -> str:
    """The last lines: those that have room, counted from the end."""
    start = places.before_end(stretch.count)
    known = start - places.start <= _NUMBERED
    first = places.lines_before(start) + 1 if known else 0
    shown: deque[_Line] = deque()
    room, lines = stretch.room - _NOTES, 0
    with _text(source, charset, start) as text:
        for line in _lines(text, stretch):
            shown.append(line)
            lines += 1
            room -= _size(line)
            while room < 0 and len(shown) > 1:
                room += _size(shown.popleft())
    first = first + lines - len(shown) if known else -len(shown)
    notes = []
    if known and first > 1:
        notes.append(f"[{counted(first - 1, 'earlier line')} not shown]")
    elif not known:
        notes.append(f"[numbered from the end, since {source.name} has {source.size} bytes]")
    return _told(enumerate(shown, first), notes, charset)


def _told(lines: Iterator[tuple[int, _Line]], notes: list[str], charset: Charset) -> str:
    shown, clipped, broken, steering = list[str](), "", False, False
    for number, line in lines:
        text = line.text
        broken = broken or "\ufffd" in text
        steering = steering or line.steering
        if line.missing:
            at = f"offset={number}, limit=1" if number > 0 else f"last_lines={-number}"
            clipped = clipped or f"[more of line {number}: {at}, column={line.column}]"
            text = f"{text}… [{line.missing} more characters]"
        shown.append(numbered(number, text))
    if not shown:
        raise ToolError("the file became shorter while it was read: read it again")
    if clipped:
        notes.append(clipped)
    if broken:
        notes.append(f"[� may stand for bytes that are not {charset.codec}]")
    if steering:
        notes.append("[␛ and its like stand for control characters]")
    return "\n".join((*shown, *notes))


@contextmanager
def _text(source: Source, charset: Charset, start: int) -> Iterator[TextIO]:
    source.file.seek(start)
    # Only LF ends a line, so that numbers are those of grep, compilers and editors.
    text = TextIOWrapper(source.file, encoding=charset.codec, errors="replace", newline="\n")
    try:
        yield text
    finally:
        text.detach()


def _beginning(text: TextIO, stretch: Stretch) -> tuple[list[_Line], int]:
    """The lines that have room, and how many were read beyond."""
    shown: list[_Line] = []
    room = stretch.room - _NOTES
    for line in _lines(text, stretch):
        room -= _size(line)
        if room < 0 and shown:
            return shown, 1
        shown.append(line)
        if len(shown) == stretch.count:
            break
    return shown, 0


def _size(line: _Line) -> int:
    return text_size(line.text) + (40 if line.missing else 8)


def _lines(text: TextIO, stretch: Stretch) -> Iterator[_Line]:
    """Of each line what begins at a column; of a single one all that there is room for."""
    most = stretch.room - _NOTES
    skipped = stretch.column - 1
    end = skipped + (most if stretch.count == 1 else WIDTH)
    while piece := text.readline(_PIECE):
        pieces, length, tail = list[str](), 0, ""
        while piece:
            pieces.append(piece[max(skipped - length, 0) : max(end - length, 0)])
            length += len(piece)
            tail = (tail + piece)[-2:]
            piece = "" if tail.endswith("\n") else text.readline(_PIECE)
        length -= 2 if tail == "\r\n" else tail.endswith("\n")
        raw = "".join(pieces)[: max(length - skipped, 0)]
        shown = visible(raw)
        steering = shown != raw
        if text_size(shown) > most:
            shown = shown.encode(errors="replace")[:most].decode(errors="ignore")
        yield _Line(shown, steering, max(length - skipped - len(shown), 0), skipped + len(shown) + 1)


def _following(file: TextIO) -> tuple[int, bool]:
    """How many lines follow, and whether that is all of them."""
    lines, looked, last = 0, 0, "\n"
    while looked < _COUNTED:
        piece = file.read(_PIECE * 4)
        if not piece:
            return lines + (last != "\n"), True
        lines += piece.count("\n")
        looked += len(piece)
        last = piece[-1]
    return lines, False

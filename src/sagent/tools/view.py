"""A text in a simpler form, and the way back to where each part of it came from."""

import re
from bisect import bisect_left, bisect_right
from enum import Enum
from typing import Final
from unicodedata import category, normalize

_SPACES: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_MARKS: Final = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a"

_LINES: Final = r"(?P<line>\r\n)"
_BLANK: Final = r"(?P<blank>(?<![ \t])[ \t]++(?=\r?\n{end}))|" + _LINES
_PLAIN: Final = (
    rf"(?P<blank>(?<![ \t{_SPACES}])[ \t{_SPACES}]++(?=\r?\n{{end}}))|{_LINES}"
    rf"|(?P<sign>[^\r\n{_MARKS}][{_MARKS}]++|[\u1100-\u11ff]++|[^\x00-\x7f])"
)

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
        **dict.fromkeys("\u200b\u2060\ufeff\u00ad", None),
        "\u00b4": "'",
    }
)


class Rung(Enum):
    """What a view leaves out of account, each more than the one before; the value says it in words."""

    LINE_ENDINGS = "line endings"
    BLANKS = "trailing white space"
    SIGNS = "the forms of quotes, dashes, spaces and other characters"


_FOLDED: Final = {Rung.LINE_ENDINGS: _LINES, Rung.BLANKS: _BLANK, Rung.SIGNS: _PLAIN}


class View:
    """A text with LF for CRLF, and on higher rungs with less still that tells it from another."""

    def __init__(self, original: str, rung: Rung, *, whole: bool = True) -> None:
        """Fold a text; of one that is not whole, white space at its end does not end a line."""
        self.original: str = original
        self._views: list[tuple[int, int]] = []
        self._origins: list[tuple[int, int]] = []
        if rung is Rung.SIGNS and original.isascii():
            rung = Rung.BLANKS
        pattern = _FOLDED[rung].replace("{end}", r"|\Z" if whole else "")
        pieces: list[str] = []
        length = seen = 0
        for match in re.finditer(pattern, original):
            piece = match.group()
            if match.lastgroup == "sign":
                plain = _plain(piece)
                if plain == piece:
                    continue
            else:
                plain = "\n" if match.lastgroup == "line" else ""
            start, end = match.span()
            pieces += (original[seen:start], plain)
            length += start - seen
            self._views.append((length, length + len(plain)))
            self._origins.append((start, end))
            length += len(plain)
            seen = end
        self.text: str = "".join((*pieces, original[seen:])) if pieces else original
        self._begins = [begin for begin, _ in self._views]
        self._ends = [end for _, end in self._views]

    def start(self, index: int) -> int | None:
        """Where in the original a stretch begins that begins at an index of the view.

        None inside of what was several characters, or becomes several.
        """
        at = bisect_right(self._begins, index) - 1
        if at < 0:
            return index
        (begin, end), (origin, after) = self._views[at], self._origins[at]
        if index >= end:
            return after + index - end
        return origin if index == begin else None

    def end(self, index: int) -> int | None:
        """The same for where a stretch ends: before what was left out there."""
        at = bisect_left(self._ends, index)
        if at == len(self._ends):
            return index if not at else self._origins[-1][1] + index - self._ends[-1]
        (begin, end), (origin, after) = self._views[at], self._origins[at]
        if index <= begin:
            return origin - (begin - index)
        return after if index == end else None

    def stretch(self, begin: int, end: int) -> tuple[int, int]:
        """From where to where in the original a stretch of the view goes that begins and ends between pieces.

        White space at the end of a line belongs to it where the whole line does.
        """
        at_line = begin == 0 or self.text[begin - 1] == "\n"
        start = self.end(begin) if at_line or begin == end else self.start(begin)
        stop = self.end(end)
        if start is None or stop is None:
            raise ValueError("no stretch of a text can begin or end inside of a character")
        return start, stop

    def ending(self, index: int) -> str:
        """What ends the line at an index of the view; of the last line, what ends the one before."""
        newline = self.text.find("\n", index)
        if newline < 0:
            newline = self.text.rfind("\n", 0, index)
        origin = self.start(newline) if newline >= 0 else None
        return "\r\n" if origin is not None and self.original.startswith("\r\n", origin) else "\n"


def _plain(piece: str) -> str:
    """A character, with its marks, as one would type it; numbers in circles and such stay what they are."""
    known = piece.translate(_SIGNS)
    if known != piece:
        return known
    if category(piece[0]) == "No":
        return normalize("NFC", piece)
    return normalize("NFKC", piece).translate(_SIGNS)

"""Where the hunks of a patch go in a text."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.tools.ladder import shift_of
from sagent.tools.nearest import nearest
from sagent.tools.patch import Hunk
from sagent.tools.spans import Span
from sagent.tools.view import Rung, View


@frozen(kw_only=True)
class Patched:
    """What a patch makes of a text."""

    text: str
    """The text before, its last line ended."""
    spans: Sequence[Span]
    notes: Sequence[str]
    """What was left out of account to find the places."""


def patched(text: str, hunks: Sequence[Hunk], name: str) -> Patched:
    """Where the hunks go, each behind the one before.

    A hunk that does not occur as it was given is looked for without the white space behind its lines, then
    without that before them, then with plain characters for quotes, dashes and spaces; then it has to be the
    only place.

    Raises:
        ToolError: one of them does not occur, or nobody can tell where.
    """
    page = _Page(text)
    spans: list[Span] = []
    notes: list[str] = []
    cursor = 0
    for number, hunk in enumerate(hunks, 1):
        prefix = f"hunk {number}: " if len(hunks) > 1 else ""
        for anchor in hunk.anchors:
            cursor = _seek(page, (anchor,), cursor, False, name, prefix).line + 1
        old = tuple(line for sign, line in hunk.lines if sign != "+")
        lines = hunk.lines
        if not old:
            place = _Place(line=cursor if hunk.anchors and not hunk.at_end else len(page.lines))
        else:
            try:
                place = _seek(page, old, cursor, hunk.at_end, name, prefix)
            except ToolError:
                # An empty line between two hunks is often meant to part them.
                if len(old) < 2 or lines[-1] != (" ", ""):
                    raise
                old, lines = old[:-1], lines[:-1]
                place = _seek(page, old, cursor, hunk.at_end, name, prefix)
        if place.ignoring:
            notes.append(f"{prefix}matched ignoring {place.ignoring} at line {place.line + 1}")
        spans += _changes(page, place, old, lines)
        cursor = max(cursor, place.line + len(old))
    return Patched(text=page.text, spans=tuple(spans), notes=tuple(notes))


class _Page:
    """A text by its lines, and where each of them lies."""

    def __init__(self, text: str) -> None:
        ending = "\r\n" if text.endswith("\r\n") or text.partition("\n")[0].endswith("\r") else "\n"
        self.text = text if not text or text.endswith("\n") else text + ending
        whole = [f"{line}\n" for line in self.text.split("\n")[:-1]]
        self.starts = tuple(accumulate(map(len, whole), initial=0))
        self.endings = tuple("\r\n" if line.endswith("\r\n") else "\n" for line in whole)
        self.lines = tuple(line.removesuffix(end) for line, end in zip(whole, self.endings, strict=True))
        self._folded: dict[str, Sequence[str]] = {}

    def folded(self, rung: str) -> Sequence[str]:
        """The lines as they are seen from a rung."""
        if rung not in self._folded:
            self._folded[rung] = tuple(map(_FOLDS[rung], self.lines))
        return self._folded[rung]


@frozen(kw_only=True)
class _Place:
    line: int
    ignoring: str = ""


def _plain(line: str) -> str:
    return line.strip() if line.isascii() else View(line, Rung.SIGNS).text.strip()


_FOLDS: Final[dict[str, Callable[[str], str]]] = {
    "": str,
    Rung.BLANKS.value: str.rstrip,
    "indentation": str.strip,
    Rung.SIGNS.value: _plain,
}


def _seek(page: _Page, old: Sequence[str], cursor: int, at_end: bool, name: str, prefix: str) -> _Place:
    last = len(page.lines) - len(old)
    for only_end in (True, False) if at_end else (False,):
        for ignoring, fold in _FOLDS.items():
            have, want = page.folded(ignoring), tuple(map(fold, old))
            begin = max(last, cursor) if only_end else cursor
            found = [
                line
                for line in range(begin, last + 1)
                if have[line] == want[0] and have[line : line + len(want)] == want
            ]
            if ignoring and len(found) > 1:
                lines = ", ".join(str(line + 1) for line in found[:5])
                raise ToolError(
                    f"{prefix}the lines do not occur in {name} as they were given, but ignoring {ignoring} "
                    f"{len(found)} times, on lines {lines}: copy them exactly"
                )
            if found:
                return _Place(line=found[0], ignoring=ignoring)
    before = f" behind line {cursor}" if cursor else ""
    missing = f"{prefix}{_quoted(old)} not occur in {name}{before}"
    raise ToolError(nearest(page.text, "\n".join(old), "", missing))


def _quoted(old: Sequence[str]) -> str:
    return f"{old[0][:200]!r} does" if len(old) == 1 else f"the {len(old)} lines from {old[0][:200]!r} on do"


def _changes(
    page: _Page, place: _Place, old: Sequence[str], lines: Sequence[tuple[str, str]]
) -> Iterator[Span]:
    """Lines that stay keep their bytes; those that come end as those that go, or as those around them."""
    there = page.lines[place.line : place.line + len(old)]
    shift, unshift = ("", "")
    if place.ignoring in {"indentation", Rung.SIGNS.value}:
        shift, unshift = shift_of([_rim(line) for line in there], [_rim(line) for line in old]) or ("", "")
    at, gone = place.line, 0
    come: list[str] = []

    def span() -> Iterator[Span]:
        if gone or come:
            endings = page.endings[at : at + gone] or page.endings[max(at - 1, 0) : max(at, 1)] or ("\n",)
            text = "".join(line + endings[min(index, len(endings) - 1)] for index, line in enumerate(come))
            yield Span(start=page.starts[at], end=page.starts[at + gone], text=text)

    for sign, line in lines:
        if sign == "-":
            gone += 1
        elif sign == "+":
            come.append(shift + line.removeprefix(unshift) if line.strip() else line)
        else:
            yield from span()
            at, gone = at + gone + 1, 0
            come.clear()
    yield from span()


def _rim(line: str) -> str:
    """A line's indentation, and whether anything follows."""
    return line[: len(line) - len(line.lstrip(" \t"))] + "x" if line.strip() else ""

"""Where in a text replacements go: found in the text as it is, never overlapping, all or none."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sagent.errors import ToolError
from sagent.schema.tools.edit import Replacement
from sagent.tools.nearest import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a text, and what shall stand there."""

    start: int
    end: int
    text: str


def located(text: str, replacements: Sequence[Replacement], name: str) -> Sequence[Span]:
    """Where each replacement changes the text, in order.

    `\\n` in a replacement means whatever ends the line in the file. What the old and the new string have in
    common at both ends is not touched.

    Raises:
        ToolError: one of them does not occur, or not once, or changes nothing; or two overlap.
    """
    view = _View(text)
    spans: list[Span] = []
    for number, replacement in enumerate(replacements, 1):
        prefix = f"edit {number}: " if len(replacements) > 1 else ""
        spans += _spans(view, replacement, name, prefix)
    spans.sort(key=lambda span: (span.start, span.end))
    for before, after in pairwise(spans):
        if after.start < before.end:
            line = text.count("\n", 0, after.start) + 1
            raise ToolError(
                f"two edits overlap on line {line} of {name}: make one of them. Nothing was changed"
            )
    return tuple(spans)


class _View:
    """A text with LF for CRLF, and the way back."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = text.replace("\r\n", "\n")
        self._endings = tuple(_view_endings(text)) if len(self.text) < len(text) else ()

    def origin(self, index: int) -> int:
        """Where an index of the view lies in the original."""
        return index + bisect_left(self._endings, index)

    def ending(self, index: int) -> str:
        """What ends the line at an index of the view; of the last line, what ends the one before."""
        if not self._endings:
            return "\n"
        newline = self.text.find("\n", index)
        if newline < 0:
            newline = self.text.rfind("\n", 0, index)
        nearest = bisect_left(self._endings, newline)
        return "\r\n" if nearest < len(self._endings) and self._endings[nearest] == newline else "\n"


def _view_endings(text: str) -> Iterator[int]:
    """Where in the view the newlines stand that were CRLF."""
    removed, index = 0, text.find("\r\n")
    while index >= 0:
        yield index - removed
        removed, index = removed + 1, text.find("\r\n", index + 2)


def _spans(view: _View, replacement: Replacement, name: str, prefix: str) -> Iterator[Span]:
    old, new = replacement["old_string"], replacement["new_string"]
    if not old:
        raise ToolError(
            f"{prefix}old_string is empty: give the text to replace, or use Write for a whole file"
        )
    if old == new:
        raise ToolError(f"{prefix}old_string and new_string are the same: there is nothing to change")
    plain_old, plain_new = old.replace("\r\n", "\n"), new.replace("\r\n", "\n")
    everywhere = replacement.get("replace_all", False)
    if plain_old == plain_new:
        # Only the line endings differ, so they are what is meant.
        for index in _found(view.original, old, everywhere, name, prefix, new):
            yield Span(start=index, end=index + len(old), text=new)
        return
    head = _common(plain_old, plain_new)
    tail = _common(plain_old[head:][::-1], plain_new[head:][::-1])
    for index in _found(view.text, plain_old, everywhere, name, prefix, plain_new):
        start, end = index + head, index + len(plain_old) - tail
        middle = plain_new[head : len(plain_new) - tail]
        yield Span(
            start=view.origin(start), end=view.origin(end), text=middle.replace("\n", view.ending(start))
        )


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _found(text: str, old: str, everywhere: bool, name: str, prefix: str, new: str) -> Sequence[int]:
    step = len(old) if everywhere else 1
    places: list[int] = []
    index = text.find(old)
    while index >= 0:
        places.append(index)
        index = text.find(old, index + step)
    if not places:
        raise ToolError(f"{prefix}{nearest(text, old, new, name)}")
    if len(places) > 1 and not everywhere:
        lines = [str(text.count("\n", 0, place) + 1) for place in places[:10]]
        more = f" and {len(places) - 10} more" if len(places) > 10 else ""
        raise ToolError(
            f"{prefix}old_string occurs {len(places)} times in {name}, on lines {', '.join(lines)}{more}: "
            "add surrounding lines until it is unique, or set replace_all"
        )
    return places

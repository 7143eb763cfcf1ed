"""Markdown in a terminal: painted line by line, every character where it was, so that nothing is hidden."""

import re
from typing import Final

from sagent.cli.paint import Paint

FENCE: Final = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)")
"""A line that begins a block of code, or ends it."""

HEADING: Final = re.compile(r" {0,3}#{1,6}(\s|$)")

SPAN: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`).{1,500}?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<strong>(?<![\w*])\*\*(?![\s*]).{1,500}?(?<![\s*(\[{])\*\*(?![\w*]))"
)
"""Code within a line, and what is stressed; `f(**a)` is neither. By its bounds a long line is done soon."""


class Prose:
    """Paints the lines of one answer after the other."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._fence = ""
        """What began the block of code that the next line is in."""

    def line(self, text: str) -> str:
        """The next line of an answer, painted."""
        if not self._paint.on:
            return text
        fence = FENCE.match(text)
        if self._fence:
            if fence is None or fence[2].strip() or not fence[1].startswith(self._fence):
                return self._paint.cyan(text)
            self._fence = ""
            return self._paint.dim(text)
        if fence is not None:
            self._fence = fence[1]
            return self._paint.dim(text)
        return self._paint.bold(text) if HEADING.match(text) else SPAN.sub(self._span, text)

    def end(self) -> None:
        """The answer has ended, with whatever it has left open."""
        self._fence = ""

    def _span(self, found: re.Match[str]) -> str:
        return self._paint.cyan(found[0]) if found["code"] else self._paint.bold(found[0])

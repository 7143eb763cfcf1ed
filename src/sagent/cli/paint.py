"""What reaches a terminal: text that cannot steer it, in colours where they are wanted."""

from collections.abc import Mapping
from typing import Final, TextIO

from sagent.lib.value import frozen

UNSEEN: Final = (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000))
"""C1 controls, characters that turn the direction of text around, and halves of surrogate pairs."""

HARMLESS: Final[Mapping[int, str]] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"},
    **dict.fromkeys(UNSEEN, "\N{REPLACEMENT CHARACTER}"),
    0x7F: "\N{SYMBOL FOR DELETE}",
    0x0D: "",
}
"""What is shown of each character that could do something to a terminal or to its reader."""


def printable(text: str) -> str:
    """The text with a picture in place of each control character, but tab and newline; returns are left out.

    Each character is judged by itself, so it holds for every piece of a stream, wherever that is split;
    and as nothing is interpreted, nothing can be hidden.
    """
    return text if text.isascii() and text.isprintable() else text.translate(HARMLESS)


def one_line(text: str, width: int = 160) -> str:
    """The same on one line, and not too long."""
    line = " ".join(printable(text).split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


@frozen()
class Paint:
    """Colours, or none."""

    on: bool = False

    def bold(self, text: str) -> str:
        """In bold letters."""
        return self._in("1", text)

    def dim(self, text: str) -> str:
        """In faint letters."""
        return self._in("2", text)

    def red(self, text: str) -> str:
        """In red letters."""
        return self._in("31", text)

    def green(self, text: str) -> str:
        """In green letters."""
        return self._in("32", text)

    def yellow(self, text: str) -> str:
        """In yellow letters."""
        return self._in("33", text)

    def cyan(self, text: str) -> str:
        """In cyan letters."""
        return self._in("36", text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text


def paint_for(stream: TextIO, environ: Mapping[str, str]) -> Paint:
    """Colours only on a terminal that has them, and not against the user's wish (no-color.org)."""
    return Paint(stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb")

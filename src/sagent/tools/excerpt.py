"""A stretch of a text file, read without ever holding more of it than is shown."""

from pathlib import Path
from typing import Final, TextIO

from sagent.errors import ToolError
from sagent.tools.charset import Charset
from sagent.tools.lines import counted, numbered

WIDTH: Final = 2_000
"""How many characters of a line are shown."""

BUDGET: Final = 100_000
"""How many characters are shown at once."""

_COUNTED: Final = 64 * 1024 * 1024
"""How many characters behind the last line shown are looked through to say how many lines follow."""

_PIECE: Final = 64 * 1024


def excerpt(path: Path, charset: Charset, name: str, first: int, count: int) -> str:
    """Lines of a file with their numbers, and a word about what is left out.

    Raises:
        OSError: it cannot be read.
        ToolError: the file ends before the first line that is asked for.
    """
    # Only LF ends a line, so that numbers are those of grep, compilers and editors.
    with path.open(encoding=charset.codec, errors="replace", newline="\n") as file:
        if charset.mark:
            file.read(1)
        skipped = _skip(file, first - 1)
        if skipped < first - 1:
            if not skipped and first == 1:
                return f"{name} is empty."
            raise ToolError(f"{name} ends with line {skipped}: offset {first} is behind its end")
        shown, broken = _shown(file, first, count)
        if not shown:
            if first == 1:
                return f"{name} is empty."
            raise ToolError(f"{name} ends with line {first - 1}: offset {first} is behind its end")
        following, all_counted = _following(file)
    last = first + len(shown) - 1
    notes: list[str] = []
    if following:
        more = counted(following, "more line") if all_counted else f"more than {following} more lines"
        notes.append(f"[{more} not shown; read on with offset={last + 1}]")
    if broken:
        notes.append(f"[� may stand for bytes that are not {charset.codec}]")
    return "\n".join((*shown, *notes))


def _skip(file: TextIO, count: int) -> int:
    """Pass over lines; fewer if the file ends."""
    passed = 0
    while passed < count:
        piece = file.readline(_PIECE)
        if not piece:
            return passed
        while piece and not piece.endswith("\n"):
            piece = file.readline(_PIECE)
        passed += 1
    return passed


def _shown(file: TextIO, first: int, count: int) -> tuple[list[str], bool]:
    shown: list[str] = []
    room = BUDGET
    broken = False
    while len(shown) < count and room > 0:
        line, missing = _line(file)
        if line is None:
            break
        broken = broken or "\ufffd" in line
        text = f"{line}… [{missing} more characters]" if missing else line
        shown.append(numbered(first + len(shown), text))
        room -= len(text) + 8
    return shown, broken


def _line(file: TextIO) -> tuple[str | None, int]:
    """The beginning of the next line, and how many characters of it are left out."""
    piece = file.readline(_PIECE)
    if not piece:
        return None, 0
    head, length = piece[: WIDTH + 2], len(piece)
    while not piece.endswith("\n"):
        piece = file.readline(_PIECE)
        if not piece:
            break
        length += len(piece)
        if len(head) < WIDTH + 2:
            head = (head + piece)[: WIDTH + 2]
    if piece.endswith("\n"):
        length -= 1
    line = head[:length].removesuffix("\r")
    return line[:WIDTH], max(length - WIDTH, 0) if len(line) > WIDTH else 0


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

"""The screen of a terminal: what programs write to it, as a person would see it."""

from collections.abc import Callable
from re import Pattern
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from sagent.errors import ToolError
from sagent.tools.lines import plain_text

if TYPE_CHECKING:
    from pyte import HistoryScreen

HISTORY: Final = 1000
"""How many lines are kept that have left the screen at its top."""

HEARD: Final = 64 * 1024
"""How many bytes of what was written last are looked through for what is waited for."""

MISSING: Final = "Terminal needs pyte, which is not installed: pip install 'sagent[terminal]'"
"""What is said where no screen can be kept."""

DECCKM: Final = 1 << 5
"""The mode in which cursor keys send their other codes, as pyte numbers private modes."""


class Screen:
    """Rows and columns of characters, a cursor, and what has scrolled away."""

    def __init__(self, columns: int, rows: int, answer: Callable[[str], None]) -> None:
        """`answer` is given what a terminal says by itself, when a program asks what it is.

        Raises:
            ToolError: pyte is not installed.
        """
        self._screen = _made(columns, rows, answer)
        self._written = bytearray()
        self._begin()

    def _begin(self) -> None:
        from pyte import ByteStream

        self._stream = ByteStream(self._screen)

    @property
    def size(self) -> str:
        """Columns and rows."""
        return f"{self._screen.columns}x{self._screen.lines}"

    @property
    def cursor(self) -> str:
        """Where the cursor is, from 1."""
        return (
            f"row {self._screen.cursor.y + 1}, column {min(self._screen.cursor.x + 1, self._screen.columns)}"
        )

    @property
    def application(self) -> bool:
        """Whether the program has asked for the cursor keys' other codes."""
        return DECCKM in self._screen.mode

    def feed(self, data: bytes) -> None:
        """A program writes."""
        self._written += data
        del self._written[:-HEARD]
        try:
            self._stream.feed(data)
        except Exception:
            # Programs write anything, and the emulator knows not all of it: it begins anew behind that.
            self._begin()

    def expect(self, pattern: Pattern[str]) -> Callable[[], bool]:
        """What tells whether a pattern has come since now: in what was written, or anew on the screen."""
        self._written.clear()
        before = self.matches(pattern)

        def came() -> bool:
            written = plain_text(self._written.decode(errors="replace").replace("\r\n", "\n"))
            return pattern.search(written) is not None or (not before and self.matches(pattern))

        return came

    def matches(self, pattern: Pattern[str]) -> bool:
        """Whether the screen matches; of the spaces at a line's end, those before the cursor are there."""
        lines = self.text().split("\n")
        row = self._screen.cursor.y
        if row < len(lines):
            lines[row] = lines[row].ljust(self._screen.cursor.x)
        return pattern.search("\n".join(lines)) is not None

    def resize(self, columns: int, rows: int) -> None:
        """Give it another size."""
        self._screen.resize(lines=rows, columns=columns)

    def text(self, history: int = 0) -> str:
        """What is to be seen, without spaces at the ends, behind so many lines that have scrolled away."""
        gone = list(self._screen.history.top)[-history:] if history else []
        columns = self._screen.columns
        above = ["".join(line[column].data for column in range(columns)) for line in gone]
        return "\n".join(plain_text(line).rstrip() for line in (*above, *self._screen.display)).rstrip("\n")


def _made(columns: int, rows: int, answer: Callable[[str], None]) -> "HistoryScreen":
    try:
        from pyte import HistoryScreen
    except ImportError as error:
        raise ToolError(MISSING) from error

    class Answering(HistoryScreen):
        """A screen that answers to the program."""

        @override
        def write_process_input(self, data: str) -> None:
            answer(data)

    return Answering(columns, rows, history=HISTORY, ratio=0.5)

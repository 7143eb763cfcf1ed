"""The output of a command: all of it in a file, its beginning and its end for the model."""

import os
from pathlib import Path
from typing import Final

from sagent.lib.ends import front, rear
from sagent.lib.outputs import folder, gap, hold
from sagent.messages.room import LEAST, text_size
from sagent.tools.lines import clipped, plain_text

SHOWN: Final = 30_000
"""How many bytes of output are shown: half of them from the beginning, half from the end."""

WORDS: Final = 300
"""How many bytes are kept free for the words on where the rest is."""

TAIL: Final = 4_000
"""How many bytes of it are shown of a command that goes on in the background."""

WIDTH: Final = 2_000
"""How much of a line is shown."""

LARGEST: Final = 256 * 1024 * 1024
"""How many bytes a command may write; one that writes more has run wild."""

_CHUNK: Final = 1024 * 1024


class Spool:
    """A file that a command writes to while others read it: no pipe, which somebody could keep open."""

    def __init__(self) -> None:
        import tempfile

        self._folder = folder()
        made, name = tempfile.mkstemp(prefix="output-", suffix=".txt", dir=self._folder)
        self.path: Path = Path(name)
        self._told = False
        self.report: Path = Path(f"{name}.cwd")
        """Where the shell may write down in which directory it has ended."""
        # Appending, so that writers that do not know of each other do not overwrite each other.
        os.close(made)
        self.descriptor: int = os.open(name, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        hold(self.descriptor)

    @property
    def size(self) -> int:
        """How much has been written."""
        return os.fstat(self.descriptor).st_size

    def news(self, seen: int) -> str:
        """The last lines of what was written behind a place."""
        size = self.size
        start = max(seen, size - 2_000)
        text = plain_text(os.pread(self.descriptor, size - start, start).decode(errors="replace"))
        lines = [line for line in text.split("\n") if line.strip()]
        return "\n".join(clipped(line, 200) for line in lines[-3:])

    def digest(self, *, running: bool = False, room: int | None = None) -> str:
        """What the model is told, in so many bytes: all, or the beginning and the end and where the rest is.

        While somebody still writes, the file keeps its name; later it is named
        after its content, so that the same output is told in the same words.
        """
        shown = SHOWN if room is None else min(SHOWN, room - WORDS)
        text = self._ends(shown, running)
        # What is no text is told in more bytes than it has.
        while room is not None and shown > LEAST // 4 and text_size(text) > room:
            shown = shown * 3 // 4
            text = self._ends(shown, running)
        return text

    def _ends(self, shown: int, running: bool) -> str:
        size = self.size
        if size <= shown:
            whole = os.pread(self.descriptor, size, 0)
            text = _clean(whole)
            if running:
                return _joined(
                    text, f"[a background process still runs; its output goes to {self._kept(running)}]"
                )
            if "\ufffd" in text or _wide(whole):
                return _joined(text, f"[the output as it was: {self._kept(running)}]")
            return text
        head = front(os.pread(self.descriptor, shown // 2, 0))
        tail = rear(os.pread(self.descriptor, shown // 2, size - shown // 2))
        lines = self._lines(len(head), size - len(tail))
        omitted = gap(lines, size - len(head) - len(tail), str(self._kept(running)))
        rest = "[a background process still runs and writes there]" if running else ""
        return _joined(_clean(head), omitted, _clean(tail), rest)

    def so_far(self) -> str:
        """What the model is told while the command goes on: the end of it, and where all of it will be."""
        size = self.size
        tail = os.pread(self.descriptor, TAIL, max(0, size - TAIL))
        path = self._kept(running=True)
        if not size:
            return f"No output so far; it will be in {path}"
        text = _clean(rear(tail) if size > TAIL else tail)
        return (
            f"{'The end of its' if size > TAIL else 'Its'} output so far (all of it goes to {path}):\n{text}"
        )

    @property
    def last_line(self) -> str:
        """What stands at the very end, if no line end does."""
        size = self.size
        return _clean(os.pread(self.descriptor, 500, max(0, size - 500)).rpartition(b"\n")[2])

    def close(self) -> None:
        """Let go of the file, and remove it if nobody was told of it."""
        os.close(self.descriptor)
        if not self._told:
            self.path.unlink(missing_ok=True)

    def _kept(self, running: bool) -> Path:
        if not running and not self._told:
            import hashlib

            digest = hashlib.sha256()
            place = 0
            while chunk := os.pread(self.descriptor, _CHUNK, place):
                digest.update(chunk)
                place += len(chunk)
            self.path = self.path.rename(self._folder / f"{digest.hexdigest()[:16]}.txt")
        self._told = True
        return self.path

    def _lines(self, start: int, end: int) -> int:
        """How many lines end between two places."""
        count = 0
        while start < end:
            chunk = os.pread(self.descriptor, min(_CHUNK, end - start), start)
            if not chunk:
                break
            count += chunk.count(b"\n")
            start += len(chunk)
        return count


def _clean(data: bytes) -> str:
    text = plain_text(data.decode(errors="replace")).rstrip("\n")
    return "\n".join(clipped(line, WIDTH) for line in text.split("\n"))


def _wide(data: bytes) -> bool:
    return any(len(line) > WIDTH for line in data.split(b"\n"))


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)

"""Server-sent events, read as the bytes come in, whatever pieces they come in."""

from collections.abc import Sequence

MARK = b"\xef\xbb\xbf"
"""The byte order mark that a stream may begin with."""

ENDS = (b"\n\n", b"\r\n\r\n")
"""How a piece ends that ends an event."""


class Sse:
    """Takes in bytes and gives the data of each event; names, ids and comments are nobody's business here.

    Lines end with LF, CR or CRLF; an event ends with a blank line (html.spec.whatwg.org, 9.2), or with the
    stream: some servers leave the last blank line out.
    """

    __slots__ = ("_data", "_first", "_rest", "_returned")

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._data: list[bytes] = []
        self._first = True
        self._returned = False

    def feed(self, chunk: bytes) -> Sequence[str]:
        """The data of the events that end in this piece."""
        if chunk.startswith(b"data: ") and chunk.endswith(ENDS) and not self._begun():
            # Nearly every piece is one event of one line, and nearly all time is spent here.
            line = chunk[6:].rstrip(b"\r\n")
            if b"\n" not in line and b"\r" not in line:
                self._first = self._returned = False
                return [line.decode(errors="replace")]
        if self._returned and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._returned = False
        if b"\n" not in chunk and b"\r" not in chunk:
            self._rest.append(chunk)
            return ()
        if self._rest:
            self._rest.append(chunk)
            chunk = b"".join(self._rest)
            self._rest = []
        lines = chunk.splitlines()
        if chunk.endswith(b"\r"):
            # The LF of a CRLF may come with the next piece.
            self._returned = True
        elif not chunk.endswith(b"\n"):
            self._rest.append(lines.pop())
        return self._read(lines)

    def _begun(self) -> bool:
        """Whether an event, or a line of it, has come in part."""
        return bool(self._rest or self._data)

    def close(self) -> Sequence[str]:
        """The data of the last event, if no blank line ended it."""
        last, self._rest = b"".join(self._rest), []
        return self._read((last, b""))

    def _read(self, lines: Sequence[bytes]) -> Sequence[str]:
        if self._first:
            self._first = False
            lines = [lines[0].removeprefix(MARK), *lines[1:]]
        events: list[str] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line.startswith(b" ", 5) else line[5:])
            elif line == b"data":
                self._data.append(b"")
            elif not line and self._data:
                events.append(b"\n".join(self._data).decode(errors="replace"))
                self._data = []
        return events

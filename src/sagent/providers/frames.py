"""What comes over a wire, cut into events: server-sent, Amazon's, an array's elements, or one whole body.

What is none of these, a page or a message, is no event, and kept in part so that it can be told.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sagent.providers.eventstream import EventStream
from sagent.providers.sse import MARK, Sse

OUTSIDE: Final = re.compile(rb'["{}\[\]]')
"""What matters outside a JSON string."""

INSIDE: Final = re.compile(rb'["\\]')
"""What matters inside one."""

LONGEST_WORDS: Final = 4000
"""How many bytes are kept of what is no event."""


class Frames:
    """Takes in bytes and gives events; the first ones that are not blank tell which kind of wire it is."""

    def __init__(self) -> None:
        self._kind: Sse | Elements | Body | EventStream | Words | None = None
        self._start = b""

    def feed(self, chunk: bytes) -> Sequence[str]:
        """The events that end in this piece."""
        if self._kind is None:
            self._start += chunk
            chunk = self._start.removeprefix(MARK).lstrip()
            if not chunk or any(sign.startswith(chunk) for sign in (MARK, *FIELDS)):
                return ()
            kind = KINDS.get(chunk[:1]) or (Sse if chunk.startswith(FIELDS) else Words)
            self._kind = kind()
        return self._kind.feed(chunk)

    def close(self) -> Sequence[str]:
        """The events that nothing but the end of the wire ends."""
        return self._kind.close() if self._kind else ()

    @property
    def words(self) -> bytes:
        """How it begins, if it holds no events; else nothing."""
        return self._kind.said if isinstance(self._kind, Words) else b""


class Body:
    """One JSON body, which is one event."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def feed(self, chunk: bytes) -> Sequence[str]:
        self._pieces.append(chunk)
        return ()

    def close(self) -> Sequence[str]:
        return (b"".join(self._pieces).decode(errors="replace"),)


class Elements:
    """One JSON array, each element an event as soon as it is whole. Gemini streams so without `alt=sse`."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._depth = 0
        self._begin = 0
        self._quoted = False

    def feed(self, chunk: bytes) -> Sequence[str]:
        self._buffer += chunk
        events: list[str] = []
        while mark := (INSIDE if self._quoted else OUTSIDE).search(self._buffer, self._at):
            self._at = mark.end()
            sign = mark[0]
            if self._quoted:
                if sign == b'"':
                    self._quoted = False
                else:
                    self._at += 1
            elif sign == b'"':
                self._quoted = True
            elif sign in b"{[":
                self._depth += 1
                if self._depth == 2:
                    self._begin = self._at - 1
            else:
                self._depth -= 1
                if self._depth == 1:
                    events.append(self._buffer[self._begin : self._at].decode(errors="replace"))
        done = self._begin if self._depth > 1 else len(self._buffer)
        # An escape at the end of a piece reaches one byte into the next.
        self._at = max(self._at, len(self._buffer)) - done
        self._begin = 0
        del self._buffer[:done]
        return events

    def close(self) -> Sequence[str]:
        return ()


class Words:
    """What holds no events."""

    def __init__(self) -> None:
        self.said: bytes = b""
        """How it begins."""

    def feed(self, chunk: bytes) -> Sequence[str]:
        self.said += chunk[: LONGEST_WORDS - len(self.said)]
        return ()

    def close(self) -> Sequence[str]:
        return ()


FIELDS: Final = (b":", b"data", b"event", b"id", b"retry")
"""How the first line of server-sent events begins: with a field, or a comment."""

KINDS: Final[Mapping[bytes, Callable[[], Elements | Body | EventStream]]] = {
    b"[": Elements,
    b"{": Body,
    # How the length of any message begins: none has 16 MiB.
    b"\0": EventStream,
}
"""What begins with which byte."""

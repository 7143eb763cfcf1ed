"""One connection to a server, over which requests go one after the other (HTTP/1.1, RFC 9112)."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from typing_extensions import override

LONGEST_HEAD: Final = 100_000
"""How many bytes the head of an answer may have."""

FULL: Final = 1 << 18
"""How many bytes of an answer wait at most to be taken; then the server does."""


class Broken(Exception):
    """The connection ended before the answer was whole, or the answer is none."""


class Connection(asyncio.BufferedProtocol):
    """Sends a request and gives its answer as it comes in.

    The parser calls the methods that begin with `on_`; their names are its own.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, buffer: memoryview, done: Callable[["Connection"], None]
    ) -> None:
        """What comes in is written to `buffer`, and read at once: all connections of a loop share it.

        `done` is called when an answer is over.
        """
        self._loop = loop
        self._buffer = buffer
        self._done = done
        self._parser = HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)  # RFC 9112, 2.2
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._reusable = True
        self._begin(asked=False)

    def _begin(self, *, asked: bool) -> None:
        self._asked = asked
        self.status: int = 0
        """The status of the answer."""
        self.headers: Sequence[tuple[bytes, bytes]] = ()
        """The headers of the answer, as they were sent."""
        self._named: list[tuple[bytes, bytes]] = []
        self._sized = self._whole = self._paused = False
        self._pieces: list[bytes] = []
        self._size = 0
        self._error: Broken | None = None

    @property
    def idle(self) -> bool:
        """Whether another request can be sent."""
        return self._reusable and not self._asked

    def open(self, transport: asyncio.Transport) -> None:
        """Work over this transport."""
        self._transport = transport

    async def ask(self, request: Sequence[bytes]) -> None:
        """Send a request, which comes in pieces, and return when the head of its answer has come.

        Raises:
            Broken: it did not come.
        """
        self._begin(asked=True)
        if self._transport is None or not self._reusable:
            raise Broken("the server has closed the connection")
        # Not `writelines`: on a connection that was lost it raises a TypeError (CPython 3.12 and 3.13).
        self._transport.write(b"".join(request))
        while not self.status:
            await self._news()

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body of the answer, as it comes.

        Raises:
            Broken: it did not come whole.
        """
        while True:
            if self._pieces:
                piece = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
                self._pieces.clear()
                self._size = 0
                if self._paused and self._transport is not None:
                    self._paused = False
                    self._transport.resume_reading()
                yield piece
            elif self._whole:
                return
            else:
                await self._news()

    async def aclose(self) -> None:
        """Be done with the answer; where it has not come whole, hang up."""
        if not self._whole or self._paused or not self._reusable:
            self.hang_up()
        self._begin(asked=False)
        self._done(self)

    def hang_up(self) -> None:
        """Close the connection at once."""
        self._reusable = False
        if self._transport is not None:
            self._transport.abort()

    async def _news(self) -> None:
        """Return when something has come."""
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _break(self, words: str) -> None:
        self._error = Broken(words)
        self.hang_up()

    # What asyncio calls.

    @override
    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    @override
    def buffer_updated(self, nbytes: int) -> None:
        if not self._asked or self._whole:
            self.hang_up()  # what nobody asked for is no answer
            return
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except (HttpParserError, HttpParserUpgrade) as error:
            if not self._whole:
                self._break(f"the server does not speak HTTP/1.1: {error}")
            self._reusable = False
        self._size += nbytes
        if not self.status and self._size > LONGEST_HEAD:
            self._break("the head of the answer has no end")
        elif self._size > FULL and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._reusable = False
        if exc is None and self._error is None and self.status and not self._sized:
            self._whole = True  # the end of the connection is the end of the answer
        elif not self.status:
            self._error = self._error or Broken(_words(exc, "the server has closed it without an answer"))
        elif not self._whole:
            self._error = self._error or Broken(_words(exc, "the server has closed it before the end"))
        self._wake()

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header has come, or what is said behind the body."""
        self._named.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        status = self._parser.get_status_code()
        if self._whole:
            self._reusable = False  # a second answer is to nobody's question
        elif status >= 200:
            names = {name.lower() for name, _ in self._named}
            self._sized = b"content-length" in names or b"transfer-encoding" in names
            self._reusable = self._parser.should_keep_alive()
            self.headers, self.status = tuple(self._named), status
        self._named = []

    def on_body(self, body: bytes) -> None:
        """A piece of the body has come."""
        if not self._whole:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        """All of the answer has come, or of a notice before it."""
        self._whole = self.status > 0


def _words(error: Exception | None, otherwise: str) -> str:
    return otherwise if error is None else str(error) or type(error).__name__

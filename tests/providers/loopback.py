"""A server on this machine that does exactly what a test says, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

Answer: TypeAlias = Callable[["Line"], Awaitable[None]]
"""What is done about one request."""

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


@dataclass
class Line:
    """One connection, at one request."""

    writer: asyncio.StreamWriter
    head: bytes
    body: bytes

    async def send(self, *pieces: bytes) -> None:
        """Send raw bytes."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def stream(self, *events: str, end: bool = True) -> None:
        """Send events as a chunked body."""
        await self.send(HEAD, *(chunk(f"data: {event}\r\n\r\n".encode()) for event in events))
        if end:
            await self.send(b"0\r\n\r\n")

    def hang_up(self, *, reset: bool = False) -> None:
        """Close the connection, politely or not."""
        if reset:
            self.writer.transport.abort()
        else:
            self.writer.close()


def chunk(data: bytes) -> bytes:
    """A piece of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def whole(status: str, body: bytes, *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass
class Server:
    """What a server has seen."""

    answers: list[Answer]
    url: str = ""
    requests: list[Line] = field(default_factory=list)
    connections: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has gone."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line = Line(writer=writer, head=head, body=await reader.readexactly(_length(head)))
                self.requests.append(line)
                await self.answers.pop(0)(line)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.left.set()
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncIterator[Server]:
    """A server that answers so, one request after the other."""
    server = Server(answers=[*answers])
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()


def _length(head: bytes) -> int:
    lines: Sequence[bytes] = head.lower().split(b"\r\n")
    return next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)

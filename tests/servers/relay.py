"""A relay that brings about what is a matter of luck: a kept connection is dead when it is used again.

llama.cpp's server says keep-alive, and closes after each streamed reply. The relay tells its client so only
when the next request has come.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PIECE = 65_536


@dataclass
class Relay:
    """A way to the server, and how often it was a dead end."""

    host: str
    port: int
    url: str = ""
    connections: int = 0
    died: int = 0
    """How many requests came by a connection that the server had left."""
    lines: dict[asyncio.StreamWriter, "asyncio.Task[None] | None"] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection's bytes to and fro."""
        self.connections += 1
        self.lines[writer] = asyncio.current_task()
        answers, requests = await asyncio.open_connection(self.host, self.port)
        asked = left = False

        def end() -> None:
            if not writer.transport.is_closing():
                self.died += 1
                writer.transport.abort()

        async def back() -> None:
            nonlocal asked, left
            with suppress(ConnectionError):  # a farewell, too
                while data := await answers.read(PIECE):
                    asked = False
                    writer.write(data)
                    await writer.drain()
            left = True
            if asked:
                end()

        carrying = asyncio.ensure_future(back())
        try:
            while data := await reader.read(PIECE):
                asked = True
                if left:
                    end()
                    break
                requests.write(data)
                await requests.drain()
        except ConnectionError:
            end()
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)
            writer.close()
            requests.close()

    async def close(self) -> None:
        """Hang up on everybody."""
        for writer in self.lines:
            writer.transport.abort()
        await asyncio.gather(*(task for task in self.lines.values() if task))


@asynccontextmanager
async def relaying(url: str) -> AsyncIterator[Relay]:
    """A relay to the server at this URL."""
    host, port = url.removeprefix("http://").split(":")
    relay = Relay(host=host, port=int(port))
    listener = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield relay
    finally:
        listener.close()
        await relay.close()

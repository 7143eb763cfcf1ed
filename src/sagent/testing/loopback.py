"""An HTTP/1.1 server on 127.0.0.1 that notices when its clients leave."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from sagent.errors import UsageError
from sagent.lib.value import frozen

if TYPE_CHECKING:
    import h11

_BLOCK: Final = 1 << 16


@frozen(kw_only=True)
class Arrival:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case names."""
    body: bytes


class Broken(Exception):
    """The connection is to be closed here and now."""


class Outgoing:
    """The way back to the client."""

    def __init__(self, connection: "h11.Connection", writer: asyncio.StreamWriter) -> None:
        self._connection = connection
        self._writer = writer
        self.status: int = 0
        """The status that has been sent; 0 before that."""
        self.headers: Mapping[str, str] = {}
        self.said: bytearray = bytearray()
        """What has been sent of the body."""

    @property
    def begun(self) -> bool:
        """Whether the status has been sent."""
        return self.status > 0

    async def begin(self, code: int, headers: Mapping[str, str]) -> None:
        """Send the status; without a length the body goes in chunks."""
        import h11

        self.status, self.headers = code, headers
        await self._send(h11.Response(status_code=code, headers=list(headers.items())))

    async def send(self, data: bytes) -> None:
        """Send a piece of the body, as one chunk."""
        import h11

        if data:
            self.said += data
            await self._send(h11.Data(data=data))

    async def end(self) -> None:
        """Say that the body is whole."""
        import h11

        await self._send(h11.EndOfMessage())

    async def whole(self, code: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send all at once."""
        await self.begin(code, {**headers, "Content-Length": str(len(body))})
        await self.send(body)
        await self.end()

    async def _send(self, event: "h11.Response | h11.Data | h11.EndOfMessage") -> None:
        data = self._connection.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()


Answering: TypeAlias = Callable[[Arrival, Outgoing], Awaitable[None]]
"""Answers one request; raising `Broken` cuts the connection, being cancelled means that the client left."""


class Loopback:
    """Serves HTTP on a port of its own."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self.left: int = 0
        """How many answers were not heard to their end."""
        self._leaving = asyncio.Event()

    async def open(self, port: int = 0) -> int:
        """Begin to listen on 127.0.0.1; gives the port.

        Raises:
            UsageError: the port is taken.
        """
        try:
            self._server = await asyncio.start_server(self._greet, "127.0.0.1", port, limit=_BLOCK)
        except OSError as error:
            raise UsageError(
                f"port {port} cannot be used ({error.strerror}); choose another, or 0 for any"
            ) from error
        number = self._server.sockets[0].getsockname()[1]
        return int(number)

    async def close(self) -> None:
        """Stop listening, and end all connections."""
        if self._server is not None:
            self._server.close()
        clients = tuple(self._clients)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def walkout(self) -> None:
        """Wait until a client has left before the end of its answer."""
        await self._leaving.wait()

    def _leave(self) -> None:
        self.left += 1
        self._leaving.set()

    def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._clients.add(client)
        client.add_done_callback(self._clients.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        import h11

        connection = h11.Connection(h11.SERVER)
        try:
            while (arrival := await _arrival(connection, reader, writer)) is not None:
                if not await self._answer(arrival, connection, reader, writer):
                    break
                connection.start_next_cycle()
        except (h11.ProtocolError, OSError):
            pass  # the client speaks no HTTP, wants no further request on this connection, or is gone
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(
        self,
        arrival: Arrival,
        connection: "h11.Connection",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Answer one request while the client listens; whether the connection may be used again."""
        answer = asyncio.ensure_future(self._answering(arrival, Outgoing(connection, writer)))
        leave = asyncio.ensure_future(_until_left(connection, reader))
        try:
            await asyncio.wait((answer, leave), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                self._leave()
                return False
            await answer
        except Broken:
            return False
        except ConnectionError:
            self._leave()
            return False
        finally:
            answer.cancel()
            leave.cancel()
            await asyncio.gather(answer, leave, return_exceptions=True)
        return not leave.done() or leave.cancelled()


async def _arrival(
    connection: "h11.Connection", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Arrival | None:
    """The next request with its body; None if the client is done."""
    import h11

    request: h11.Request | None = None
    body: list[bytes] = []
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            connection.receive_data(await reader.read(_BLOCK))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body.append(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            return _read(request, b"".join(body))
        else:
            return None


def _read(request: "h11.Request", body: bytes) -> Arrival:
    target = urlsplit(request.target.decode("latin-1"))
    return Arrival(
        method=request.method.decode("ascii"),
        path=unquote(target.path),
        query=dict(parse_qsl(target.query, keep_blank_values=True)),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers},
        body=body,
    )


async def _until_left(connection: "h11.Connection", reader: asyncio.StreamReader) -> None:
    while data := await reader.read(_BLOCK):
        connection.receive_data(data)

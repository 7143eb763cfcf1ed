"""The straight way: the connections of an event loop to all servers, kept for what is asked next."""

import asyncio
import os
import re
import ssl
from collections import deque
from collections.abc import Sequence
from functools import partial
from socket import gaierror
from time import monotonic
from typing import Final, Protocol, TypeAlias, TypedDict

from sagent.errors import UsageError
from sagent.providers.authorities import authorities
from sagent.providers.blame import TLS_CUT, unreached
from sagent.providers.connection import Broken, Connection
from sagent.providers.target import PORTS, Target, target_of
from sagent.providers.transport import DEFAULTS, Call

MOST: Final = 250
"""Connections of one event loop."""

IDLE: Final = 120.0
"""For how many seconds a connection is kept that nobody uses."""

HEADSTART: Final = 0.25
"""For how many seconds one address of a host is tried alone (RFC 8305, 5)."""

PIECE: Final = 1 << 16
"""How many bytes are read at once."""

VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
"""What a header may say."""


ADDRESS: Final = re.compile(r"[\d.]+|.*:.*")
"""A host that has no other address: a race of one would cost three tasks."""


class Race(TypedDict, total=False):
    """What only asyncio's own event loops know of."""

    happy_eyeballs_delay: float


Place: TypeAlias = tuple[str, str, int]
"""Where a connection leads: scheme, host and port."""


class Trusted(Protocol):
    """What tells which authorities are trusted: a few that will mostly do, or all."""

    async def __call__(self, *, few: bool) -> ssl.SSLContext: ...


class Connections:
    """Asks over a connection that is free, or over a new one."""

    def __init__(self, most: int = MOST, trusted: Trusted = authorities) -> None:
        self._most = most
        self._trusted = trusted
        self._buffer = memoryview(bytearray(PIECE))
        self.free: asyncio.Semaphore = asyncio.Semaphore(most)
        """Room for one more request."""
        self._busy = 0
        self._kept: deque[tuple[Place, Connection, float]] = deque()
        """Those that nobody uses, and since when; the oldest first."""

    @property
    def kept(self) -> int:
        """How many connections wait for what is asked next."""
        return len(self._kept)

    async def ask(self, call: Call, patience: float) -> Connection:
        """Send a request; give its answer, of which the head has come.

        A new connection is waited for as many seconds as `patience` says.

        Raises:
            Broken: the connection ended before the head came.
            Unreachable: there is no connection.
            UsageError: the address or a header is none.
        """
        target = target_of(call.url)
        request = _request(call, target)
        self._busy += 1
        try:
            return await self._asked(request, target, patience)
        except BaseException:
            self._busy -= 1
            raise

    async def aclose(self) -> None:
        """Close the connections that nobody uses."""
        for _, connection, _ in self._kept:
            connection.hang_up()
        self._kept.clear()
        await asyncio.sleep(0)  # their sockets are closed when the loop goes on

    async def _asked(self, request: Sequence[bytes], target: Target, patience: float) -> Connection:
        while True:
            kept = self._taken(target)
            connection = kept or await self._connected(target, patience)
            try:
                await connection.ask(request)
            except Broken:
                # A kept connection may have been closed by the other side in the very moment it was taken up
                # again, and so may the next one: nothing was read of the request, and no one need hear of it.
                if kept is None:
                    raise
            except BaseException:
                connection.hang_up()
                raise
            else:
                return connection

    def _taken(self, target: Target) -> Connection | None:
        """The kept connection that was used last, if one leads there."""
        place = _place(target)
        while self._kept and monotonic() - self._kept[0][2] > IDLE:
            self._kept.popleft()[1].hang_up()
        for index in range(len(self._kept) - 1, -1, -1):
            where, connection, _ = self._kept[index]
            if where == place:
                del self._kept[index]
                if connection.idle:
                    return connection
        return None

    def _keep(self, place: Place, connection: Connection) -> None:
        self._busy -= 1
        if connection.idle:
            self._kept.append((place, connection, monotonic()))

    async def _connected(self, target: Target, patience: float) -> Connection:
        if target.scheme not in PORTS:
            raise unreached(target.authority, f"unsupported protocol {target.scheme}://")
        while self._kept and self._busy + len(self._kept) > self._most:
            self._kept.popleft()[1].hang_up()
        try:
            try:
                return await self._opened(target, patience, few=True)
            except ssl.SSLCertVerificationError:  # the authority may have no file of its own
                return await self._opened(target, patience, few=False)
        except TimeoutError as error:
            raise unreached(target.authority, f"no connection within {patience:g} s") from error
        except OSError as error:
            raise unreached(target.authority, _reason(error)) from error

    async def _opened(self, target: Target, patience: float, *, few: bool) -> Connection:
        tls = await self._trusted(few=few) if target.scheme == "https" else None
        loop = asyncio.get_running_loop()
        races = isinstance(loop, asyncio.BaseEventLoop) and not ADDRESS.fullmatch(target.host)
        race: Race = {"happy_eyeballs_delay": HEADSTART} if races else {}
        async with asyncio.timeout(patience):
            transport, connection = await loop.create_connection(
                lambda: Connection(loop, self._buffer, partial(self._keep, _place(target))),
                target.host,
                target.port,
                ssl=tls,
                **race,
            )
        connection.open(transport)
        return connection


def _place(target: Target) -> Place:
    return target.scheme, target.host, target.port


def _reason(error: OSError) -> str:
    """Why there is no connection, as the system says it."""
    if isinstance(error, ConnectionResetError | ssl.SSLEOFError):  # else it is refused at once
        return TLS_CUT
    if isinstance(error, ssl.SSLError | gaierror) or error.errno is None:
        return error.strerror or str(error)
    return os.strerror(error.errno)


def _request(call: Call, target: Target) -> Sequence[bytes]:
    """A request as it is sent: its head, and the body, which may be long and is not copied.

    Raises:
        UsageError: a header cannot be.
    """
    headers = {"host": target.authority, **DEFAULTS}
    for name, value in call.headers.items():
        headers[name.lower()] = value
    if target.login:
        headers["authorization"] = target.login
    if call.body is not None:
        headers["content-length"] = str(len(call.body))
    lines = [f"{'GET' if call.body is None else 'POST'} {target.path}{target.query} HTTP/1.1"]
    for name, value in headers.items():
        if not VALUE.fullmatch(value):
            raise UsageError(f"the header {name} cannot be sent: it must be one line of ASCII")
        lines.append(f"{name}: {value}")
    return "\r\n".join((*lines, "", "")).encode(), call.body or b""

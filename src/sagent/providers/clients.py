"""HTTP clients, shared by all models of an event loop and closed with it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from sagent.errors import UsageError

if TYPE_CHECKING:
    import ssl

    import httpx2

SHARD: Final = 25
"""Connections of one client: its pool looks at each on every request, so several small ones are cheaper."""

SHARDS: Final = 10
"""Clients of one event loop."""

IDLE: Final = 120.0
"""For how many seconds a connection is kept that nobody uses."""


class Clients:
    """The clients of one event loop."""

    def __init__(self) -> None:
        self._clients: list[httpx2.AsyncClient] = []
        self._busy: list[int] = []
        self._free = asyncio.Semaphore(SHARD * SHARDS)
        self._keeper: AsyncGenerator[None] | None = None

    @asynccontextmanager
    async def lease(self) -> AsyncIterator["httpx2.AsyncClient"]:
        """A client with a connection to spare, for one request."""
        if self._keeper is None:
            # The loop itself closes generators that were begun on it: the one end of an `asyncio.run`
            # that a library can know of.
            self._keeper = self._kept()
            await anext(self._keeper)
        async with self._free:
            shard = self._shard()
            self._busy[shard] += 1
            try:
                yield self._clients[shard]
            finally:
                self._busy[shard] -= 1

    def _shard(self) -> int:
        """The first that has a connection to spare: kept connections are used before new ones are made."""
        for shard, busy in enumerate(self._busy):
            if busy < SHARD:
                return shard
        self._clients.append(_client())
        self._busy.append(0)
        return len(self._busy) - 1

    async def _kept(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            _CLIENTS.pop(asyncio.get_running_loop(), None)
            for client in self._clients:
                await client.aclose()


def clients() -> Clients:
    """The clients of the running event loop."""
    loop = asyncio.get_running_loop()
    found = _CLIENTS.get(loop)
    if found is None:
        found = _CLIENTS[loop] = Clients()
    return found


def _client() -> "httpx2.AsyncClient":
    import httpx2

    limits = httpx2.Limits(max_connections=SHARD, max_keepalive_connections=SHARD, keepalive_expiry=IDLE)
    try:
        return httpx2.AsyncClient(limits=limits, verify=_certificates())
    except (ImportError, ValueError) as error:
        raise UsageError(f"the proxy that the environment names cannot be used: {error}") from error


@cache
def _certificates() -> "ssl.SSLContext":
    """The authorities that are trusted: to load them takes longer than all else that makes a client."""
    import httpx2

    return httpx2.create_ssl_context()


_CLIENTS: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Clients]] = WeakKeyDictionary()

"""HTTP clients, shared by all models of an event loop and closed with it."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from sagent.errors import UsageError
from sagent.providers.proxies import check_proxies

if TYPE_CHECKING:
    import ssl

    import httpx2

SHARD: Final = 10
"""Connections of one client: its pool looks at each on every request, so several small ones are cheaper."""

SHARDS: Final = 25
"""Clients of one event loop."""

IDLE: Final = 120.0
"""For how many seconds a connection is kept that nobody uses."""


class Clients:
    """The clients of one event loop."""

    def __init__(self, *, proxied: bool) -> None:
        self._proxied = proxied
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
        self._clients.append(_client(proxied=self._proxied))
        self._busy.append(0)
        return len(self._busy) - 1

    async def _kept(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            _CLIENTS[self._proxied].pop(asyncio.get_running_loop(), None)
            for client in self._clients:
                await client.aclose()


def clients(*, proxied: bool = True) -> Clients:
    """The clients of the running event loop: those that use proxies, or those that do not."""
    loop = asyncio.get_running_loop()
    found = _CLIENTS[proxied].get(loop)
    if found is None:
        found = _CLIENTS[proxied][loop] = Clients(proxied=proxied)
    return found


async def prepare() -> None:
    """Get ready for the first request of the process, in a thread: nobody's screen stands still for it.

    To import the HTTP client and to load the authorities takes 0.2 s and more.

    Raises:
        UsageError: the authorities that the environment names cannot be loaded.
    """
    if not _certificates.cache_info().currsize:
        await asyncio.to_thread(_prepare)


def _prepare() -> None:
    with _PREPARING:  # a thousand first requests at once load them once
        _certificates()


_PREPARING: Final = Lock()


def _client(*, proxied: bool) -> "httpx2.AsyncClient":
    import httpx2

    if proxied:
        check_proxies()
    limits = httpx2.Limits(max_connections=SHARD, max_keepalive_connections=SHARD, keepalive_expiry=IDLE)
    try:
        return httpx2.AsyncClient(limits=limits, verify=_certificates(), trust_env=proxied)
    except ImportError as error:
        raise UsageError(
            "the environment names a SOCKS proxy, which takes one more package: pip install 'httpx2[socks]'"
        ) from error
    except (ValueError, httpx2.InvalidURL) as error:
        raise UsageError(
            f"the proxy that the environment names cannot be used: {error}. "
            "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY."
        ) from error


@cache
def _certificates() -> "ssl.SSLContext":
    """The authorities that are trusted: to load them takes longer than all else that makes a client."""
    import httpx2

    try:
        return httpx2.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one, too
        name = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
        if name is None:
            raise UsageError(
                f"the certificates of this machine cannot be loaded ({error}); "
                "name a file of them with SSL_CERT_FILE"
            ) from error
        raise UsageError(
            f"{name} names {os.environ[name]!r}, which cannot be loaded ({error.strerror or error}); "
            "name a file of certificates in PEM, or unset it"
        ) from error


_CLIENTS: Final[Mapping[bool, WeakKeyDictionary[asyncio.AbstractEventLoop, Clients]]] = {
    proxied: WeakKeyDictionary() for proxied in (True, False)
}
"""By whether they use proxies."""

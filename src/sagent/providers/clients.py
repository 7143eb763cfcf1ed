"""The way by proxies: clients of httpx2, which knows them all; they belong to one event loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Final

from sagent.errors import Unreachable, UsageError
from sagent.providers.authorities import authorities
from sagent.providers.blame import TLS_CUT, host_of, unreached
from sagent.providers.connection import Broken
from sagent.providers.faults import clip
from sagent.providers.proxies import check_proxies, proxy_variable
from sagent.providers.transport import DEFAULTS, Call

if TYPE_CHECKING:
    import ssl

    import httpx2

SHARD: Final = 10
"""Connections of one client: its pool looks at each on every request, so several small ones are cheaper."""

SHARDS: Final = 25
"""Clients of one event loop."""

IDLE: Final = 120.0
"""For how many seconds a connection is kept that nobody uses."""


class Answer:
    """An answer that comes by httpx2."""

    def __init__(self, response: "httpx2.Response", done: Callable[[], None]) -> None:
        self._response = response
        self._done = done
        self.status: int = response.status_code
        self.headers: Sequence[tuple[bytes, bytes]] = response.headers.raw

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body as it comes.

        Raises:
            Broken: it did not come whole.
        """
        import httpx2

        try:
            async with aclosing(self._response.aiter_raw()) as pieces:
                async for piece in pieces:
                    yield piece
        except httpx2.RequestError as error:
            raise Broken(_words(error)) from error

    async def aclose(self) -> None:
        """Be done with it."""
        try:
            await self._response.aclose()
        finally:
            self._done()


class Clients:
    """The clients of one event loop."""

    def __init__(self) -> None:
        self._clients: list[httpx2.AsyncClient] = []
        self._busy: list[int] = []
        self.free: asyncio.Semaphore = asyncio.Semaphore(SHARD * SHARDS)
        """Room for one more request."""

    async def ask(self, call: Call, patience: float) -> Answer:
        """Send a request; give its answer, of which the head has come.

        A new connection is waited for as many seconds as `patience` says.

        Raises:
            Broken: the connection failed.
            Unreachable: there is no way.
            UsageError: the address, or what the environment says of the way, cannot be used.
        """
        authority = await authorities()
        import httpx2

        shard = self._shard(authority)
        self._busy[shard] += 1
        try:
            response = await _sent(self._clients[shard], call, patience)
        except BaseException as error:
            self._leave(shard)
            if isinstance(error, httpx2.RequestError):
                raise _blamed(error, call.url, patience) from error
            raise
        return Answer(response, partial(self._leave, shard))

    def _leave(self, shard: int) -> None:
        self._busy[shard] -= 1

    async def aclose(self) -> None:
        """Close all connections."""
        for client in self._clients:
            await client.aclose()

    def _shard(self, authority: "ssl.SSLContext") -> int:
        """The first that has a connection to spare: kept connections are used before new ones are made."""
        for shard, busy in enumerate(self._busy):
            if busy < SHARD:
                return shard
        self._clients.append(_client(authority))
        self._busy.append(0)
        return len(self._busy) - 1


async def _sent(client: "httpx2.AsyncClient", call: Call, patience: float) -> "httpx2.Response":
    import httpx2

    try:
        url = httpx2.URL(call.url)
    except httpx2.InvalidURL as error:
        raise UsageError(f"{call.url!r} is no address: {error}. Check the base URL.") from error
    fresh = False

    async def traced(name: str, info: Mapping[str, object]) -> None:
        nonlocal fresh
        fresh = fresh or name == "connection.connect_tcp.started"

    request = client.build_request(
        "GET" if call.body is None else "POST",
        url,
        content=call.body,
        headers=call.headers,
        timeout=httpx2.Timeout(None, connect=patience),
        extensions={"trace": traced},
    )
    while True:
        try:
            return await client.send(request, stream=True)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            # The other side may have closed a kept connection just now: see `Connections`.
            if fresh:
                raise


def _client(authority: "ssl.SSLContext") -> "httpx2.AsyncClient":
    import httpx2

    check_proxies()
    limits = httpx2.Limits(max_connections=SHARD, max_keepalive_connections=SHARD, keepalive_expiry=IDLE)
    try:
        return httpx2.AsyncClient(limits=limits, verify=authority, headers=DEFAULTS)
    except ImportError as error:
        raise UsageError(
            "the environment names a SOCKS proxy, which takes one more package: pip install 'httpx2[socks]'"
        ) from error
    except (ValueError, httpx2.InvalidURL) as error:
        raise UsageError(
            f"the proxy that the environment names cannot be used: {error}. "
            "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY."
        ) from error


def _blamed(error: "httpx2.RequestError", address: str, patience: float) -> Broken | Unreachable:
    """What went wrong on the way, and what to look at."""
    import httpx2

    words = _words(error)
    url = httpx2.URL(address)
    place, proxy = host_of(address), proxy_variable(url.scheme, url.host, url.port)
    match error:
        case httpx2.ConnectTimeout():
            words = f"no connection within {patience:g} s"
        case httpx2.ConnectError():
            words = words if str(error) else TLS_CUT
        case httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            pass
        case _ if proxy:
            told = f"no answer came by the proxy that {proxy} names: {words}"
            return Unreachable(told, advice=f"Try again; if it stays so, check {proxy} and NO_PROXY.")
        case _:
            return Broken(words)
    if isinstance(error, httpx2.ProxyError):
        proxy = proxy or "HTTPS_PROXY"
        words = f"the proxy refuses the way: {words}"
        return Unreachable(f"cannot reach {place}: {words}", advice=f"Check {proxy} and NO_PROXY.")
    if proxy:
        told = f"cannot reach {place} by the proxy that {proxy} names: {words}"
        return Unreachable(told, advice=f"Check {proxy} and NO_PROXY.")
    return unreached(place, words)


def _words(error: "httpx2.RequestError") -> str:
    return clip(str(error) or type(error).__name__, 200)

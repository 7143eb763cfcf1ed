"""The transport that goes straight to a provider, over httpx2."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Final

from sagent.errors import NotFound, Unreachable, UsageError
from sagent.providers.blame import host_of
from sagent.providers.clients import clients, prepare
from sagent.providers.faults import Refusal, clip
from sagent.providers.frames import Frames
from sagent.providers.proxies import proxy_variable
from sagent.providers.transport import Call, HttpRefusal
from sagent.providers.watchdog import Watchdog

if TYPE_CHECKING:
    import httpx2

_log = logging.getLogger("sagent.wire")

PING: Final = re.compile(r'\s*\{\s*"type":\s*"(ping|keepalive)"')
"""How an event begins that says no more than that the connection is open; such ones are short."""

LONGEST_REFUSAL: Final = 1_000_000
"""How many bytes of a refusal are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """Straight to the provider, over httpx2: proxies and authorities are those that the environment names."""

    first_event: float = 600.0
    """For how many seconds the first event is waited for."""
    next_event: float = 300.0
    """For how many seconds any other is. A ping is none; who hides its thoughts is silent for long."""
    connect: float = 10.0
    """For how many seconds a connection is."""
    proxied: bool = True
    """Whether a proxy that the environment names is used; to a server of our own there is no way by one."""

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        """Send a request; give its events, as many at a time as came.

        Raises:
            HttpRefusal: the answer's status is not 200.
            NotFound: a web page came.
            Unreachable: no answer came, or not all of it.
            UsageError: the address, or what the environment says of the way, cannot be used.
        """
        await prepare()
        import httpx2

        dog = Watchdog(first=self.first_event, later=self.next_event)
        url = _url(call.url)
        host, started = url.host, monotonic()
        try:
            async with clients(proxied=self.proxied).lease() as client:
                dog.wait()
                response = await self._send(client, call)
                status, size = response.status_code, len(call.body or b"")
                waited = monotonic() - started
                _log.info("%s%s: %d after %.2f s, %d bytes sent", host, url.path, status, waited, size)
                try:
                    if call.heard is not None:
                        call.heard(response.headers.raw)
                    if status != 200:
                        raise HttpRefusal(await _refusal(response, host))
                    if response.headers.get("content-type", "").startswith("text/html"):
                        raise NotFound("a web page came, and no answer", status=status)
                    frames = Frames()
                    plain = "content-encoding" not in response.headers
                    async with aclosing(response.aiter_raw() if plain else response.aiter_bytes()) as chunks:
                        async for chunk in chunks:
                            events = frames.feed(chunk)
                            dog.heard(event=any(len(event) > 60 or not PING.match(event) for event in events))
                            if events:
                                yield events
                            dog.wait()
                    last = frames.close()
                    if last:
                        yield last
                    _log.debug("%s%s: whole after %.2f s", host, url.path, monotonic() - started)
                finally:
                    await response.aclose()
        except asyncio.CancelledError:
            seconds = dog.expired()
            if seconds is None:
                raise
            raise Unreachable(f"nothing came for {seconds:g} s; the request was given up") from None
        except httpx2.RequestError as error:
            raise _broken(error, url, self.connect) from error
        finally:
            dog.stop()

    async def _send(self, client: "httpx2.AsyncClient", call: Call) -> "httpx2.Response":
        import httpx2

        fresh = False

        async def traced(name: str, info: Mapping[str, object]) -> None:
            nonlocal fresh
            fresh = fresh or name == "connection.connect_tcp.started"

        timeout = httpx2.Timeout(None, connect=self.connect)
        request = client.build_request(
            "GET" if call.body is None else "POST",
            _url(call.url),
            content=call.body,
            headers=call.headers,
            timeout=timeout,
            extensions={"trace": traced},
        )
        while True:
            try:
                return await client.send(request, stream=True)
            except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                # A kept connection may have been closed by the other side in the very moment it was taken up
                # again, and so may the next one: nothing was read of the request, and no one need hear of it.
                if fresh:
                    raise


@lru_cache(maxsize=256)
def _url(address: str) -> "httpx2.URL":
    """An address, taken apart: that takes as long as all else that makes a request."""
    import httpx2

    try:
        return httpx2.URL(address)
    except httpx2.InvalidURL as error:
        raise UsageError(f"{address!r} is no address: {error}. Check the base URL.") from error


async def _refusal(response: "httpx2.Response", host: str) -> Refusal:
    body = bytearray()
    async with aclosing(response.aiter_bytes()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > LONGEST_REFUSAL:
                break
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Refusal(status=response.status_code, headers=headers, body=bytes(body), host=host)


def _broken(error: "httpx2.RequestError", url: "httpx2.URL", connect: float) -> Unreachable:
    """What went wrong on the way, and what to look at."""
    import httpx2

    words = clip(str(error) or type(error).__name__, 200)
    proxy = proxy_variable(url.scheme, url.host, url.port)
    match error:
        case httpx2.ConnectTimeout():
            words = f"no connection within {connect:g} s"
        case httpx2.ConnectError() | httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            pass
        case _:
            return Unreachable(f"the stream broke off: the connection failed ({words})")
    place = f"cannot reach {host_of(str(url)) or str(url)}"
    if isinstance(error, httpx2.ProxyError):
        name = proxy or "HTTPS_PROXY"
        return Unreachable(
            f"{place}: the proxy refuses the way: {words}", advice=f"Check {name} and NO_PROXY."
        )
    if proxy:
        told = f"{place} by the proxy that {proxy} names: {words}"
        return Unreachable(told, advice=f"Check {proxy} and NO_PROXY.")
    if "CERTIFICATE_VERIFY_FAILED" in words:
        advice = "If the certificate is from an authority of your own, name its file with SSL_CERT_FILE."
        return Unreachable(f"{place}: {words}", advice=advice)
    return Unreachable(f"{place}: {words}", advice="Check the network, the proxy settings and the base URL.")

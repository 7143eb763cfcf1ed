"""The transport that goes to a provider by HTTP, with the headers it is given."""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from time import monotonic
from typing import Final

from sagent.errors import Unreachable
from sagent.lib.value import frozen
from sagent.providers.blame import host_of
from sagent.providers.connection import Broken
from sagent.providers.faults import Refusal, clip
from sagent.providers.frames import Frames
from sagent.providers.interception import strange
from sagent.providers.proxies import proxy_told
from sagent.providers.target import target_of
from sagent.providers.transport import Call, HttpRefusal
from sagent.providers.watchdog import Watchdog
from sagent.providers.ways import Answer, way

_log = logging.getLogger("sagent.wire")

PING: Final = re.compile(r'\s*\{\s*"type":\s*"(ping|keepalive)"')
"""How an event begins that says no more than that the connection is open; such ones are short."""

LONGEST_REFUSAL: Final = 1_000_000
"""How many bytes of a refusal are read."""


@frozen(kw_only=True)
class Direct:
    """To the provider by HTTP: proxies and authorities are those that the environment names."""

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
            NotFound: a web page came, or other words.
            Unreachable: no answer came, or not all of it.
            UsageError: the address, or what the environment says of the way, cannot be used.
        """
        path, host, started = target_of(call.url).path, host_of(call.url), monotonic()
        out = await way(proxied=self.proxied)
        async with out.free:
            dog = Watchdog(first=self.first_event, later=self.next_event)
            try:
                dog.wait()
                async with aclosing(await out.ask(call, self.connect)) as answer:
                    waited, size = monotonic() - started, len(call.body or b"")
                    _log.info("%s%s: %d after %.2f s, %d bytes sent", host, path, answer.status, waited, size)
                    if call.heard is not None:
                        call.heard(answer.headers)
                    headers = _merged(answer.headers)
                    async with aclosing(_unpacked(answer, headers)) as pieces:
                        if answer.status != 200:
                            proxy = proxy_told(call.url) if self.proxied else ""
                            raise HttpRefusal(await _refusal(answer.status, headers, pieces, host, proxy))
                        frames = Frames()
                        async for piece in pieces:
                            events = frames.feed(piece)
                            dog.heard(event=any(len(event) > 60 or not PING.match(event) for event in events))
                            if events:
                                yield events
                            dog.wait()
                        last = frames.close()
                        if last:
                            yield last
                        if frames.words:
                            raise strange(frames.words)
                _log.debug("%s%s: whole after %.2f s", host, path, monotonic() - started)
            except asyncio.CancelledError:
                seconds = dog.expired()
                if seconds is None:
                    raise
                raise Unreachable(f"nothing came for {seconds:g} s; the request was given up") from None
            except Broken as error:
                words = clip(str(error), 200)
                raise Unreachable(f"the stream broke off: the connection failed ({words})") from error
            finally:
                dog.stop()


def _merged(headers: Sequence[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Headers by lower-case name; what is said more than once is one list."""
    merged: dict[str, str] = {}
    for raw, value in headers:
        name, said = raw.decode("latin-1").lower(), value.decode("latin-1")
        merged[name] = f"{merged[name]}, {said}" if name in merged else said
    return merged


def _unpacked(answer: Answer, headers: Mapping[str, str]) -> AsyncGenerator[bytes]:
    """The body as it comes, without what it was compressed by."""
    return _decoded(answer) if "content-encoding" in headers else answer.pieces()


async def _decoded(answer: Answer) -> AsyncGenerator[bytes]:
    import httpx2

    async with aclosing(answer.pieces()) as packed:
        try:
            async for piece in httpx2.Response(200, headers=[*answer.headers], content=packed).aiter_bytes():
                yield piece
        except httpx2.DecodingError as error:
            raise Broken(str(error)) from error


async def _refusal(
    status: int, headers: Mapping[str, str], pieces: AsyncGenerator[bytes], host: str, proxy: str
) -> Refusal:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > LONGEST_REFUSAL:
            break
    return Refusal(status=status, headers=headers, body=bytes(body), host=host, proxy=proxy)

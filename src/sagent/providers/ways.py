"""The ways out of an event loop, shared by all models and closed with it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from sagent.providers.clients import Clients
from sagent.providers.connections import Connections
from sagent.providers.proxies import names_proxy
from sagent.providers.room import Room
from sagent.providers.transport import Call


class Answer(Protocol):
    """An answer to a request, of which the head has come."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        """As they were sent."""
        ...

    def pieces(self) -> AsyncGenerator[bytes]:
        """The body as it comes.

        Raises:
            Broken: it did not come whole.
        """
        ...

    async def aclose(self) -> None:
        """Be done with it; where it has not come whole, hang up."""
        ...


class Way(Protocol):
    """A way out."""

    @property
    def room(self) -> Room:
        """Room for one more request to a host, which whoever asks holds meanwhile."""
        ...

    async def ask(self, call: Call, patience: float, /) -> Answer:
        """Send a request; give its answer, of which the head has come.

        A new connection is waited for as many seconds as `patience` says.

        Raises:
            Broken: the connection failed.
            Unreachable: there is no connection.
            UsageError: the address, a header, or what the environment says of the way cannot be used.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


async def way(*, proxied: bool) -> Way:
    """The way of the running event loop: by the proxies that the environment names, or straight."""
    loop = asyncio.get_running_loop()
    kept = _KEPT[proxied].get(loop)
    if kept is None:
        found: Way = Clients() if proxied and names_proxy() else Connections()
        # The loop itself closes generators that were begun on it: the one end of an `asyncio.run`
        # that a library can know of.
        kept = _KEPT[proxied][loop] = found, _closing(found, proxied=proxied)
        await anext(kept[1])
    return kept[0]


async def _closing(kept: Way, *, proxied: bool) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        _KEPT[proxied].pop(asyncio.get_running_loop(), None)
        await kept.aclose()


_KEPT: Final[
    Mapping[bool, WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Way, AsyncGenerator[None]]]]
] = {proxied: WeakKeyDictionary() for proxied in (True, False)}
"""By whether proxies are used."""

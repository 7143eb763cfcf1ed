"""The way to a provider: one request out, its events back; nothing is understood here."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import field
from typing import Final

from typing_extensions import Protocol, runtime_checkable

from sagent.errors import SagentError
from sagent.lib.value import frozen
from sagent.providers.faults import Refusal

DEFAULTS: Final[Mapping[str, str]] = {
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "connection": "keep-alive",
    "user-agent": "sagent",
}
"""Headers that are sent where nothing else is said."""


@frozen(kw_only=True)
class Call:
    """One HTTP request."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = None
    """What is posted; None asks with GET."""
    heard: Callable[[Sequence[tuple[bytes, bytes]]], None] | None = field(default=None, repr=False)
    """Is shown the headers of the answer as soon as they come."""


class HttpRefusal(SagentError):
    """An answer came, and it was not 200; its dialect says what that means, and nobody else sees it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"HTTP {refusal.status} from {refusal.host}")
        self.refusal = refusal


class Transport(Protocol):
    """The way to a provider."""

    def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        """Send a request; give its events, as many at a time as came.

        Raises:
            HttpRefusal: the answer's status is not 200.
            Unreachable: no answer came, or not all of it.
        """
        ...


@runtime_checkable
class Loading(Protocol):
    """A way whose other end has to be made ready first, which may take long."""

    def load(self) -> AsyncGenerator[str]:
        """Make it ready, and tell how that goes.

        Raises:
            ProviderError: it does not become ready.
        """
        ...


async def fetched(way: Transport, call: Call) -> str:
    """The whole of an answer that is no stream of events. Raises what `Transport.stream` raises."""
    async with aclosing(way.stream(call)) as batches:
        return "".join([data async for batch in batches for data in batch])


def straight() -> Transport:
    """The way that is taken where nobody names another."""
    from sagent.providers.direct import Direct  # which is built from this

    return Direct()

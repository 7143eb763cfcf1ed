"""The sockets of the wire servers: what a vendor's wire must know to be played by a script."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sagent.lib.json import JsonObject, JsonValue
from sagent.lib.value import frozen
from sagent.providers.cards import Card
from sagent.schema.values import StopReason, Usage
from sagent.testing.faults import Status
from sagent.testing.script import Piece


@frozen(kw_only=True)
class Received:
    """One request, as a server got it; the key is left out."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case names."""
    body: JsonValue
    """None where there was none, or none that is JSON."""


@frozen(kw_only=True)
class Exchange:
    """A request and what was answered, as it went over the wire."""

    request: Received
    status: int
    """0 where the connection was closed before any answer."""
    headers: Mapping[str, str]
    body: bytes
    """As far as it was sent."""


@frozen(kw_only=True)
class Asking:
    """A legal request for a response."""

    model: str
    manner: str
    """How the answer is to be written, in the wire's own words."""
    body: JsonObject


@frozen(kw_only=True)
class Answered:
    """What a server says at once, without asking its script."""

    body: JsonValue


@frozen(kw_only=True)
class Ending:
    """How a response closes."""

    stop: StopReason
    usage: Usage | None
    """None is as much as there were words."""


class Speech(Protocol):
    """Writes one response: pieces in, bytes of the HTTP body out."""

    @property
    def media_type(self) -> str:
        """What the HTTP body is said to be."""
        ...

    @property
    def streams(self) -> bool:
        """Whether pieces are sent as they are said, not all at the end."""
        ...

    def say(self, piece: Piece, /) -> bytes:
        """One more piece."""
        ...

    def end(self, piece: Piece | None, ending: Ending, /) -> bytes:
        """The last piece, if one is left, and all that closes the response."""
        ...

    def garble(self, data: bytes, /) -> bytes:
        """These bytes where an event should be."""
        ...

    def fail(self, body: JsonValue, /) -> bytes:
        """An error after the response has begun."""
        ...


class Wire(Protocol):
    """One vendor's HTTP interface."""

    @property
    def card(self) -> Card:
        """The provider whose clients speak so: which variables lead them here."""
        ...

    @property
    def base_path(self) -> str:
        """What stands behind the server's address in this vendor's base URLs, such as `/v1`."""
        ...

    @property
    def key_headers(self) -> Sequence[str]:
        """The headers and query parameters that may hold a key, in lower case."""
        ...

    def hear(self, received: Received, keys: Mapping[str, str], /) -> Asking | Answered | Status | None:
        """What is asked, and what to say if it cannot be; None if the path is another wire's.

        `keys` holds what the request had in `key_headers`.
        """
        ...

    def speak(self, asking: Asking, number: int, /) -> Speech:
        """Begin the response number so and so."""
        ...

    def status(self, error: Exception, /) -> Status:
        """How the vendor says what one of our errors says."""
        ...

    def error(self, status: Status, manner: str, /) -> JsonValue:
        """The body that goes with a status."""
        ...

"""What can go wrong between a model and its user, for the scripts of wire servers."""

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from sagent.lib.json import JsonValue
from sagent.lib.value import frozen


@frozen()
class Latency:
    """Nothing comes for some seconds; then it goes on."""

    seconds: float


@frozen()
class Stall:
    """Nothing comes any more, and the connection stays open until the client leaves."""

    after: int | None = None
    """After how many events of the reply; None is where it stands in the row."""


@frozen()
class Cut:
    """The connection is closed in the midst of the reply."""

    after: int | None = None
    """After how many events of the reply; None is where it stands in the row, 0 before any answer."""


@frozen()
class Garbage:
    """An event that is not what events should be."""

    data: bytes


@frozen()
class Status:
    """An HTTP status other than 200; in the midst of a stream, the vendor's error event."""

    code: int
    body: JsonValue = None
    """What is answered; None is the vendor's own words for the status."""
    headers: Mapping[str, str] = field(default_factory=dict)


Fault: TypeAlias = Latency | Stall | Cut | Garbage | Status
"""Anything that goes wrong on the wire."""

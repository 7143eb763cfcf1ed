"""The phases of an agent: what it is doing between two things that happen."""

from typing import Literal, TypeAlias

from sagent.compaction.compactor import Shortening
from sagent.lib.value import frozen
from sagent.loop.account import UNDRAWN, Drawn
from sagent.loop.drawing import Draws
from sagent.loop.resolution import Reason


@frozen()
class Idling:
    """Nothing to do."""


@frozen()
class Calling:
    """The model is at work on call `number`; `attempt` counts from 1."""

    number: int
    attempt: int
    halting: bool = False


@frozen()
class Compacting:
    """A summary of the beginning is written, by model call `number`."""

    number: int
    attempt: int
    shortening: Shortening
    halted: "HaltedFor | None" = None
    """What to go back to."""
    drawn: Drawn = UNDRAWN
    """What it has consumed so far."""
    wanted: Draws | None = None
    """The request of it that waits for what others have set aside of a budget."""
    halting: bool = False


@frozen()
class Waiting:
    """A pause before the next attempt."""

    attempt: int
    for_room: bool = False
    """Whether it is for what others have set aside of a budget."""


@frozen()
class Gathering:
    """A cohort of calls runs, or waits for leave."""


@frozen()
class HaltedFor:
    """Stopped until the user speaks."""

    reason: Reason
    text: str


@frozen()
class Closed:
    """Over."""

    text: str


Phase: TypeAlias = Idling | Calling | Compacting | Waiting | Gathering | HaltedFor | Closed
"""One of them, always."""

Status: TypeAlias = Literal["idle", "calling", "compacting", "waiting", "gathering", "halted", "closed"]
"""What an agent is doing."""


def status_of(phase: Phase) -> Status:
    """A phase in a word."""
    match phase:
        case Idling():
            return "idle"
        case Calling():
            return "calling"
        case Compacting():
            return "compacting"
        case Waiting():
            return "waiting"
        case Gathering():
            return "gathering"
        case HaltedFor():
            return "halted"
        case Closed():
            return "closed"

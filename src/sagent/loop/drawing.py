"""What passes between the core and whoever writes a summary, who may ask a model more than once."""

from dataclasses import dataclass

from sagent.loop.budget import Grant
from sagent.protocols import Reply


@dataclass(frozen=True, slots=True)
class Draws:
    """Whoever condenses, as call `number`, wants to ask a model something of so many tokens."""

    number: int
    size: int
    max_output: int | None


@dataclass(frozen=True, slots=True)
class Drew:
    """It has been answered."""

    number: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class Grants:
    """Whoever condenses, as call `number`, may ask so much, or may not, and why; the log is flushed first."""

    number: int
    granted: Grant | str

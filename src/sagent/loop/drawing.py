"""What passes between the core and whoever writes a summary, who may ask a model more than once."""

from sagent.lib.value import frozen
from sagent.loop.budget import Grant
from sagent.protocols import Reply


@frozen()
class Draws:
    """Whoever condenses, as call `number`, wants to ask a model something of so many tokens."""

    number: int
    size: int
    max_output: int | None


@frozen()
class Drew:
    """It has been answered."""

    number: int
    reply: Reply


@frozen()
class Grants:
    """Whoever condenses, as call `number`, may ask so much, or may not, and why; the log is flushed first."""

    number: int
    granted: Grant | str

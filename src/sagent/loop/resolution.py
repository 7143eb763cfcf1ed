"""What becomes of a prompt."""

from typing import Literal, TypeAlias

from sagent.errors import ProviderError
from sagent.lib.value import frozen
from sagent.loop.form import Formed
from sagent.schema.values import StopReason

Reason: TypeAlias = Literal["user", "error", "rounds", "repetition", "budget", "context"]
"""Why an agent halted."""


@frozen()
class Answered:
    """The model's answer: its visible text, and why it ended."""

    text: str
    stop: StopReason
    formed: Formed | None = None  # the same as JSON, where a schema was asked for and it came to its end


@frozen()
class HaltedBy:
    """No answer: the agent halted."""

    reason: Reason
    text: str
    partial: str
    error: ProviderError | None = None


@frozen()
class Dropped:
    """No answer: the prompt was withdrawn, cleared away, or the agent has ended."""

    why: Literal["withdrawn", "cleared", "closed"]
    text: str


Resolution: TypeAlias = Answered | HaltedBy | Dropped
"""What becomes of a prompt."""

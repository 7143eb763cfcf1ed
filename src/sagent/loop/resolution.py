"""What becomes of a prompt."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sagent.errors import ProviderError
from sagent.loop.form import Formed
from sagent.schema.values import StopReason

Reason: TypeAlias = Literal["user", "error", "rounds", "repetition", "budget", "context"]
"""Why an agent halted."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The model's answer: its visible text, and why it ended."""

    text: str
    stop: StopReason
    formed: Formed | None = None  # the same as JSON, where a schema was asked for and it came to its end


@dataclass(frozen=True, slots=True)
class HaltedBy:
    """No answer: the agent halted."""

    reason: Reason
    text: str
    partial: str
    error: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """No answer: the prompt was withdrawn, cleared away, or the agent has ended."""

    why: Literal["withdrawn", "cleared", "closed"]
    text: str


Resolution: TypeAlias = Answered | HaltedBy | Dropped
"""What becomes of a prompt."""

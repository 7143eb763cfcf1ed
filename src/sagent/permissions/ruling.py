"""What is decided about a call, and why."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

from sagent.lib.value import frozen

Effect: TypeAlias = Literal["allow", "ask", "deny"]

STRICTNESS: Final[Sequence[Effect]] = ("allow", "ask", "deny")


@frozen()
class Ruling:
    """Whether a call may run, may run if somebody says so, or may not."""

    effect: Effect
    reason: str = ""
    """Why it is not simply allowed, for the model and for a person."""


ALLOWED: Final = Ruling("allow")


def strictest(rulings: Iterable[Ruling]) -> Ruling:
    """The one that is left when all have to be heeded; of several alike the first."""
    return max((ALLOWED, *rulings), key=lambda ruling: STRICTNESS.index(ruling.effect))

"""How hard a model is asked to think; each dialect says it in its own way."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias, TypeGuard

from sagent.errors import UsageError

Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""From not at all to as hard as it can; a model takes the nearest that it knows."""

EFFORTS: Final[tuple[Effort, ...]] = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Every effort, the least first."""


def effort_of(word: object) -> Effort:
    """The effort that a word names.

    Raises:
        UsageError: it names none.
    """
    if _is_effort(word):
        return word
    raise UsageError(f"no effort is called {word!r}: choose one of {', '.join(EFFORTS)}")


def ranked(efforts: Sequence[Effort]) -> Sequence[Effort]:
    """The same efforts, the least first."""
    return tuple(effort for effort in EFFORTS if effort in efforts)


def at_most(effort: Effort, efforts: Sequence[Effort]) -> Effort:
    """The hardest of some efforts, the least first, that is no more than this one, or else the least."""
    known: Sequence[Effort] = [each for each in efforts if EFFORTS.index(each) <= EFFORTS.index(effort)]
    return known[-1] if known else efforts[0]


def _is_effort(word: object) -> TypeGuard[Effort]:
    return word in EFFORTS

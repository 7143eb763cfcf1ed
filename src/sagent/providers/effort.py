"""How hard a model is asked to think; each dialect says it in its own way."""

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


def _is_effort(word: object) -> TypeGuard[Effort]:
    return word in EFFORTS

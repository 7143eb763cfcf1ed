"""What is decided about a call before it runs."""

from collections.abc import Callable
from re import Pattern
from typing import TypeAlias

from sagent.lib.value import frozen
from sagent.schema.message import ToolCall


@frozen(kw_only=True)
class Leave:
    """A call may run, and what is known of its tool."""

    asks: bool = False
    """Somebody must be asked first."""
    detachable: bool = False
    polls: bool = False
    volatile: Pattern[str] | None = None
    """What in its results changes from call to call and means nothing: words, or names of fields."""


@frozen()
class Refusal:
    """A call may not run."""

    why: str


Gate: TypeAlias = Callable[[ToolCall], Leave | Refusal]
"""Judges one call: is the tool known, does the directive fit, is it allowed. Pure."""


def refusal_of(decided: object) -> str | None:
    """What was decided, in a word; whoever decides may not have been type-checked."""
    if decided is None or (isinstance(decided, str) and decided):
        return decided
    return "no reason was given (None allows a call, words say why not)"

"""What makes a long conversation short, and what it works with."""

from collections.abc import Sequence
from typing import Protocol

from sagent.lib.value import frozen
from sagent.messages.view import View
from sagent.protocols import Model, Request
from sagent.schema.message import Prompt
from sagent.schema.part import Part


@frozen(kw_only=True)
class Shortening:
    """What of a conversation is to be condensed."""

    cut: int
    """The index in the view before which it is."""
    tokens: int
    """How many tokens all of it has, as estimated."""
    window: int | None
    """How many tokens whoever goes on can take."""
    guidance: str
    """What to pay attention to; empty where nobody said."""
    by: str = ""
    """The name of the agent that wants it for itself; empty where nobody asked, or the user did."""
    reason: str = ""


@frozen(kw_only=True)
class Condensing:
    """A conversation that has become too long."""

    request: Request
    """All of it, as the model is given it."""
    shortening: Shortening
    said: Sequence[Prompt]
    """What the user has said before that, even before an earlier summary."""
    facts: Sequence[str]
    """What must not be forgotten, in words."""


class Compactor(Protocol):
    """Somebody who makes long conversations short."""

    def cut(self, view: View, window: int | None, /) -> int:
        """The index in the view before which it would condense; 0 where nothing would be gained. Pure."""
        ...

    async def condense(self, model: Model, work: Condensing, /) -> Sequence[Part]:
        """What is to stand for the entries before the cut, written with the help of the model.

        What it is asked is counted and held to the budget by itself, one request after the other.

        Raises:
            ProviderError: the model did not help.
        """
        ...

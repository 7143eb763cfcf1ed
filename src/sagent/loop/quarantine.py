"""Letters of agents that no request goes through with, and what is left to answer without them: pure."""

from collections.abc import Sequence
from typing import Final

from sagent.errors import BadAnswer, Illegal, NotFound, Overflow, ProviderError, Refused
from sagent.loop.state import TOLD, State
from sagent.messages.view import Changed
from sagent.messages.words import is_summary
from sagent.schema.message import ModelResponse, Prompt

MOST_IN_A_ROW: Final = 3
"""How often letters are put aside without an answer in between; after that it is not due to them."""


def poison(state: State, error: ProviderError) -> Sequence[Prompt]:
    """What agents have said since the model last spoke or was given results, if that may be the reason.

    Nothing where the user has spoken too, or where no request of any content would go through.
    """
    content = isinstance(error, Illegal | Overflow | BadAnswer | Refused)
    if not content or isinstance(error, NotFound) or state.model is None:
        return ()
    letters: list[Prompt] = []
    for entry in reversed(state.view):
        if isinstance(entry, Prompt):
            if entry.author == "user":
                return ()
            if entry.author == "peer":
                letters.append(entry)
        elif not isinstance(entry, Changed):
            break
    return tuple(reversed(letters))


def is_unanswered(state: State, *, asked: bool) -> bool:
    """Whether the model has something to go on with; `asked` is whether anybody waits for its answer."""
    for entry in reversed(state.view):
        if isinstance(entry, ModelResponse):
            return entry.stop == "pause"
        if is_summary(entry):
            return asked
        told = isinstance(entry, Prompt) and entry.author == "system" and entry.sender in TOLD
        if not told and not isinstance(entry, Changed):
            return True
    return False

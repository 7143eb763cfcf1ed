"""Old results that can be had again: a line for each, once a conversation is condensed anyway. Pure."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from typing import Final

from sagent.atoms import MessageId, ToolName
from sagent.messages.size import USUAL, entry_tokens
from sagent.messages.view import Viewed
from sagent.messages.words import calls_of
from sagent.schema.message import ModelResponse, ToolResult
from sagent.schema.part import Text

ROUNDS: Final = 2
"""How many of the latest rounds of calls stay as they are: they are what the model is at work on."""

WORTH: Final = 300
"""The tokens of a result below which nothing is gained."""


def old_results(view: Sequence[Viewed], renewable: Set[ToolName]) -> Set[MessageId]:
    """The results of these tools that are old, and long enough that leaving them out is a gain."""
    rounds, old = 0, set[MessageId]()
    for entry in reversed(view):
        if isinstance(entry, ModelResponse):
            rounds += bool(calls_of(entry))
        elif (
            isinstance(entry, ToolResult)
            and rounds >= ROUNDS
            and entry.tool in renewable
            and not entry.failed
            and entry_tokens(entry, USUAL) > WORTH
        ):
            old.add(entry.id)
    return old


def thinned(entries: Iterable[Viewed], old: Set[MessageId]) -> Sequence[Viewed]:
    """The entries with a line in place of each of these results."""
    return [
        replace(entry, content=(Text(content=_line(entry)),))
        if isinstance(entry, ToolResult) and entry.id in old
        else entry
        for entry in entries
    ]


def _line(result: ToolResult) -> str:
    return (
        f"[what {result.tool} gave here was left out when the conversation was condensed: "
        "call it again if it is needed]"
    )

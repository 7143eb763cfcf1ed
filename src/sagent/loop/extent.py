"""How long a conversation is, in tokens: pure."""

from collections.abc import Callable
from typing import Final, TypeAlias

from sagent.loop.state import State
from sagent.messages.size import USUAL, Gauge, entry_tokens
from sagent.messages.words import delivery
from sagent.schema.message import Prompt, ToolResult
from sagent.schema.values import ModelSpec

MOST_SPARE: Final = 50_000
"""Tokens of a window that are kept free for the response, at most; of a small one a fifth is."""


def expected_tokens(state: State, gauge: Gauge) -> int:
    """How many tokens the next request will hold about, with the mail that waits.

    What another model reported counts, too: their tokenizers differ less than any estimate.
    """
    waiting = [
        delivery(kept) if isinstance(kept, ToolResult) else kept
        for kept in state.pending.values()
        if isinstance(kept, Prompt | ToolResult)
    ]
    known = gauge.tokens(state.system, state.tools, state.view, since=state.counted)
    return known + sum(entry_tokens(entry, USUAL) for entry in waiting)


Window: TypeAlias = Callable[[ModelSpec], int | None]
"""How many tokens a model has room for; None where nobody knows."""


def narrowest(state: State, window: Window) -> int | None:
    """The room of the model that the next request goes to, or, where it is smaller, of the one before it."""
    known = [window(spec) for spec in (state.model, state.upcoming) if spec is not None]
    return min((tokens for tokens in known if tokens is not None), default=None)


def is_overfull(tokens: int, window: int | None) -> bool:
    """Whether a conversation of so many tokens leaves too little of a window to a response."""
    return window is not None and tokens > window - min(window // 5, MOST_SPARE)

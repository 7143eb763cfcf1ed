"""Where a conversation is cut: what comes before is condensed, what comes after stays as it is (LOOP R13)."""

from collections.abc import Sequence
from typing import Final

from sagent.messages.size import USUAL, entry_tokens
from sagent.messages.view import Viewed
from sagent.messages.words import is_summary
from sagent.schema.message import Prompt

USUAL_WINDOW: Final = 128_000
"""The tokens that a model is taken to have room for where nobody knows."""

MOST_KEPT: Final = 20_000
"""The tokens of the latest turns that are kept as they are, at most."""

LEAST_GAIN: Final = 1_000
"""The tokens below which nothing is gained: a summary has as many."""


def cut_of(view: Sequence[Viewed], window: int | None) -> int:
    """The index before which a conversation is condensed; 0 where little would be gained.

    What is kept begins with somebody's words and has at most a tenth of the window and a quarter of the
    conversation. Where no such beginning is near enough, as inside a long row of calls, nothing is kept.
    """
    sizes = [entry_tokens(entry, USUAL) for entry in view]
    room = min((window or USUAL_WINDOW) // 10, sum(sizes) // 4, MOST_KEPT)
    cut, kept = len(view), 0
    for index in range(len(view) - 1, 0, -1):
        kept += sizes[index]
        if kept > room:
            break
        entry = view[index]
        if isinstance(entry, Prompt) and entry.author != "system":
            cut = index
    gains = sum(sizes[:cut]) > min(LEAST_GAIN, (window or USUAL_WINDOW) // 8)
    return cut if gains and not (cut == 1 and is_summary(view[0])) else 0

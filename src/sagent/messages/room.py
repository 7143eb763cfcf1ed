"""How much of what tools give back a model is shown, in bytes of text, by the size of its window: pure."""

from typing import Final

from sagent.messages.size import USUAL

UNKNOWN_WINDOW: Final = 100_000
"""The tokens that a model is taken to have room for where nobody knows: fewer than most have."""

LEAST: Final = 4_000
"""The bytes that one result may always have: less shows nothing."""

MOST_OF_RESULT: Final = 120_000
"""The bytes that one result may have, at most: some 40,000 tokens; whoever needs more reads on."""

MOST_OF_ROUND: Final = 360_000
"""The bytes that all results of one response may have together, at most."""


def result_room(window: int | None) -> int:
    """The bytes that one result may have: an eighth of the window."""
    return min(max((window or UNKNOWN_WINDOW) // 8 * USUAL, LEAST), MOST_OF_RESULT)


def round_room(window: int | None) -> int:
    """The bytes that all results of one response may have together: a quarter of the window."""
    return min(max((window or UNKNOWN_WINDOW) // 4 * USUAL, LEAST), MOST_OF_ROUND)


def text_size(text: str) -> int:
    """The bytes of a text."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))

"""What was said last in a conversation that is gone on with, so that its user sees where it stands."""

from collections.abc import Iterable, Sequence
from typing import Final

from sagent.schema.message import Cleared, Kept, ModelResponse, Prompt
from sagent.schema.part import Text

WORDS: Final = 3
"""Of how many lines of the user's the beginning is shown."""

ANSWER: Final = 12
"""Of how many lines of the answer the end is shown."""


def recap(log: Sequence[Kept]) -> Sequence[str]:
    """The user's last words and what was answered last, in few lines; none where all was cleared since."""
    answer: Sequence[str] = ()
    for message in reversed(log):
        if isinstance(message, Cleared):
            return ()
        if isinstance(message, ModelResponse) and not answer:
            answer = _lines(message.content)
        elif isinstance(message, Prompt) and message.author == "user":
            words, more = _parted(_lines(message.content), WORDS)
            before, end = _parted(answer, len(answer) - ANSWER)
            return [
                *(f"{'  ' if number else '> '}{line}" for number, line in enumerate(words)),
                *([f"  … {len(more)} more lines"] if more else ()),
                *([f"… {len(before)} lines before"] if before else ()),
                *end,
            ]
    return ()


def _parted(lines: Sequence[str], at: int) -> tuple[Sequence[str], Sequence[str]]:
    at = max(at, 0)
    return lines[:at], lines[at:]


def _lines(content: Iterable[object]) -> Sequence[str]:
    return "\n".join(part.content for part in content if isinstance(part, Text)).strip().split("\n")

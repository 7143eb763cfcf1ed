"""What stands for the beginning of a conversation: the summary, and what is not left to it."""

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Final

from sagent.atoms import MessageId
from sagent.compaction.transcript import clipped, lines_of
from sagent.messages.size import USUAL, text_tokens
from sagent.messages.view import Viewed
from sagent.messages.words import plain
from sagent.schema.message import ModelResponse, Prompt
from sagent.schema.part import Part, Text

MOST_WORDS: Final = 10_000
"""The tokens of the user's own words that are kept, the newest first."""

LONGEST_WORDS: Final = 6_000
"""The characters of one message of the user that are kept."""

BREAK: Final = 2
"""The tokens between one of them and the next: there may be thousands that say no more than yes."""

MOST_QUOTED: Final = 24_000
"""The characters of the last calls and results that are quoted where no turn is kept."""

HEAD: Final = (
    "The conversation had become too long for your window. This stands for its beginning; "
    "go on from here as if you remembered it."
)


def brief(
    summary: str, said: Sequence[Prompt], facts: Sequence[str], last: Sequence[Viewed], window: int
) -> Sequence[Part]:
    """What a model is shown: the summary, the user's words, what runs, and the entries that are quoted."""
    sections = [HEAD, f"# Summary\n\n{summary.strip()}"]
    words = _words(said, min(MOST_WORDS, window // 10))
    if words:
        sections.append("# What the user said, word for word\n\n" + "\n\n".join(words))
    if facts:
        sections.append("# As things stand\n\n" + "\n".join(f"- {fact}" for fact in facts))
    if last:
        quoted = "\n\n".join(lines_of(entry, MOST_QUOTED // (2 * len(last))) for entry in last)
        sections.append(f"# The last calls and their results\n\n{clipped(quoted, MOST_QUOTED)}")
    return (Text(content="\n\n".join(sections)),)


def last_round(entries: Sequence[Viewed]) -> Sequence[Viewed]:
    """What came after the last words that anybody but the model said: its last response, and the results."""
    for index in range(len(entries) - 1, -1, -1):
        if isinstance(entries[index], ModelResponse):
            return entries[index:]
        if isinstance(entries[index], Prompt):
            break
    return ()


def quotable(said: Sequence[Prompt], shown: Container[MessageId]) -> Sequence[Prompt]:
    """Of what the user said, all that a brief may ever quote, without what it leaves out.

    What is still `shown` is not quoted yet, and stays as it is.
    """
    kept: list[Prompt] = []
    room = MOST_WORDS
    for prompt in reversed(said):
        if prompt.id in shown:
            kept.append(prompt)
            continue
        text = _words_of(prompt)
        kept.append(replace(prompt, content=(Text(content=text),)))
        if room < 0:
            break  # it will be told by this one that words were left out
        room -= _tokens(_quoted(text))
    return tuple(reversed(kept))


def _words(said: Sequence[Prompt], room: int) -> Sequence[str]:
    """The user's messages, oldest first; of too many the oldest are left out."""
    kept: list[str] = []
    for prompt in reversed(said):
        text = _quoted(_words_of(prompt))
        room -= _tokens(text)
        if room < 0 and kept:
            kept.append("[earlier messages left out]")
            break
        kept.append(text)
    return tuple(reversed(kept))


def _words_of(prompt: Prompt) -> str:
    return clipped("\n".join(plain(part) for part in prompt.content), LONGEST_WORDS)


def _quoted(text: str) -> str:
    return "> " + text.replace("\n", "\n> ")


def _tokens(quoted: str) -> int:
    return BREAK + text_tokens(quoted, USUAL)

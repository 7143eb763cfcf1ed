"""A conversation as plain text, for a model that is not to take part in it."""

from collections.abc import Iterator, Sequence
from typing import Final

from sagent.lib.json import json_text
from sagent.messages.view import Viewed
from sagent.messages.words import plain, spoken
from sagent.schema.message import (
    Detached,
    ModelChanged,
    ModelResponse,
    Prompt,
    System,
    ToolCall,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Part, Thinking

LONGEST: Final = 12_000
"""The characters of one part that are shown: the rest of its middle is left out."""

MARK: Final = 60
"""The characters that say so, at most."""


def clipped(text: str, longest: int) -> str:
    """The beginning and the end of a text that is longer than that, and how much is left out between.

    What was clipped is not clipped again.
    """
    if len(text) <= longest + MARK:
        return text
    half = longest // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half:,} characters left out ...]\n{text[-half:]}"


def lines_of(entry: Viewed, longest: int = LONGEST) -> str:
    """One entry, each of its parts on lines of its own."""
    return "\n".join(clipped(line, longest) for line in _lines(entry))


def pieces_of(entries: Sequence[Viewed], longest: int) -> Iterator[str]:
    """The conversation in pieces of so many characters, each of whole entries."""
    piece: list[str] = []
    size = 0
    for entry in entries:
        lines = lines_of(entry, min(LONGEST, longest // 2))
        lines = clipped(lines, longest)
        if piece and size + len(lines) > longest:
            yield "\n\n".join(piece)
            piece, size = [], 0
        piece.append(lines)
        size += len(lines)
    if piece:
        yield "\n\n".join(piece)


def _lines(entry: Viewed) -> Iterator[str]:
    match entry:
        case Prompt():
            who = "User" if entry.author == "user" else entry.author.capitalize()
            yield f"{who}: {_text(spoken(entry))}"
        case ModelResponse():
            for part in entry.content:
                if isinstance(part, ToolCall):
                    yield f"Assistant calls {part.tool}: {json_text(part.content)}"
                elif not isinstance(part, Thinking):
                    yield f"Assistant: {plain(part)}"
        case ToolResult():
            yield f"{entry.tool} {'failed' if entry.failed else 'gave'}: {_text(entry.content)}"
        case Detached():
            yield f"{entry.tool}: {entry.content}"
        case System() | ToolsChanged() | ModelChanged():
            pass  # what holds now is said at the head of whatever comes


def _text(parts: Sequence[Part]) -> str:
    return "\n".join(plain(part) for part in parts)

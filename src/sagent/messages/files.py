"""The files in a conversation, and words in their place."""

from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import count
from typing import TypeAlias, TypeVar

from sagent.lib.nothing import NOTHING
from sagent.messages.view import Viewed
from sagent.messages.words import plain
from sagent.schema.message import (
    Detached,
    ModelChanged,
    ModelResponse,
    Prompt,
    ResponsePart,
    System,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Audio, Document, Foreign, Image, Text

File: TypeAlias = Image | Document | Audio | Foreign
"""What a message can hold that is no words."""

R = TypeVar("R", bound=ResponsePart)


def files_of(entry: Viewed) -> Sequence[File]:
    """The files in an entry, in order."""
    match entry:
        case Prompt() | ToolResult() | ModelResponse():
            return [part for part in entry.content if isinstance(part, File)]
        case Detached() | System() | ToolsChanged() | ModelChanged():
            return ()


def without_files(entry: Viewed, most: int, named: Set[str] = NOTHING) -> Viewed:
    """An entry with words in place of so many of its files, the first ones, and of those that are named."""
    left = count(1)

    def worded(part: R) -> R | Text:
        if not isinstance(part, File) or (next(left) > most and part.content.digest not in named):
            return part
        return Text(content=f"{plain(part)} (left out)")

    match entry:
        case Prompt():
            return replace(entry, content=tuple(map(worded, entry.content)))
        case ToolResult():
            return replace(entry, content=tuple(map(worded, entry.content)))
        case ModelResponse():
            return replace(entry, content=tuple(map(worded, entry.content)))
        case Detached() | System() | ToolsChanged() | ModelChanged():
            return entry

"""How long what is said is, in tokens: estimates, since no vendor's tokenizer is at hand."""

from collections.abc import Callable, Sequence
from typing import Final

from sagent.lib.json import json_text
from sagent.messages.view import View, Viewed
from sagent.messages.words import form_told, plain
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
from sagent.schema.part import Audio, Document, Foreign, Image, Part
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import ModelSpec

DENSEST: Final = 2
"""Bytes of a token in the densest texts; dense code has three, English prose about four."""

USUAL: Final = 3
"""Bytes of a token in a conversation about code."""

FRAME: Final = 16
"""Tokens that wires put around a message, at most."""

PICTURE: Final = 5_000
"""Tokens of a picture, at most; vendors count from 258 to 4,784."""


def entry_tokens(entry: Viewed, per_token: int) -> int:
    """The tokens of one entry of a view, at so many bytes a token."""
    match entry:
        case Detached() | System():
            return FRAME + text_tokens(entry.content, per_token)
        case ToolsChanged():
            return FRAME + head_tokens("", entry.content, per_token)
        case ModelChanged():
            return FRAME
        case Prompt(output=output) if output is not None:
            told = text_tokens(form_told(output).content, per_token)
            return 2 * FRAME + told + sum(_part_tokens(part, per_token) for part in entry.content)
        case Prompt() | ModelResponse() | ToolResult():
            return FRAME + sum(_part_tokens(part, per_token) for part in entry.content)


def most_tokens(
    system: str, tools: Sequence[ToolDefinition], view: View, trusted: int, spec: ModelSpec | None
) -> int:
    """How many tokens a request to a model holds at most: those it last reported, and a generous count since.

    `trusted` is the index in the view before which what was reported counted other words.
    """

    def reported(response: ModelResponse, index: int) -> bool:
        origin = response.origin
        same = spec is not None and (origin.provider, origin.model) == (spec.provider, spec.model)
        return same and index >= trusted

    return request_tokens(system, tools, view, reported, DENSEST)


def request_tokens(
    system: str,
    tools: Sequence[ToolDefinition],
    view: View,
    reported: Callable[[ModelResponse, int], bool],
    per_token: int,
) -> int:
    """How many tokens a request holds: those of the last response that counts, and an estimate since."""
    new = 0
    for index in range(len(view) - 1, -1, -1):
        entry = view[index]
        if isinstance(entry, ModelResponse) and entry.usage.input_tokens and reported(entry, index):
            return entry.usage.input_tokens + entry.usage.output_tokens + new
        new += entry_tokens(entry, per_token)
    if view.base is not None:  # what changed since is in the view
        system, tools = view.base.system, view.base.tools
    return head_tokens(system, tools, per_token) + new


def head_tokens(system: str, tools: Sequence[ToolDefinition], per_token: int) -> int:
    """The tokens of the system prompt and the tools."""
    shown = [tool.description + json_text(tool.directive_schema) for tool in tools]
    return sum(text_tokens(text, per_token) for text in [system, *shown])


def text_tokens(text: str, per_token: int) -> int:
    """The tokens of a text."""
    return len(text.encode(errors="replace")) // per_token


def _part_tokens(part: Part | ToolCall, per_token: int) -> int:
    match part:
        case ToolCall():
            return FRAME + text_tokens(json_text(part.content) + part.raw, per_token)
        case Image():
            return PICTURE
        case Document() | Audio() | Foreign():
            return max(PICTURE, part.content.size // 5)
        case _:
            return FRAME + text_tokens(plain(part), per_token)

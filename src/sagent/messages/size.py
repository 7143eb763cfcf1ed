"""How long what is said is, in tokens: estimates, since no vendor's tokenizer is at hand."""

from collections.abc import Sequence
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
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking
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

HEARD: Final = 100
"""Bytes of a recording to a token, at least: Gemini counts 32 tokens a second, in which speech has 4,000."""


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
            tokens = FRAME
            for part in entry.content:
                tokens += _part_tokens(part, per_token)
            return tokens


def most_tokens(
    system: str, tools: Sequence[ToolDefinition], view: View, trusted: int, spec: ModelSpec
) -> int:
    """How many tokens a request to a model holds at most: those it last reported, and a generous count since.

    `trusted` is the index in the view before which what was reported counted other words.
    """
    return Gauge(DENSEST).tokens(system, tools, view, since=trusted, spec=spec)


class Gauge:
    """Says again and again how long a conversation is; no entry is counted twice."""

    __slots__ = ("_basis", "_counted", "_estimated", "_per_token", "_reported", "_view")

    def __init__(self, per_token: int) -> None:
        self._per_token = per_token
        self._view: View | None = None
        self._basis: tuple[int, ModelSpec | None] = 0, None
        self._counted = 0
        self._reported: int | None = None
        self._estimated = 0

    def tokens(
        self,
        system: str,
        tools: Sequence[ToolDefinition],
        view: View,
        *,
        since: int,
        spec: ModelSpec | None = None,
    ) -> int:
        """How many tokens a request holds: those of the last response that counts, and an estimate since.

        A response counts at the index `since` and behind it, and where a model is named only if it is of it.
        """
        if view is not self._view or (since, spec) != self._basis:
            self._view, self._basis = view, (since, spec)
            self._counted, self._reported, self._estimated = 0, None, 0
        new = 0
        fresh = zip(range(len(view) - 1, -1, -1), reversed(view[self._counted :]), strict=False)
        for index, entry in fresh:
            if isinstance(entry, ModelResponse) and index >= since and _reports(entry, spec):
                self._reported, self._estimated = entry.usage.input_tokens + entry.usage.output_tokens, 0
                break
            new += entry_tokens(entry, self._per_token)
        self._counted = len(view)
        self._estimated += new
        if self._reported is not None:
            return self._reported + self._estimated
        if view.base is not None:  # what changed since is in the view
            system, tools = view.base.system, view.base.tools
        return head_tokens(system, tools, self._per_token) + self._estimated


def _reports(response: ModelResponse, spec: ModelSpec | None) -> bool:
    origin = response.origin
    same = spec is None or (origin.provider, origin.model) == (spec.provider, spec.model)
    return same and response.usage.input_tokens > 0


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
        case Audio():
            return max(PICTURE, part.content.size // HEARD)
        case Document() | Foreign():
            return max(PICTURE, part.content.size // 5)
        case Text() | Thinking() | ErrorText() | Data():
            return FRAME + text_tokens(plain(part), per_token)

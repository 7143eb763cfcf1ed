"""Noticing that an agent goes round in circles (LOOP R16)."""

from collections.abc import Iterable
from typing import Final

from sagent.lib.json import json_text
from sagent.messages.words import plain
from sagent.schema.message import Detached, ToolCall, ToolResult
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Part, Text, Thinking

WARN_AT: Final = 3
"""The stale round in a row that carries a warning."""

HALT_AT: Final = 5
"""The stale round in a row that halts the agent."""

WARNING: Final = (
    "The last rounds of tool calls repeated earlier ones with the same results. Nothing new comes of this: "
    "try something else, or say what stands in the way."
)


class Repetition:
    """Counts stale rounds: those whose every call and result were seen before in this turn."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, str]] = set()
        self._stale = 0

    def forget(self) -> None:
        """Somebody spoke: begin anew."""
        self._seen.clear()
        self._stale = 0

    def count(self, round_: Iterable[tuple[ToolCall, ToolResult | Detached]]) -> int:
        """Take one round; return how many in a row were stale, this one included."""
        prints = {_fingerprint(call, answer) for call, answer in round_}
        self._stale = self._stale + 1 if prints and prints <= self._seen else 0
        self._seen |= prints
        return self._stale


def _fingerprint(call: ToolCall, answer: ToolResult | Detached) -> tuple[str, str, str]:
    return call.tool, json_text(call.content), _told(answer)


def _told(answer: ToolResult | Detached) -> str:
    match answer:
        case ToolResult():
            return "\n".join([str(answer.failed), *map(_print_of, answer.content)])
        case Detached():
            return answer.call_id


def _print_of(part: Part) -> str:
    match part:
        case Image() | Document() | Audio() | Foreign():
            return part.content.digest
        case Text() | ErrorText() | Thinking() | Data():
            return plain(part)

"""Noticing that an agent goes round in circles (LOOP R16)."""

import re
from collections.abc import Mapping, Sequence, Set
from hashlib import blake2b
from re import Pattern
from typing import Final, TypeAlias

from sagent.atoms import CallId
from sagent.lib.json import JsonValue, freeze_object, json_text
from sagent.lib.outputs import OMITTED
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


Round: TypeAlias = Sequence[tuple[ToolCall, ToolResult | Detached]]
"""Calls, each with what came of it."""

Changing: TypeAlias = Mapping[CallId, Pattern[str]]
"""What in the result of a call does not count."""


class Repetition:
    """Counts stale rounds: those whose every call and result were seen before in this turn."""

    __slots__ = ("_first", "_seen", "_stale")

    def __init__(self) -> None:
        self._first: tuple[Round, Changing] | None = None
        """The first round of the turn, looked at when there is another one: of most turns it is the last."""
        self._seen: set[bytes] = set()
        self._stale = 0

    def forget(self) -> None:
        """Somebody spoke: begin anew."""
        self._first = None
        self._seen.clear()
        self._stale = 0

    def count(self, round_: Round, volatile: Changing) -> int:
        """Take one round; return how many in a row were stale, this one included.

        Of the result of a call, what its `volatile` pattern matches does not count.
        """
        if self._first is None:
            self._first = round_, volatile
            return 0
        if not self._seen:
            self._seen |= _prints(*self._first)
            self._first = (), {}
        prints = _prints(round_, volatile)
        self._stale = self._stale + 1 if prints and prints <= self._seen else 0
        self._seen |= prints
        return self._stale


def _prints(round_: Round, volatile: Changing) -> Set[bytes]:
    return {_fingerprint(call, answer, volatile.get(call.call_id)) for call, answer in round_}


def _fingerprint(call: ToolCall, answer: ToolResult | Detached, volatile: Pattern[str] | None) -> bytes:
    """A digest: what was said may be long, and is remembered for as long as the turn."""
    said = json_text((call.tool, call.content, _told(answer, volatile)))
    return blake2b(said.encode(errors="surrogatepass"), digest_size=16).digest()


def _told(answer: ToolResult | Detached, volatile: Pattern[str] | None) -> str:
    match answer:
        case ToolResult():
            return "\n".join([str(answer.failed), *(_print_of(part, volatile) for part in answer.content)])
        case Detached():
            return answer.call_id


def _print_of(part: Part, volatile: Pattern[str] | None) -> str:
    match part:
        case Image() | Document() | Audio() | Foreign():
            return part.content.digest
        case Data() if volatile:
            return json_text(_lasting(part.content, volatile))
        case Text() | ErrorText() | Thinking() | Data():
            # What was left out differs where only what is volatile does: then its name says nothing.
            return volatile.sub("", re.sub(OMITTED, "", plain(part))) if volatile else plain(part)


def _lasting(value: JsonValue, volatile: Pattern[str]) -> JsonValue:
    """The value without the fields whose names match, and in its texts without what matches."""
    if isinstance(value, str):
        return volatile.sub("", value)
    if isinstance(value, Mapping):
        kept = {name: item for name, item in value.items() if not volatile.fullmatch(name)}
        return freeze_object({name: _lasting(item, volatile) for name, item in kept.items()})
    if isinstance(value, Sequence):
        return tuple([_lasting(item, volatile) for item in value])
    return value

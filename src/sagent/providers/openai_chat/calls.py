"""Calls that arrive in pieces, put together, in every way in which servers cut them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from json import JSONDecoder
from typing import Final

from sagent.atoms import CallId
from sagent.lib.json import EMPTY, is_object, json_text, refuse_constant
from sagent.providers.hearing import call_of
from sagent.providers.openai_chat.answers import call_piece
from sagent.schema.message import ToolCall
from sagent.schema.wire import openai_chat as wire

KNOWN: Final = frozenset(("index", "id", "type", "function"))
"""What is read of a piece."""

_READER: Final = JSONDecoder(parse_constant=refuse_constant)


class Assembled:
    """One call, as far as it has come."""

    __slots__ = ("_arguments", "_more", "id", "name")

    def __init__(self, call_id: str) -> None:
        self.id: str = call_id
        self.name: str = ""
        self._arguments: list[str] = []
        self._more: dict[str, object] = {}

    def add(self, piece: wire.CallPiece, function: wire.FunctionPiece) -> None:
        """Take in the next piece; names and ids come once, whatever is repeated."""
        self.id = self.id or piece.get("id") or ""
        self.name = self.name or function.get("name") or ""
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            self._arguments.append(arguments)
        elif arguments is not None:
            self._arguments.append(json_text(arguments))
        if not piece.keys() <= KNOWN:
            self._more |= {key: value for key, value in piece.items() if key not in KNOWN and filled(value)}

    @property
    def arguments(self) -> str:
        """The text of the arguments; none at all is an object without members."""
        text = "".join(self._arguments)
        return text if text.strip() else "{}"

    def is_told_by(self, call: ToolCall) -> bool:
        """Whether the call as it goes back can be made of ours."""
        same = (self.id, self.name) == (call.vendor_id, call.tool) and not self._more
        return same and self.arguments == json_text(call.content)

    def native(self) -> Mapping[str, object]:
        """The call as it goes back."""
        return {**self._more, **call_piece(self.id, self.name, self.arguments)}


class Calls:
    """The calls of one answer."""

    __slots__ = ("_calls", "_named", "_placed")

    def __init__(self) -> None:
        self._calls: list[Assembled] = []
        self._placed: dict[int, Assembled] = {}
        self._named: dict[str, Assembled] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, piece: wire.CallPiece) -> None:
        """Add a piece to the call that it belongs to.

        Most servers number their calls; some never do, or number them all alike, and send each in one piece.
        """
        index, call_id = piece.get("index"), piece.get("id") or ""
        function = piece.get("function") or {}
        name = function.get("name")
        if index is not None and index >= 0:
            call = self._placed.get(index)
            if call and name and call_id and call.id and call_id != call.id:
                call = None
        else:
            call = self._named.get(call_id, None if name or not self._calls else self._calls[-1])
        if call is None:
            call = Assembled(call_id)
            self._calls.append(call)
        if index is not None and index >= 0:
            self._placed[index] = call
        call.add(piece, function)
        if call.id:
            self._named.setdefault(call.id, call)

    def are_told_by(self, calls: Sequence[ToolCall]) -> bool:
        """Whether the calls as they go back can be made of ours, which were made of these."""
        return all(came.is_told_by(call) for came, call in zip(self._calls, calls, strict=True))

    def native(self) -> Sequence[Mapping[str, object]]:
        """The calls as they go back."""
        return [call.native() for call in self._calls]

    def content(self, vendor: str, *, cut: bool) -> Sequence[ToolCall]:
        """The calls as ours; arguments that are no JSON object stand in `raw`.

        Raises:
            BadAnswer: one has no name, and the answer was not simply cut there.
        """
        ids = set[CallId]()
        if cut:
            self._calls = [call for call in self._calls if call.name]
        return [_call(vendor, call, ids) for call in self._calls]


def _read(text: str) -> object:
    """What stands in arguments; None where they are no JSON."""
    try:
        value, end = _READER.raw_decode(stripped := text.strip(" \t\n\r"))
    except ValueError:
        return None
    return value if end == len(stripped) else None


def filled(value: object) -> bool:
    """Whether there is anything in a value: null, nothing, and objects of nothing are all the same here."""
    return any(map(filled, value.values())) if is_object(value) else bool(value)


def _call(vendor: str, call: Assembled, ids: set[CallId]) -> ToolCall:
    text = call.arguments
    arguments = _read(text)
    if isinstance(arguments, dict):
        return call_of(vendor, call.name, call.id, arguments, ids)
    return replace(call_of(vendor, call.name, call.id, EMPTY, ids), raw=text)

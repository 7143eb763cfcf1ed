"""A conversation as the body of a request. Pure: no clock, no socket; what was written once stays written.

Rule 1: what is known of Google's requests lives in this package's `encode`, `parts` and `declarations`.
Rule 2: a body is a head (system, tools, settings) and the contents; the contents only grow, so that the
    history of one request is a prefix of the next one's.
Rule 3: every part passes the rules of `turns` before it is written; what they refuse is never sent.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from sagent.atoms import CallId
from sagent.errors import Illegal
from sagent.lib.json import json_bytes
from sagent.messages.view import View
from sagent.messages.words import calls_of, spoken
from sagent.protocols import Request
from sagent.providers.google import declarations
from sagent.providers.google.catalog import is_signed
from sagent.providers.google.parts import (
    NESTED,
    SEEN,
    Read,
    file_part,
    outcome,
    own_part,
    retold_part,
    sendable,
    spoken_part,
)
from sagent.providers.google.turns import Turns, bad_part
from sagent.providers.google.validator import bad_tools
from sagent.schema.message import Detached, ModelResponse, Prompt, ToolCall, ToolResult
from sagent.schema.part import Audio, Document, Image, Part, Text
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Origin
from sagent.schema.wire import google as wire

DUMMY: Final = "skip_thought_signature_validator"
"""Stands for the signature of a call that another model made (Google's page on thought signatures)."""

BROKEN: Final = frozenset(("interrupted", "failed"))
"""Stop reasons of responses that were not received whole."""

UNRUN: Final = BROKEN | {"length", "malformed_call"}
"""Stop reasons after which the calls of a response may not have been run; then nobody is shown them."""


class Scribe:
    """Writes the requests of one conversation for one model, each part once."""

    def __init__(self, origin: Origin, config: wire.GenerationConfig) -> None:
        self._origin = origin
        self._config = config
        self._signed = is_signed(origin.model)
        self._heading: tuple[str, Sequence[ToolDefinition]] | None = None
        self._head = b""
        self._start(0)

    def body(self, request: Request) -> bytes:
        """The body of the next request.

        Raises:
            Illegal: Google would refuse it; the message names the place.
        """
        if request.trusted != self._trusted or len(request.view) < self._done:
            self._start(request.trusted)
        self._head_of(request.system, request.tools)
        try:
            self._extend(request.view, request.read)
            _accept(self._turns.ended())
        except Illegal:
            self._start(request.trusted)
            raise
        return b"".join((self._head, self._contents, b"]}]}"))

    def _start(self, trusted: int) -> None:
        self._trusted = trusted
        self._done = 0
        self._role = ""
        self._contents = bytearray()
        self._turns = Turns(signed=self._signed)
        self._asked: deque[tuple[CallId, str, str]] = deque()
        self._aside: list[Mapping[str, object]] = []

    def _head_of(self, system: str, tools: Sequence[ToolDefinition]) -> None:
        heading = (system, tuple(tools))
        if self._heading == heading:
            return
        declared = declarations.tools(tools)
        _accept(bad_tools(declared))
        head: dict[str, object] = {}
        if system:
            head["systemInstruction"] = {"parts": ({"text": sendable(system)},)}
        if declared:
            head["tools"] = declared
        if self._config:
            head["generationConfig"] = self._config
        self._head = json_bytes({**head, "contents": ()}).removesuffix(b"]}")
        self._heading = heading

    def _extend(self, view: View, read: Read) -> None:
        for index in range(self._done, len(view)):
            entry = view[index]
            match entry:
                case Prompt():
                    self._add("user", (spoken_part(part, read) for part in spoken(entry)))
                case ModelResponse():
                    self._add_response(entry, index, view, read)
                case ToolResult():
                    self._add_result(entry.call_id, entry.content, read, failed=entry.failed)
                case Detached():
                    self._add_result(entry.call_id, (Text(content=entry.content),), read, failed=False)
            self._done = index + 1

    def _add_response(self, response: ModelResponse, index: int, view: View, read: Read) -> None:
        follows = view[index + 1] if index + 1 < len(view) else None
        ran = isinstance(follows, ToolResult | Detached) or response.stop not in UNRUN
        calls = calls_of(response) if ran else ()
        own = self._own(response, index, calls, read)
        parts = own or self._retold(response, calls)
        asked = [_asked(part) for part in parts if "functionCall" in part]
        self._add("model", parts, verbatim=bool(own))
        self._asked.extend(
            (call.call_id, name, call_id) for call, (name, call_id) in zip(calls, asked, strict=True)
        )

    def _own(
        self, response: ModelResponse, index: int, calls: Sequence[ToolCall], read: Read
    ) -> Sequence[Mapping[str, object]]:
        """The response as it came, if it came whole, from this very model, and after what is sent now."""
        if response.origin != self._origin or index < self._trusted or response.stop in BROKEN:
            return ()
        parts: Sequence[Mapping[str, object]] = response.native
        if not parts:
            parts = [own for part in response.content if (own := own_part(part, read))]
        whole = sum("functionCall" in part for part in parts) == len(calls) == len(calls_of(response))
        legal = not any(any(bad_part(part, "", signed=self._signed, verbatim=True)) for part in parts)
        return self._signed_calls(parts) if whole and legal else ()

    def _retold(self, response: ModelResponse, calls: Sequence[ToolCall]) -> Sequence[Mapping[str, object]]:
        """What another model can be told of the response."""
        kept = [part for part in response.content if not isinstance(part, ToolCall) or part in calls]
        told = [retold_part(part, named=self._signed) for part in kept]
        return self._signed_calls([part for part in told if part])

    def _signed_calls(self, parts: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
        first = next((index for index, part in enumerate(parts) if "functionCall" in part), None)
        if first is None or not self._signed or parts[first].get("thoughtSignature"):
            return parts
        return (*parts[:first], {**parts[first], "thoughtSignature": DUMMY}, *parts[first + 1 :])

    def _add_result(self, call_id: CallId, content: Sequence[Part], read: Read, *, failed: bool) -> None:
        due, name, vendor_id = self._asked.popleft() if self._asked else (None, "", "")
        if due != call_id:
            raise Illegal(f"the result of call {call_id} stands where {due or 'no result'} is due")
        files = [
            part for part in content if isinstance(part, Image | Document | Audio) and part.descriptor in SEEN
        ]
        nested: list[Mapping[str, object]] = []
        for part in files:
            file = file_part(part, read)
            inside = self._signed and part.descriptor in NESTED and "inlineData" in file
            (nested if inside else self._aside).append(file)
        response: dict[str, object] = {"id": vendor_id} if vendor_id else {}
        response |= {"name": name, "response": outcome(content, failed=failed, aside=files)}
        if nested:
            response["parts"] = nested
        self._add("user", ({"functionResponse": response},))
        if not self._asked:
            self._add("user", self._aside)
            self._aside = []

    def _add(
        self,
        role: Literal["user", "model"],
        parts: Iterable[Mapping[str, object] | None],
        *,
        verbatim: bool = False,
    ) -> None:
        for part in parts:
            if part is None:
                continue
            if role == self._role:
                self._contents += b","
            else:
                _accept(self._turns.turn(role))
                opening = b'{"role":"%s","parts":[' % role.encode()
                self._contents += b"]}," + opening if self._role else opening
                self._role = role
            _accept(self._turns.part(part, verbatim=verbatim))
            self._contents += json_bytes(part)


def _asked(part: Mapping[str, object]) -> tuple[str, str]:
    """The name and the id of the call in a part, as Google knows them."""
    call = part["functionCall"]
    if not isinstance(call, Mapping):
        raise Illegal(f"functionCall: must be an object, not {call!r}")
    return str(call.get("name", "")), str(call.get("id") or "")


def _accept(complaints: Iterator[str]) -> None:
    for complaint in complaints:
        raise Illegal(f"this request would be refused: {complaint}")

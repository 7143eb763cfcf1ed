"""A provider on 127.0.0.1 that answers from a script, strictly as the vendor would."""

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Self, TypeAlias

from sagent.errors import ProviderError, Refused, UsageError
from sagent.lib.json import JsonObject, JsonValue, freeze_object, json_freeze
from sagent.protocols import Reply
from sagent.schema.message import ResponsePart
from sagent.testing.faults import Fault, Status
from sagent.testing.loopback import Arrival, Broken, Loopback, Outgoing
from sagent.testing.play import WireReplying, answer, play
from sagent.testing.script import Always
from sagent.testing.wire import Answered, Asking, Exchange, Received, Wire
from sagent.testing.wires.anthropic import AnthropicWire
from sagent.testing.wires.google import GoogleWire
from sagent.testing.wires.openai_chat import ChatWire
from sagent.testing.wires.openai_responses import ResponsesWire

if TYPE_CHECKING:
    from types import TracebackType

WireResponder: TypeAlias = Callable[[JsonObject], WireReplying]
"""Makes up a reply from the JSON of the request."""

ScriptItem: TypeAlias = WireReplying | WireResponder | Always[WireReplying] | Always[WireResponder]
"""What answers one request, or, in `always(...)`, this one and all that follow."""

KEY = "loopback-key"
"""The key that a server takes unless it is told another."""


WIRES: Sequence[Callable[[str, Sequence[str] | None], Wire]] = (
    GoogleWire,
    AnthropicWire,
    ResponsesWire,
    ChatWire,
)
"""Every wire that is spoken here; each knows its requests by their paths and headers."""


class WireServer:
    """Plays a script over real HTTP: one item for each legal request. It refuses what the vendor refuses.

    Use it with `async with`; from other code `serve` runs it in a thread.
    """

    def __init__(
        self,
        *script: ScriptItem,
        key: str = KEY,
        models: Sequence[str] | None = None,
        port: int = 0,
        recall: int | None = None,
    ) -> None:
        """`recall` is how many requests and exchanges are remembered, the last ones; None is all."""
        self.key: str = key
        """The key that clients must send."""
        self._script = deque(script)
        self._length = len(script)
        self._wires: Sequence[Wire] = tuple(wire(key, models) for wire in WIRES)
        self._loopback = Loopback(self._answered)
        self._wanted_port = port
        self._port = 0
        self._requests: deque[Received] = deque(maxlen=recall)
        self._exchanges: deque[Exchange] = deque(maxlen=recall)
        self._complaints: list[str] = []
        self._bugs: list[Exception] = []
        self._played = 0

    async def __aenter__(self) -> Self:
        """Begin to listen.

        Raises:
            UsageError: the port is taken.
        """
        self._port = await self._loopback.open(self._wanted_port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        """Close all connections; an error in a function of the script, a 500 to clients, is raised here."""
        await self._loopback.close()
        if error is None and self._bugs:
            raise self._bugs[0]

    @property
    def base_url(self) -> str:
        """Where it listens, as clients want it.

        Raises:
            UsageError: it does not listen yet.
        """
        if not self._port:
            raise UsageError("the server does not listen yet; use it in a with statement")
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables that lead a client here."""
        return {
            name: value
            for wire in self._wires
            for name, value in (
                (wire.card.place, f"{self.base_url}{wire.base_path}"),
                (wire.card.keys[0], self.key),
            )
        }

    @property
    def requests(self) -> Sequence[Received]:
        """What was asked, in order, legal or not."""
        return tuple(self._requests)

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """A recording of the traffic: what was asked and answered, as the answers ended."""
        return tuple(self._exchanges)

    @property
    def complaints(self) -> Sequence[str]:
        """Why requests were refused, in order; what a test expects to be empty."""
        return tuple(self._complaints)

    @property
    def left(self) -> int:
        """How many items of the script have not been played."""
        return len(self._script)

    @property
    def walkouts(self) -> int:
        """How many clients left before their answer was whole."""
        return self._loopback.left

    async def walkout(self) -> None:
        """Wait until some client has left before its answer was whole."""
        await self._loopback.walkout()

    async def _answered(self, arrival: Arrival, out: Outgoing) -> None:
        heard: list[Received] = []
        try:
            await self._answer(arrival, out, heard)
        finally:
            self._exchanges += [
                Exchange(request=request, status=out.status, headers=out.headers, body=bytes(out.said))
                for request in heard
            ]

    async def _answer(self, arrival: Arrival, out: Outgoing, asked: list[Received]) -> None:
        for wire in self._wires:
            received, keys = _received(arrival, wire.key_headers)
            heard = wire.hear(received, keys)
            if heard is None:
                continue
            self._requests.append(received)
            asked.append(received)
            match heard:
                case Answered():
                    await answer(heard.body, out)
                case Status():
                    self._complaints.append(f"{received.method} {received.path}: {_message(heard.body)}")
                    await answer(heard.body, out, heard)
                case Asking():
                    self._played += 1
                    await self._play(heard, wire, out)
            return
        asked.append(_received(arrival, ())[0])
        self._requests.append(asked[-1])
        self._complaints.append(f"{arrival.method} {arrival.path}: no such path")
        await answer(
            freeze_object({"error": {"code": 404, "message": f"no such path: {arrival.path}"}}),
            out,
            Status(404),
        )

    async def _play(self, asking: Asking, wire: Wire, out: Outgoing) -> None:
        try:
            await play(self._next(asking), wire, asking, self._played, out)
        except UsageError as bug:  # the script is at fault, which the test must hear, not the client
            self._bugs.append(bug)
            raise Broken from bug

    def _next(self, asking: Asking) -> WireReplying:
        if not self._script:
            complaint = (
                f"the script has {self._length} replies, and this is request {self._played}; "
                "add one, or end with always(...)"
            )
            self._complaints.append(complaint)
            return Refused(complaint)
        item = self._script[0] if isinstance(self._script[0], Always) else self._script.popleft()
        said = item.answer if isinstance(item, Always) else item
        if isinstance(said, str | ResponsePart | Reply | Exception | Fault | Sequence):
            return said
        try:
            replying: WireReplying = said(asking.body)
        except ProviderError as error:
            return error
        except Exception as bug:  # the function is the test's: it is raised where the test can see it
            self._bugs.append(bug)
            return bug
        return replying


def _received(arrival: Arrival, secret: Sequence[str]) -> tuple[Received, Mapping[str, str]]:
    """The request without its key, and the key."""
    both = (arrival.headers, arrival.query)
    keys = {name: value for mapping in both for name, value in mapping.items() if name in secret}
    headers, query = (
        {name: value for name, value in mapping.items() if name not in secret} for mapping in both
    )
    body = _json(arrival.body)
    return Received(method=arrival.method, path=arrival.path, query=query, headers=headers, body=body), keys


def _json(body: bytes) -> JsonValue:
    try:
        value: JsonValue = json_freeze(json.loads(body))
    except (ValueError, TypeError):
        return None
    return value


def _message(body: JsonValue) -> str:
    match body:
        case {"error": {"message": str(message)}}:
            return message
        case _:
            return str(body)

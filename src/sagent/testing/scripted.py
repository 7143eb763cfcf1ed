"""A model that says what it was told to say, and remembers what it was asked."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import TypeAlias
from weakref import WeakKeyDictionary

from sagent.atoms import CallId
from sagent.errors import Refused
from sagent.lib.json import EMPTY, JsonObject
from sagent.lib.value import frozen
from sagent.messages.view import View, Viewed
from sagent.messages.words import plain
from sagent.protocols import Chunk, ModelLimits, Reply, Request
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import (
    Detached,
    ModelChanged,
    ModelResponse,
    Prompt,
    ResponsePart,
    System,
    ToolCall,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Text, Thinking
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import ModelSpec
from sagent.testing.script import Always, Hold, Replying, Saying, pieces, stop_of, usage_of

Responder: TypeAlias = Callable[[Request], Replying]
"""Makes up a reply when it is asked for."""


@frozen(kw_only=True)
class Asked:
    """What the model was given at one request, as it was then."""

    system: str
    tools: Sequence[ToolDefinition]
    view: Sequence[Viewed]
    trusted: int
    output: JsonObject | None = None


class Scripted:
    """A `Model` that plays a script: one item for each request.

    An item is text, a call, a row of these, an error to raise (alone, or in the midst of a row),
    or a function from the request to one of these.
    """

    def __init__(
        self,
        *script: Replying | Responder | Always[Replying] | Always[Responder],
        model: str = "scripted",
        limits: ModelLimits | None = None,
    ) -> None:
        self._script = deque(script)
        self._length = len(script)
        self._model = model
        self._limits = limits or ModelLimits()
        self._asked: list[Asked] = []
        self._calls = 0
        self._measured: WeakKeyDictionary[View, tuple[int, int]] = WeakKeyDictionary()
        """How many entries of a view were measured, and their length: a request costs what is new."""

    @property
    def spec(self) -> ModelSpec:
        """Names it; a script cannot be built again from that."""
        return ModelSpec(
            provider="Scripted", dialect="scripted", endpoint="", model=self._model, options=EMPTY
        )

    @property
    def limits(self) -> ModelLimits:
        """What it was made with; by default nothing is known."""
        return self._limits

    @property
    def requests(self) -> Sequence[Asked]:
        """What it was asked, in order."""
        return tuple(self._asked)

    @property
    def left(self) -> int:
        """How many items of the script have not been played."""
        return len(self._script)

    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        """Play the next item.

        Raises:
            ProviderError: the script is at its end, or says so; whatever else the script says.
        """
        self._asked.append(
            Asked(
                system=request.system,
                tools=tuple(request.tools),
                view=tuple(request.view),
                trusted=request.trusted,
                output=request.output,
            )
        )
        replying = self._next(request)
        if isinstance(replying, Reply):
            for part in replying.content:
                for delta in _deltas(part):
                    yield delta
            yield replace(
                replying, content=[self._named(part) for part in replying.content], model=self._model
            )
            return
        content: list[ResponsePart] = []
        for step in _steps(replying):
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Hold):
                if step.reached is not None:
                    step.reached.set()
                await step.until.wait()
                continue
            part = self._named(Text(content=step) if isinstance(step, str) else step)
            for delta in _deltas(part):
                yield delta
            content.append(part)
            if isinstance(step, str) and len(content) > 1:
                _join(content)
        yield Reply(
            content=tuple(content),
            model=self._model,
            stop=stop_of(content),
            usage=usage_of(self._size(request), content),
            cost_usd=None,
            native=(),
        )

    def _next(self, request: Request) -> Replying:
        if not self._script:
            number = len(self._asked)
            raise Refused(
                f"the script has {self._length} replies, and this is request {number}; "
                "add one, or end with always(...)"
            )
        item = self._script[0] if isinstance(self._script[0], Always) else self._script.popleft()
        answer = item.answer if isinstance(item, Always) else item
        if isinstance(answer, str | ResponsePart | Reply | Exception | Sequence):
            return answer
        return answer(request)

    def _named(self, part: ResponsePart) -> ResponsePart:
        if not isinstance(part, ToolCall):
            return part
        self._calls += 1
        return replace(
            part, call_id=CallId(f"call_{self._calls}"), vendor_id=part.vendor_id or f"call_{self._calls}"
        )

    def _size(self, request: Request) -> int:
        """About as many tokens as the request has, at four characters a token."""
        view = request.view
        entries, length = self._measured.get(view, (0, 0))
        length += sum(_length(entry) for entry in view[entries:])
        self._measured[view] = len(view), length
        return (len(request.system if view.base is None else view.base.system) + length) // 4


def _steps(
    replying: Saying | Exception | Sequence[Saying | Hold | Exception],
) -> Sequence[Saying | Hold | Exception]:
    if isinstance(replying, Sequence) and not isinstance(replying, str):
        return replying
    return (replying,)


def _deltas(part: ResponsePart) -> Sequence[TextDelta | ThinkingDelta]:
    if isinstance(part, Text):
        return [TextDelta(content=plain(piece)) for piece in pieces(part) if isinstance(piece, Text)]
    if isinstance(part, Thinking):
        return [ThinkingDelta(content=piece.content) for piece in pieces(part) if isinstance(piece, Thinking)]
    return ()


def _join(content: list[ResponsePart]) -> None:
    """Text that was interrupted by a hold is one text."""
    last, before = content[-1], content[-2]
    if isinstance(last, Text) and isinstance(before, Text):
        content[-2:] = [Text(content=before.content + last.content)]


def _length(entry: Viewed) -> int:
    match entry:
        case Detached() | System():
            return len(entry.content)
        case ToolsChanged() | ModelChanged():
            return 0
        case Prompt() | ModelResponse() | ToolResult():
            return sum(
                len(str(part.content)) if isinstance(part, ToolCall) else len(plain(part))
                for part in entry.content
            )

"""What comes over this wire, event by event, folded into one reply. Pure: no clock, no socket.

Rule 1: the same events give the same reply, however the stream was cut.
Rule 2: a block stays what it was: nothing is merged or moved, and what is not known goes back as it came.
Rule 3: of usage the last figures count; they are sums already.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from sagent.errors import BadAnswer
from sagent.lib.json import is_object
from sagent.protocols import Reply
from sagent.providers.anthropic import reading
from sagent.providers.anthropic.blocks import own_block
from sagent.providers.anthropic.content import COUNTS, content_of, summaries, usage_of
from sagent.providers.anthropic.faults import told
from sagent.providers.anthropic.pieces import READ, Growing
from sagent.providers.anthropic.shapes import KINDS
from sagent.providers.faults import is_fault, is_told, slipped, unfinished
from sagent.providers.hearing import figures_of, kept
from sagent.providers.metering import Metering, metering
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import ErrorText
from sagent.schema.values import StopReason
from sagent.schema.wire import anthropic as wire

Delta: TypeAlias = TextDelta | ThinkingDelta
"""What can be shown at once."""

STOPS: Final[Mapping[str, StopReason]] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "pause_turn": "pause",
    "refusal": "refusal",
}
"""Why an answer ended, where that is not simply its end."""

SEARCHES: Final = "server_tool_use.web_search_requests"
"""Where usage says how often Anthropic itself has searched."""

EVENT: Final = frozenset(wire.Event.__annotations__)
SILENT: Final = frozenset(("ping", "content_block_stop"))
"""Events that change nothing."""


class Draft:
    """A reply that is still being written."""

    def __init__(self, model: str, *, vendor: str = "Anthropic", signs: bool = True) -> None:
        self._model = model
        self._vendor = vendor
        self._signs = signs
        self._blocks: list[Growing] = []
        self._growing: dict[int, Growing] = {}
        self._ended = False
        self._stop = ""
        self._details: wire.StopDetails = {}
        self._usage: dict[str, int] = {}
        self._served: dict[str, object] = {}
        self._summaries: Sequence[object] = ()
        self._instead: Mapping[str, object] = {}
        self.unknown: Counter[str] = Counter()
        """How often something came that nobody here knows, by its name."""

    @property
    def complete(self) -> bool:
        """Whether the model has said that it is done."""
        return self._ended or bool(self._stop)

    @property
    def metering(self) -> Metering:
        """How it was served, and what of it has a price of its own."""
        batch = {"processing": "batch"} if self._served.get("service_tier") == "batch" else {}
        terms = {name: self._served.get(name) for name in ("speed", "inference_geo")}
        return metering({**terms, **batch}, {"web_searches": self._usage.get(SEARCHES, 0)})

    def absorb(self, data: str) -> Sequence[Delta]:
        """Fold in one event; give what can be shown of it.

        Raises:
            ProviderError: it is not an event, or it says that something went wrong.
        """
        if "[DONE]" in data[:16] and data.strip() == "[DONE]":
            return ()
        event = reading.event(data, self._vendor)
        kind = event.get("type")
        if kind == "content_block_delta" and "delta" in event and "index" in event:
            return self._grow(event["index"], event["delta"])
        if not event.keys() <= EVENT:
            self.unknown.update(event.keys() - EVENT)
            self._instead = event if EVENT.isdisjoint(event) else self._instead
        if slip := slipped(event) or slipped(event.get("message")):
            raise told(slip, 200)
        if event.get("error") or kind == "error":
            raise told(event, 200)
        if kind == "content_block_start" and "content_block" in event and "index" in event:
            return self._begin(event["content_block"], event["index"])
        if kind == "message_start" and "message" in event:
            return self._answer(event["message"])
        if kind == "message":
            self._ended = True
            return self._answer(event)
        if kind == "message_delta":
            self._told(event.get("delta") or {}, event.get("usage"))
        elif kind == "message_stop":
            self._ended = True
        elif str(kind) not in SILENT:
            self._overlook(event)
        return ()

    def finish(self) -> Reply:
        """The whole reply.

        Raises:
            ProviderError: it never became whole.
        """
        if not self.complete:
            instead = {} if self._usage or self._blocks else self._instead
            raise unfinished(self._vendor, instead, told)
        pairs = [(block, growing.raw) for growing in self._blocks if (block := growing.whole()) != _EMPTY]
        content = content_of(pairs, self._vendor)
        native = tuple(kept(block, self._vendor) for block, _ in pairs)
        rebuilt: tuple[object, ...] = tuple(
            own for part in content if (own := own_block(part, signs=self._signs))
        )
        stop = self._why(content)
        if stop == "refusal":
            reason = self._details.get("explanation") or self._details.get("category") or "it declined"
            content = (*content, ErrorText(content=f"{self._vendor} stopped the answer: {reason}"))
        return Reply(
            content=content,
            model=self._model,
            stop=stop,
            usage=usage_of(self._usage, self._summaries),
            cost_usd=None,
            native=() if native == rebuilt else native,
        )

    def _overlook(self, event: wire.Event) -> None:
        """Count what nobody here knows, unless it says that something went wrong."""
        if is_fault(event) and not self.complete:
            raise told(event, 200)
        if is_told(event):
            self._instead = event
        self.unknown[f"event {event.get('type')}"] += 1

    def _grow(self, index: int, delta: wire.Delta) -> Sequence[Delta]:
        block = self._growing.get(index)
        if block is None:
            raise BadAnswer(f"{self._vendor} sent a piece of a block that never began: at $.index: {index}")
        kind = delta.get("type")
        if len(delta) > 2:
            self.unknown.update(delta.keys() - READ.get(str(kind), delta.keys()))
        if kind == "text_delta":
            if text := delta.get("text"):
                block.texts.append(text)
                return (TextDelta(content=text),)
        elif kind == "thinking_delta":
            if thought := delta.get("thinking"):
                block.texts.append(thought)
                return (ThinkingDelta(content=thought),)
        elif not block.add(delta):
            self.unknown[f"delta {kind}"] += 1
        return ()

    def _begin(self, start: Mapping[str, object], index: int) -> Sequence[Delta]:
        block = self._growing[index] = Growing(start)
        self._blocks.append(block)
        if block.kind not in KINDS:
            self.unknown[f"block {block.kind}"] += 1
        text, thought = start.get("text"), start.get("thinking")
        if block.kind == "text" and isinstance(text, str) and text:
            return (TextDelta(content=text),)
        if block.kind == "thinking" and isinstance(thought, str) and thought:
            return (ThinkingDelta(content=thought),)
        return ()

    def _answer(self, answer: wire.Answer | wire.Event) -> Sequence[Delta]:
        """Take in a message: whole, or one that begins."""
        if isinstance(model := answer.get("model"), str):
            self._model = model or self._model
        self._told(answer, answer.get("usage"))
        content = answer.get("content") or ()
        return [delta for index, block in enumerate(content) for delta in self._begin(block, index)]

    def _told(self, told: wire.Answer | wire.Event | wire.Delta, usage: wire.Usage | None) -> None:
        self._stop = told.get("stop_reason") or self._stop
        if is_object(details := told.get("stop_details")):
            self._details = details
        self._usage |= figures_of(usage, (*COUNTS, SEARCHES))
        self._served |= usage if is_object(usage) else {}
        self._summaries = summaries(usage) or self._summaries

    def _why(self, content: Sequence[ResponsePart]) -> StopReason:
        called = any(isinstance(part, ToolCall) for part in content)
        return STOPS.get(self._stop, "tool_calls" if called else "end")


_EMPTY: Final[Mapping[str, object]] = {"type": "text", "text": ""}
"""A text in which nothing came."""

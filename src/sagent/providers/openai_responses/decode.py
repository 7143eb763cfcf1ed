"""What comes from OpenAI, event by event, folded into one reply. Pure: no clock, no socket.

Rule 1: the same events give the same reply, however the stream was cut.
Rule 2: the reply is made of the items that were declared done; some servers list none at the end, and the
    pieces are only for show.
Rule 3: every item is kept for the way back as it came, but for what is null; what is not known is counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from sagent.errors import BadAnswer, Refused
from sagent.lib.json import is_object
from sagent.protocols import Reply
from sagent.providers.faults import is_told, unfinished
from sagent.providers.hearing import figures_of, integer, kept
from sagent.providers.metering import Metering, metering
from sagent.providers.openai_responses import reading
from sagent.providers.openai_responses.content import COUNTS, content_of, declines, usage_of
from sagent.providers.openai_responses.faults import told
from sagent.providers.openai_responses.items import whole_item
from sagent.providers.openai_responses.reading import BEGINS, ENDS
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import ErrorText
from sagent.schema.values import StopReason
from sagent.schema.wire import openai_responses as wire

Delta: TypeAlias = TextDelta | ThinkingDelta
"""What can be shown at once."""

SHOWN: Final[Mapping[str, type[TextDelta] | type[ThinkingDelta]]] = {
    "response.output_text.delta": TextDelta,
    "response.refusal.delta": TextDelta,
    "response.reasoning_summary_text.delta": ThinkingDelta,
    "response.reasoning_text.delta": ThinkingDelta,
}
"""The events that bring something to show, and what it is."""

SILENT: Final = frozenset(
    (
        *("response.output_item.added", "response.content_part.added", "response.content_part.done"),
        "response.output_text.done",
        *("response.output_text.annotation.added", "response.refusal.done", "response.reasoning_text.done"),
        *("response.reasoning_summary_part.done", "response.reasoning_summary_text.done"),
        *("response.function_call_arguments.delta", "response.function_call_arguments.done"),
    )
)
"""The events that say nothing that others do not say."""

KNOWN: Final = frozenset(("message", "reasoning", "function_call", "image_generation_call"))
"""The kinds of items that are read."""

FIELDS: Final = frozenset(wire.Event.__annotations__)


class Draft:
    """A reply that is still being written."""

    def __init__(self, model: str, *, vendor: str = "OpenAI", whole: bool = False) -> None:
        self._model = model
        self._vendor = vendor
        self._whole = whole
        self._done: list[tuple[int | None, wire.Item]] = []
        self._last: wire.Response | None = None
        self._instead: Mapping[str, object] = {}
        self.unknown: Counter[str] = Counter()
        """How often something came that nobody here knows, by its name."""

    @property
    def complete(self) -> bool:
        """Whether the model has said that it is done."""
        return self._last is not None

    @property
    def metering(self) -> Metering:
        """How it was served, and what of it has a price of its own."""
        return metering({"service_tier": self._last.get("service_tier") if self._last else None})

    def absorb(self, data: str) -> Sequence[Delta]:
        """Fold in one event; give what can be shown of it.

        Raises:
            ProviderError: it is not an event, or it says that something went wrong.
        """
        if data.strip() == "[DONE]":
            return ()
        event = reading.event(data, self._vendor)
        if not event.keys() <= FIELDS:
            self.unknown.update(event.keys() - FIELDS)
        kind = event["type"]
        show = SHOWN.get(kind)
        if show is not None:
            delta = event.get("delta")
            return (show(content=delta),) if delta else ()
        if kind == "response.output_item.done":
            self._take(event)
        elif kind == "response.reasoning_summary_part.added":
            return (ThinkingDelta(content="\n\n"),) if event.get("summary_index") else ()
        elif kind == "error" or kind == "response.failed":
            raise self._failure(event)
        elif kind in ENDS or kind in BEGINS:
            self._hear(event, ended=kind in ENDS or self._whole)
        elif kind not in SILENT:
            if is_told(event) or kind == reading.UNTYPED:
                self._instead = {key: value for key, value in event.items() if key != "type"}
            self.unknown[kind] += 1
        return ()

    def finish(self) -> Reply:
        """The whole reply.

        Raises:
            ProviderError: it never became whole.
        """
        response = self._last
        if response is None:
            raise unfinished(self._vendor, {} if self._done else self._instead, told)
        status = response.get("status") or "completed"
        if status in {"queued", "in_progress"}:
            raise BadAnswer(
                f"{self._vendor} has not made the answer yet ({status}): do not ask for background"
            )
        if status == "cancelled":
            raise Refused(f"{self._vendor}: somebody cancelled the answer")
        items = self._items(response)
        content = content_of(items, self._vendor)
        stop = _stop(response, items, content)
        if stop == "filter":
            content = (*content, ErrorText(content=f"{self._vendor} stopped the answer: {_reason(response)}"))
        return Reply(
            content=content,
            model=self._model,
            stop=stop,
            usage=usage_of(figures_of(response.get("usage"), COUNTS)),
            cost_usd=None,
            native=tuple(kept(whole_item(item), self._vendor) for item in items),
        )

    def _take(self, event: wire.Event) -> None:
        item = event.get("item")
        if item is None:
            return
        kind = item.get("type", "")
        if kind not in KNOWN:
            self.unknown[kind] += 1
        self._done.append((integer(event.get("output_index")), item))

    def _hear(self, event: wire.Event, *, ended: bool) -> None:
        response = event.get("response")
        if not is_object(response):
            return
        if isinstance(model := response.get("model"), str):
            self._model = model or self._model
        if ended:
            self._last = response

    def _failure(self, event: wire.Event) -> Exception:
        response = event.get("response")
        inner = response.get("error") if is_object(response) else None
        bare = {key: value for key, value in event.items() if key != "type"}
        return told(event.get("error") or inner or bare, 200)

    def _items(self, response: wire.Response) -> Sequence[wire.Item]:
        """The items that were done, in their order; those listed at the end where these are more.

        A list at the end holds the sealed reasoning that Azure may leave out of the items before.
        """
        listed = response.get("output") or ()
        numbered = [index for index, _ in self._done if index is not None]
        done = [item for _, item in self._done]
        if len(numbered) == len(done):
            done = [item for _, item in sorted(self._done, key=lambda pair: pair[0] or 0)]
        if len(listed) > len(done):
            return listed
        pairs = zip(done, listed, strict=True) if len(listed) == len(done) else ()
        sealed = {id(item): last for item, last in pairs if not item.get("encrypted_content")}
        return [_sealed(item, sealed.get(id(item))) for item in done]


def _sealed(item: wire.Item, last: wire.Item | None) -> wire.Item:
    """An item of reasoning with its seal, if that came at the end only."""
    if last is None or not (seal := last.get("encrypted_content")) or item.get("type") != last.get("type"):
        return item
    return {**item, "encrypted_content": seal}


def _reason(response: wire.Response) -> object:
    """Why an answer is not whole."""
    details = response.get("incomplete_details")
    return details.get("reason") if is_object(details) else details


def _stop(response: wire.Response, items: Sequence[wire.Item], content: Sequence[ResponsePart]) -> StopReason:
    if response.get("status") == "incomplete":
        return "filter" if _reason(response) == "content_filter" else "length"
    if any(isinstance(part, ToolCall) for part in content):
        return "tool_calls"
    return "refusal" if any(map(declines, items)) else "end"

"""What a server sends, event by event, folded into one reply. Pure: no clock, no socket.

Rule 1: the same events give the same reply, however the stream was cut.
Rule 2: only `delta` counts; a `message` counts where nothing else came (MiniMax repeats the answer in one).
Rule 3: thoughts go back under the name they came with; what is not known is counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from sagent.errors import Overloaded
from sagent.lib.json import JsonObject, is_object, json_text
from sagent.protocols import Reply
from sagent.providers.faults import is_fault, is_told, unfinished
from sagent.providers.hearing import event_of, figures_of, integer, kept
from sagent.providers.metering import Metering
from sagent.providers.openai_chat import reading
from sagent.providers.openai_chat.answers import REASONING, own_message
from sagent.providers.openai_chat.calls import Calls
from sagent.providers.openai_chat.faults import told
from sagent.providers.openai_chat.figures import COUNTS, billed_usd, metering_of, usage_of
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.providers.openai_chat.reading import EVENT, MESSAGE, USUAL
from sagent.providers.openai_chat.reasoning import Details, Listed
from sagent.providers.openai_chat.stops import BROKEN, STOPS
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import ErrorText, Text, Thinking
from sagent.schema.wire import openai_chat as wire

Delta: TypeAlias = TextDelta | ThinkingDelta
"""What can be shown at once."""

DONE: Final = "[DONE]"
"""What most servers say last, and is no JSON."""


class Draft:
    """A reply that is still being written."""

    def __init__(self, model: str, *, vendor: str, manners: Manners = COMPATIBLE, whole: bool) -> None:
        self._model = model
        self._vendor = vendor
        self._manners = manners
        self._whole = whole
        self._done = False
        self._text: list[str] = []
        self._listed: Listed | None = None
        self._thoughts: dict[str, list[str]] = {}
        self._details = Details()
        self._shown_details: list[str] = []
        self._kept: dict[str, object] = {}
        self._refusal: list[str] = []
        self._calls = Calls()
        self._begun = False
        self._finish = ""
        self._tier: object = None
        self._usage: Mapping[str, object] = {}
        self._instead: Mapping[str, object] = {}
        self.unknown: Counter[str] = Counter()
        """How often something came that nobody here knows, by its name."""

    @property
    def complete(self) -> bool:
        """Whether the model has said that it is done."""
        return bool(self._finish) or (self._begun and (self._done or self._whole))

    @property
    def metering(self) -> Metering:
        """How it was served, and what of it has a price of its own."""
        return metering_of(self._usage, self._tier)

    def absorb(self, data: str) -> Sequence[Delta]:
        """Fold in one event; give what can be shown of it.

        Raises:
            ProviderError: it is not an event, or it says that something went wrong.
        """
        if len(data) < 20 and (word := data.strip()) in ("", DONE):
            self._done = self._done or word == DONE
            return ()
        value = event_of(data, self._vendor)
        if (text := reading.words(value)) and self._begun and self._listed is None:
            # Nearly every event brings some words and nothing else, and nearly all time is spent here.
            self._text.append(text)
            return (TextDelta(content=text),)
        event = reading.response(value, self._vendor)
        if not event.keys() <= EVENT:
            self.unknown.update(event.keys() - EVENT)
            self._instead = event if EVENT.isdisjoint(event) else self._instead
        choices = event.get("choices")
        if event.get("error") or (not choices and is_fault(event)):
            if self.complete:
                return ()  # what goes wrong behind an answer takes nothing of it
            raise told(event, 200)
        self._tier = event.get("service_tier") or self._tier
        if not choices and is_told(event):
            self._instead = event
        if isinstance(model := event.get("model"), str):
            self._model = model or self._model
        if usage := event.get("usage"):
            self._count(usage)
        if (groq := event.get("x_groq")) and is_object(groq):
            self._count(groq.get("usage"))
        shown: list[Delta] = []
        for choice in choices or ():
            # Several answers cannot be asked for here; a second one would be a second voice in the first.
            if not choice.get("index"):
                self._absorb(choice, shown)
        return shown

    def finish(self) -> Reply:
        """The whole reply.

        Raises:
            ProviderError: it never became whole.
        """
        if not self.complete:
            raise unfinished(self._vendor, {} if self._begun else self._instead, told)
        reason = self._finish.lower()
        if reason in BROKEN:
            raise Overloaded(f"{self._vendor} gave up in the midst of the answer: {self._finish}")
        stop = STOPS.get(reason) or ("refusal" if self._refusal else "tool_calls" if self._calls else "end")
        content = self._content(cut=stop == "length")
        native = self._native(content)
        if stop == "refusal" and self._refusal:
            content = (*content, ErrorText(content="".join(self._refusal)))
        elif stop in {"filter", "malformed_call", "refusal"}:
            content = (*content, ErrorText(content=f"{self._vendor} stopped the answer: {self._finish}"))
        return Reply(
            content=content,
            model=self._model,
            stop=stop,
            usage=usage_of(figures_of(self._usage, COUNTS)),
            cost_usd=billed_usd(self._usage) if self._manners.bills else None,
            native=() if native is None else (kept(native, self._vendor),),
        )

    def _absorb(self, choice: wire.Choice, shown: list[Delta]) -> None:
        if error := choice.get("error"):
            raise told(error, 200)
        message = choice.get("message") if self._whole else None
        if message is None:
            message = choice.get("delta")
        if message is None and not self._begun:
            message = choice.get("message")
        if message:
            self._begun = True
            content = message.get("content")
            if len(message) > 1 or "content" not in message:
                self._think(message, shown)
            if is_object(content):
                content = json_text(content)  # Cloudflare's way to keep to a schema
            if content and isinstance(content, str) and self._listed is None:
                self._text.append(content)
                shown.append(TextDelta(content=content))
            elif content:
                self._say(content, shown)
            if calls := message.get("tool_calls"):
                for piece in calls:
                    self._calls.add(piece)
        if (finish := choice.get("finish_reason")) and self._finish.lower() not in STOPS:
            self._finish = finish
        if usage := choice.get("usage"):
            self._count(usage)

    def _say(self, content: str | Sequence[JsonObject], shown: list[Delta]) -> None:
        """Take in parts, or what is said behind them."""
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if self._listed is None:
            self._listed = Listed("".join(self._text))
        for part in parts:
            thought, text = self._listed.add(part)
            if thought:
                self._thoughts.setdefault("content", []).append(thought)
                shown.append(ThinkingDelta(content=thought))
            if text:
                self._text.append(text)
                shown.append(TextDelta(content=text))
            if not (thought or text) and part.get("type") not in {"thinking", "text"}:
                self.unknown[str(part.get("type"))] += 1

    def _think(self, message: wire.Delta, shown: list[Delta]) -> None:
        """Take in what stands beside the text and the calls."""
        thought = ""
        for name in REASONING:
            if name in message and (words := self._words(message, name)):
                self._thoughts.setdefault(name, []).append(words)
                thought = thought or words
        if message.keys() <= USUAL:
            if thought:
                shown.append(ThinkingDelta(content=thought))
            return
        if details := message.get("reasoning_details"):
            words = self._details.add(details)
            self._shown_details.append(words)
            thought = thought or words
        if thought:
            shown.append(ThinkingDelta(content=thought))
        if refusal := self._words(message, "refusal"):
            self._refusal.append(refusal)
        if not message.keys() <= MESSAGE:
            self.unknown.update(message.keys() - MESSAGE)
        for key in self._manners.kept:
            if value := message.get(key):
                before = self._kept.get(key)
                together = isinstance(before, str) and isinstance(value, str)
                self._kept[key] = f"{before}{value}" if together else value

    def _words(self, message: Mapping[str, object], name: str) -> str:
        """What a message says under this name; what is no text there is counted, as what nobody knows is."""
        words = message.get(name) or ""
        if isinstance(words, str):
            return words
        self.unknown[name] += 1
        return ""

    def _count(self, usage: object) -> None:
        """The last figures hold, but for those that are nothing at all."""
        if is_object(usage) and (integer(usage.get("prompt_tokens")) or not self._usage):
            self._usage = usage

    def _content(self, *, cut: bool) -> Sequence[ResponsePart]:
        """Thoughts, text and calls: in this order they go back, and in this order nearly all come."""
        thoughts = next(iter(self._thoughts.values()), self._shown_details)
        thought, text = "".join(thoughts), "".join(self._text)
        content: list[ResponsePart] = [Thinking(content=thought)] if thought else []
        content += [Text(content=text)] if text else []
        return (*content, *self._calls.content(self._vendor, cut=cut))

    def _native(self, content: Sequence[ResponsePart]) -> Mapping[str, object] | None:
        """The answer as it goes back; None where that can be made of what is in it."""
        message: dict[str, object] = {"role": "assistant", **self._kept}
        for key in REASONING:
            if key in self._thoughts:
                message[key] = "".join(self._thoughts[key])
        if self._details:
            message["reasoning_details"] = self._details.whole()
        if said := self._listed.whole() if self._listed else "".join(self._text):
            message["content"] = said
        calls = [part for part in content if isinstance(part, ToolCall)]
        words = [part for part in content if not isinstance(part, ToolCall)]
        if message == own_message(words, self._manners) and self._calls.are_told_by(calls):
            return None
        return {**message, "tool_calls": self._calls.native()} if calls else message

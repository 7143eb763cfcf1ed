"""What comes from Google, event by event, folded into one reply. Pure: no clock, no socket.

Rule 1: the same events give the same reply, however the stream was cut.
Rule 2: a signature stays with the part that brought it; signed parts are neither merged nor moved.
Rule 3: what is not known is counted and kept for the way back, and nothing else.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from sagent.errors import Illegal
from sagent.lib.blob import Blob
from sagent.lib.json import is_object
from sagent.protocols import Reply
from sagent.providers.faults import is_fault, is_told, unfinished
from sagent.providers.google import reading
from sagent.providers.google.arguments import Streamed
from sagent.providers.google.content import COUNTS, content_of, metering_of, usage_of
from sagent.providers.google.faults import told
from sagent.providers.google.parts import own_part
from sagent.providers.hearing import figures_of, integer, kept
from sagent.providers.metering import Metering
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ResponsePart, ToolCall
from sagent.schema.part import ErrorText
from sagent.schema.values import StopReason
from sagent.schema.wire import google as wire

Delta: TypeAlias = TextDelta | ThinkingDelta
"""What can be shown at once."""

STOPS: Final[Mapping[str, StopReason]] = {
    "MAX_TOKENS": "length",
    "SAFETY": "filter",
    "RECITATION": "filter",
    "BLOCKLIST": "filter",
    "PROHIBITED_CONTENT": "filter",
    "SPII": "filter",
    "MODEL_ARMOR": "filter",
    "IMAGE_SAFETY": "filter",
    "IMAGE_PROHIBITED_CONTENT": "filter",
    "IMAGE_RECITATION": "filter",
    "IMAGE_OTHER": "filter",
    "NO_IMAGE": "filter",
    "MALFORMED_FUNCTION_CALL": "malformed_call",
    "UNEXPECTED_TOOL_CALL": "malformed_call",
    "MALFORMED_RESPONSE": "malformed_call",
}
"""Why an answer ended, where that is not simply its end."""

WITHOUT_DATA: Final = frozenset(("thought", "thoughtSignature"))
"""What belongs to a part and is not its data."""

PLAIN: Final = frozenset(("text", "thought"))
"""What a part holds that can be joined to its neighbours."""

UNTHOUGHT: Final = (None, False, "false")
"""What `thought` says where a part is none: gateways write booleans as words."""

EVENT: Final = frozenset(wire.Response.__annotations__)
CANDIDATE: Final = frozenset(wire.Candidate.__annotations__)


class Draft:
    """A reply that is still being written."""

    def __init__(self, model: str, *, whole: bool) -> None:
        self._model = model
        self._whole = whole
        self._parts: list[wire.Part] = []
        self._pieces: list[str] = []
        self._thought = False
        self._call: Streamed | None = None
        self._finish = ""
        self._finish_message = ""
        self._usage: Mapping[str, object] = {}
        self._instead: Mapping[str, object] = {}
        self.unknown: Counter[str] = Counter()
        """How often something came that nobody here knows, by its name."""

    @property
    def complete(self) -> bool:
        """Whether the model has said that it is done."""
        runs = not self._pieces and bool(self._parts) and "executableCode" in self._parts[-1]
        return bool(self._finish) and not runs  # it says so, too, before code of its own is run

    @property
    def metering(self) -> Metering:
        """How it was served, and what of it has a price of its own."""
        return metering_of(self._usage)

    @property
    def _begun(self) -> bool:
        return bool(self._parts or self._pieces or self._call)

    def absorb(self, data: str) -> Sequence[Delta]:
        """Fold in one event; give what can be shown of it.

        Raises:
            ProviderError: it is not an event, or it says that something went wrong.
        """
        event = reading.response(data)
        if not event.keys() <= EVENT:
            self.unknown.update(event.keys() - EVENT)
            self._instead = event if EVENT.isdisjoint(event) else self._instead
        if error := event.get("error"):
            raise told(error, 200)
        if isinstance(version := event.get("modelVersion"), str):
            self._model = version or self._model
        if usage := event.get("usageMetadata"):
            self._count(usage)
        if feedback := event.get("promptFeedback"):
            self._block(feedback)
        shown: list[Delta] = []
        candidates = event.get("candidates") or ()
        if not candidates and is_told(event):
            self._instead = event
            if is_fault(event) and not self._finish:
                raise told(event, 200)
        for candidate in candidates:
            # Several answers cannot be asked for here; a second one would be a second voice in the first.
            if not candidate.get("index"):
                self._absorb(candidate, shown)
        return shown

    def finish(self) -> Reply:
        """The whole reply.

        Raises:
            ProviderError: it never became whole.
        """
        if not self._finish and not (self._whole and self._begun):
            raise unfinished("Google", {} if self._begun else self._instead, told)
        if self._finish == "MISSING_THOUGHT_SIGNATURE":
            raise Illegal("Google: a call in the history has lost its thought signature")
        self._end_run()
        parts = tuple(kept(part, "Google") for part in self._parts)
        content = content_of(self._parts)
        rebuilt: Sequence[Mapping[str, object]] = tuple(
            own for part in content if (own := own_part(part, _data))
        )
        stop = self._stop(content)
        if stop in {"filter", "malformed_call"}:
            reason = self._finish_message or self._finish
            content = (*content, ErrorText(content=f"Google stopped the answer: {reason}"))
        return Reply(
            content=content,
            model=self._model,
            stop=stop,
            usage=usage_of(figures_of(self._usage, COUNTS)),
            cost_usd=None,
            native=() if parts == rebuilt else parts,
        )

    def _count(self, usage: object) -> None:
        """The last figures hold, but for those that leave out the prompt."""
        if is_object(usage) and (integer(usage.get("promptTokenCount")) is not None or not self._usage):
            self._usage = usage

    def _block(self, feedback: object) -> None:
        """Take in what became of the prompt; there is no answer if it was blocked."""
        if is_object(feedback) and (reason := feedback.get("blockReason")):
            self._finish = f"the prompt was blocked: {reason}"
            self._finish_message = str(feedback.get("blockReasonMessage") or "")

    def _absorb(self, candidate: wire.Candidate, shown: list[Delta]) -> None:
        if not candidate.keys() <= CANDIDATE:
            self.unknown.update(candidate.keys() - CANDIDATE)
        content = candidate.get("content")
        for part in (content.get("parts") if content else None) or ():
            text = part.get("text")
            if text is None or not (len(part) == 1 or part.keys() <= PLAIN):
                self._end_run()
                self._take(part, shown)
            elif text:
                thought = part.get("thought") not in UNTHOUGHT
                if thought is not self._thought:
                    self._end_run()
                    self._thought = thought
                self._pieces.append(text)
                shown.append(ThinkingDelta(content=text) if thought else TextDelta(content=text))
        if finish := candidate.get("finishReason"):
            self._finish = finish
            self._finish_message = candidate.get("finishMessage") or ""

    def _take(self, part: wire.Part, shown: list[Delta]) -> None:
        """Keep a part that stands for itself."""
        call = part.get("functionCall")
        if call is not None and (self._call or call.get("willContinue") or call.get("partialArgs")):
            self._call = self._call or Streamed(part, call)
            whole = self._call.add(part, call)
            if whole:
                self._parts.append(whole)
                self._call = None
            return
        if not part:
            return
        if not part.keys() - WITHOUT_DATA:
            # Nothing but a signature: it goes back on an empty text, since a part must hold some data.
            part = {**part, "text": ""}
        if "thought" in part:
            part = {**part, "thought": part["thought"] not in UNTHOUGHT}
        text = part.get("text")
        if text and isinstance(text, str):
            shown.append(ThinkingDelta(content=text) if part.get("thought") else TextDelta(content=text))
        self.unknown.update(part.keys() - reading.KNOWN)
        self._parts.append(part)

    def _end_run(self) -> None:
        """Make one part of the pieces of text that came one after the other."""
        if self._pieces:
            text = "".join(self._pieces)
            self._parts.append({"text": text, "thought": True} if self._thought else {"text": text})
            self._pieces = []

    def _stop(self, content: Sequence[ResponsePart]) -> StopReason:
        if self._finish.startswith("the prompt was blocked"):
            return "filter"
        called = any(isinstance(part, ToolCall) for part in content)
        return STOPS.get(self._finish, "tool_calls" if called else "end")


def _data(blob: Blob) -> bytes:
    return blob.data or b""

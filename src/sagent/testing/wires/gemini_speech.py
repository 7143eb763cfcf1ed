"""How Gemini writes a response: as events, as one array, or whole."""

import base64
import json
from collections.abc import Sequence
from typing import Final

from sagent.errors import UsageError
from sagent.lib.json import EMPTY, JsonObject, JsonValue, json_text
from sagent.messages.words import plain
from sagent.providers.google.catalog import is_signed
from sagent.schema.message import ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Text, Thinking
from sagent.schema.values import StopReason, Usage
from sagent.testing.script import Piece, tokens_of
from sagent.testing.wire import Asking, Ending
from sagent.testing.wires.signatures import signature

_FINISH: Final[dict[StopReason, str]] = {
    "end": "STOP",
    "tool_calls": "STOP",
    "length": "MAX_TOKENS",
    "pause": "OTHER",
    "refusal": "PROHIBITED_CONTENT",
    "filter": "SAFETY",
    "malformed_call": "MALFORMED_FUNCTION_CALL",
    "interrupted": "OTHER",
    "failed": "OTHER",
}


class GeminiSpeech:
    """One response. From Gemini 3 on, calls have ids, the first is signed, and an event of its own closes."""

    def __init__(self, asking: Asking, number: int) -> None:
        self._model = asking.model
        self._manner = asking.manner
        self._number = number
        self._late = is_signed(asking.model)
        self._prompt = len(json_text(asking.body)) // 4
        self._said = 0
        self._thought = 0
        self._calls = 0
        self._sent = 0
        self._parts: list[JsonObject] = []

    @property
    def media_type(self) -> str:
        """An event stream, or JSON."""
        return "text/event-stream" if self._manner == "sse" else "application/json; charset=UTF-8"

    @property
    def streams(self) -> bool:
        """Whether pieces are sent as they are said."""
        return self._manner != "whole"

    def say(self, piece: Piece, /) -> bytes:
        """One event with one part; nothing yet where the response is sent whole."""
        part = self._part(piece)
        if not self.streams:
            self._keep(part)
            return b""
        return self._event(self._chunk([part], "", self._usage()))

    def end(self, piece: Piece | None, ending: Ending, /) -> bytes:
        """The event with the finish reason, and the end of the array."""
        finish = _FINISH[ending.stop]
        if not self.streams:
            if piece is not None:
                self._keep(self._part(piece))
            return (
                json.dumps(self._chunk(self._parts, finish, self._usage(ending.usage)), indent=2).encode()
                + b"\n"
            )
        if piece is not None and not self._late:
            parts = [self._part(piece)]
            return self._event(self._chunk(parts, finish, self._usage(ending.usage))) + self._close()
        before = b"" if piece is None else self.say(piece)
        return (
            before
            + self._event(self._chunk([{"text": ""}], finish, self._usage(ending.usage)))
            + self._close()
        )

    def garble(self, data: bytes, /) -> bytes:
        """These bytes, framed as an event would be."""
        return self._framed(data)

    def fail(self, body: JsonValue, /) -> bytes:
        """The error as an event, after which nothing comes."""
        return self._event(body) + self._close()

    def _keep(self, part: JsonObject) -> None:
        """The pieces of a text are one text again where the response is sent whole."""
        before = self._parts[-1] if self._parts else EMPTY
        if part.keys() == before.keys() and part.keys() <= {"text", "thought"}:
            self._parts[-1] = {**part, "text": f"{before['text']}{part['text']}"}
        else:
            self._parts.append(part)

    def _part(self, piece: Piece) -> JsonObject:
        match piece:
            case Text():
                self._said += tokens_of(piece)
                return {"text": piece.content}
            case Thinking():
                self._thought += tokens_of(piece)
                signed = {"thoughtSignature": piece.signature} if piece.signature else {}
                return {"text": piece.content, "thought": True, **signed}
            case ToolCall():
                self._said += tokens_of(piece)
                return self._call(piece)
            case Image() | Audio() | Document() | Foreign():
                self._said += tokens_of(piece)
                return {"inlineData": _inline(piece)}
            case ErrorText() | Data():
                self._said += tokens_of(piece)
                return {"text": plain(piece)}

    def _call(self, piece: ToolCall) -> JsonObject:
        self._calls += 1
        function: dict[str, JsonValue] = {"name": piece.tool, "args": piece.content}
        if not self._late:
            return {"functionCall": function}
        function["id"] = piece.vendor_id or f"call{self._number}x{self._calls}"
        part: JsonObject = {"functionCall": function}
        return {**part, "thoughtSignature": signature(part)} if self._calls == 1 else part

    def _chunk(self, parts: Sequence[JsonObject], finish: str, usage: JsonObject) -> JsonObject:
        ending: JsonObject = {"finishReason": finish} if finish else {}
        return {
            "candidates": [{"content": {"parts": parts, "role": "model"}, **ending, "index": 0}],
            "usageMetadata": usage,
            "modelVersion": self._model,
            "responseId": f"loopback-{self._number}",
        }

    def _usage(self, told: Usage | None = None) -> JsonObject:
        prompt, thought, said, cached = self._prompt, self._thought, self._said, 0
        if told is not None:
            prompt, thought, cached = told.input_tokens, told.reasoning_tokens, told.cache_read_tokens
            said = told.output_tokens - thought
        counts: dict[str, JsonValue] = {"promptTokenCount": prompt}
        if said:  # Google leaves it out where there were only thoughts
            counts["candidatesTokenCount"] = said
        counts["totalTokenCount"] = prompt + thought + said
        if cached:
            counts["cachedContentTokenCount"] = cached
        counts["promptTokensDetails"] = ({"modality": "TEXT", "tokenCount": prompt},)
        if thought:
            counts["thoughtsTokenCount"] = thought
        return counts

    def _event(self, event: JsonValue) -> bytes:
        indent = 2 if self._manner == "array" else None
        return self._framed(json.dumps(event, indent=indent).encode())

    def _framed(self, data: bytes) -> bytes:
        self._sent += 1
        match self._manner:
            case "sse":
                return b"data: " + data + b"\r\n\r\n"
            case "array":
                return (b"[" if self._sent == 1 else b",\r\n") + data + b"\n"
            case _:
                return data

    def _close(self) -> bytes:
        return b"]" if self._manner == "array" else b""


def _inline(part: Image | Audio | Document | Foreign) -> JsonObject:
    if part.content.data is None:
        raise UsageError("a script must carry the bytes of its pictures and files: use Blob.of(...)")
    media_type = part.media_type if isinstance(part, Foreign) else part.descriptor
    return {"mimeType": media_type, "data": base64.b64encode(part.content.data).decode()}

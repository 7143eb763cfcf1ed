"""How Anthropic's Messages write a response: as events, or whole."""

import json
from collections.abc import Mapping
from typing import Final

from sagent.lib.json import JsonObject, JsonValue, json_text
from sagent.messages.words import plain
from sagent.providers.anthropic.blocks import ID
from sagent.schema.message import ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Text, Thinking
from sagent.schema.values import StopReason, Usage
from sagent.testing.script import Piece, tokens_of
from sagent.testing.wire import Asking, Ending
from sagent.testing.wires.bindings import bound, history

_STOP: Final[Mapping[StopReason, str]] = {
    "end": "end_turn",
    "tool_calls": "tool_use",
    "length": "max_tokens",
    "pause": "pause_turn",
    "refusal": "refusal",
    "filter": "refusal",
    "malformed_call": "end_turn",
    "interrupted": "end_turn",
    "failed": "end_turn",
}


class MessagesSpeech:
    """One response: texts and thoughts in pieces, calls with their input in two, and a ping in between."""

    def __init__(self, asking: Asking, number: int) -> None:
        self._model = asking.model
        self._streamed = asking.manner == "sse"
        self._number = number
        self._prompt = len(json_text(asking.body)) // 4
        self._history = history(asking.body)
        self._said = 0
        self._thought = 0
        self._calls = 0
        self._begun = False
        self._open: dict[str, JsonValue] = {}
        self._blocks: list[JsonObject] = []

    @property
    def media_type(self) -> str:
        """An event stream, or JSON."""
        return "text/event-stream; charset=utf-8" if self._streamed else "application/json"

    @property
    def streams(self) -> bool:
        """Whether pieces are sent as they are said."""
        return self._streamed

    def say(self, piece: Piece, /) -> bytes:
        """The events of one piece; nothing yet where the response is sent whole."""
        events = self._begin()
        self._said += tokens_of(piece)
        match piece:
            case Thinking():
                self._thought += tokens_of(piece)
                events += self._grow("thinking", piece.content)
                if piece.signature:
                    self._open["signature"] = piece.signature
                    events += self._close()
            case ToolCall():
                events += self._close() + self._call(piece)
            case Text() | ErrorText() | Data() | Image() | Audio() | Document() | Foreign():
                events += self._grow("text", plain(piece))
        return events if self._streamed else b""

    def end(self, piece: Piece | None, ending: Ending, /) -> bytes:
        """The last block, why the response stops, and what it consumed."""
        events = self._begin() + (b"" if piece is None else self.say(piece)) + self._close()
        if ending.stop == "pause":
            # The provider pauses in the work of its own tools, so a call of one of them stands last.
            search: JsonObject = {
                "type": "server_tool_use",
                "id": f"srvtoolu_{self._number:04}",
                "name": "web_search",
                "input": {"query": "what is new"},
            }
            events += self._stand(search)
        stop: JsonObject = {"stop_reason": _STOP[ending.stop], "stop_sequence": None}
        usage = self._usage(ending.usage)
        if not self._streamed:
            return json.dumps({**self._message(), "content": self._blocks, **stop, "usage": usage}).encode()
        return (
            events
            + self._event({"type": "message_delta", "delta": stop, "usage": usage})
            + self._event({"type": "message_stop"})
        )

    def garble(self, data: bytes, /) -> bytes:
        """These bytes, framed as an event would be."""
        return b"event: content_block_delta\ndata: " + data + b"\n\n"

    def fail(self, body: JsonValue, /) -> bytes:
        """The error as an event, after which nothing comes."""
        return b"event: error\ndata: " + json.dumps(body).encode() + b"\n\n"

    def _begin(self) -> bytes:
        if self._begun or not self._streamed:
            return b""
        self._begun = True
        start: JsonObject = {
            **self._message(),
            "content": (),
            "stop_reason": None,
            "usage": {**self._usage(), "output_tokens": 1},
        }
        return self._event({"type": "message_start", "message": start}) + self._event({"type": "ping"})

    def _message(self) -> JsonObject:
        return {
            "id": f"msg_loopback{self._number:04}",
            "type": "message",
            "role": "assistant",
            "model": self._model,
        }

    def _grow(self, kind: str, words: str) -> bytes:
        """One more piece of a text or a thought, in a block of its own if none is open."""
        events = b"" if self._open.get("type") == kind else self._close()
        if not self._open:
            self._open = {"type": kind, kind: ""}
            if kind == "thinking" and not self._model.startswith("MiniMax-"):
                self._open["signature"] = ""
            events += self._event(
                {"type": "content_block_start", "index": len(self._blocks), "content_block": dict(self._open)}
            )
        self._open[kind] = f"{self._open[kind]}{words}"
        return events + self._delta({"type": f"{kind}_delta", kind: words})

    def _close(self) -> bytes:
        """End the block that is open; a thought is signed then."""
        if not self._open:
            return b""
        block, events = self._open, b""
        if block["type"] == "thinking":
            before = [*self._history, *(("assistant", said) for said in self._blocks)]
            block["signature"] = block.get("signature") or bound(self._model, str(block["thinking"]), before)
            events = self._delta({"type": "signature_delta", "signature": block["signature"]})
        events += self._event({"type": "content_block_stop", "index": len(self._blocks)})
        self._blocks.append(block)
        self._open = {}
        return events

    def _call(self, piece: ToolCall) -> bytes:
        self._calls += 1
        call_id = (
            piece.vendor_id if ID.fullmatch(piece.vendor_id) else f"toolu_{self._number:04}x{self._calls}"
        )
        spelled = piece.raw or json.dumps(piece.content)
        half = len(spelled) // 2
        block: JsonObject = {"type": "tool_use", "id": call_id, "name": piece.tool, "input": piece.content}
        return self._stand(block, "", *((spelled[:half], spelled[half:]) if spelled != "{}" else ()))

    def _stand(self, block: JsonObject, *spelled: str) -> bytes:
        """A block that comes with its input, or whose input comes piece by piece."""
        index = len(self._blocks)
        start: JsonObject = {**block, "input": {}} if spelled else block
        events = self._event({"type": "content_block_start", "index": index, "content_block": start})
        for piece in spelled:
            events += self._delta({"type": "input_json_delta", "partial_json": piece})
        self._blocks.append(block)
        return events + self._event({"type": "content_block_stop", "index": index})

    def _delta(self, delta: JsonObject) -> bytes:
        return self._event({"type": "content_block_delta", "index": len(self._blocks), "delta": delta})

    def _event(self, event: JsonObject) -> bytes:
        data = json.dumps(event, separators=(",", ":"))
        # Anthropic pads its events, so that their sizes tell nothing.
        padded = f"{data[:-1]}{' ' * (len(data) % 7)}}}"
        return f"event: {event['type']}\ndata: {padded}\n\n".encode()

    def _usage(self, told: Usage | None = None) -> JsonObject:
        if told is None:
            return self._counts(self._prompt, 0, 0, 0, self._said, self._thought)
        cached = told.cache_read_tokens + told.cache_write_tokens + told.cache_write_1h_tokens
        return self._counts(
            told.input_tokens - cached,
            told.cache_read_tokens,
            told.cache_write_tokens,
            told.cache_write_1h_tokens,
            told.output_tokens,
            told.reasoning_tokens,
        )

    def _counts(self, *counts: int) -> JsonObject:
        fresh, read, minutes, hour, output, thought = counts
        return {
            "input_tokens": fresh,
            "cache_creation_input_tokens": minutes + hour,
            "cache_read_input_tokens": read,
            "cache_creation": {"ephemeral_5m_input_tokens": minutes, "ephemeral_1h_input_tokens": hour},
            "output_tokens": output,
            "output_tokens_details": {"thinking_tokens": thought},
        }

"""How a server of Chat Completions writes an answer: as events, or whole."""

import json
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from sagent.lib.json import JsonObject, JsonValue, json_text
from sagent.messages.words import plain
from sagent.schema.message import ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Text, Thinking
from sagent.schema.values import StopReason, Usage
from sagent.testing.script import Piece, tokens_of
from sagent.testing.wire import Asking, Ending
from sagent.testing.wires.signatures import signature

Thoughts: TypeAlias = Literal["hidden", "content", "details"]
"""What is seen of thoughts: nothing, `reasoning_content`, or `reasoning` with signed `reasoning_details`."""

_FINISH: Final[Mapping[StopReason, str]] = {
    "end": "stop",
    "tool_calls": "tool_calls",
    "length": "length",
    "pause": "stop",
    "refusal": "refusal",
    "filter": "content_filter",
    "malformed_call": "function_call_filter: MALFORMED_FUNCTION_CALL",
    "interrupted": "error",
    "failed": "error",
}


class ChatSpeech:
    """One answer. Calls come in two pieces; usage in an event of its own, if it was asked for."""

    def __init__(self, asking: Asking, number: int, thoughts: Thoughts) -> None:
        self._model = asking.model
        self._manner = asking.manner
        self._number = number
        self._thoughts = thoughts
        self._prompt = len(json_text(asking.body)) // 4
        self._said = 0
        self._thought = 0
        self._unsigned: list[str] = []
        self._calls = 0
        self._begun = False
        self._message: dict[str, JsonValue] = {"role": "assistant", "content": None}

    @property
    def media_type(self) -> str:
        """An event stream, or JSON."""
        return "text/event-stream; charset=utf-8" if self.streams else "application/json"

    @property
    def streams(self) -> bool:
        """Whether pieces are sent as they are said."""
        return self._manner != "whole"

    def say(self, piece: Piece, /) -> bytes:
        """The events of one piece; nothing yet where the answer is sent whole."""
        tokens = tokens_of(piece)
        self._said += tokens
        match piece:
            case Thinking():
                self._thought += tokens
                return self._think(piece.content)
            case Text():
                return self._signed() + self._send({"content": piece.content})
            case ToolCall():
                return self._signed() + self._call(piece)
            case ErrorText() | Data() | Image() | Audio() | Document() | Foreign():
                return self._signed() + self._send({"content": plain(piece)})

    def end(self, piece: Piece | None, ending: Ending, /) -> bytes:
        """The last piece, the finish reason, and what was consumed."""
        last = (b"" if piece is None else self.say(piece)) + self._signed()
        finish = "tool_calls" if self._calls and ending.stop == "end" else _FINISH[ending.stop]
        usage = self._usage(ending.usage)
        if not self.streams:
            choice: JsonObject = {
                "index": 0,
                "message": self._message,
                "logprobs": None,
                "finish_reason": finish,
            }
            return json.dumps(self._body("chat.completion", choice) | {"usage": usage}).encode()
        last += self._event(self._body("chat.completion.chunk", _choice({}, finish)))
        if self._manner == "counted":
            last += self._event(self._body("chat.completion.chunk") | {"usage": usage})
        return last + b"data: [DONE]\n\n"

    def garble(self, data: bytes, /) -> bytes:
        """These bytes, framed as an event would be."""
        return b"data: " + data + b"\n\n"

    def fail(self, body: JsonValue, /) -> bytes:
        """The error as an event, after which nothing comes."""
        return self._event(body)

    def _think(self, words: str) -> bytes:
        if self._thoughts == "hidden":
            return b""
        if self._thoughts == "content":
            return self._send({"reasoning_content": words})
        self._unsigned.append(words)
        return self._send({"reasoning": words, "reasoning_details": [self._detail(text=words)]})

    def _signed(self) -> bytes:
        """The proof of the thoughts that have just ended."""
        thought, self._unsigned = "".join(self._unsigned), []
        return (
            self._send({"reasoning_details": [self._detail(signature=signature({"text": thought}))]})
            if thought
            else b""
        )

    def _detail(self, **more: str) -> JsonObject:
        return {"type": "reasoning.text", "format": "anthropic-claude-v1", "index": 0, **more}

    def _call(self, call: ToolCall) -> bytes:
        index, self._calls = self._calls, self._calls + 1
        call_id = call.vendor_id or f"call_{self._number}x{self._calls}"
        arguments = call.raw or json_text(call.content)
        function: JsonObject = {"name": call.tool, "arguments": arguments if not self.streams else ""}
        first: JsonObject = {"id": call_id, "type": "function", "function": function}
        if not self.streams:
            return self._send({"tool_calls": [first]})
        first = {"index": index, **first}
        then: JsonObject = {"index": index, "function": {"arguments": arguments}}
        return self._send({"tool_calls": [first]}) + self._send({"tool_calls": [then]})

    def _send(self, delta: Mapping[str, JsonValue]) -> bytes:
        if not self.streams:
            for key, value in delta.items():
                self._message[key] = _joined(self._message.get(key), value)
            return b""
        if not self._begun:
            self._begun = True
            delta = {"role": "assistant", **delta}
        return self._event(self._body("chat.completion.chunk", _choice(delta, None)))

    def _body(self, kind: str, *choices: JsonObject) -> dict[str, JsonValue]:
        return {
            "id": f"chatcmpl-loopback-{self._number}",
            "object": kind,
            "created": 1_780_000_000,
            "model": self._model,
            "choices": choices,
        }

    def _usage(self, told: Usage | None) -> JsonObject:
        prompt, thought, output, cached = self._prompt, self._thought, self._said, 0
        if told is not None:
            prompt, thought, cached = told.input_tokens, told.reasoning_tokens, told.cache_read_tokens
            output = told.output_tokens
        return {
            "prompt_tokens": prompt,
            "completion_tokens": output,
            "total_tokens": prompt + output,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens_details": {"reasoning_tokens": thought},
        }

    def _event(self, event: JsonValue) -> bytes:
        return f"data: {json.dumps(event)}\n\n".encode()


def _choice(delta: JsonObject, finish: str | None) -> JsonObject:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _joined(before: JsonValue, value: JsonValue) -> JsonValue:
    """What was said in pieces, as it is said at once; the proof of a thought joins its thought."""
    if isinstance(before, str) and isinstance(value, str):
        return before + value
    if not (isinstance(before, list) and isinstance(value, list)):
        return value
    last, piece = before[-1], value[0]
    if isinstance(last, dict) and isinstance(piece, dict) and last.get("type") == "reasoning.text":
        text = f"{last.get('text', '')}{piece.get('text', '')}"
        return [*before[:-1], {**last, **piece, "text": text}]
    return [*before, *value]

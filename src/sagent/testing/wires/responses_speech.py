"""How OpenAI writes a response: as events, item by item, or whole."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from sagent.errors import UsageError
from sagent.lib.json import JsonObject, JsonValue, json_text
from sagent.messages.words import plain
from sagent.schema.message import ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Text, Thinking
from sagent.schema.values import StopReason, Usage
from sagent.testing.script import Piece, tokens_of
from sagent.testing.wire import Asking, Ending
from sagent.testing.wires.seals import item_id, seal

Kind: TypeAlias = Literal["", "text", "refusal", "reasoning"]
"""What is being said; calls and pictures are said at once."""

_INCOMPLETE: Final[Mapping[StopReason, str]] = {"length": "max_output_tokens", "filter": "content_filter"}


class ResponsesSpeech:
    """One response. Its reasoning is told, and is sealed, where the request asks for that."""

    def __init__(self, asking: Asking, number: int) -> None:
        reasoning, include = asking.body.get("reasoning"), asking.body.get("include") or ()
        self._model = asking.model
        self._streams = asking.manner == "sse"
        self._number = number
        self._told = isinstance(reasoning, Mapping) and bool(reasoning.get("summary"))
        self._sealed = isinstance(include, Sequence) and "reasoning.encrypted_content" in include
        self._prompt = len(json_text(asking.body)) // 4
        self._said = 0
        self._thought = 0
        self._sequence = 0
        self._items: list[JsonObject] = []
        self._kind: Kind = ""
        self._words: list[str] = []
        self._reasoning = ""

    @property
    def media_type(self) -> str:
        """An event stream, or JSON."""
        return "text/event-stream; charset=utf-8" if self._streams else "application/json"

    @property
    def streams(self) -> bool:
        """Whether pieces are sent as they are said."""
        return self._streams

    def say(self, piece: Piece, /) -> bytes:
        """The events of one piece; nothing yet where the response is sent whole."""
        return self._sent([*self._begun(), *self._piece(piece, "text")])

    def end(self, piece: Piece | None, ending: Ending, /) -> bytes:
        """What is left to say, and the response as it is now."""
        cut = _INCOMPLETE.get(ending.stop)
        events = self._begun()
        if piece is not None:
            events += self._piece(piece, "refusal" if ending.stop == "refusal" else "text")
        events += self._ended("incomplete" if cut else "completed")
        status = "incomplete" if cut else "completed"
        response = self._response(status, ending.usage)
        response["incomplete_details"] = {"reason": cut} if cut else None
        if not self._streams:
            return json.dumps(response, indent=2).encode() + b"\n"
        return self._sent([*events, {"type": f"response.{status}", "response": response}])

    def garble(self, data: bytes, /) -> bytes:
        """These bytes, framed as an event would be."""
        return b"data: " + data + b"\n\n"

    def fail(self, body: JsonValue, /) -> bytes:
        """The error as an event, and the response that has failed by it."""
        error = body.get("error") if isinstance(body, Mapping) else body
        failed = {**self._response("failed", None), "error": error}
        return self._sent(
            [{"type": "error", "error": error}, {"type": "response.failed", "response": failed}]
        )

    def _begun(self) -> list[JsonObject]:
        if self._sequence:
            return []
        response = self._response("in_progress", None)
        return [{"type": f"response.{kind}", "response": response} for kind in ("created", "in_progress")]

    def _piece(self, piece: Piece, kind: Kind) -> list[JsonObject]:
        if isinstance(piece, Thinking):
            self._thought += tokens_of(piece)
            return self._word(piece.content, "reasoning")
        self._said += tokens_of(piece)
        match piece:
            case Text():
                return self._word(piece.content, kind)
            case ToolCall():
                return [*self._ended(), *self._call(piece)]
            case Image():
                return [*self._ended(), *self._picture(piece)]
            case ErrorText() | Data() | Audio() | Document() | Foreign():
                return self._word(plain(piece), kind)

    def _word(self, word: str, kind: Kind) -> list[JsonObject]:
        """A delta, and before it what opens the item where another one was open."""
        events = []
        if kind != self._kind:
            events = self._ended()
            self._kind = kind
            added: JsonObject = {"item": self._item("in_progress"), "output_index": len(self._items)}
            events.append({"type": "response.output_item.added", **added})
            if kind == "reasoning" and self._told:
                part = {"type": "summary_text", "text": ""}
                events.append(self._at({"type": "response.reasoning_summary_part.added", "part": part}))
            elif kind != "reasoning":
                events.append(self._at({"type": "response.content_part.added", "part": self._part("")}))
        self._words.append(word)
        if kind == "reasoning" and not self._told:
            return events
        name = {"text": "output_text", "refusal": "refusal"}.get(kind, "reasoning_summary_text")
        extra: JsonObject = {"logprobs": (), "obfuscation": "x" * (len(word) % 5)} if kind == "text" else {}
        return [*events, self._at({"type": f"response.{name}.delta", "delta": word, **extra})]

    def _ended(self, status: str = "completed") -> list[JsonObject]:
        """What closes the item that is open."""
        if not self._kind:
            return []
        kind, item, text = self._kind, self._item(status), "".join(self._words)
        events: list[JsonObject] = []
        if kind == "reasoning":
            if self._told:
                part: JsonObject = {"type": "summary_text", "text": text}
                events.append(self._at({"type": "response.reasoning_summary_text.done", "text": text}))
                events.append(self._at({"type": "response.reasoning_summary_part.done", "part": part}))
            self._reasoning = str(item["id"])
        else:
            name, key = ("output_text", "text") if kind == "text" else ("refusal", "refusal")
            events.append(self._at({"type": f"response.{name}.done", key: text}))
            events.append(self._at({"type": "response.content_part.done", "part": self._part(text)}))
        events.append({"type": "response.output_item.done", "item": item})
        self._kind, self._words = "", []
        return self._kept(events, item)

    def _item(self, status: str) -> JsonObject:
        """The item that is open, as it stands."""
        text = "".join(self._words)
        if self._kind == "reasoning":
            name = item_id("rs", self._number, len(self._items))
            summary = ({"type": "summary_text", "text": text},) if self._told and text else ()
            sealed = {"encrypted_content": seal(name, summary)} if self._sealed else {}
            return {"id": name, "type": "reasoning", **sealed, "summary": summary}
        name = item_id("msg", self._number, len(self._items), self._reasoning)
        content = (self._part(text),) if self._words else ()
        return {"id": name, "type": "message", "status": status, "role": "assistant", "content": content}

    def _part(self, text: str) -> JsonObject:
        if self._kind == "refusal":
            return {"type": "refusal", "refusal": text}
        return {"type": "output_text", "annotations": (), "logprobs": (), "text": text}

    def _call(self, piece: ToolCall) -> list[JsonObject]:
        index = len(self._items)
        arguments = piece.raw or json_text(piece.content)
        name = item_id("fc", self._number, index, self._reasoning)
        call_id = piece.vendor_id or f"call_{self._number:012x}{index:012x}"
        item: JsonObject = {
            "id": name,
            "type": "function_call",
            "status": "completed",
            "arguments": arguments,
            "call_id": call_id,
            "name": piece.tool,
        }
        begun = {**item, "status": "in_progress", "arguments": ""}
        half = len(arguments) // 2
        events: list[JsonObject] = [
            {"type": "response.output_item.added", "item": begun},
            *(
                {"type": "response.function_call_arguments.delta", "item_id": name, "delta": bite}
                for bite in (arguments[:half], arguments[half:])
                if bite
            ),
            {"type": "response.function_call_arguments.done", "item_id": name, "arguments": arguments},
            {"type": "response.output_item.done", "item": item},
        ]
        return self._kept(events, item)

    def _picture(self, piece: Image) -> list[JsonObject]:
        if piece.content.data is None:
            raise UsageError("a script must carry the bytes of its pictures: use Blob.of(...)")
        item: JsonObject = {
            "id": item_id("ig", self._number, len(self._items), self._reasoning),
            "type": "image_generation_call",
            "status": "completed",
            "output_format": piece.descriptor.removeprefix("image/"),
            "result": base64.b64encode(piece.content.data).decode(),
        }
        return self._kept([{"type": "response.output_item.done", "item": item}], item)

    def _kept(self, events: Sequence[JsonObject], item: JsonObject) -> list[JsonObject]:
        """The events with the number of the item, which is one of the response's now."""
        index = len(self._items)
        self._items.append(item)
        return [{**event, "output_index": index} for event in events]

    def _at(self, event: JsonObject) -> JsonObject:
        place = "summary_index" if self._kind == "reasoning" else "content_index"
        return {**event, "item_id": str(self._item("")["id"]), "output_index": len(self._items), place: 0}

    def _sent(self, events: Sequence[JsonObject]) -> bytes:
        if not self._streams:
            return b""
        framed: list[bytes] = []
        for event in events:
            numbered = {**event, "sequence_number": self._sequence}
            framed.append(f"event: {event['type']}\ndata: {json.dumps(numbered)}\n\n".encode())
            self._sequence += 1
        return b"".join(framed)

    def _response(self, status: str, told: Usage | None) -> dict[str, JsonValue]:
        over = status not in {"in_progress", "failed"}
        return {
            "id": f"resp_{self._number:032x}",
            "object": "response",
            "created_at": 1_790_000_000 + self._number,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": self._model,
            "output": tuple(self._items) if over else (),
            "parallel_tool_calls": True,
            "store": False,
            "usage": self._usage(told) if over else None,
        }

    def _usage(self, told: Usage | None) -> JsonObject:
        prompt, cached, written = self._prompt, 0, 0
        out, thought = self._said + self._thought, self._thought
        if told is not None:
            prompt, cached, written = told.input_tokens, told.cache_read_tokens, told.cache_write_tokens
            out, thought = told.output_tokens, told.reasoning_tokens
        return {
            "input_tokens": prompt,
            "input_tokens_details": {"cache_write_tokens": written, "cached_tokens": cached},
            "output_tokens": out,
            "output_tokens_details": {"reasoning_tokens": thought},
            "total_tokens": prompt + out,
        }

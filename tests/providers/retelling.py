"""What a recorded request told its model, turn by turn, whichever wire it went over."""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

from sagent.lib.blob import Blob
from sagent.lib.json import json_freeze
from sagent.schema.part import Audio, Data, Document, Foreign, Image, Part, Text
from tests.providers.recordings import Recording

Object: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Said:
    """The user spoke."""

    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Answered:
    """The model spoke; this is its server's answer as one body."""

    body: object
    called: Sequence[str]
    """How it named its calls, in order."""


@dataclass(frozen=True, slots=True)
class Came:
    """This came of the call of that name."""

    call: str
    parts: Sequence[Part]
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Instructed:
    """Another system prompt."""

    words: str


Turn: TypeAlias = Said | Answered | Came | Instructed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool as it was offered."""

    name: str
    description: str
    schema: Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that one request says of its conversation."""

    turns: Sequence[Turn]
    tools: Sequence[Tool]


def told(api: str, recording: Recording) -> Told | None:
    """The conversation of a recorded request; None where there was none."""
    asked = recording.asked
    read, place = READERS[api]
    if not isinstance(asked, Mapping) or not asked.get(place):
        return None
    found = tuple(turn for turn in read(asked) if not isinstance(turn, Said) or _says_anything(turn.parts))
    return Told(turns=found, tools=tuple(_tools(asked))) if found else None


def _says_anything(parts: Sequence[Part]) -> bool:
    return any(not isinstance(part, Text) or part.content.strip() for part in parts)


def _messages(asked: Object) -> Iterator[Turn]:
    if words := _words(asked.get("system")):
        yield Instructed(words)
    for message in _objects(asked["messages"]):
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else [*_objects(content)]
        if message["role"] == "assistant":
            yield Answered(
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [*map(_unmarked, blocks)],
                    "stop_reason": "tool_use" if _are(blocks, "tool_use") else "end_turn",
                },
                [str(block["id"]) for block in _are(blocks, "tool_use")],
            )
            continue
        for block in _are(blocks, "tool_result"):
            inner = block.get("content", ())
            parts = [Text(content=inner)] if isinstance(inner, str) else [*map(_part, _objects(inner))]
            yield Came(str(block["tool_use_id"]), parts, bool(block.get("is_error")))
        yield Said([_part(block) for block in blocks if block["type"] != "tool_result"])


def _chat(asked: Object) -> Iterator[Turn]:
    for message in _objects(asked["messages"]):
        content = message.get("content")
        parts = [Text(content=content)] if isinstance(content, str) else [*map(_part, _objects(content))]
        match message["role"]:
            case "assistant":
                calls = [*_objects(message.get("tool_calls"))]
                choice = {
                    "index": 0,
                    "message": _unmarked(message),
                    "finish_reason": "tool_calls" if calls else "stop",
                }
                yield Answered({"choices": [choice]}, [str(call["id"]) for call in calls])
            case "tool":
                yield Came(str(message.get("tool_call_id")), parts)
            case "user":
                yield Said(parts)
            case _:
                yield Instructed("\n".join(part.content for part in parts if isinstance(part, Text)))


def _responses(asked: Object) -> Iterator[Turn]:
    if isinstance(words := asked.get("instructions"), str) and words:
        yield Instructed(words)
    given = asked["input"]
    if isinstance(given, str):
        yield Said([Text(content=given)])
        return
    for own, items in groupby(_objects(given), _is_own):
        if own:
            made = [_item(item, number) for number, item in enumerate(items)]
            calls = [str(item["call_id"]) for item in _are(made, "function_call")]
            yield Answered({"object": "response", "status": "completed", "output": made}, calls)
            continue
        for item in items:
            content = item.get("content", item.get("output"))
            parts = [Text(content=content)] if isinstance(content, str) else [*map(_part, _objects(content))]
            if item.get("type") == "function_call_output":
                yield Came(str(item["call_id"]), parts)
            elif item.get("role") in {"system", "developer"}:
                yield Instructed("\n".join(part.content for part in parts if isinstance(part, Text)))
            elif item.get("role") == "user":
                yield Said(parts)


def _is_own(item: Object) -> bool:
    """Whether the model has made an item."""
    if item.get("type", "message") == "message":
        return item.get("role") == "assistant"
    return item["type"] not in {"function_call_output", "additional_tools"}


def _item(item: Object, number: int) -> Object:
    """An item as the server sent it, where it was told in fewer words."""
    if item.get("type", "message") != "message":
        return item
    content = item["content"]
    if isinstance(content, str):
        content = [{"type": "output_text", "text": content, "annotations": []}]
    return {"id": f"msg_{number}", **item, "type": "message", "status": "completed", "content": content}


def _google(asked: Object) -> Iterator[Turn]:
    system = asked.get("systemInstruction") or asked.get("system_instruction")
    if isinstance(system, Mapping) and (words := _words(system.get("parts"))):
        yield Instructed(words)
    for content in _objects(asked["contents"]):
        parts = [_camel(part) for part in _objects(content.get("parts"))]
        if content.get("role") == "model":
            calls = [call for part in parts for call in _objects([part.get("functionCall")])]
            candidate = {"index": 0, "content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
            yield Answered({"candidates": [candidate]}, [str(call["name"]) for call in calls])
            continue
        for part in parts:
            for came in _objects([part.get("functionResponse")]):
                answer = came["response"]
                failed = isinstance(answer, Mapping) and "error" in answer
                beside = [_googles(_camel(inner)) for inner in _objects(came.get("parts"))]
                yield Came(str(came["name"]), [*_outcome(answer), *beside], failed)
        yield Said([_googles(part) for part in parts if "functionResponse" not in part])


def _outcome(answer: object) -> Sequence[Part]:
    """What a tool said: words, where there is nothing else in the object around them."""
    match [*answer.values()] if isinstance(answer, Mapping) else answer:
        case [str(words)]:
            return (Text(content=words),)
        case []:
            return ()
        case _:
            return (Data(content=json_freeze(answer)),)


def _googles(part: Object) -> Part:
    inline = part.get("inlineData")
    if isinstance(inline, Mapping):
        return _file(str(inline.get("mimeType", inline.get("mime_type"))), str(inline["data"]))
    return Text(content=str(part["text"])) if "text" in part else _unread(part)


CAMELS: Final[Mapping[str, str]] = {
    "function_call": "functionCall",
    "function_response": "functionResponse",
    "thought_signature": "thoughtSignature",
    "inline_data": "inlineData",
}
"""Names that clients may spell otherwise than servers."""


def _camel(part: Object) -> Object:
    return {CAMELS.get(key, key): value for key, value in part.items()}


def _part(block: Object) -> Part:
    """A part of what a user, or a tool, says in the words of Anthropic's or OpenAI's wires."""
    match block:
        case {"text": str(words)}:
            return Text(content=words)
        case {"source": {"media_type": str(media), "data": str(data), "type": "base64"}}:
            return _file(media, data)
        case {"image_url": {"url": str(place)}} | {"image_url": str(place)} if place.startswith("data:"):
            return _url(place)
        case {"file": {"file_data": str(place)}} | {"file_data": str(place)} if place.startswith("data:"):
            return _url(place)
        case {"input_audio": {"data": str(data), "format": str(kind)}}:
            return _file(f"audio/{kind}", data)
        case _:
            return _unread(block)


def _url(place: str) -> Part:
    head, _, data = place.partition(",")
    return _file(head.removeprefix("data:").partition(";")[0], data)


def _file(media: str, data: str) -> Part:
    """A file; the recordings hold only the beginning of a large one."""
    whole = re.match(r"([a-zA-Z\d+/]{4})*([a-zA-Z\d+/]{2}==|[a-zA-Z\d+/]{3}=)?", data)
    blob = Blob.of(b64decode(whole[0] if whole else ""))
    match media:
        case "image/png" | "image/jpeg" | "image/gif" | "image/webp":
            return Image(descriptor=media, content=blob)
        case "application/pdf":
            return Document(content=blob)
        case "audio/wav" | "audio/mpeg" | "audio/ogg" | "audio/flac":
            return Audio(descriptor=media, content=blob)
        case _:
            return Foreign(media_type=media, content=blob)


def _unread(block: Object) -> Part:
    """What stands elsewhere, or means something to one vendor only, in words."""
    return Text(content=json.dumps(block))


def _tools(asked: Object) -> Iterator[Tool]:
    """The functions that were offered, those that take an object; what a vendor runs itself is left out."""
    for tool in _objects(asked.get("tools")):
        declared = [
            *_objects(tool.get("functionDeclarations")),
            *_objects(tool.get("function_declarations")),
            *_objects([tool.get("function")]),
        ]
        for function in declared or [tool]:
            schema = next(
                (function[key] for key in SCHEMAS if isinstance(function.get(key), Mapping)),
                {"type": "object", "properties": {}},
            )
            schema = _spelled(schema)
            if not isinstance(schema, Mapping) or schema.get("type") != "object" or "name" not in function:
                continue
            if tool.get("type", "function") in {"function", "custom"}:
                described = str(function.get("description") or "")
                yield Tool(name=str(function["name"]), description=described, schema=schema)


def _spelled(schema: object) -> object:
    """A schema with its types in small letters, which Google also takes in capitals."""
    if isinstance(schema, Mapping):
        return {
            key: value.lower() if key == "type" and isinstance(value, str) else _spelled(value)
            for key, value in schema.items()
        }
    return [*map(_spelled, schema)] if isinstance(schema, list) else schema


SCHEMAS: Final = (
    *("input_schema", "parameters", "parametersJsonSchema", "parameters_json_schema"),
    "parameters_json",
)
"""What vendors call the schema of a directive."""


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    return "\n".join(str(part["text"]) for part in _objects(value) if part.get("text"))


def _are(blocks: Sequence[Object], kind: str) -> Sequence[Object]:
    return [block for block in blocks if block.get("type") == kind]


def _unmarked(item: Object) -> Object:
    """What a server said, without the marks for its cache that a client has put there since."""
    return {
        name: [*map(_unmarked, _objects(value))] if name == "tool_calls" else value
        for name, value in item.items()
        if name != "cache_control"
    }


def _objects(value: object) -> Iterator[Object]:
    for item in value if isinstance(value, Sequence) and not isinstance(value, str) else ():
        if isinstance(item, Mapping):
            yield item


READERS: Final[Mapping[str, tuple[Callable[[Object], Iterator[Turn]], str]]] = {
    "anthropic": (_messages, "messages"),
    "google": (_google, "contents"),
    "openai_chat": (_chat, "messages"),
    "openai_responses": (_responses, "input"),
}
"""How the requests of each wire are read, and where their conversation stands."""

"""Models of every wire and manner: what each is sent is judged as its vendor would, and each can speak."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from typing_extensions import override

from sagent.lib.json import EMPTY, JsonObject, freeze_object, json_text
from sagent.providers.anthropic.catalog import traits
from sagent.providers.anthropic.dialect import AnthropicDialect
from sagent.providers.anthropic.encode import Settings
from sagent.providers.anthropic.manners import ANTHROPIC, betas
from sagent.providers.anthropic.manners import COMPATIBLE as MINIMAX
from sagent.providers.anthropic.manners import Manners as AnthropicManners
from sagent.providers.anthropic.thinking import thinking as anthropic_thinking
from sagent.providers.google.dialect import GoogleDialect
from sagent.providers.moonshot import MODELS
from sagent.providers.openai_chat.dialect import ChatDialect
from sagent.providers.openai_chat.manners import COMPATIBLE, OPENAI, Manners
from sagent.providers.openai_responses.dialect import ResponsesDialect
from sagent.providers.remote import Dialect
from sagent.providers.tolerance import Tolerance
from sagent.schema.message import ToolCall
from sagent.schema.values import Origin
from sagent.testing.faults import Status
from sagent.testing.script import Piece
from sagent.testing.wire import Answered, Asking, Received, Speech, Wire
from sagent.testing.wires.anthropic import AnthropicWire
from sagent.testing.wires.bindings import forgeries
from sagent.testing.wires.chat_speech import ChatSpeech
from sagent.testing.wires.google import GoogleWire
from sagent.testing.wires.messages_speech import MessagesSpeech
from sagent.testing.wires.openai_chat import ChatWire
from sagent.testing.wires.openai_responses import ResponsesWire
from tests.providers.anthropic import sending as messages
from tests.providers.google import sending as gemini
from tests.providers.openai_chat import sending as chat
from tests.providers.openai_responses import sending as responses

KEY = "key"
DEEPSEEK = Manners(
    reasoning_filler=" ", effort="thinking", files=Tolerance(pictures=()), form="object", amends=True
)
KIMI = next(manners for pattern, manners in MODELS if re.match(pattern, "kimi-k3"))


class MistralSpeech(ChatSpeech):
    """An answer of Mistral's, whose ids are short."""

    def __init__(self, asking: Asking, number: int) -> None:
        super().__init__(asking, number, "content")
        self._ids = (f"{number:05}{index:04}" for index in count())

    @override
    def say(self, piece: Piece, /) -> bytes:
        if isinstance(piece, ToolCall):
            piece = replace(piece, vendor_id=next(self._ids))
        return super().say(piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a request says, in no vendor's words."""

    roles: Sequence[str]
    """Who speaks, in order: user, model or tool."""
    calls: Sequence[tuple[str, object]]
    """The name and the directive of each call."""
    results: Sequence[object]
    """What is said to have come of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One model, as an agent sees it and as its vendor does."""

    name: str
    origin: Origin
    dialect: Dialect
    strict: Callable[[bytes], Sequence[str]]
    """Why a request would be refused, after the vendor's own types have taken it."""
    hear: Callable[[JsonObject], Asking | str]
    """What the vendor's server does with a request: it will answer, or it says why not."""
    speak: Callable[[Asking, int], Speech]
    inline: frozenset[str]
    """What can change in place: the system prompt, tools added, tools removed or exchanged."""
    seen: Callable[[Mapping[str, object]], Seen]


def legal(target: Target, body: bytes) -> Sequence[str]:
    """Everything that anybody would refuse about a request."""
    heard = target.hear(freeze_object(json.loads(body)))
    return (*target.strict(body), *((heard,) if isinstance(heard, str) else ()))


def texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, its keys left out, numbers and the like as they are written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, Sequence):
        for item in value:
            yield from texts(item)
    else:
        yield json_text(value)


def heard(wire: Wire, path: str, headers: Mapping[str, str], keys: Mapping[str, str]) -> "Hearing":
    """What a server at this path does with requests."""

    def hear(body: JsonObject) -> Asking | str:
        received = Received(method="POST", path=path, query={"alt": "sse"}, headers=headers, body=body)
        match wire.hear(received, keys):
            case Asking() as asking:
                return asking
            case Status(body=said):
                return f"the server says: {json_text(said)}"
            case Answered() | None as other:
                raise AssertionError(other)

    return hear


Hearing = Callable[[JsonObject], Asking | str]


def _origin(provider: str, dialect: str, model: str) -> Origin:
    return Origin(provider=provider, dialect=dialect, endpoint=f"https://{provider}".lower(), model=model)


def _messages(name: str, model: str, manners: AnthropicManners = ANTHROPIC) -> Target:
    origin = _origin("Anthropic" if manners.signs else "MiniMax", "anthropic", model)
    known = traits(model, manners.models)
    thought, output = anthropic_thinking(known, "high", 32_000, binds=manners.binds)
    settings = Settings(
        model=model,
        max_tokens=32_000,
        stream=True,
        thinking=thought,
        output_config=output,
        manners=manners,
    )
    wire = AnthropicWire(KEY, [model])
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": ",".join(betas(manners))}
    vendors = heard(wire, "/v1/messages", headers, {"x-api-key": KEY})

    def others(body: JsonObject) -> Asking | str:
        found = next(forgeries(body, model), None)
        return found or Asking(model=model, manner="sse", body=body)

    return Target(
        name=name,
        origin=origin,
        dialect=AnthropicDialect(origin=origin, settings=settings),
        strict=partial(messages.strict, model=model, manners=manners),
        hear=vendors if manners.signs else others,
        speak=MessagesSpeech,
        inline=frozenset(("system", "added", "removed") if known.told and manners.amends else ()),
        seen=_messages_seen,
    )


def _messages_seen(body: Mapping[str, object]) -> Seen:
    roles: list[str] = []
    calls: list[tuple[str, object]] = []
    results: list[object] = []
    for message in _objects(body["messages"]):
        if message["role"] == "system":
            continue
        roles.append({"assistant": "model"}.get(str(message["role"]), "user"))
        for block in _objects(message["content"]):
            if block["type"] == "tool_use":
                calls.append((str(block["name"]), block["input"]))
            elif block["type"] == "tool_result":
                results.append(block["content"])
    return Seen(roles=roles, calls=calls, results=results)


def _google(name: str, model: str) -> Target:
    origin = _origin("Google", "google", model)
    wire = GoogleWire(KEY, [model])
    path = f"/v1beta/models/{model}:streamGenerateContent"
    return Target(
        name=name,
        origin=origin,
        dialect=GoogleDialect(
            origin=origin,
            config={"thinkingConfig": {"includeThoughts": True}},
            stream=True,
            extra_body=EMPTY,
        ),
        strict=partial(gemini.strict, model=model),
        hear=heard(wire, path, {}, {"key": KEY}),
        speak=wire.speak,
        inline=frozenset(),
        seen=_google_seen,
    )


def _google_seen(body: Mapping[str, object]) -> Seen:
    roles: list[str] = []
    calls: list[tuple[str, object]] = []
    results: list[object] = []
    for content in _objects(body["contents"]):
        roles.append(str(content["role"]))
        for part in _objects(content["parts"]):
            call, result = part.get("functionCall"), part.get("functionResponse")
            if isinstance(call, Mapping):
                calls.append((str(call["name"]), call["args"]))
            if isinstance(result, Mapping):
                results.append(result["response"])
    return Seen(roles=roles, calls=calls, results=results)


def _responses(name: str, model: str, *inline: str) -> Target:
    origin = _origin("OpenAI", "openai_responses", model)
    wire = ResponsesWire(KEY, [model])
    return Target(
        name=name,
        origin=origin,
        dialect=ResponsesDialect(origin=origin, effort="high"),
        strict=partial(responses.strict, model=model),
        hear=heard(wire, "/v1/responses", {}, {"authorization": f"Bearer {KEY}"}),
        speak=wire.speak,
        inline=frozenset(inline),
        seen=_responses_seen,
    )


def _responses_seen(body: Mapping[str, object]) -> Seen:
    roles: list[str] = []
    calls: list[tuple[str, object]] = []
    results: list[object] = []
    for item in _objects(body["input"]):
        match item.get("type", "message"):
            case "function_call":
                roles.append("model")
                calls.append((str(item["name"]), json.loads(str(item["arguments"]))))
            case "function_call_output":
                roles.append("tool")
                results.append(item["output"])
            case "additional_tools" | "configuration_update":
                pass
            case "message" if item["role"] == "developer":
                pass
            case "message":
                roles.append({"assistant": "model"}.get(str(item["role"]), "user"))
            case _:
                roles.append("model")
    return Seen(roles=roles, calls=calls, results=results)


def _chat(name: str, model: str, manners: Manners, *inline: str, played: bool = True) -> Target:
    origin = _origin(name, "openai_chat", model)
    wire = ChatWire(KEY, [model])
    vendors = heard(wire, "/v1/chat/completions", {}, {"authorization": f"Bearer {KEY}"})

    def others(body: JsonObject) -> Asking | str:
        return Asking(model=model, manner="sse", body=body)

    return Target(
        name=name,
        origin=origin,
        dialect=ChatDialect(origin=origin, manners=manners, effort="high"),
        strict=partial(chat.strict, model=model, manners=manners),
        hear=vendors if played else others,
        speak=wire.speak if played else MistralSpeech,
        inline=frozenset(inline),
        seen=_chat_seen,
    )


def _chat_seen(body: Mapping[str, object]) -> Seen:
    roles: list[str] = []
    calls: list[tuple[str, object]] = []
    results: list[object] = []
    for message in _objects(body["messages"]):
        role = str(message["role"])
        if role in {"system", "developer"}:
            continue
        roles.append({"assistant": "model"}.get(role, role))
        for call in _objects(message.get("tool_calls", ())):
            function = call["function"]
            assert isinstance(function, Mapping)
            calls.append((str(function["name"]), json.loads(str(function["arguments"]))))
        if role == "tool":
            results.append(message["content"])
    return Seen(roles=roles, calls=calls, results=results)


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [item for item in items if isinstance(item, Mapping)]


TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        # Anthropic does not drop thoughts that are out of place unless it is asked to: here it is not.
        _messages("adaptive", "claude-sonnet-5-5", replace(ANTHROPIC, binds=False)),
        _messages("budget", "claude-sonnet-4-5"),
        _messages("minimax", "MiniMax-M3", MINIMAX),
        _responses("responses", "gpt-6.1-sol", "system", "added"),
        _responses("instructed", "gpt-5.4", "system"),
        _chat("openai", "gpt-6.1-sol", OPENAI),
        _chat("compatible", "local-model", COMPATIBLE),
        _chat("openrouter", "moonshotai/kimi-k3", COMPATIBLE),
        _chat("deepseek", "deepseek-v4-pro", DEEPSEEK, "system"),
        _chat("kimi", "kimi-k3", KIMI, "system", "added"),
        _chat("mistral", "magistral", chat.MISTRAL, played=False),
        _google("gemini-2.5", "gemini-2.5-flash"),
        _google("gemini-3", "gemini-3.5-flash"),
    )
}

"""Models of every wire and manner: what each is sent is judged as its vendor would, and each can speak."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from typing_extensions import override

from sagent.lib.json import JsonObject, freeze_object, json_text
from sagent.providers import (
    Anthropic,
    DashScope,
    DeepSeek,
    Google,
    LlamaCpp,
    MiniMax,
    Mistral,
    Moonshot,
    OpenAI,
    OpenAICompat,
    OpenRouter,
)
from sagent.providers.anthropic.dialect import AnthropicDialect
from sagent.providers.anthropic.manners import ANTHROPIC, betas, known
from sagent.providers.openai_chat.dialect import ChatDialect
from sagent.providers.remote import Dialect, Remote
from sagent.providers.vendor import Vendor
from sagent.schema.message import ToolCall
from sagent.schema.values import ModelSpec, Origin
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
HERE = "http://127.0.0.1:8080/v1"
GGUF = Path(__file__).parent / "llama_cpp" / "empty.gguf"


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


def aloud(asking: Asking, number: int) -> Speech:
    """An answer of a server whose model thinks aloud."""
    return ChatSpeech(asking, number, "content")


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
    spec: ModelSpec
    quiet: Remote
    """The same model where it is to think as little as it can."""
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


def _made(provider: Vendor, model: str | None, dialect: str | None = None) -> Remote:
    return provider.model(model, dialect=dialect, effort="high")


def _origin(model: Remote) -> Origin:
    spec = model.spec
    return Origin(provider=spec.provider, dialect=spec.dialect, endpoint=spec.endpoint, model=spec.model)


def _messages(name: str, provider: Vendor, named: str | None = None) -> Target:
    made = _made(provider, named)
    dialect, model = made.dialect, made.spec.model
    assert isinstance(dialect, AnthropicDialect)
    manners = dialect.settings.manners
    wire = AnthropicWire(KEY, [model])
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": ",".join(betas(manners))}
    vendors = heard(wire, "/v1/messages", headers, {"x-api-key": KEY})

    def others(body: JsonObject) -> Asking | str:
        found = next(forgeries(body, model), None)
        return found or Asking(model=model, manner="sse", body=body)

    return Target(
        name=name,
        origin=_origin(made),
        spec=made.spec,
        quiet=provider.model(made.spec.model, dialect=made.spec.dialect, effort="none"),
        dialect=dialect,
        strict=partial(messages.strict, model=model, manners=manners),
        hear=vendors if manners.signs else others,
        speak=MessagesSpeech,
        inline=frozenset(("system", "added", "removed") if known(model, manners).told else ()),
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


def _google(name: str, provider: Vendor, named: str | None = None) -> Target:
    made = _made(provider, named)
    model = made.spec.model
    wire = GoogleWire(KEY, [model])
    path = f"/v1beta/models/{model}:streamGenerateContent"
    return Target(
        name=name,
        origin=_origin(made),
        spec=made.spec,
        quiet=provider.model(made.spec.model, dialect=made.spec.dialect, effort="none"),
        dialect=made.dialect,
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
                calls.append((str(call["name"]), call.get("args", {})))
            if isinstance(result, Mapping):
                results.append(result["response"])
    return Seen(roles=roles, calls=calls, results=results)


def _responses(name: str, provider: Vendor, named: str | None, *inline: str) -> Target:
    made = _made(provider, named)
    model = made.spec.model
    wire = ResponsesWire(KEY, [model])
    return Target(
        name=name,
        origin=_origin(made),
        spec=made.spec,
        quiet=provider.model(made.spec.model, dialect=made.spec.dialect, effort="none"),
        dialect=made.dialect,
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


def _chat(
    name: str,
    provider: Vendor,
    named: str | None = None,
    *,
    dialect: str | None = None,
    speech: Callable[[Asking, int], Speech] | None = None,
) -> Target:
    """A server of Chat Completions; one that has a `speech` of its own is judged by its manners alone."""
    made = _made(provider, named, dialect)
    spoken, model = made.dialect, made.spec.model
    assert isinstance(spoken, ChatDialect)
    manners = spoken.manners
    wire = ChatWire(KEY, [model])
    vendors = heard(wire, "/v1/chat/completions", {}, {"authorization": f"Bearer {KEY}"})
    changes = {"system": manners.amends, "added": manners.adds_tools}

    def others(body: JsonObject) -> Asking | str:
        return Asking(model=model, manner="sse", body=body)

    return Target(
        name=name,
        origin=_origin(made),
        spec=made.spec,
        quiet=provider.model(made.spec.model, dialect=made.spec.dialect, effort="none"),
        dialect=made.dialect,
        strict=partial(chat.strict, model=model, manners=manners),
        hear=others if speech else vendors,
        speak=speech or wire.speak,
        inline=frozenset(topic for topic, told in changes.items() if told),
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


class Unbound(Anthropic):
    """Anthropic as it is to whoever does not ask it to drop thoughts that are out of place."""

    manners = replace(ANTHROPIC, binds=False)


TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        _messages("anthropic", Anthropic.from_key(KEY)),
        _responses("openai_responses", OpenAI.from_key(KEY), None, "system", "added"),
        _chat("openai_chat", OpenAI.from_key(KEY), dialect="openai_chat"),
        _google("google", Google.from_key(KEY), "gemini-3.5-flash"),
        _chat("moonshot", Moonshot.from_key(KEY)),
        _chat("dashscope", DashScope.from_key(KEY)),
        _messages("minimax", MiniMax.from_key(KEY)),
        _chat("llama.cpp", LlamaCpp.from_gguf(GGUF, server=sys.executable), speech=aloud),
        _messages("claude-unbound", Unbound.from_key(KEY, base_url="https://unbound")),
        _messages("claude-4.5", Anthropic.from_key(KEY), "claude-sonnet-4-5"),
        _responses("gpt-5.4", OpenAI.from_key(KEY), "gpt-5.4", "system"),
        _google("gemini-2.5", Google.from_key(KEY), "gemini-2.5-flash"),
        _chat("deepseek", DeepSeek.from_key(KEY)),
        _chat("mistral", Mistral.from_key(KEY), speech=MistralSpeech),
        _chat("openrouter", OpenRouter.from_key(KEY), "moonshotai/kimi-k3"),
        _chat("openai_compat", OpenAICompat.from_key("", base_url=HERE), "local-model"),
    )
}

EIGHT = tuple(TARGETS)[:8]
"""One model of each kind of provider, by their names."""

"""Providers that are a card and flags, as their servers hear them."""

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from json import dumps, loads

import pytest

from sagent.errors import (
    Illegal,
    MissingKey,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    UsageError,
)
from sagent.lib.json import FrozenObject
from sagent.messages.view import View
from sagent.protocols import Model, Reply
from sagent.providers import (
    Anthropic,
    DashScope,
    DeepSeek,
    Google,
    Groq,
    MiniMax,
    Mistral,
    Moonshot,
    OpenAI,
    OpenAICompat,
    OpenRouter,
)
from sagent.providers.effort import Effort
from sagent.providers.openai_chat.dialect import ChatDialect
from sagent.providers.transport import Call
from sagent.providers.vendor import Vendor
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import Text, Thinking
from sagent.schema.values import Origin
from sagent.testing import WireServer, call
from tests.providers.conversation import ADD, answered, prompt, request, response, result
from tests.providers.conversation import call as asked
from tests.testing.asking import chunks

KEY = "sk-SecretSecret"


@dataclass
class Pages:
    """A transport that gives the next page at each call."""

    pages: list[str]
    calls: list[Call] = field(default_factory=list)

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        self.calls.append(call)
        yield [self.pages.pop(0)]


def origin_of(model: Model) -> Origin:
    spec = model.spec
    return Origin(provider=spec.provider, dialect=spec.dialect, endpoint=spec.endpoint, model=spec.model)


async def heard(model: Model, view: View) -> Reply:
    """The answer to a conversation, which it then belongs to."""
    asked = replace(request(view), tools=(ADD,))
    reply = (await chunks(model, asked))[-1]
    assert isinstance(reply, Reply)
    view.add(answered(reply, origin_of(model)))
    return reply


async def settings(vendor: type[Vendor], name: str, effort: Effort | None, *keys: str) -> object:
    """What a request says of these keys."""
    pages = Pages(['{"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}'])
    model = vendor.from_key(KEY, transport=pages).model(name, effort=effort, stream=False)
    await chunks(model, request([prompt("hello")]))
    body = loads(pages.calls[0].body or b"{}")
    return {key: body[key] for key in keys if key in body}


THINKS = ("thinking", "reasoning_effort", "enable_thinking", "thinking_budget", "reasoning", "stream")


@pytest.mark.parametrize(
    ("vendor", "model", "effort", "said"),
    [
        (Moonshot, "kimi-k3.1-pro", None, {}),
        (Moonshot, "kimi-k3.1-pro", "medium", {"reasoning_effort": "low"}),
        (Moonshot, "kimi-k3", "xhigh", {"reasoning_effort": "high"}),
        (Moonshot, "kimi-k3", "none", {"reasoning_effort": "low"}),
        (Moonshot, "kimi-k2.6", "none", {"thinking": {"type": "disabled"}}),
        (Moonshot, "kimi-k2.6", "high", {"thinking": {"type": "enabled"}}),
        (Moonshot, "kimi-k2.7-code", "none", {}),
        (DashScope, "qwen3.8-max", None, {"stream": True}),
        (
            DashScope,
            "qwen3.8-flash",
            "none",
            {"stream": True, "enable_thinking": True, "reasoning_effort": "low"},
        ),
        (
            DashScope,
            "qwen3.8-max",
            "max",
            {"stream": True, "enable_thinking": True, "reasoning_effort": "xhigh"},
        ),
        (DashScope, "qwen3.7-plus", "none", {"stream": True, "enable_thinking": False}),
        (
            DashScope,
            "qwen3.7-plus",
            "medium",
            {"stream": True, "enable_thinking": True, "thinking_budget": 8_192},
        ),
        (DashScope, "qwen3-coder-plus", "high", {}),
        (DeepSeek, "deepseek-v4-pro", "none", {"thinking": {"type": "disabled"}}),
        (DeepSeek, "deepseek-v4-pro", "low", {"thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
        (OpenRouter, "anthropic/claude-sonnet-5.5", "none", {"reasoning": {"effort": "none"}}),
        (Groq, "openai/gpt-oss-120b", "none", {"reasoning_effort": "low"}),
        (Mistral, "mistral-medium-latest", "high", {}),
    ],
)
async def test_effort_is_told_in_the_words_of_each_model(
    vendor: type[Vendor], model: str, effort: Effort | None, said: object
) -> None:
    assert await settings(vendor, model, effort, *THINKS) == said


def outcomes(reply: Reply) -> Sequence[ToolResult]:
    """What came of the calls of a reply."""
    calls = [part for part in reply.content if isinstance(part, ToolCall)]
    return [replace(result(1, "3"), call_id=called.call_id) for called in calls]


def sent(server: WireServer, number: int = -1) -> Sequence[FrozenObject]:
    """The messages of a request."""
    body = server.requests[number].body
    assert isinstance(body, FrozenObject)
    messages = body["messages"]
    assert isinstance(messages, tuple)
    return [message for message in messages if isinstance(message, FrozenObject)]


async def test_kimi_takes_a_conversation_on_that_another_model_began() -> None:
    view = View([prompt("hello"), response("Hm.", asked(1)), result(1, "3"), prompt("and?")])
    async with WireServer([Thinking(content="So."), call("add", a=1, b=2)], "three") as server:
        model = Moonshot.from_key(server.key, base_url=f"{server.base_url}/v1").model()

        first = await heard(model, view)
        for came in outcomes(first):
            view.add(came)
        last = await heard(model, view)

    thoughts = [message["reasoning_content"] for message in sent(server) if message["role"] == "assistant"]
    assert server.complaints == ()
    assert thoughts == [" ", "So."]
    assert (first.stop, last.content) == ("tool_calls", (Text(content="three"),))


async def test_a_temperature_that_kimi_does_not_take_is_its_own_to_refuse() -> None:
    async with WireServer("hi") as server:
        model = Moonshot.from_key(server.key, base_url=f"{server.base_url}/v1").model(
            extra_body={"temperature": 0.3}
        )

        with pytest.raises(Illegal, match="only 1 is allowed for this model"):
            await heard(model, View([prompt("hello")]))


async def test_qwen_is_streamed_where_it_would_not_think_otherwise() -> None:
    async with WireServer("hi") as server:
        provider = DashScope.from_key(server.key, base_url=f"{server.base_url}/v1")
        model = provider.model("qwen3.7-plus", stream=False, effort="low")

        reply = await heard(model, View([prompt("hello")]))

    assert server.complaints == ()
    assert reply.content == (Text(content="hi"),)
    assert reply.cost_usd
    assert model.spec.options == {"stream": False, "effort": "low"}


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("effort", [None, "high"])
@pytest.mark.parametrize("name", ["MiniMax-M3", "MiniMax-M3.1-Flash"])
async def test_what_minimax_thought_goes_back_whole_with_its_signature(
    name: str, effort: Effort | None, stream: bool
) -> None:
    view = View([prompt("hello"), response("Hm.", asked(1)), result(1, "3"), prompt("and?")])
    async with WireServer([Thinking(content="So."), call("add", a=1, b=2)], "three") as server:
        provider = MiniMax.from_key(server.key, base_url=server.base_url)
        model = provider.model(name, effort=effort, stream=stream)

        first = await heard(model, view)
        for came in outcomes(first):
            view.add(came)
        last = await heard(model, view)

    thought = first.content[0]
    assert server.complaints == ()
    assert last.content == (Text(content="three"),)
    assert isinstance(thought, Thinking)
    assert re.fullmatch(r"[0-9a-f]{64}", thought.signature)
    blocks = [message["content"] for message in sent(server) if message["role"] == "assistant"][-1]
    assert isinstance(blocks, tuple)
    assert blocks[0] == {"type": "thinking", "thinking": "So.", "signature": thought.signature}


async def test_minimax_speaks_chat_completions_too_with_thoughts_apart_from_the_text() -> None:
    message = {
        "content": "hi",
        "reasoning_content": "So.",
        "reasoning_details": [{"type": "reasoning.text", "text": "So."}],
    }
    pages = Pages(
        [
            dumps(
                {
                    "choices": [{"message": message, "finish_reason": "stop"}],
                    "base_resp": {"status_code": 0, "status_msg": ""},
                }
            )
        ]
    )
    provider = MiniMax.from_key(KEY, transport=pages)
    model = provider.model(dialect="openai_chat", stream=False)

    reply = await heard(model, View([prompt("hello")]))

    assert pages.calls[0].url == "https://api.minimax.io/v1/chat/completions"
    assert pages.calls[0].headers["authorization"] == f"Bearer {KEY}"
    assert loads(pages.calls[0].body or b"")["reasoning_split"] is True
    assert reply.content == (Thinking(content="So."), Text(content="hi"))
    assert [sorted(message) for message in reply.native] == [
        ["content", "reasoning_content", "reasoning_details", "role"]
    ]


@pytest.mark.parametrize(
    ("place", "url"),
    [
        (None, "https://api.minimax.io/anthropic/v1/messages"),
        ("https://api.minimaxi.com/anthropic", "https://api.minimaxi.com/anthropic/v1/messages"),
        ("https://proxy.example/anthropic/v1", "https://proxy.example/anthropic/v1/messages"),
    ],
)
def test_minimax_is_reached_where_its_messages_are(place: str | None, url: str) -> None:
    endpoint = MiniMax.from_key(KEY, base_url=place).model()._endpoint

    assert endpoint.url == url
    assert endpoint.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("https://api.minimaxi.com/anthropic", "https://api.minimaxi.com/v1/chat/completions"),
        ("https://proxy.example/anthropic/v1", "https://proxy.example/v1/chat/completions"),
        ("https://proxy.example/v1", "https://proxy.example/v1/chat/completions"),
    ],
)
def test_minimax_is_reached_beside_it_in_the_other_dialect(place: str, url: str) -> None:
    assert MiniMax.from_key(KEY, base_url=place).model(dialect="openai_chat")._endpoint.url == url


@pytest.mark.parametrize("dialect", ["anthropic", "openai_chat"])
@pytest.mark.parametrize(
    ("code", "words", "error"),
    [
        (1000, "unknown error", Overloaded),
        (1002, "rate limit", Overloaded),
        (1004, "login fail", Unauthorized),
        (2049, "invalid api key", Unauthorized),
        (1008, "insufficient balance", Quota),
        (2056, "usage limit exceeded", Quota),
        (1026, "input new_sensitive", Refused),
        (2013, "invalid params, context window exceeds limit", Overflow),
        (2013, "invalid params", Illegal),
        (7777, "something else", Overloaded),
    ],
)
async def test_what_minimax_says_is_wrong_under_http_200_is_an_error(
    dialect: str, code: int, words: str, error: type[ProviderError]
) -> None:
    page = dumps({"choices": None, "base_resp": {"status_code": code, "status_msg": words}})
    model = MiniMax.from_key(KEY, transport=Pages([page])).model(dialect=dialect)

    with pytest.raises(
        ProviderError, match=f"MiniMax MiniMax-M3 at api.minimax.io: {words}.*base_resp_{code}"
    ) as caught:
        await heard(model, View([prompt("hello")]))

    assert type(caught.value) is error


async def test_a_message_of_minimax_that_begins_with_an_error_is_one() -> None:
    start = {"id": "m", "base_resp": {"status_code": 1002, "status_msg": "rate limit"}}
    pages = Pages([dumps({"type": "message_start", "message": start})])

    with pytest.raises(Overloaded, match="rate limit"):
        await heard(MiniMax.from_key(KEY, transport=pages).model(), View([prompt("hello")]))


@pytest.mark.parametrize(
    ("vendor", "model", "seen"),
    [
        (DashScope, "qwen3.8-max", True),
        (DashScope, "qwen3-coder-plus", False),
        (DeepSeek, "deepseek-v4-pro", False),
        (DeepSeek, "deepseek-flash", True),
        (Groq, "openai/gpt-oss-120b", False),
    ],
)
def test_pictures_are_shown_only_to_models_that_see(
    vendor: type[OpenAICompat], model: str, seen: bool
) -> None:
    dialect = vendor.from_key(KEY).model(model).dialect

    assert isinstance(dialect, ChatDialect)
    assert bool(dialect.manners.files.pictures) is seen


@pytest.mark.parametrize("name", ["messages", "input", "contents"])
def test_the_conversation_is_nothing_to_be_added_to_a_request(name: str) -> None:
    with pytest.raises(UsageError, match=f"extra_body: {name} is the conversation"):
        MiniMax.from_key(KEY).model(extra_body={name: ()})


@pytest.mark.parametrize("vendor", [Anthropic, Google, OpenAI, Groq])
def test_an_empty_key_is_told_as_one_that_is_not_there(vendor: type[Vendor]) -> None:
    with pytest.raises(MissingKey) as caught:
        vendor.from_key("")

    assert tuple(caught.value.variables) == tuple(vendor.card.keys)
    assert str(caught.value).startswith(f"no key for {vendor.card.name}: set {vendor.card.keys[0]}")


@pytest.mark.parametrize("key", ["sk with space", "ключ", "a\nb"])
def test_a_key_that_can_be_none_is_not_shown_but_its_variable_is(key: str) -> None:
    with pytest.raises(UsageError) as given:
        Google.from_key(key)
    with pytest.raises(UsageError) as named:
        Google.from_env({"GEMINI_API_KEY": f" {key} "})

    assert str(given.value) == "the key for Google has characters that no key has: copy it again"
    assert str(named.value) == "the key in GEMINI_API_KEY has characters that no key has: copy it again"

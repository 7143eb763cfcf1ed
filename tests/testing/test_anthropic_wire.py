"""Anthropic's wire on this machine, spoken to by our own client, by a whole agent, and by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import httpx2
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import MessageParam, ThinkingConfigEnabledParam

from sagent import tools
from sagent.agent import Agent
from sagent.errors import (
    Illegal,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.view import View
from sagent.protocols import Reply
from sagent.providers import Anthropic
from sagent.providers.anthropic.manners import BINDING
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.part import ErrorText, Text, Thinking
from sagent.schema.values import StopReason, Usage
from sagent.testing import Cut, Garbage, Scripted, WireReplying, WireServer, call, reply
from sagent.testing.script import Saying
from tests.testing.asking import chunks, requested, said

MODELS = ("claude-sonnet-5-5", "claude-haiku-4-5")
HELLO: JsonObject = freeze_object(
    {
        "model": "claude-sonnet-5-5",
        "max_tokens": 99,
        "messages": [{"role": "user", "content": "hello"}],
    }
)
HEADERS = {"x-api-key": "loopback-key", "anthropic-version": "2023-06-01"}


async def ask(
    server: WireServer,
    body: object = HELLO,
    *,
    path: str = "/v1/messages",
    headers: Mapping[str, str] = HEADERS,
    method: str = "POST",
) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.base_url, timeout=10, trust_env=False) as http:
        return await http.request(method, path, json=body, headers=headers)


def refused(answer: httpx2.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["type"], error["message"]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", MODELS)
async def test_texts_thoughts_and_parallel_calls_arrive_as_they_were_scripted(
    name: str, stream: bool
) -> None:
    calls = call("Bash", command="ls", deep=[1, {"a": None}]), call("List")
    script: Sequence[Saying] = [Thinking(content="let me think"), "one two three", *calls]
    async with WireServer(script) as server:
        model = Anthropic.from_env(server.environment).model(name, stream=stream)
        real = await chunks(model, requested(View([said("hello")])))

    double = await chunks(Scripted(script))

    thoughts = "".join(chunk.content for chunk in real if isinstance(chunk, ThinkingDelta))
    words = "".join(chunk.content for chunk in real if isinstance(chunk, TextDelta))
    told, expected = real[-1], double[-1]
    assert isinstance(told, Reply)
    assert isinstance(expected, Reply)
    assert (thoughts, words) == ("let me think", "one two three")
    assert [part.content for part in told.content] == [part.content for part in expected.content]
    assert (told.stop, told.model, told.native) == ("tool_calls", name, ())
    assert told.usage.reasoning_tokens == 4


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        Overloaded("busy"),
        Overloaded("slow down", status=429, retry_after=2.5),
        Quota("used up"),
        Unauthorized("not you"),
        Overflow("too long"),
        Illegal("malformed"),
        Refused("not in your country"),
        Refused("gone", status=404),
        Unreachable("cut"),
    ],
    ids=lambda error: f"{type(error).__name__}-{error}",
)
async def test_an_error_in_a_script_is_read_by_our_client_as_the_same_error(
    error: ProviderError, stream: bool
) -> None:
    async with WireServer(error) as server:
        model = Anthropic.from_env(server.environment).model(stream=stream)

        with pytest.raises(type(error)) as caught:
            await chunks(model, requested(View([said("hello")])))

    if isinstance(error, Overloaded) and isinstance(caught.value, Overloaded):
        assert caught.value.retry_after == error.retry_after


@pytest.mark.parametrize("error", [Overloaded("busy"), Illegal("malformed"), Quota("used up")])
async def test_an_error_in_the_midst_of_a_stream_is_read_as_the_same_error(error: ProviderError) -> None:
    async with WireServer(["It was a dark", error]) as server:
        with pytest.raises(type(error)):
            await chunks(Anthropic.from_env(server.environment).model(), requested(View([said("hi")])))


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("stop", ["end", "length", "refusal", "pause"])
async def test_why_a_scripted_reply_stops_is_read_as_it_was_told(stop: StopReason, stream: bool) -> None:
    usage = Usage(
        input_tokens=100,
        cache_read_tokens=50,
        cache_write_tokens=20,
        cache_write_1h_tokens=10,
        output_tokens=9,
        reasoning_tokens=4,
    )
    async with WireServer(reply("some words", stop=stop, usage=usage)) as server:
        model = Anthropic.from_env(server.environment).model(stream=stream)
        told = (await chunks(model, requested(View([said("hello")]))))[-1]

    assert isinstance(told, Reply)
    assert (told.stop, told.usage) == (stop, usage)
    assert told.content[0] == Text(content="some words")
    assert any(isinstance(part, ErrorText) for part in told.content) is (stop == "refusal")


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", MODELS)
async def test_each_request_of_an_agent_goes_on_where_the_one_before_ended(name: str, stream: bool) -> None:
    rounds: Sequence[WireReplying] = [
        [
            Thinking(content="hm"),
            f"round {number}",
            call("Glob", pattern=f"*.{number}"),
            call("List", path="."),
        ]
        for number in range(5)
    ]
    async with WireServer(*rounds, "done") as server:
        model = Anthropic.from_env(server.environment).model(name, stream=stream, effort="high")
        answer = await Agent(model, tools=[tools.Glob(), tools.List()]).run("Look around.")

    bodies = [received.body["messages"] for received in server.requests if isinstance(received.body, dict)]
    assert (answer, server.complaints, len(bodies)) == (Text(content="done"), (), 6)
    assert all(after[: len(before)] == before for before, after in pairwise(bodies))
    assert str(bodies[-1]).count("'signature': 'c2") == 5


async def test_a_paused_reply_is_taken_up_again_as_it_stands() -> None:
    async with WireServer(reply("let me search: ", stop="pause"), "found it") as server:
        answer = await Agent(Anthropic.from_env(server.environment).model()).run("Search.")

    first, second = (received.body for received in server.requests)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert [block["type"] for block in second["messages"][1]["content"]] == ["text", "server_tool_use"]
    assert answer.content == "let me search: found it"
    assert (second["messages"][:1], server.complaints) == (first["messages"], ())


async def test_a_call_that_is_no_json_is_answered_and_the_conversation_goes_on() -> None:
    garbled = replace(call("List"), raw='{"path": ')
    async with WireServer([garbled], "never mind") as server:
        agent = Agent(Anthropic.from_env(server.environment).model(), tools=[tools.List()])
        answer = await agent.run("Look.")

    body = server.requests[1].body
    assert isinstance(body, dict)
    (outcome,) = body["messages"][-1]["content"]
    assert (answer.content, outcome["is_error"], server.complaints) == ("never mind", True, ())


async def test_a_reply_that_breaks_off_is_asked_for_again_and_answered_once() -> None:
    async with WireServer(
        ["It was a dark and", Cut()], ["no", Garbage(b"{x")], "It was a sunny day."
    ) as server:
        answer = await Agent(Anthropic.from_env(server.environment).model()).run("Tell me a story.")

    assert (answer.content, len(server.requests)) == ("It was a sunny day.", 3)


@pytest.mark.parametrize("change", ["thought", "model"])
async def test_a_thought_that_was_changed_or_is_anothers_is_refused(change: str) -> None:
    async with WireServer([Thinking(content="hm"), "yes"], "more") as server:
        first = (await ask(server)).json()["content"]
        if change == "thought":
            first[0]["thinking"] = "ha"
        model = "claude-opus-4-8" if change == "model" else "claude-sonnet-5-5"
        history = [
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": first},
            {"role": "user", "content": "and?"},
        ]

        answer = await ask(server, {**HELLO, "model": model, "messages": history})

    place = "messages.1.content.0"
    assert refused(answer) == (
        400,
        "invalid_request_error",
        f"{place}: Invalid `signature` in `thinking` block",
    )


@pytest.mark.parametrize("change", ["system", "tools", "messages", "nothing"])
async def test_a_thought_behind_a_changed_history_is_refused_unless_it_may_be_dropped(change: str) -> None:
    async with WireServer([Thinking(content="hm"), "yes"], "more", "and more") as server:
        first = (await ask(server)).json()["content"]
        words = "changed" if change == "messages" else "hello"
        body: dict[str, object] = {
            **HELLO,
            "messages": [
                {"role": "user", "content": words},
                {"role": "assistant", "content": first},
                {"role": "user", "content": "and?"},
            ],
        }
        if change == "system":
            body["system"] = "Be brief."
        if change == "tools":
            body["tools"] = [{"name": "add", "input_schema": {"type": "object"}}]
        dropping = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}}
        beta = {**HEADERS, "anthropic-beta": BINDING}

        plain = await ask(server, body)
        dropped = await ask(server, {**body, "thinking": dropping}, headers=beta)
        unannounced = await ask(server, {**body, "thinking": dropping})

    assert plain.status_code == (200 if change == "nothing" else 400)
    assert ("bound to a different conversation" in plain.text) is (change != "nothing")
    assert dropped.status_code == 200
    assert refused(unannounced)[2] == "thinking.adaptive.block_binding: Extra inputs are not permitted"


async def test_an_agents_thoughts_stand_behind_the_very_history_that_they_were_thought_in() -> None:
    rounds: Sequence[WireReplying] = [
        [Thinking(content="hm"), "a", Thinking(content="ha"), call("List", path="."), call("List")],
        reply(Thinking(content="so"), "let me search: ", stop="pause"),
        [Thinking(content="well"), "first answer"],
        [Thinking(content="oh"), "second answer"],
    ]
    async with WireServer(*rounds) as server:
        provider = Anthropic.from_env(server.environment)
        model = provider.model(extra_body=freeze_object({"thinking": {"type": "adaptive"}}))
        agent = Agent(model, tools=[tools.List()], system="Be brief.")
        answers = [(await agent.run("Look.")).content, (await agent.run("Again.")).content]

    assert (answers, server.complaints) == (["let me search: first answer", "second answer"], ())
    assert str(server.requests[-1].body).count("'signature': 'c2") == 4


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (
            HELLO,
            {"anthropic-version": "2023-06-01"},
            (401, "authentication_error", "x-api-key header is required"),
        ),
        (HELLO, {**HEADERS, "x-api-key": "other"}, (401, "authentication_error", "invalid x-api-key")),
        (
            HELLO,
            {"x-api-key": "loopback-key"},
            (400, "invalid_request_error", "anthropic-version: header is required"),
        ),
        ([], HEADERS, (400, "invalid_request_error", "The request body is not valid JSON")),
        ({}, HEADERS, (400, "invalid_request_error", "model: Field required")),
        ({**HELLO, "model": "gpt"}, HEADERS, (404, "not_found_error", "model: gpt")),
        (
            {**HELLO, "max_tokens": 0},
            HEADERS,
            (400, "invalid_request_error", "max_tokens: Input should be greater than or equal to 1"),
        ),
    ],
)
async def test_what_anthropic_refuses_is_refused_in_its_words(
    body: object, headers: Mapping[str, str], expected: object
) -> None:
    async with WireServer("fine") as server:
        answer = await ask(server, body, headers=headers)

    assert (refused(answer), server.left) == (expected, 1)


async def test_a_stream_is_framed_and_padded_as_anthropics() -> None:
    async with WireServer("Hi there.") as server:
        answer = await ask(server, {**HELLO, "stream": True})

    events = answer.text.split("\n\n")[:-1]
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert [event.split("\n")[0] for event in events] == [
        "event: message_start",
        "event: ping",
        "event: content_block_start",
        "event: content_block_delta",
        "event: content_block_delta",
        "event: content_block_stop",
        "event: message_delta",
        "event: message_stop",
    ]
    assert any(event.endswith("  }") for event in events)


async def test_models_are_listed_by_pages_and_by_name_and_others_methods_are_refused() -> None:
    async with WireServer(models=["claude-a", "claude-b", "claude-c"]) as server:
        listed = await Anthropic.from_env(server.environment).models()
        page = await ask(server, path="/v1/models?limit=1&after_id=claude-a", method="GET")
        one = await ask(server, path="/v1/models/claude-b", method="GET")
        none = await ask(server, path="/v1/models/x", method="GET")
        wrong = await ask(server, path="/v1/messages", method="GET")
        odd = await ask(server, path="/v1/models?limit=0", method="GET")

    assert listed == ("claude-a", "claude-b", "claude-c")
    assert ([each["id"] for each in page.json()["data"]], page.json()["has_more"]) == (["claude-b"], True)
    assert (one.json()["id"], none.status_code, wrong.status_code) == ("claude-b", 404, 405)
    assert odd.status_code == 400


async def test_the_vendors_own_client_reads_a_stream_and_sends_it_back() -> None:
    look: WireReplying = [Thinking(content="hm"), "I look.", call("List", path="src")]
    question: MessageParam = {"role": "user", "content": "Look."}
    budget: ThinkingConfigEnabledParam = {"type": "enabled", "budget_tokens": 1_024}
    async with (
        WireServer(look, "Nothing there.") as server,
        AsyncAnthropic(api_key=server.key, base_url=server.base_url, max_retries=0) as client,
    ):
        async with client.messages.stream(
            model="claude-haiku-4-5", max_tokens=2_000, thinking=budget, messages=[question]
        ) as stream:
            first = await stream.get_final_message()
        asked = first.content[-1]
        assert asked.type == "tool_use"
        outcome: MessageParam = {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": asked.id, "content": "empty"}],
        }
        second = await client.messages.create(
            model="claude-haiku-4-5",
            max_tokens=2_000,
            thinking=budget,
            messages=[question, {"role": "assistant", "content": first.content}, outcome],
        )

    assert [block.type for block in first.content] == ["thinking", "text", "tool_use"]
    assert (first.stop_reason, second.stop_reason, server.complaints) == ("tool_use", "end_turn", ())

"""Chat Completions, from the server's side."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import httpx2
import openai
import pytest

from sagent.errors import (
    BadAnswer,
    Illegal,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.messages.view import Viewed
from sagent.messages.words import calls_of
from sagent.protocols import Model, Reply
from sagent.providers import OpenAICompat
from sagent.providers.openai_chat.manners import OPENAI
from sagent.providers.openai_chat.validator import complaints
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ModelResponse
from sagent.schema.part import Data, Image, Text, Thinking
from sagent.schema.values import Origin, StopReason
from sagent.testing import Cut, Garbage, Status, WireReplying, WireServer, always, call, reply
from sagent.testing.wires.openai_chat import ChatWire
from tests.providers.conversation import ADD, answered, prompt, request, result
from tests.providers.recordings import needed, one
from tests.samples import PNG
from tests.testing.asking import chunks

MODELS = ("local-model", "moonshotai/kimi-k3", "deepseek-v4-pro", "gpt-6-sol")
CHAT = "/v1/chat/completions"


def hello(model: str = "local-model", /, **more: object) -> Mapping[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], **more}


async def ask(
    server: WireServer, body: object = None, *, path: str = CHAT, key: str | None = "loopback-key"
) -> httpx2.Response:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(
        base_url=server.base_url, headers=headers, timeout=10, trust_env=False
    ) as http:
        return await http.post(path, json=hello() if body is None else body)


async def events(server: WireServer, options: object = None) -> Sequence[str]:
    answer = await ask(server, hello(stream=True, **({"stream_options": options} if options else {})))
    return [event.removeprefix("data: ") for event in answer.text.split("\n\n")[:-1]]


def model_of(server: WireServer, name: str = "local-model", *, stream: bool = True) -> Model:
    return OpenAICompat.from_env(server.environment).model(name, stream=stream)


def kept(answer: Reply, model: Model) -> ModelResponse:
    """The reply as an agent keeps it."""
    spec = model.spec
    origin = Origin(provider=spec.provider, dialect=spec.dialect, endpoint=spec.endpoint, model=spec.model)
    return answered(answer, origin)


async def test_a_stream_is_events_of_which_the_last_is_a_mark() -> None:
    async with WireServer("one two three four five six") as server:
        answer = await ask(server, hello(stream=True))

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    *said, mark, end = answer.text.split("\n\n")
    deltas = [json.loads(event.removeprefix("data: "))["choices"][0] for event in said]
    assert (mark, end) == ("data: [DONE]", "")
    assert [(choice["delta"], choice["finish_reason"]) for choice in deltas] == [
        ({"role": "assistant", "content": "one"}, None),
        ({"content": " two three four five"}, None),
        ({"content": " six"}, None),
        ({}, "stop"),
    ]


async def test_what_was_consumed_is_said_in_a_stream_only_where_that_is_asked_for() -> None:
    async with WireServer(always("x")) as server:
        asked = await events(server, {"include_usage": True})
        unasked = await events(server)

    assert json.loads(asked[-2])["choices"] == []
    assert json.loads(asked[-2])["usage"]["completion_tokens"] == 1
    assert not any("usage" in event for event in unasked)


@needed
async def test_kimi_refuses_a_temperature_just_as_it_was_recorded() -> None:
    recording = one("openai_chat", "oac-moonshot-514f7b818a")

    async with WireServer(models=["kimi-k3"]) as server:
        refused = await ask(server, recording.asked)

    assert (refused.status_code, refused.json()) == (recording.status, json.loads(recording.body))


async def test_kimi_refuses_a_call_without_thoughts_in_its_own_words() -> None:
    asked = {"id": "c", "type": "function", "function": {"name": "t", "arguments": "{}"}}
    spoken = [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": None, "tool_calls": [asked]},
        {"role": "tool", "tool_call_id": "c", "content": "x"},
    ]

    async with WireServer() as server:
        refused = await ask(server, {"model": "kimi-k3.1-pro", "messages": spoken})

    words = "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1"
    assert refused.json() == {"error": {"message": words, "type": "invalid_request_error"}}


async def test_calls_come_in_two_pieces_each_and_have_ids() -> None:
    async with WireServer([call("Bash", command="ls"), call("Glob", pattern="*")]) as server:
        said = [json.loads(event)["choices"][0] for event in (await events(server))[:-1]]

    assert [choice["delta"].get("tool_calls") for choice in said] == [
        [{"index": 0, "id": "call_1x1", "type": "function", "function": {"name": "Bash", "arguments": ""}}],
        [{"index": 0, "function": {"arguments": '{"command":"ls"}'}}],
        [{"index": 1, "id": "call_1x2", "type": "function", "function": {"name": "Glob", "arguments": ""}}],
        [{"index": 1, "function": {"arguments": '{"pattern":"*"}'}}],
        None,
    ]
    assert said[-1]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    ("name", "thoughts"),
    [
        ("local-model", ["reasoning_content"]),
        ("deepseek-flash", ["reasoning_content"]),
        ("moonshotai/kimi-k3", ["reasoning", "reasoning_details"]),
        ("gpt-6-sol", []),
    ],
)
async def test_what_is_seen_of_thoughts_depends_on_the_model(name: str, thoughts: Sequence[str]) -> None:
    async with WireServer([Thinking(content="let me think"), "one two"]) as server:
        answer = (await ask(server, hello(name))).json()

    message = answer["choices"][0]["message"]
    assert message["content"] == "one two"
    assert [key for key in message if key.startswith("reasoning")] == thoughts
    assert answer["usage"]["completion_tokens_details"]["reasoning_tokens"] == 4


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", MODELS)
async def test_a_talk_of_thoughts_text_and_parallel_calls_goes_through_whole_and_streamed(
    name: str, stream: bool
) -> None:
    script: WireReplying = [
        Thinking(content="let me think"),
        "one two three",
        call("add", a=1),
        call("add", a=2),
    ]
    async with WireServer(script, "done") as server:
        model = model_of(server, name, stream=stream)
        said = await chunks(model, request([prompt("hi")], tools=[ADD]))
        first = said[-1]
        assert isinstance(first, Reply)
        response = kept(first, model)
        results = [replace(result(1, "3"), call_id=asked.call_id) for asked in calls_of(response)]
        entries: Sequence[Viewed] = [prompt("hi"), response, *results]
        last = (await chunks(model, request(entries, tools=[ADD])))[-1]

    text = "".join(chunk.content for chunk in said if isinstance(chunk, TextDelta))
    thought = "".join(chunk.content for chunk in said if isinstance(chunk, ThinkingDelta))
    assert (text, thought) == ("one two three", "" if name.startswith("gpt") else "let me think")
    assert [dict(asked.content) for asked in calls_of(response)] == [{"a": 1}, {"a": 2}]
    assert isinstance(last, Reply)
    assert last.content == (Text(content="done"),)
    assert server.complaints == ()


async def test_a_signed_thought_that_was_changed_is_refused() -> None:
    name = "moonshotai/kimi-k3"
    async with WireServer([Thinking(content="hm"), "ok"], always("fine")) as server:
        message = (await ask(server, hello(name))).json()["choices"][0]["message"]
        said = [{"role": "user", "content": "hello"}, message, {"role": "user", "content": "and?"}]
        good = await ask(server, {"model": name, "messages": said})
        message["reasoning_details"][0]["text"] = "hm, no"
        bad = await ask(server, {"model": name, "messages": said})

    assert (good.status_code, bad.status_code) == (200, 400)
    assert "Invalid signature in thinking block" in bad.json()["error"]["message"]


async def test_openais_own_models_take_no_thoughts_back_and_the_limit_only_by_its_new_name() -> None:
    thought = {"role": "assistant", "reasoning_content": "hm", "content": "ok"}
    said = [{"role": "user", "content": "a"}, thought, {"role": "user", "content": "b"}]
    async with WireServer(always("fine")) as server:
        thoughts = await ask(server, {"model": "gpt-6-sol", "messages": said})
        limit = await ask(server, hello("gpt-6-sol", max_tokens=5))

    assert thoughts.json()["error"]["message"] == "Unknown parameter: 'messages[1].reasoning_content'."
    assert "Use 'max_completion_tokens' instead" in limit.json()["error"]["message"]


async def test_the_validator_speaks_first_and_is_the_public_one() -> None:
    body = freeze_object(hello("gpt-6-sol", nonsense=1))
    async with WireServer() as server:
        answer = await ask(server, body)

    (complaint,) = complaints(body, "gpt-6-sol", OPENAI)
    assert answer.json()["error"] == {
        "message": complaint.partition(": ")[2],
        "type": "invalid_request_error",
        "param": "nonsense",
        "code": None,
    }


@pytest.mark.parametrize(
    ("key", "words"),
    [(None, "You didn't provide an API key"), ("wrong-key", "Incorrect API key provided: wron")],
)
async def test_a_wrong_key_is_refused_in_openais_words(key: str | None, words: str) -> None:
    async with WireServer("fine") as server:
        answer = await ask(server, key=key)

    assert (answer.status_code, server.left) == (401, 1)
    assert answer.json()["error"]["message"].startswith(words)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (hello("gpt-nine"), 404, "The model `gpt-nine` does not exist or you do not have access to it."),
        ([], 400, "We could not parse the JSON body of your request."),
        (hello(stream="yes"), 400, "must be true or false - 'stream'"),
    ],
)
async def test_what_cannot_be_asked_is_refused(body: object, status: int, words: str) -> None:
    async with WireServer("fine") as server:
        answer = await ask(server, body)

    assert (answer.status_code, answer.json()["error"]["message"]) == (status, words)


def test_the_models_are_listed_by_this_wire_too_where_it_is_alone() -> None:
    from sagent.testing.wire import Answered, Received

    wire = ChatWire("k", ("a", "b"))
    asked = Received(method="GET", path="/v1/models", query={}, headers={}, body=None)

    heard = wire.hear(asked, {"authorization": "Bearer k"})

    assert isinstance(heard, Answered)
    assert [entry["id"] for entry in json.loads(json.dumps(heard.body))["data"]] == ["a", "b"]


@pytest.mark.parametrize("path", ["/v1beta/models/x:generateContent", "/v1/messages", "/v1/responses"])
def test_requests_of_other_wires_are_left_to_them(path: str) -> None:
    from sagent.testing.wire import Received

    asked = Received(method="POST", path=path, query={}, headers={}, body=None)

    assert ChatWire("k").hear(asked, {"authorization": "Bearer k"}) is None


async def test_another_method_is_not_allowed() -> None:
    async with (
        WireServer("fine") as server,
        httpx2.AsyncClient(base_url=server.base_url, trust_env=False) as http,
    ):
        answer = await http.get(CHAT, headers={"authorization": "Bearer loopback-key"})

    assert answer.status_code == 405


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
        with pytest.raises(type(error)) as caught:
            await chunks(model_of(server, stream=stream), request([prompt("hi")]))

    if isinstance(error, Overloaded) and isinstance(caught.value, Overloaded):
        assert caught.value.retry_after == error.retry_after


@pytest.mark.parametrize("stop", ["end", "length", "filter", "malformed_call", "refusal"])
async def test_why_a_scripted_reply_stops_is_read_as_it_was_told(stop: StopReason) -> None:
    async with WireServer(reply("some words", stop=stop)) as server:
        last = (await chunks(model_of(server), request([prompt("hi")])))[-1]

    assert isinstance(last, Reply)
    assert last.stop == stop


@pytest.mark.parametrize("stop", ["interrupted", "failed"])
async def test_a_server_that_gives_up_says_so(stop: StopReason) -> None:
    async with WireServer(reply("some words", stop=stop)) as server:
        with pytest.raises(Overloaded, match="gave up"):
            await chunks(model_of(server), request([prompt("hi")]))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Cut(), Unreachable), (Garbage(b"<html>"), BadAnswer), (Status(503), Overloaded)],
)
async def test_what_goes_wrong_in_the_midst_of_a_stream_is_told_apart(
    fault: Cut | Garbage | Status, kind: type[ProviderError]
) -> None:
    async with WireServer(["half of", fault]) as server:
        with pytest.raises(kind):
            await chunks(model_of(server), request([prompt("hi")]))


async def test_usage_that_the_script_tells_is_told_on() -> None:
    usage = reply("x").usage
    async with WireServer(reply("x", usage=usage)) as server:
        last = (await chunks(model_of(server), request([prompt("hi")])))[-1]

    assert isinstance(last, Reply)
    assert last.usage == usage


async def test_pictures_and_data_in_a_script_are_spoken_in_words() -> None:
    picture = Image(descriptor="image/png", content=Blob.of(PNG))
    async with WireServer([picture, Data(content={"a": 1})]) as server:
        answer = (await ask(server)).json()

    assert answer["choices"][0]["message"]["content"] == f'[image/png, {len(PNG)} bytes]{{"a":1}}'


@pytest.mark.parametrize("name", ["local-model", "gpt-6-sol"])
async def test_the_vendors_own_client_reads_what_the_server_writes(name: str) -> None:
    script: WireReplying = [Thinking(content="let me see"), "I will look for it.", call("Bash", command="ls")]
    async with WireServer(script, script) as server:
        sdk = openai.AsyncOpenAI(
            api_key=server.key,
            base_url=f"{server.base_url}/v1",
            max_retries=0,
        )
        said: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "hello"}]
        whole = await sdk.chat.completions.create(model=name, messages=said)
        stream = await sdk.chat.completions.create(
            model=name, messages=said, stream=True, stream_options={"include_usage": True}
        )
        pieces = [chunk async for chunk in stream]
        await sdk.close()

    (choice,) = whole.choices
    text = "".join(choice.delta.content or "" for chunk in pieces for choice in chunk.choices)
    assert choice.message.content == text == "I will look for it."
    assert choice.finish_reason == "tool_calls"
    assert [usage.completion_tokens for usage in (whole.usage, pieces[-1].usage) if usage] == [17, 17]
    assert server.complaints == ()

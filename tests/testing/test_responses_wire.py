"""OpenAI's Responses on a wire server: our own client, OpenAI's SDK, and whoever breaks the rules."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

import httpx2
import openai
import pytest

from sagent import tools
from sagent.agent import Agent
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
from sagent.messages.view import View
from sagent.protocols import Chunk, Reply
from sagent.providers import Anthropic, Google, OpenAI
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.part import Image, Text, Thinking
from sagent.schema.values import StopReason, Usage
from sagent.testing import Cut, Garbage, Status, WireReplying, WireServer, call, reply
from sagent.testing.script import Saying
from tests.samples import PNG
from tests.testing.asking import chunks, requested, said

KEY = {"authorization": "Bearer loopback-key"}
SOL = "gpt-6.1-sol"
MODELS = (SOL, "gpt-4.1")
RESPONSES, CHAT = "openai_responses", "openai_chat"
HELLO: Mapping[str, object] = {"role": "user", "content": "hello"}


def body(*items: object, **more: object) -> Mapping[str, object]:
    return {"model": "gpt-6.1-sol", "store": False, "input": [HELLO, *items], **more}


@asynccontextmanager
async def client(server: WireServer) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.base_url, headers=KEY, timeout=10, trust_env=False) as http:
        yield http


async def asked(server: WireServer, wanted: Mapping[str, object]) -> httpx2.Response:
    async with client(server) as http:
        return await http.post("/v1/responses", json=wanted)


def contents(chunk: Chunk) -> Sequence[object]:
    assert isinstance(chunk, Reply)
    return [part.content for part in chunk.content]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("name", MODELS)
async def test_text_thoughts_and_calls_are_heard_as_they_were_scripted(name: str, stream: bool) -> None:
    calls = call("Bash", command="ls"), call("List", path=".")
    async with WireServer([Thinking(content="let me think"), "one two three", *calls]) as server:
        model = OpenAI.from_env(server.environment).model(name, stream=stream)
        told = await chunks(model, requested(View([said("hello")])))

    thought = ["let me think"] if name == "gpt-6.1-sol" else []
    assert contents(told[-1]) == [*thought, "one two three", *(each.content for each in calls)]
    deltas = [ThinkingDelta(content="let"), ThinkingDelta(content=" me think")] if thought else []
    shown = [*deltas, TextDelta(content="one"), TextDelta(content=" two three")] if stream else []
    assert told[:-1] == shown
    assert server.complaints == ()


@pytest.mark.parametrize("stream", [True, False])
async def test_each_request_of_an_agent_goes_on_where_the_one_before_ended(stream: bool) -> None:
    rounds: Sequence[WireReplying] = [
        [Thinking(content="hm"), f"round {number}", call("Glob", pattern="*.x"), call("List", path=".")]
        for number in range(4)
    ]
    async with WireServer(*rounds, "done") as server:
        model = OpenAI.from_env(server.environment).model(stream=stream)
        answer = await Agent(model, tools=[tools.Glob(), tools.List()]).run("Look around.")

    bodies = [received.body["input"] for received in server.requests if isinstance(received.body, dict)]
    assert (answer, server.complaints, len(bodies)) == (Text(content="done"), (), 5)
    assert all(after[: len(before)] == before for before, after in pairwise(bodies))
    kinds = [item.get("type") for item in bodies[1][1:]]
    assert kinds == ["reasoning", "message", *["function_call"] * 2, *["function_call_output"] * 2]


@pytest.mark.parametrize("dialects", [(RESPONSES, CHAT), (CHAT, RESPONSES)])
async def test_a_conversation_changes_its_wire_on_the_same_server(dialects: tuple[str, str]) -> None:
    before, after = dialects
    async with WireServer(
        [Thinking(content="hm"), "looking", call("List", path=".")], "seen", "and again"
    ) as server:
        provider = OpenAI.from_env(server.environment)
        agent = Agent(provider.model(dialect=before), tools=[tools.List()])
        first = await agent.run("Look around.")
        agent.swap_model(provider.model(dialect=after))
        second = await agent.run("Once more.")

    assert ([first, second], server.complaints) == ([Text(content="seen"), Text(content="and again")], ())


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
        model = OpenAI.from_env(server.environment).model(stream=stream)

        with pytest.raises(type(error)) as caught:
            await chunks(model, requested(View([said("hello")])))

    if isinstance(error, Overloaded) and isinstance(caught.value, Overloaded):
        assert caught.value.retry_after == error.retry_after


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Overloaded("busy"), Overloaded),
        (Overloaded("slow", status=429, retry_after=2.5), Overloaded),
        (Quota("used up"), Quota),
        (Status(500), ProviderError),
        (Cut(), Unreachable),
        (Garbage(b"<html>"), BadAnswer),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, type) else value.__name__,
)
async def test_what_goes_wrong_in_the_middle_of_a_stream_is_one_of_our_errors(
    fault: Overloaded | Quota | Status | Cut | Garbage, kind: type[ProviderError]
) -> None:
    async with WireServer(["It was a dark", fault]) as server:
        with pytest.raises(kind):
            await chunks(OpenAI.from_env(server.environment).model(), requested(View([said("hello")])))


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("stop", ["end", "length", "filter", "refusal"])
async def test_why_a_scripted_reply_stops_is_read_as_it_was_told(stop: StopReason, stream: bool) -> None:
    async with WireServer(reply("some words", stop=stop)) as server:
        model = OpenAI.from_env(server.environment).model(stream=stream)
        told = await chunks(model, requested(View([said("hello")])))

    assert isinstance(told[-1], Reply)
    assert told[-1].stop == stop


async def test_the_usage_of_a_script_is_read_as_it_was_told() -> None:
    usage = Usage(
        input_tokens=100,
        cache_read_tokens=60,
        cache_write_tokens=30,
        cache_write_1h_tokens=0,
        output_tokens=9,
        reasoning_tokens=4,
    )
    async with WireServer(reply("x", usage=usage)) as server:
        told = await chunks(OpenAI.from_env(server.environment).model(), requested(View([said("hello")])))

    assert isinstance(told[-1], Reply)
    assert told[-1].usage == usage


@pytest.mark.parametrize("stream", [True, False])
async def test_a_picture_of_a_script_is_heard_as_a_picture(stream: bool) -> None:
    picture = Image(descriptor="image/png", content=Blob.of(PNG))
    async with WireServer(["see", picture]) as server:
        model = OpenAI.from_env(server.environment).model(stream=stream)
        told = await chunks(model, requested(View([said("hello")])))

    assert contents(told[-1]) == ["see", picture.content]


async def test_the_sdk_reads_a_stream_of_the_server_and_its_answer() -> None:
    script: Sequence[Saying] = [Thinking(content="hm well"), "one two", call("Bash", command="ls")]
    async with WireServer(script, script) as server:
        sdk = openai.AsyncOpenAI(api_key=server.key, base_url=f"{server.base_url}/v1", max_retries=0)
        async with sdk.responses.stream(model=SOL, input="hi", reasoning={"summary": "auto"}) as stream:
            kinds = [event.type async for event in stream]
            streamed = await stream.get_final_response()
        whole = await sdk.responses.create(model=SOL, input="hi", reasoning={"summary": "auto"})
        await sdk.close()

    assert [item.type for item in streamed.output] == ["reasoning", "message", "function_call"]
    assert [item.type for item in whole.output] == ["reasoning", "message", "function_call"]
    assert (streamed.output_text, whole.output_text) == ("one two", "one two")
    assert kinds[:3] == ["response.created", "response.in_progress", "response.output_item.added"]
    assert kinds[-1] == "response.completed"


async def test_the_models_are_listed_for_those_who_ask_as_openai_is_asked() -> None:
    async with WireServer(models=["gpt-a", "gpt-b"]) as server, client(server) as http:
        names = await OpenAI.from_env(server.environment).models()
        one = await http.get("/v1/models/gpt-b")
        none = await http.get("/v1/models/gpt-c")

    assert names == ("gpt-a", "gpt-b")
    assert (one.json()["id"], none.status_code) == ("gpt-b", 404)


async def test_three_vendors_list_their_models_at_one_address_each_in_its_own_way() -> None:
    async with WireServer(models=["m-1"]) as server, client(server) as http:
        names = [await each.from_env(server.environment).models() for each in (OpenAI, Google, Anthropic)]
        answers = [
            (await http.get("/v1/models", headers=headers)).json()
            for headers in (
                {},
                {"authorization": "", "x-api-key": server.key, "anthropic-version": "2023-06-01"},
            )
        ]

    assert names == [("m-1",)] * 3
    assert [sorted(answer) for answer in answers] == [
        ["data", "object"],
        ["data", "first_id", "has_more", "last_id"],
    ]
    assert server.complaints == ()


async def test_a_request_without_the_key_or_with_another_is_refused_in_openais_words() -> None:
    async with WireServer("never") as server, client(server) as http:
        without = await http.post("/v1/responses", json=body(), headers={"authorization": ""})
        wrong = await http.post("/v1/responses", json=body(), headers={"authorization": "Bearer wrong-key"})

    assert (without.status_code, wrong.status_code) == (401, 401)
    assert without.json()["error"]["message"].startswith("You didn't provide an API key.")
    assert wrong.json()["error"]["message"].startswith("Incorrect API key provided: wron****-key.")
    assert wrong.json()["error"]["code"] == "invalid_api_key"


REFUSALS: list[tuple[Mapping[str, object], Mapping[str, object]]] = [
    (
        body(model="gpt-1"),
        {
            "message": "The requested model 'gpt-1' does not exist.",
            "param": "model",
            "code": "model_not_found",
        },
    ),
    (
        body(max_output_tokens=3),
        {
            "message": "Invalid 'max_output_tokens': integer below minimum value. "
            "Expected a value >= 16, but got 3 instead.",
            "param": "max_output_tokens",
            "code": "integer_below_min_value",
        },
    ),
    (
        body({"type": "function_call", "id": "call_1", "call_id": "c", "name": "a", "arguments": "{}"}),
        {
            "message": "Invalid 'input[1].id': 'call_1'. Expected an ID that begins with 'fc'.",
            "param": "input[1].id",
            "code": "invalid_value",
        },
    ),
    (
        body({"type": "function_call", "call_id": "c", "name": "a", "arguments": "{}"}),
        {"message": "No tool output found for function call c.", "param": "input", "code": None},
    ),
    (
        body({"role": "user", "content": 5}),
        {
            "message": "Invalid type for 'input[1].content': expected one of an array of objects or string.",
            "param": "input[1].content",
            "code": "invalid_type",
        },
    ),
    (
        body(tools=[{"type": "function"}]),
        {
            "message": "Missing required parameter: 'tools[0].name'.",
            "param": "tools[0].name",
            "code": "missing_required_parameter",
        },
    ),
    (
        body(reasoning={"effort": "minimal"}),
        {
            "message": "Unsupported value: 'minimal' is not supported with the 'gpt-6.1-sol' model. "
            "Supported values are: 'low', 'medium', 'high', 'xhigh', 'max'.",
            "param": "reasoning.effort",
            "code": "unsupported_value",
        },
    ),
]


@pytest.mark.parametrize(("wanted", "error"), REFUSALS)
async def test_an_illegal_request_is_refused_in_openais_words(
    wanted: Mapping[str, object], error: Mapping[str, object]
) -> None:
    async with WireServer("never") as server:
        answer = await asked(server, wanted)

    assert answer.status_code == 400
    assert answer.json() == {"error": {"type": "invalid_request_error", **error}}
    assert len(server.complaints) == 1


async def test_what_is_no_json_and_what_is_no_post_is_refused() -> None:
    async with WireServer("never") as server, client(server) as http:
        garbage = await http.post("/v1/responses", content=b"{")
        got = await http.get("/v1/responses")

    assert (garbage.status_code, got.status_code) == (400, 405)


async def reasoned(server: WireServer) -> list[dict[str, object]]:
    """The items of a first answer, in which something was thought."""
    wanted = body(include=["reasoning.encrypted_content"], reasoning={"summary": "auto"})
    answer = await asked(server, wanted)
    output: list[dict[str, object]] = answer.json()["output"]
    return output


async def test_sealed_reasoning_that_comes_back_as_it_was_given_is_taken() -> None:
    async with WireServer([Thinking(content="hm"), "ok"], "fine") as server:
        items = await reasoned(server)
        answer = await asked(server, body(*items, HELLO))

    assert [item["type"] for item in items] == ["reasoning", "message"]
    assert (answer.status_code, server.complaints) == (200, ())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"summary": []},
            "could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
        ),
        ({"encrypted_content": "gAAAAABforeign"}, "Encrypted content could not be decrypted or parsed."),
        ({"encrypted_content": "é"}, "Encrypted content could not be decrypted or parsed."),
        ({"id": "rs_5a9e000000090000ffffffffffff"}, "item_id did not match the target item id."),
        ({"encrypted_content": None}, "Items are not persisted when `store` is set to false."),
    ],
)
async def test_reasoning_that_was_altered_or_is_foreign_is_refused(
    change: Mapping[str, object], words: str
) -> None:
    async with WireServer([Thinking(content="hm"), "ok"]) as server:
        thought, message = await reasoned(server)
        answer = await asked(server, body({**thought, **change}, message, HELLO))

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


async def test_what_followed_reasoning_is_refused_without_it_and_it_without_that() -> None:
    async with WireServer([Thinking(content="hm"), call("Bash", command="ls")]) as server:
        thought, made = await reasoned(server)
        output = {"type": "function_call_output", "call_id": made["call_id"], "output": "x"}
        alone = await asked(server, body(made, output))
        orphan = await asked(server, body(thought, HELLO))
        bare = await asked(server, body({key: made[key] for key in made if key != "id"}, output))

    assert alone.json()["error"]["message"] == (
        f"Item '{made['id']}' of type 'function_call' was provided without its required "
        f"'reasoning' item: '{thought['id']}'."
    )
    assert orphan.json()["error"]["message"] == (
        f"Item '{thought['id']}' of type 'reasoning' was provided without its required following item."
    )
    assert bare.json()["error"]["message"].startswith("the script has 1 replies")


@pytest.mark.parametrize(("model", "status"), [("gpt-6.1-sol", 400), ("gpt-4.1", 200)])
async def test_a_foreign_call_with_an_id_is_refused_without_reasoning_where_the_model_reasons(
    model: str, status: int
) -> None:
    foreign = {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "t", "arguments": "{}"}
    result = {"type": "function_call_output", "call_id": "c", "output": "x"}

    async with WireServer("fine") as server:
        answer = await asked(server, body({"role": "user", "content": "hi"}, foreign, result, model=model))

    assert answer.status_code == status
    assert server.complaints == (
        ()
        if status == 200
        else (
            (
                "POST /v1/responses: Item 'fc_1' of type 'function_call' was provided without its required "
                "'reasoning' item."
            ),
        )
    )


async def test_reasoning_is_sealed_and_told_only_where_that_is_asked_for() -> None:
    async with WireServer([Thinking(content="hm"), "ok"]) as server:
        answer = await asked(server, body())

    thought = answer.json()["output"][0]
    assert ("encrypted_content" in thought, thought["summary"]) == (False, [])


async def test_a_stream_is_framed_and_numbered_as_openai_does_it() -> None:
    async with WireServer("one two") as server:
        answer = await asked(server, body(stream=True))

    frames = [frame.split("\n") for frame in answer.text.split("\n\n")[:-1]]
    events = [json.loads(data.removeprefix("data: ")) for _, data in frames]
    assert [name for name, _ in frames] == [f"event: {event['type']}" for event in events]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert answer.headers["content-type"].startswith("text/event-stream")

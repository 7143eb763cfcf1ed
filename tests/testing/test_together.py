"""The doubles against the real thing: our own client of Google, and a whole agent, on a wire server."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest

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
from sagent.messages.view import View
from sagent.protocols import Chunk, Reply
from sagent.providers import Google
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.part import Text, Thinking
from sagent.schema.values import StopReason
from sagent.testing import Cut, Scripted, WireReplying, WireServer, call, hold, reply
from tests.testing.asking import chunks, requested, said

MODELS = ("gemini-2.5-flash", "gemini-3-flash-preview")


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
        model = Google.from_env(server.environment).model(stream=stream)

        with pytest.raises(type(error)) as caught:
            await chunks(model, requested(View([said("hello")])))

    if isinstance(error, Overloaded) and isinstance(caught.value, Overloaded):
        assert caught.value.retry_after == error.retry_after


@pytest.mark.parametrize("name", MODELS)
async def test_both_doubles_tell_the_same_script_alike(name: str) -> None:
    calls = call("Bash", command="ls"), call("List", path=".")
    async with WireServer([Thinking(content="let me think"), "one two three", *calls]) as server:
        model = Google.from_env(server.environment).model(name)
        real = await chunks(model, requested(View([said("hello")])))

    double = await chunks(Scripted([Thinking(content="let me think"), "one two three", *calls]))

    told = [TextDelta(content="one"), TextDelta(content=" two three")]
    thought = [ThinkingDelta(content="let"), ThinkingDelta(content=" me think")]
    assert real[:-1] == double[:-1] == [*thought, *told]
    assert (
        contents(real[-1])
        == contents(double[-1])
        == ["let me think", "one two three", *(one.content for one in calls)]
    )


def contents(chunk: Chunk) -> Sequence[object]:
    assert isinstance(chunk, Reply)
    return [part.content for part in chunk.content]


@pytest.mark.parametrize("stop", ["end", "length", "filter", "malformed_call"])
async def test_why_a_scripted_reply_stops_is_read_as_it_was_told(stop: StopReason) -> None:
    async with WireServer(reply("some words", stop=stop)) as server:
        told = await chunks(Google.from_env(server.environment).model(), requested(View([said("hello")])))

    assert isinstance(told[-1], Reply)
    assert told[-1].stop == stop


@pytest.mark.parametrize("name", MODELS)
async def test_each_request_of_an_agent_goes_on_where_the_one_before_ended(name: str) -> None:
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
        model = Google.from_env(server.environment).model(name)
        answer = await Agent(model, tools=[tools.Glob(), tools.List()]).run("Look around.")

    bodies = [received.body["contents"] for received in server.requests if isinstance(received.body, dict)]
    assert (answer, server.complaints, len(bodies)) == (Text(content="done"), (), 6)
    assert all(after[: len(before)] == before for before, after in pairwise(bodies))


async def test_a_reply_that_breaks_off_is_asked_for_again_and_answered_once() -> None:
    async with WireServer(["It was a dark and", Cut()], "It was a sunny day.") as server:
        answer = await Agent(Google.from_env(server.environment).model()).run("Tell me a story.")

    assert (answer.content, len(server.requests)) == ("It was a sunny day.", 2)


async def test_a_halted_agent_hangs_up_on_the_provider() -> None:
    reached = asyncio.Event()
    async with WireServer(["It was a dark and", hold(asyncio.Event(), reached=reached)]) as server:
        agent = Agent(Google.from_env(server.environment).model())
        telling = asyncio.ensure_future(agent.run("Tell me a story."))
        await reached.wait()

        agent.halt()

        await server.walkout()
        await asyncio.wait((telling,))
    assert (server.walkouts, type(telling.exception()).__name__) == (1, "AgentHalted")

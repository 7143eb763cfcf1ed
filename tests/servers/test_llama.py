"""A real server, asked by each of its three wires: what an agent and a model have of it."""

import asyncio

import pytest

from sagent.agent import Agent
from sagent.protocols import ModelLimits, Reply
from sagent.providers import OpenAI
from sagent.schema.event import Retry, TextDelta, ThinkingDelta
from sagent.schema.message import ModelResponse, ToolResult
from sagent.schema.part import Text, Thinking
from sagent.schema.values import Usage
from tests.providers.conversation import prompt, request
from tests.servers.bigram import ANSWER, THOUGHT
from tests.servers.endpoints import ENDPOINTS, NAME, Endpoint, agent
from tests.servers.llama import Llama
from tests.servers.llama_server import WINDOW

SAID = "".join(ANSWER).strip()
THINKS = "".join(THOUGHT).strip()

QUESTION = 22
"""The tokens of "hi" as a prompt: a letter is one, a mark is one, a line's end is one."""

OUTPUT = 13
"""The tokens of the thought and the answer, with their marks."""


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
async def test_an_agent_calls_its_tool_and_answers_by_each_wire(
    llama: Llama, endpoint: Endpoint, stream: bool
) -> None:
    asked, seen = agent(endpoint.model(llama.url, stream=stream))

    answer = await asked.run("What is green tea?")

    assert answer == Text(content=SAID)
    assert [message.content for message in asked.messages if isinstance(message, ToolResult)] == [
        (Text(content="green tea: something to drink"),)
    ]
    responses = [message for message in asked.messages if isinstance(message, ModelResponse)]
    assert [(response.model, response.stop) for response in responses] == [
        (NAME, "tool_calls"),
        (NAME, "end"),
    ]
    assert not [event for event in seen if isinstance(event, Retry)]


async def test_thoughts_and_text_come_in_pieces_and_are_whole_in_the_reply(
    llama: Llama, endpoint: Endpoint
) -> None:
    model = endpoint.model(llama.url)

    *deltas, reply = [chunk async for chunk in model.stream(request([prompt("hi")]))]

    assert "".join(delta.content for delta in deltas if isinstance(delta, ThinkingDelta)).strip() == THINKS
    assert [delta.content for delta in deltas if isinstance(delta, TextDelta)] == [
        piece.lstrip("\n") for piece in ANSWER
    ]
    assert isinstance(reply, Reply)
    assert [(type(part), getattr(part, "content", "").strip()) for part in reply.content] == [
        (Thinking, THINKS),
        (Text, SAID),
    ]


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
async def test_usage_is_counted_alike_by_each_wire_the_cached_part_included(
    llama: Llama, endpoint: Endpoint, stream: bool
) -> None:
    fresh = Agent(endpoint.model(llama.url, stream=stream))

    await fresh.run("hi")

    cached = fresh.usage.cache_read_tokens
    assert fresh.usage == Usage(
        input_tokens=QUESTION,
        cache_read_tokens=cached,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=OUTPUT,
        reasoning_tokens=0,
    )
    assert 0 <= cached < QUESTION


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
async def test_a_limit_of_the_output_is_obeyed_by_each_wire(
    llama: Llama, endpoint: Endpoint, stream: bool
) -> None:
    model = endpoint.provider(llama.url).model(NAME, stream=stream, max_output_tokens=18)

    *_, reply = [chunk async for chunk in model.stream(request([prompt("count")]))]

    assert isinstance(reply, Reply)
    assert reply.content == (Text(content="one two three " * 6),)
    # Its Responses call a response completed that was cut.
    assert reply.stop == ("end" if endpoint.vendor is OpenAI else "length")


async def test_the_models_on_offer_are_listed_by_each_wire(llama: Llama, endpoint: Endpoint) -> None:
    assert await endpoint.provider(llama.url).models() == (NAME,)


async def test_the_window_of_a_conversation_is_known_once_the_server_was_asked(llama: Llama) -> None:
    model = ENDPOINTS["chat"].model(llama.url)

    assert [chunk async for chunk in model.stream(request([prompt("hi")]))]  # names a limit, so it waits

    assert model.limits == ModelLimits(context_window=WINDOW)


async def test_a_conversation_moves_from_wire_to_wire_and_back(llama: Llama) -> None:
    first, *others = [
        entry.model(llama.url, stream=stream) for stream in (True, False) for entry in ENDPOINTS.values()
    ]
    asked, seen = agent(first)

    answers = [await asked.run("What is green tea?")]
    for model in others:
        asked.swap_model(model)
        answers.append(await asked.run("And again?"))

    assert answers == [Text(content=SAID)] * 6
    responses = [message for message in asked.messages if isinstance(message, ModelResponse)]
    assert [response.origin.dialect for response in responses[::2]] == 2 * [
        "openai_chat",
        "openai_responses",
        "anthropic",
    ]
    assert not [event for event in seen if isinstance(event, Retry)]


async def test_twenty_agents_at_once_share_a_provider_and_none_has_to_try_again(
    llama: Llama, endpoint: Endpoint
) -> None:
    provider = endpoint.provider(llama.url)
    crowd = [agent(provider.model(NAME, stream=bool(number % 4))) for number in range(20)]

    answers = await asyncio.gather(*(asked.run("What is green tea?") for asked, _ in crowd))
    answers += await asyncio.gather(*(asked.run("And again?") for asked, _ in crowd))

    assert answers == [Text(content=SAID)] * 40
    assert not [event for _, seen in crowd for event in seen if isinstance(event, Retry)]

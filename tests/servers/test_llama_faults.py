"""A real server that says no, hangs up, is left, or dies."""

import base64
import json
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from sagent.errors import Illegal, Overflow, Unreachable
from sagent.lib.blob import Blob
from sagent.providers.direct import Direct
from sagent.providers.transport import Call, HttpRefusal
from sagent.schema.event import Retry, TextDelta
from sagent.schema.part import Image, Text
from tests.providers.conversation import prompt
from tests.providers.conversation import request as asking
from tests.servers.bigram import ANSWER
from tests.servers.endpoints import ENDPOINTS, Endpoint, agent
from tests.servers.llama import SLOTS, Llama, serving_llama
from tests.servers.llama_server import WINDOW
from tests.servers.relay import relaying

SAID = "".join(ANSWER).strip()

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one pixel."""


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
async def test_a_prompt_that_does_not_fit_is_an_overflow_that_names_both_sizes(
    llama: Llama, endpoint: Endpoint, stream: bool
) -> None:
    model = endpoint.model(llama.url, stream=stream)

    with pytest.raises(Overflow, match=rf"5020 tokens.*{WINDOW} tokens") as told:
        await anext(model.stream(asking([prompt("x" * 5000)])))

    assert told.value.status == 400


async def test_the_servers_own_words_for_an_overflow_have_the_fields_that_we_know(
    llama: Llama, endpoint: Endpoint
) -> None:
    body = json.dumps(endpoint.question("x" * 5000)).encode()
    call = Call(url=llama.url + endpoint.path, headers={"content-type": "application/json"}, body=body)

    with pytest.raises(HttpRefusal) as told:
        await anext(Direct().stream(call))

    error = json.loads(told.value.refusal.body)["error"]
    assert {key: error[key] for key in error if key != "message"} == {
        "code": 400,
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 5020,
        "n_ctx": WINDOW,
    }


async def test_a_placeholder_for_a_key_makes_no_riddle_of_the_servers_words(
    llama: Llama, endpoint: Endpoint
) -> None:
    model = endpoint.model(llama.url, key="x")

    with pytest.raises(Overflow, match="5020 tokens"):
        await anext(model.stream(asking([prompt("x" * 5000)])))


async def test_a_picture_for_a_model_without_eyes_is_refused_for_good(
    llama: Llama, endpoint: Endpoint
) -> None:
    picture = Image(descriptor="image/png", content=Blob.of(DOT))
    model = endpoint.model(llama.url)

    with pytest.raises(Illegal, match="image input is not supported"):
        await anext(model.stream(asking([prompt("What is this?", picture)], store=[picture.content])))


async def test_a_kept_connection_that_died_is_replaced_once_and_nobody_hears_of_it(
    llama: Llama, endpoint: Endpoint
) -> None:
    async with relaying(llama.url) as relay:
        asked, seen = agent(endpoint.model(relay.url))

        answers = [await asked.run("What is green tea?") for _ in range(3)]

    assert answers == [Text(content=SAID)] * 3
    assert (relay.died, relay.connections) == (5, 6)
    assert not [event for event in seen if isinstance(event, Retry)]


async def test_a_pool_full_of_dead_connections_is_nobodys_business_either(llama: Llama) -> None:
    async with relaying(llama.url) as relay, AsyncExitStack() as leaving:
        model = ENDPOINTS["chat"].model(relay.url)
        crowd = [agent(model) for _ in range(5)]
        streams = [
            await leaving.enter_async_context(aclosing(model.stream(asking([prompt("hi")])))) for _ in crowd
        ]
        for stream in streams:  # all have begun before any ends, so each has a connection of its own
            await anext(stream)
        for stream in streams:
            assert [chunk async for chunk in stream]

        answers = [await asked.run("What is green tea?") for asked, _ in crowd]

    assert answers == [Text(content=SAID)] * 5
    assert not [event for _, seen in crowd for event in seen if isinstance(event, Retry)]


async def test_streams_that_are_left_midway_free_the_slots_that_they_had(
    llama: Llama, endpoint: Endpoint
) -> None:
    model = endpoint.model(llama.url)
    endless = [model.stream(asking([prompt("count")])) for _ in range(SLOTS)]
    begun = [await anext(stream) for stream in endless]
    full = await busy(llama)

    for stream in endless:
        await stream.aclose()

    asked, _ = agent(model)
    answer = await asked.run("What is green tea?")
    while await busy(llama):  # if it never is, the test's own time is up
        pass
    assert begun == [TextDelta(content="one ")] * SLOTS
    assert (full, answer) == (SLOTS, Text(content=SAID))


async def test_an_agent_that_was_interrupted_midway_goes_on_with_the_conversation(
    llama: Llama, endpoint: Endpoint
) -> None:
    most = WINDOW // 8  # it counts faster than a busy machine interrupts it, and hears each letter as a token
    asked, seen = agent(endpoint.model(llama.url, most=most))
    async with aclosing(asked.stream("Please count.")) as telling:
        async for message in telling:
            if isinstance(message, TextDelta):
                break

    answer = await asked.run("What is green tea?")

    assert answer == Text(content=SAID)
    assert not [event for event in seen if isinstance(event, Retry)]


async def test_a_server_that_dies_in_mid_stream_leaves_a_broken_stream_and_no_server(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    with serving_llama(tmp_path) as llama:
        model = endpoint.model(llama.url)
        async with aclosing(model.stream(asking([prompt("count")]))) as telling:
            await anext(telling)

            llama.kill()

            with pytest.raises(Unreachable, match="broke off"):
                async for _ in telling:
                    pass
        with pytest.raises(Unreachable, match="cannot reach"):
            await anext(model.stream(asking([prompt("hi")])))


def test_a_server_ends_with_whoever_began_it(tmp_path: Path) -> None:
    with serving_llama(tmp_path) as llama:
        assert llama.process.stdin is not None

        llama.process.stdin.close()

        assert llama.process.wait() == 0


async def busy(llama: Llama) -> int:
    """How many of the server's slots are taken."""
    call = Call(url=f"{llama.url}/slots", headers={})
    async with aclosing(Direct().stream(call)) as batches:
        slots = [json.loads(slot) async for batch in batches for slot in batch]
    return sum(slot["is_processing"] for slot in slots)

"""Whole conversations of agents through every cloud, each with a call of a tool, and from one to another."""

from typing import Protocol

import pytest

from sagent.agent import Agent
from sagent.errors import Illegal, Overflow, Overloaded, ProviderError, Quota, Unauthorized
from sagent.protocols import Model
from sagent.providers import (
    AnthropicBedrock,
    AnthropicBedrockMantle,
    AnthropicFoundry,
    AnthropicVertex,
    AzureOpenAI,
    Google,
)
from sagent.schema.part import Text, Thinking
from sagent.testing import WireServer, call
from sagent.tools import tool
from tests.providers.conversation import prompt, request
from tests.providers.loopback import HEAD, Line, chunk, serving
from tests.providers.platforms.gateway import Gateway, chunk_frame, exception_frame
from tests.providers.platforms.keys import AWS
from tests.testing.asking import chunks

TOKEN = "a-token-of-nobody"


class Cloud(Protocol):
    """A model behind a server that plays a cloud."""

    def __call__(self, url: str, *, stream: bool = True) -> Model: ...


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def bedrock(url: str, *, stream: bool = True) -> Model:
    return AnthropicBedrock.from_env({**AWS, "ANTHROPIC_BEDROCK_BASE_URL": url}).model(stream=stream)


def mantle(url: str, *, stream: bool = True) -> Model:
    place = {"ANTHROPIC_BEDROCK_MANTLE_BASE_URL": f"{url}/anthropic"}
    return AnthropicBedrockMantle.from_env({**AWS, **place}).model(stream=stream)


def vertex(url: str, *, stream: bool = True) -> Model:
    place = f"{url}/v1/projects/p/locations/global"
    return AnthropicVertex.from_key(TOKEN, base_url=place).model(stream=stream)


def foundry(url: str, *, stream: bool = True) -> Model:
    return AnthropicFoundry.from_key(TOKEN, base_url=f"{url}/anthropic").model(stream=stream)


def azure(url: str, *, stream: bool = True) -> Model:
    return AzureOpenAI.from_key(TOKEN, base_url=url).model(stream=stream)


def azure_chat(url: str, *, stream: bool = True) -> Model:
    environ = {
        "AZURE_OPENAI_ENDPOINT": url,
        "AZURE_OPENAI_API_KEY": TOKEN,
        "OPENAI_API_VERSION": "2025-04-01-preview",
    }
    return AzureOpenAI.from_env(environ).model(stream=stream, dialect="openai_chat")


def gemini(url: str, *, stream: bool = True) -> Model:
    environ = {
        "GOOGLE_GENAI_USE_VERTEXAI": "1",
        "GOOGLE_API_KEY": TOKEN,
        "GOOGLE_VERTEX_BASE_URL": url,
    }
    return Google.from_env(environ).model(stream=stream)


CLOUDS = (bedrock, mantle, vertex, foundry, azure, azure_chat, gemini)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.__name__)
async def test_an_agent_calls_a_tool_and_answers_through_every_cloud(cloud: Cloud, stream: bool) -> None:
    async with WireServer([Thinking(content="So."), call("add", a=1, b=2)], "three", "four") as upstream:
        gateway = Gateway(upstream)
        async with (
            serving(*[gateway.answer] * 3) as server,
            Agent(cloud(server.url, stream=stream), tools=[add]) as agent,
        ):
            first = await agent.run("one and two?")
            second = await agent.run("and one more?")

    assert upstream.complaints == ()
    assert (first, second) == (Text(content="three"), Text(content="four"))
    assert len(gateway.requests) == 3


@pytest.mark.parametrize("before", CLOUDS, ids=lambda cloud: cloud.__name__)
@pytest.mark.parametrize("after", [bedrock, vertex, azure, gemini], ids=lambda cloud: cloud.__name__)
async def test_another_cloud_goes_on_where_one_left_off(before: Cloud, after: Cloud) -> None:
    async with WireServer([Thinking(content="So."), call("add", a=1, b=2)], "three", "four") as upstream:
        gateway = Gateway(upstream)
        async with (
            serving(*[gateway.answer] * 2) as one,
            serving(gateway.answer) as other,
            Agent(before(one.url), tools=[add]) as agent,
        ):
            await agent.run("one and two?")
            agent.swap_model(after(other.url))
            last = await agent.run("and one more?")

    assert upstream.complaints == ()
    assert last == Text(content="four")


async def test_the_thoughts_of_a_model_are_not_shown_to_the_same_model_on_another_cloud() -> None:
    async with WireServer([Thinking(content="So."), "three"], "four") as upstream:
        gateway = Gateway(upstream)
        async with (
            serving(gateway.answer) as one,
            serving(gateway.answer) as other,
            Agent(vertex(one.url)) as agent,
        ):
            await agent.run("one and two?")
            agent.swap_model(bedrock(other.url))
            await agent.run("and one more?")

    assert "So." not in gateway.requests[-1].raw.decode()
    assert "three" in gateway.requests[-1].raw.decode()


@pytest.mark.parametrize(
    ("kind", "words", "error"),
    [
        ("throttlingException", "Too many tokens, please wait before trying again.", Overloaded),
        ("throttlingException", "Too many tokens per day, please wait before trying again.", Quota),
        ("serviceUnavailableException", "Bedrock is unable to process your request.", Overloaded),
        ("modelStreamErrorException", "The model stream failed.", Overloaded),
        ("internalServerException", "Unexpected.", Overloaded),
        ("validationException", "Input is too long for requested model.", Overflow),
        ("validationException", "messages: at least one message is required", Illegal),
    ],
)
async def test_an_exception_in_the_midst_of_bedrocks_stream_is_the_error_that_it_means(
    kind: str, words: str, error: type[ProviderError]
) -> None:
    async def answer(line: Line) -> None:
        start = b'{"type":"message_start","message":{"model":"m","content":[],"usage":{}}}'
        frames = chunk_frame(start) + exception_frame(kind, words)
        await line.send(HEAD, *(chunk(frames[at : at + 50]) for at in range(0, len(frames), 50)))
        await line.send(b"0\r\n\r\n")

    async with serving(answer) as server:
        with pytest.raises(ProviderError, match=words.split(",")[0]) as caught:
            await chunks(bedrock(server.url), request([prompt("hello")]))

    assert type(caught.value) is error
    assert caught.value.begun


async def test_credentials_that_a_cloud_refuses_are_told_with_what_helps_and_without_secrets() -> None:
    async def answer(line: Line) -> None:
        body = b'{"message": "The security token session-token-of-nobody included is expired"}'
        await line.send(b"HTTP/1.1 403 Forbidden\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    async with serving(answer) as server:
        with pytest.raises(Unauthorized, match=r"AWS credentials \(aws sso login\)") as caught:
            await chunks(bedrock(server.url), request([prompt("hello")]))

    assert "session-token-of-nobody" not in str(caught.value)
    assert ": The security token [the key] included is expired" in str(caught.value)

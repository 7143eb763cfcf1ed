"""What each cloud gets from us, held against what the vendor's own SDK sends it for the same conversation."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import anthropic
import httpx2
import openai
import pytest
from google import genai

from sagent.errors import ProviderError
from sagent.protocols import Model
from sagent.providers import (
    Anthropic,
    AnthropicBedrock,
    AnthropicBedrockMantle,
    AnthropicFoundry,
    AnthropicVertex,
    AzureOpenAI,
    Google,
)
from sagent.providers.tokens import bearer
from tests.providers.conversation import ADD, call, prompt, request, response, result
from tests.providers.loopback import Line, serving, whole
from tests.providers.platforms.gateway import Seen, seen
from tests.providers.platforms.keys import AWS, service_account
from tests.providers.platforms.signing import is_signed
from tests.testing.asking import chunks

TALK = replace(
    request(
        [prompt("two and one?"), response("Let me see.", call(1, a=1, b=2)), result(1, "3"), prompt("so?")],
        system="Be brief.",
    ),
    tools=(ADD,),
)
TOKEN = "a-token-of-nobody"
HERE = "us-east-1"


async def refuse(line: Line) -> None:
    await line.send(whole("400 Bad Request", b'{"error": {"message": "enough was seen"}}'))
    line.hang_up()


async def ours(build: Callable[[str], Model]) -> Seen:
    """What our model sends."""
    async with serving(refuse) as server:
        with pytest.raises(ProviderError, match="enough was seen"):
            await chunks(build(server.url), TALK)
    return seen(server.requests[0])


async def theirs(send: Callable[[str, httpx2.AsyncClient], Awaitable[object]]) -> Seen:
    """What their client sends."""
    async with serving(refuse) as server, httpx2.AsyncClient(trust_env=False) as http:
        with suppress(anthropic.APIError, openai.APIError, genai.errors.APIError):
            await send(server.url, http)
    return seen(server.requests[0])


def kept(request: Seen, *names: str) -> Mapping[str, str | None]:
    return {name: request.headers.get(name) for name in names}


@dataclass(frozen=True, kw_only=True)
class Claude:
    """A way to Claude: our provider, and a client of the SDK by its name and how it is made."""

    name: str
    ours: Callable[[str], Anthropic]
    client: str
    made: Callable[[str], Mapping[str, object]]
    model: str = "claude-sonnet-5-5"
    headers: Sequence[str] = ()
    signed: str = ""
    """The service that a signature is for, where there is one."""


SIGNER: Mapping[str, object] = {
    "aws_access_key": AWS["AWS_ACCESS_KEY_ID"],
    "aws_secret_key": AWS["AWS_SECRET_ACCESS_KEY"],
    "aws_session_token": AWS["AWS_SESSION_TOKEN"],
    "aws_region": HERE,
}
KEYED = {"AWS_BEARER_TOKEN_BEDROCK": TOKEN, "AWS_REGION": HERE}

WAYS = (
    Claude(
        name="bedrock, signed",
        ours=lambda url: AnthropicBedrock.from_env({**AWS, "ANTHROPIC_BEDROCK_BASE_URL": url}),
        client="AsyncAnthropicBedrock",
        made=lambda url: {**SIGNER, "base_url": url},
        model="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        headers=("x-amz-security-token",),
        signed="bedrock",
    ),
    Claude(
        name="bedrock, a profile's ARN",
        ours=lambda url: AnthropicBedrock.from_env({**AWS, "ANTHROPIC_BEDROCK_BASE_URL": url}),
        client="AsyncAnthropicBedrock",
        made=lambda url: {**SIGNER, "base_url": url},
        model="arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
        signed="bedrock",
    ),
    Claude(
        name="bedrock, by key",
        ours=lambda url: AnthropicBedrock.from_env({**KEYED, "ANTHROPIC_BEDROCK_BASE_URL": url}),
        client="AsyncAnthropicBedrock",
        made=lambda url: {"base_url": url, "api_key": TOKEN, "aws_region": HERE},
        model="global.anthropic.claude-sonnet-5-5",
    ),
    Claude(
        name="mantle, signed",
        ours=lambda url: AnthropicBedrockMantle.from_env(
            {**AWS, "ANTHROPIC_BEDROCK_MANTLE_BASE_URL": f"{url}/anthropic"}
        ),
        client="AsyncAnthropicBedrockMantle",
        made=lambda url: {**SIGNER, "base_url": f"{url}/anthropic"},
        model="anthropic.claude-sonnet-5-5",
        headers=("x-amz-security-token",),
        signed="bedrock-mantle",
    ),
    Claude(
        name="mantle, by key",
        ours=lambda url: AnthropicBedrockMantle.from_env(
            {**KEYED, "ANTHROPIC_BEDROCK_MANTLE_BASE_URL": f"{url}/anthropic"}
        ),
        client="AsyncAnthropicBedrockMantle",
        made=lambda url: {"base_url": f"{url}/anthropic", "api_key": TOKEN, "aws_region": HERE},
        model="anthropic.claude-sonnet-5-5",
    ),
    Claude(
        name="vertex",
        ours=lambda url: AnthropicVertex.from_key(TOKEN, base_url=f"{url}/v1/projects/p/locations/us-east5"),
        client="AsyncAnthropicVertex",
        made=lambda url: {
            "base_url": f"{url}/v1",
            "region": "us-east5",
            "project_id": "p",
            "access_token": TOKEN,
        },
        model="claude-sonnet-4-5@20250929",
    ),
    Claude(
        name="foundry, by key",
        ours=lambda url: AnthropicFoundry.from_env(
            {"ANTHROPIC_FOUNDRY_API_KEY": TOKEN, "ANTHROPIC_FOUNDRY_BASE_URL": f"{url}/anthropic/"}
        ),
        client="AsyncAnthropicFoundry",
        made=lambda url: {"base_url": f"{url}/anthropic/", "api_key": TOKEN},
        headers=("x-api-key", "api-key"),
    ),
    Claude(
        name="foundry, by Entra",
        ours=lambda url: AnthropicFoundry(
            key="", base_url=f"{url}/anthropic", credentials=bearer(TOKEN, "a test")
        ),
        client="AsyncAnthropicFoundry",
        made=lambda url: {"base_url": f"{url}/anthropic", "azure_ad_token_provider": lambda: TOKEN},
        headers=("x-api-key", "api-key"),
    ),
    Claude(
        name="Anthropic itself, by token",
        ours=lambda url: Anthropic.from_env({"ANTHROPIC_AUTH_TOKEN": TOKEN, "ANTHROPIC_BASE_URL": url}),
        client="AsyncAnthropic",
        made=lambda url: {"base_url": url, "auth_token": TOKEN},
        headers=("x-api-key",),
    ),
)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
async def test_claude_is_asked_at_the_path_with_the_headers_and_the_body_of_anthropics_sdk(
    way: Claude, stream: bool
) -> None:
    mine = await ours(lambda url: way.ours(url).model(way.model, stream=stream, max_output_tokens=4_000))
    betas = mine.headers.get("anthropic-beta")
    said = {key: value for key, value in mine.body.items() if not key.startswith("anthropic_")}
    fields = {**said, "model": way.model, "stream": stream}

    extra = {"anthropic-beta": betas} if betas else {}

    async def send(url: str, http: httpx2.AsyncClient) -> object:
        client = getattr(anthropic, way.client)(**way.made(url), http_client=http, max_retries=0)
        return await client.messages.create(**fields, extra_headers=extra)

    other = await theirs(send)

    assert mine.path == other.path
    names = ("content-type", *way.headers, *(() if way.signed else ("authorization",)))
    assert kept(mine, *names) == kept(other, *names)
    # We speak an older version of the wire, as all models know it.
    assert {*other.body} - {"stream"} == {*mine.body} - {"stream"}
    assert _bare(mine.body) == _bare(other.body)
    assert ("anthropic-version" in mine.headers) == ("anthropic-version" in other.headers)
    if way.signed:
        secret = AWS["AWS_SECRET_ACCESS_KEY"]
        assert is_signed(mine, secret=secret, service=way.signed, region="us-east-1")
        assert is_signed(other, secret=secret, service=way.signed, region="us-east-1")


def _bare(body: Mapping[str, object]) -> Mapping[str, object]:
    """A body without the version, and without the word that an answer is not streamed."""
    bare = {key: value for key, value in body.items() if key != "anthropic_version"}
    return bare if bare.get("stream") else {key: value for key, value in bare.items() if key != "stream"}


@pytest.mark.parametrize(
    ("dialect", "create"),
    [("openai_responses", "responses.create"), ("openai_chat", "chat.completions.create")],
)
@pytest.mark.parametrize("by", ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"])
@pytest.mark.parametrize("version", ["2025-04-01-preview", ""])
async def test_openais_models_are_asked_at_the_path_with_the_key_and_the_body_of_its_sdk(
    version: str, by: str, dialect: str, create: str
) -> None:
    keyed = by.endswith("KEY")

    async def send(url: str, http: httpx2.AsyncClient) -> object:
        dated = {
            "azure_endpoint": url,
            "api_version": version,
            "api_key" if keyed else "azure_ad_token": TOKEN,
        }
        # The way that Azure's page on its v1 API shows: the plain client, at another place.
        headers = {"api-key": TOKEN, "authorization": ""} if keyed else {}
        plain = {"base_url": f"{url}/openai/v1/", "api_key": TOKEN, "default_headers": headers}
        name, made = ("AsyncAzureOpenAI", dated) if version else ("AsyncOpenAI", plain)
        client = getattr(openai, name)(**made, http_client=http, max_retries=0)
        return await attrgetter(create)(client)(**mine.body)

    mine = await ours(
        lambda url: AzureOpenAI.from_env(
            {"AZURE_OPENAI_ENDPOINT": f"{url}/", by: TOKEN, "OPENAI_API_VERSION": version}
        ).model("gpt-5", dialect=dialect)
    )

    other = await theirs(send)

    assert mine.path == other.path
    assert mine.body == other.body
    opened = {name: value for name, value in kept(other, "api-key", "authorization").items() if value}
    assert {name: value for name, value in kept(mine, "api-key", "authorization").items() if value} == opened


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("express", [True, False])
async def test_gemini_is_asked_on_vertex_at_the_path_with_the_headers_and_the_body_of_googles_sdk(
    express: bool, stream: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(token) as tokens:
        file = service_account(tmp_path, f"{tokens.url}/token")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        there = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "europe-west4"}
        account = {**there, "GOOGLE_APPLICATION_CREDENTIALS": str(file)}
        environ = {"GOOGLE_API_KEY": TOKEN} if express else account

        mine = await ours(
            lambda url: Google.from_env(
                {**environ, "GOOGLE_GENAI_USE_VERTEXAI": "true", "GOOGLE_VERTEX_BASE_URL": url}
            ).model("gemini-2.5-flash", stream=stream)
        )

    async def send(url: str, http: httpx2.AsyncClient) -> object:
        options = genai.types.HttpOptions(base_url=url, httpx_async_client=http)
        client = (
            genai.Client(vertexai=True, api_key=TOKEN, http_options=options)
            if express
            else genai.Client(
                vertexai=True,
                project="p",
                location="europe-west4",
                credentials=import_module("google.oauth2.credentials").Credentials(token=TOKEN),
                http_options=options,
            )
        )
        head = dict(mine.body)
        contents = [genai.types.Content.model_validate(turn) for turn in listed(head.pop("contents"))]
        config = genai.types.GenerateContentConfig.model_validate(
            {
                "system_instruction": head.pop("systemInstruction"),
                "tools": head.pop("tools"),
                **dict(mapped(head.pop("generationConfig", {}))),
            }
        )
        assert head == {}
        asked = client.aio.models
        if not stream:
            return await asked.generate_content(model="gemini-2.5-flash", contents=contents, config=config)
        async for _ in await asked.generate_content_stream(
            model="gemini-2.5-flash", contents=contents, config=config
        ):
            pass
        return None

    other = await theirs(send)

    assert mine.path == other.path
    assert kept(mine, "authorization", "x-goog-api-key") == kept(other, "authorization", "x-goog-api-key")
    assert {*mine.body} == {*other.body}
    assert mine.body["contents"] == other.body["contents"]
    # Theirs leaves this one name as Python has it; Google reads both (protobuf's JSON mapping).
    spelled = json.dumps(other.body["tools"]).replace("parameters_json_schema", "parametersJsonSchema")
    assert mine.body["tools"] == json.loads(spelled)


async def token(line: Line) -> None:
    """Google's server of tokens."""
    body = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
    await line.send(whole("200 OK", json.dumps(body).encode(), "content-type: application/json"))
    line.hang_up()


def listed(value: object) -> Sequence[object]:
    assert isinstance(value, list)
    return value


def mapped(value: object) -> Mapping[str, object]:
    assert isinstance(value, dict)
    return value

"""What opens the doors of clouds: the credentials that the vendors' packages find, or do not."""

import json
from collections.abc import Mapping
from pathlib import Path
from time import time

import pytest

from sagent.errors import Refused, Unauthorized, Unreachable, UsageError
from sagent.providers import (
    Anthropic,
    AnthropicBedrock,
    AnthropicBedrockMantle,
    AnthropicFoundry,
    AnthropicVertex,
    AzureOpenAI,
    Google,
)
from sagent.providers.platforms.entra import entra
from sagent.providers.platforms.google_cloud import application_default, host, published
from sagent.providers.platforms.signature import Signature
from sagent.providers.table import default_provider, model_named, provider_meant
from sagent.providers.transport import Call
from tests.providers.loopback import Line, Server, serving, whole
from tests.providers.platforms.gateway import seen
from tests.providers.platforms.keys import AWS, service_account
from tests.providers.platforms.signing import is_signed

CALL = Call(url="http://h/x", headers={}, body=b"{}")
JSON = "content-type: application/json"


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and an environment in which nobody is logged in, and no cloud around."""
    for name in (*AWS, "AWS_PROFILE", "AWS_DEFAULT_REGION", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def signature(profile: str = "") -> Signature:
    return Signature(service="bedrock", region="us-east-1", environ={"AWS_PROFILE": profile})


async def test_a_profile_of_awss_own_files_signs_and_names_the_region(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile work]\nregion = eu-north-1\n")
    (tmp_path / "credentials").write_text(
        "[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalr\n"
    )

    async def answer(line: Line) -> None:
        await line.send(whole("200 OK", b'{"inferenceProfileSummaries": []}'))

    async with serving(answer) as server:
        there = {"AWS_PROFILE": "work", "ANTHROPIC_BEDROCK_BASE_URL": server.url}
        names = await AnthropicBedrock.from_env(there).models()

    (line,) = server.requests
    assert names == ()
    assert is_signed(seen(line), secret="wJalr", service="bedrock", region="eu-north-1", method="GET")


async def test_without_aws_credentials_the_error_says_how_to_get_some() -> None:
    with pytest.raises(Unauthorized, match=r"^no AWS credentials were found\. Run `aws sso login`[^.]*\.$"):
        await signature().headers(CALL)
    with pytest.raises(Unauthorized, match=r"AWS gives no credentials: .*\(work\).*Run `aws sso login`"):
        await signature("work").headers(CALL)


async def test_who_logs_in_after_a_refusal_is_found_by_the_next_request(tmp_path: Path) -> None:
    door = signature("work")
    with pytest.raises(Unauthorized):
        await door.headers(CALL)

    (tmp_path / "credentials").write_text("[work]\naws_access_key_id = A\naws_secret_access_key = B\n")
    headers = await door.headers(CALL)

    assert sorted(headers) == ["authorization", "x-amz-date"]


def test_bedrock_without_a_region_says_which_variable_names_it() -> None:
    with pytest.raises(UsageError, match="needs a region of AWS, and '' is none: set AWS_REGION"):
        AnthropicBedrock.from_env({})


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        (
            {"AWS_REGION": "us-west-2"},
            "https://bedrock-runtime.us-west-2.amazonaws.com/model/m/invoke-with-response-stream",
        ),
        ({"AWS_DEFAULT_REGION": "x-1", "ANTHROPIC_BEDROCK_BASE_URL": "http://h/"}, "http://h/model/m/invoke"),
    ],
)
def test_bedrock_is_reached_in_its_region(environ: dict[str, str], url: str) -> None:
    provider = AnthropicBedrock.from_env({"AWS_BEARER_TOKEN_BEDROCK": "key", **environ})

    model = provider.model("m", stream=url.endswith("stream"))

    assert model._endpoint.url == url


def test_mantle_is_reached_in_its_region() -> None:
    provider = AnthropicBedrockMantle.from_env({**AWS})

    assert provider.model()._endpoint.url == "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages"


async def token_of(line: Line, number: int, life: int = 3_600) -> None:
    body = {"access_token": f"token-{number}", "expires_in": life, "token_type": "Bearer"}
    await line.send(whole("200 OK", json.dumps(body).encode(), JSON))
    line.hang_up()


async def test_googles_token_is_fetched_once_for_all_and_again_when_it_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(lambda line: token_of(line, 1), lambda line: token_of(line, 2)) as server:
        file = str(service_account(tmp_path, server.url))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
        environ = {"GOOGLE_APPLICATION_CREDENTIALS": file}
        first = [await application_default(environ).headers(CALL) for _ in range(2)]
        application_default(environ).forget()
        second = await application_default(environ).headers(CALL)

    assert first == [{"authorization": "Bearer token-1"}] * 2
    assert second == {"authorization": "Bearer token-2"}


async def test_a_login_at_google_that_has_run_out_says_how_to_log_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(line: Line) -> None:
        body = b'{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}'
        await line.send(whole("400 Bad Request", body, JSON))
        line.hang_up()

    async with serving(refuse) as server:
        file = str(service_account(tmp_path, server.url))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
        with pytest.raises(Unauthorized, match=r"invalid_grant.*Run `gcloud auth application-default login`"):
            await application_default({"GOOGLE_APPLICATION_CREDENTIALS": file}).headers(CALL)


async def test_a_server_of_tokens_that_cannot_be_reached_is_no_wrong_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(service_account(tmp_path, "http://127.0.0.1:1"))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", file)

    with pytest.raises(Unreachable, match="Google gives no token now"):
        await application_default({"GOOGLE_APPLICATION_CREDENTIALS": file}).headers(CALL)


def test_the_project_of_the_credentials_counts_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account(tmp_path, "http://h")))

    gemini = Google.from_env({"GOOGLE_GENAI_USE_VERTEXAI": "true", "GOOGLE_CLOUD_LOCATION": "us-west1"})
    claude = AnthropicVertex.from_env({"CLOUD_ML_REGION": "eu"})

    assert gemini.model("m").spec.endpoint == (
        "https://us-west1-aiplatform.googleapis.com/v1beta1/projects/p/locations/us-west1/publishers/google"
    )
    assert claude.model("m@1", stream=False)._endpoint.url == (
        "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu"
        "/publishers/anthropic/models/m@1:rawPredict"
    )


@pytest.mark.parametrize(
    ("words", "environ", "host", "variables"),
    [
        (
            "AnthropicVertex/claude-x",
            {"CLOUD_ML_REGION": "eu"},
            "aiplatform.eu.rep.googleapis.com",
            "ANTHROPIC_VERTEX_PROJECT_ID or GOOGLE_CLOUD_PROJECT",
        ),
        (
            "Google/gemini-x",
            {"GOOGLE_GENAI_USE_VERTEXAI": "true"},
            "aiplatform.googleapis.com",
            "GOOGLE_CLOUD_PROJECT",
        ),
    ],
)
def test_without_a_login_and_a_project_the_error_says_for_whom_and_how_to_get_both(
    words: str,
    environ: Mapping[str, str],
    host: str,
    variables: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    provider, _, model = words.partition("/")
    with pytest.raises(Unauthorized) as caught:
        provider_meant(model_named(model, provider=provider.lower()), environ)

    told = str(caught.value)
    assert told.startswith(f"{words.replace('/', ' ')} at {host}: Google gives no token: ")
    assert "Run `gcloud auth application-default login`" in told
    assert told.endswith(f"Where the credentials name no project, set {variables}.")


def test_gemini_with_a_key_on_vertex_needs_no_project() -> None:
    provider = Google.from_env({"GOOGLE_GENAI_USE_ENTERPRISE": "1", "GOOGLE_API_KEY": "key"})

    model = provider.model("gemini-2.5-flash")

    assert model._endpoint.url == (
        "https://aiplatform.googleapis.com/v1beta1/publishers/google/models/gemini-2.5-flash"
        ":streamGenerateContent?alt=sse"
    )
    assert model._endpoint.headers["x-goog-api-key"] == "key"


def test_without_the_word_vertex_is_not_meant() -> None:
    environ = {"GOOGLE_API_KEY": "key", "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_GENAI_USE_VERTEXAI": "false"}

    assert repr(Google.from_env(environ)) == "<Google at https://generativelanguage.googleapis.com>"


async def test_the_models_of_vertex_are_those_that_google_publishes() -> None:
    pages = [
        {"publisherModels": [{"name": "publishers/google/models/gemini-x"}], "nextPageToken": "a b"},
        {"publisherModels": [{"name": "publishers/google/models/gemini-y"}]},
    ]

    async def answer(line: Line) -> None:
        await line.send(whole("200 OK", json.dumps(pages.pop(0)).encode()))

    async with serving(answer, answer) as server:
        there = {
            "GOOGLE_GENAI_USE_VERTEXAI": "1",
            "GOOGLE_API_KEY": "k",
            "GOOGLE_VERTEX_BASE_URL": server.url,
        }
        names = await Google.from_env(there).models()

    assert names == ("gemini-x", "gemini-y")
    assert [seen(line).path for line in server.requests] == [
        "/v1beta1/publishers/google/models?pageSize=100",
        "/v1beta1/publishers/google/models?pageSize=100&pageToken=a%20b",
    ]
    assert published("{}") == ((), "")


def test_each_location_of_google_cloud_has_its_host() -> None:
    assert [host(name) for name in ("global", "us", "us-east5")] == [
        "https://aiplatform.googleapis.com",
        "https://aiplatform.us.rep.googleapis.com",
        "https://us-east5-aiplatform.googleapis.com",
    ]


def managed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The identity that Azure gives to an app of its own."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")


async def test_entra_gives_a_token_for_the_scope_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(line: Line) -> None:
        body = {"access_token": "entra-token", "expires_on": int(time()) + 3_600, "token_type": "Bearer"}
        await line.send(whole("200 OK", json.dumps(body).encode(), JSON))
        line.hang_up()

    async with serving(answer) as server:
        managed(server, monkeypatch)
        tokens = entra("https://one.example/.default")
        headers = [await tokens.headers(CALL) for _ in range(2)]

    assert headers == [{"authorization": "Bearer entra-token"}] * 2
    assert "resource=https://one.example" in seen(server.requests[0]).path


async def test_without_an_identity_entra_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")

    with pytest.raises(Unauthorized, match=r"Microsoft Entra gives no token: .*Run `az login`"):
        await entra("https://two.example/.default").headers(CALL)


@pytest.mark.parametrize("version", ["", "2025-04-01-preview"])
@pytest.mark.parametrize("place", ["https://r.openai.azure.com/", "https://r.openai.azure.com/openai/v1"])
def test_azure_is_reached_wherever_its_endpoint_is_said_to_end(place: str, version: str) -> None:
    provider = AzureOpenAI(key="key", base_url=place, api_version=version)

    url = provider.model("d")._endpoint.url

    dated = f"https://r.openai.azure.com/openai/responses?api-version={version}"
    assert url == (dated if version else "https://r.openai.azure.com/openai/v1/responses")


def test_azure_and_foundry_say_which_variable_names_their_place() -> None:
    with pytest.raises(UsageError, match="set AZURE_OPENAI_ENDPOINT"):
        AzureOpenAI.from_env({"AZURE_OPENAI_API_KEY": "key"})
    with pytest.raises(UsageError, match="set ANTHROPIC_FOUNDRY_RESOURCE or ANTHROPIC_FOUNDRY_BASE_URL"):
        AnthropicFoundry.from_env({"ANTHROPIC_FOUNDRY_API_KEY": "key"})
    with pytest.raises(UsageError, match="no version of Azure's API"):
        AzureOpenAI(key="key", base_url="https://h", api_version="2025 04")


def test_foundry_is_reached_by_the_name_of_its_resource() -> None:
    provider = AnthropicFoundry.from_env(
        {"ANTHROPIC_FOUNDRY_API_KEY": "key", "ANTHROPIC_FOUNDRY_RESOURCE": "mine"}
    )

    assert provider.model()._endpoint.url == "https://mine.services.ai.azure.com/anthropic/v1/messages"


async def test_clouds_that_list_no_models_say_who_does() -> None:
    with pytest.raises(Refused, match="the portal of Microsoft Foundry"):
        await AnthropicFoundry.from_key("key", base_url="https://h").models()
    with pytest.raises(Refused, match="AnthropicBedrock does"):
        await AnthropicBedrockMantle.from_key("key", base_url="https://h").models()


def test_a_model_of_a_cloud_is_known_by_what_its_vendor_knows_of_it() -> None:
    bedrock = AnthropicBedrock.from_key("key", base_url="https://h")
    vertex = AnthropicVertex.from_key("key", base_url="https://h/v1/projects/p/locations/l")

    limits = [
        bedrock.model("us.anthropic.claude-sonnet-4-5-20250929-v1:0").limits,
        vertex.model("claude-sonnet-4-5@20250929").limits,
    ]

    assert [(known.context_window, known.max_output) for known in limits] == [(200_000, 64_000)] * 2


def test_clouds_are_meant_by_their_names_and_by_ids_that_nobody_else_has() -> None:
    named = model_named("anthropicvertex/claude-sonnet-5-5")
    profile = model_named("us.anthropic.claude-sonnet-5-5")
    stays = model_named("claude-sonnet-5-5", here="AnthropicVertex")
    keyed = default_provider({"AWS_BEARER_TOKEN_BEDROCK": "key", "AWS_REGION": "us-east-1"})

    assert (named.provider, named.model) == ("AnthropicVertex", "claude-sonnet-5-5")
    assert profile.provider == "AnthropicBedrock"
    assert stays.provider == "AnthropicVertex"
    assert keyed.name == "AnthropicBedrock"


def test_a_cloud_whose_own_variables_are_set_is_meant_without_a_key() -> None:
    place = {"GOOGLE_CLOUD_PROJECT": "p"}

    gemini = default_provider({"GOOGLE_GENAI_USE_VERTEXAI": "true", **place})
    claude = default_provider({"GOOGLE_GENAI_USE_VERTEXAI": "0", "ANTHROPIC_VERTEX_PROJECT_ID": "p"})
    meant_not = [
        default_provider({"GOOGLE_GENAI_USE_VERTEXAI": word, "ANTHROPIC_API_KEY": "k"})
        for word in ("no", "off", "False", "yes")
    ]
    by_token = default_provider({"ANTHROPIC_AUTH_TOKEN": "token"})

    assert "aiplatform" in gemini.model().spec.endpoint
    assert (claude.name, by_token.name) == ("AnthropicVertex", "Anthropic")
    assert [provider.name for provider in meant_not] == ["Anthropic"] * 4


async def test_a_token_that_is_refused_is_named_and_no_key_that_nobody_has_set() -> None:
    async def refuse(line: Line) -> None:
        await line.send(whole("401 No", b'{"error": {"message": "expired"}}'))

    async with serving(refuse) as server:
        granted = Anthropic.from_env({"ANTHROPIC_AUTH_TOKEN": "token", "ANTHROPIC_BASE_URL": server.url})

        with pytest.raises(Unauthorized, match=r"Check ANTHROPIC_AUTH_TOKEN\.$"):
            await granted.models()


def test_a_log_builds_the_same_model_again_and_another_region_is_another_origin() -> None:
    here = AnthropicBedrock.from_env({**AWS})
    there = AnthropicBedrock.from_env({**AWS, "AWS_REGION": "eu-west-1"})
    spec = here.model(effort="high").spec

    assert here.restored(spec).spec == spec
    assert there.restored(spec).spec.endpoint != spec.endpoint
    assert "wJalr" not in repr(spec)

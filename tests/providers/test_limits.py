"""The output limit that a budget sets holds in every request, whatever else is asked for."""

import json
from dataclasses import replace

import pytest

from sagent.errors import UsageError
from sagent.lib.json import JsonObject, freeze_object
from sagent.providers import Anthropic, Google, OpenAI, OpenAICompat
from sagent.providers.vendor import Vendor
from tests.providers.conversation import prompt, request

GOOGLE = Google.from_key("secret")
ANTHROPIC = Anthropic.from_key("secret")
OPENAI = OpenAI.from_key("secret")
COMPATIBLE = OpenAICompat.from_key("", base_url="http://127.0.0.1:1/v1")


def limits_in(body: JsonObject) -> set[object]:
    """Every limit of the output that a request names, by whatever name."""
    names = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens")
    config = body.get("generationConfig")
    places = [body, config if isinstance(config, dict) else {}]
    return {place[name] for place in places for name in names if name in place}


@pytest.mark.parametrize(
    ("vendor", "model", "dialect", "extra"),
    [
        (GOOGLE, "gemini-2.5-flash", None, {"generationConfig": {"maxOutputTokens": 60_000}}),
        (GOOGLE, "gemini-2.5-flash", None, {"generationConfig": {"topK": 3}}),
        (ANTHROPIC, "claude-sonnet-4-5", None, {"max_tokens": 60_000}),
        (OPENAI, "gpt-5.2", None, {"max_output_tokens": 60_000}),
        (OPENAI, "gpt-5.2", "openai_chat", {"max_completion_tokens": 60_000}),
        (COMPATIBLE, "local", None, {"max_tokens": 60_000}),
        (COMPATIBLE, "local", None, {}),
    ],
)
def test_a_limit_of_the_budget_is_lower_than_any_that_was_asked_for(
    vendor: Vendor, model: str, dialect: str | None, extra: dict[str, object]
) -> None:
    remote = vendor.model(model, dialect=dialect, extra_body=freeze_object(extra))
    asked = replace(request([prompt("hi")]), max_output=1_024)

    body = json.loads(remote.dialect.scribe().body(asked))

    assert limits_in(body) == {1_024}


@pytest.mark.parametrize("vendor", [GOOGLE, ANTHROPIC, OPENAI], ids=lambda vendor: vendor.name)
def test_a_limit_of_the_budget_raises_no_limit_that_was_asked_for(vendor: Vendor) -> None:
    remote = vendor.model(max_output_tokens=500)
    asked = replace(request([prompt("hi")]), max_output=1_024)

    body = json.loads(remote.dialect.scribe().body(asked))

    assert limits_in(body) == {500}


@pytest.mark.parametrize(
    "headers", [{"x a": "opensesame"}, {"x-a": "open\nsesame"}, {"x-a": ""}, {"x-a": "ключ"}]
)
def test_a_header_that_cannot_be_sent_is_refused_and_not_repeated(headers: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="header number 1 for Google") as caught:
        Google.from_key("secret", headers=headers)

    assert not any(value and value in str(caught.value) for value in headers.values())


def test_an_effort_that_is_none_is_refused_with_those_that_are() -> None:
    effort: str = "huge"

    with pytest.raises(UsageError, match="no effort is called 'huge'"):
        GOOGLE.model(effort=effort)  # type: ignore[arg-type]  # what a program without types may do


def test_an_extra_body_that_would_lose_our_settings_is_refused() -> None:
    with pytest.raises(UsageError, match="generationConfig must be an object"):
        GOOGLE.model(extra_body={"generationConfig": 5})

"""From flags to a model."""

import pytest

from sagent.cli.assembly import chosen_model
from sagent.cli.settings import Settings
from sagent.lib.json import freeze_object
from sagent.schema.values import ModelSpec


@pytest.fixture(autouse=True)
def keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "some-key")
    monkeypatch.delenv("GOOGLE_GEMINI_BASE_URL", raising=False)


def spec(**options: object) -> ModelSpec:
    return ModelSpec(
        provider="Google",
        dialect="google",
        endpoint="https://generativelanguage.googleapis.com",
        model="gemini-2.5-pro",
        options=freeze_object(options),
    )


def test_a_new_model_is_asked_as_the_flags_say() -> None:
    settings = Settings(
        provider="google",
        model="gemini-2.5-pro",
        effort="low",
        max_response_tokens=100,
        extra_body=freeze_object({"labels": {"team": "a"}}),
        headers={"X-Team": "a"},
    )

    chosen = chosen_model(settings, None).spec

    assert chosen == spec(effort="low", max_output_tokens=100, extra_body={"labels": {"team": "a"}})


def test_a_model_that_is_gone_on_with_keeps_what_no_flag_changes() -> None:
    earlier = spec(effort="low", max_output_tokens=100, stream=False, extra_body={"a": 1})

    same = chosen_model(Settings(latest=True), earlier).spec
    changed = chosen_model(Settings(effort="high", extra_body=freeze_object({"b": 2})), earlier).spec

    assert same == earlier
    assert changed == spec(effort="high", max_output_tokens=100, stream=False, extra_body={"a": 1, "b": 2})


def test_another_model_of_the_same_provider_begins_with_no_options() -> None:
    chosen = chosen_model(Settings(model="gemini-2.5-flash", effort="high"), spec(max_output_tokens=5)).spec

    assert (chosen.model, dict(chosen.options)) == ("gemini-2.5-flash", {"effort": "high"})

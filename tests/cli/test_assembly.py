"""From flags to a model and an agent."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sagent.cli.assembly import assemble
from sagent.cli.choice import chosen_model, chosen_provider, elsewhere
from sagent.cli.settings import Settings
from sagent.errors import MissingKey, UsageError
from sagent.lib.json import freeze_object
from sagent.providers.cards import CARDS
from sagent.schema.signal import Compact
from sagent.schema.values import ModelSpec
from sagent.testing import WireServer


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


def keys(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for card in CARDS.values():
        for name in (*card.keys, card.place):
            monkeypatch.delenv(name, raising=False)
    for name in names:
        monkeypatch.setenv(name, "a-key")


def meant(settings: Settings, earlier: ModelSpec | None = None) -> tuple[str, str]:
    chosen = chosen_model(settings, earlier).spec
    return chosen.provider, chosen.model


def test_a_model_is_asked_of_the_provider_that_its_name_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, "GOOGLE_API_KEY", "MOONSHOT_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY")

    assert meant(Settings(model="claude-sonnet-5-5")) == ("Anthropic", "claude-sonnet-5-5")
    assert meant(Settings(model="moonshot/kimi-k9")) == ("Moonshot", "kimi-k9")
    assert meant(Settings(model="something-new")) == ("Google", "something-new")
    assert meant(Settings(model="google/gemini-3.8-flash", provider="openrouter")) == (
        "OpenRouter",
        "google/gemini-3.8-flash",
    )
    assert chosen_provider(Settings(model="kimi-k3")).name == "Moonshot"


def test_a_session_goes_on_with_a_model_of_another_provider_by_its_name_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys(monkeypatch, "GOOGLE_API_KEY", "DEEPSEEK_API_KEY")
    earlier = spec(max_output_tokens=5)

    assert meant(Settings(model="deepseek-flash"), earlier) == ("DeepSeek", "deepseek-flash")
    assert meant(Settings(model="google/gemini-2.5-flash"), earlier) == ("Google", "gemini-2.5-flash")
    assert meant(Settings(model="something-new"), earlier) == ("Google", "something-new")
    assert meant(Settings(), earlier) == ("Google", "gemini-2.5-pro")
    assert meant(Settings(provider="deepseek"), earlier) == ("DeepSeek", "deepseek-v4-pro")


def test_a_session_goes_on_with_the_same_model_by_another_account(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, "GOOGLE_API_KEY", "GOOGLE_API_KEY__WORK")
    mine = spec(effort="low", max_output_tokens=5)

    work = chosen_model(Settings(provider="google@work"), mine).spec

    assert work == replace(mine, provider="Google@work")
    assert chosen_model(Settings(), work).spec == work
    assert chosen_model(Settings(provider="Google"), work).spec == mine
    assert meant(Settings(model="gemini-2.5-flash"), work) == ("Google@work", "gemini-2.5-flash")
    assert meant(elsewhere(Settings(), "Google@work/gemini-2.5-flash", "Google")) == (
        "Google@work",
        "gemini-2.5-flash",
    )


def test_a_key_that_is_missing_for_a_name_is_told_with_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, "GOOGLE_API_KEY")

    with pytest.raises(MissingKey, match=r"no key for OpenAI \(meant since 'gpt-6-luna' looks like"):
        chosen_model(Settings(model="gpt-6-luna"), None)


def test_in_a_conversation_a_name_can_lead_elsewhere_without_what_was_added_for_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys(monkeypatch, "GOOGLE_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY")
    settings = Settings(provider="google", extra_body=freeze_object({"labels": {}}), effort="low")

    away = chosen_model(elsewhere(settings, "claude-haiku-5-5", "Google"), None).spec
    home = chosen_model(elsewhere(settings, "gemini-2.5-pro", "Google"), None).spec

    assert (away.provider, away.model, dict(away.options)) == (
        "Anthropic",
        "claude-haiku-5-5",
        {"effort": "low"},
    )
    assert (home.provider, home.model) == ("Google", "gemini-2.5-pro")
    assert home.options["extra_body"] == {"labels": {}}
    assert meant(elsewhere(settings, "google/gemini-3.8-flash", "OpenRouter")) == (
        "OpenRouter",
        "google/gemini-3.8-flash",
    )
    assert meant(elsewhere(settings, "Google/gemini-3.8-flash", "OpenRouter")) == (
        "Google",
        "gemini-3.8-flash",
    )
    assert meant(elsewhere(Settings(), "claude-haiku-5-5", None)) == ("Anthropic", "claude-haiku-5-5")


def test_the_name_of_a_provider_alone_means_its_default_model(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, "GOOGLE_API_KEY", "GOOGLE_API_KEY__WORK", "ANTHROPIC_API_KEY")
    claude, gemini = ("Anthropic", "claude-sonnet-5-5"), ("Google", "gemini-2.5-flash")
    added = Settings(provider="Google", extra_body=freeze_object({"labels": {}}))

    assert meant(Settings(model="anthropic")) == claude
    assert meant(Settings(model="google"), spec(max_output_tokens=5)) == gemini
    assert meant(Settings(model="Google@work"), spec()) == ("Google@work", "gemini-2.5-flash")
    assert meant(elsewhere(added, "Anthropic", "Google")) == claude
    assert meant(elsewhere(added, "google", "Google@work")) == gemini
    assert meant(elsewhere(Settings(), "google", None)) == gemini
    assert chosen_model(elsewhere(added, "google", "Google"), None).spec.options == {
        "extra_body": {"labels": {}}
    }


@pytest.mark.parametrize("here", ["Google", "Anthropic", None])
def test_a_path_leads_nowhere_but_to_a_server_of_ones_own(here: str | None, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("no model")

    for words in (str(tmp_path), f"{tmp_path}/none", f"{tmp_path}/notes"):
        with pytest.raises(UsageError, match=r"GGUF file.*, or say whose model it is, as in OpenAICompat/ID"):
            chosen_model(elsewhere(Settings(provider=here), words, here), None)


def test_what_was_meant_as_a_provider_and_is_none_is_told_with_the_closest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys(monkeypatch, "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY")
    complaint = (
        r"no model of Anthropic can be called 'openia/gpt-6', nor is there a provider 'openia' "
        r"\(did you mean OpenAI\?\); one is claude-sonnet-5-5"
    )

    for settings in (Settings(model="openia/gpt-6"), elsewhere(Settings(), "openia/gpt-6", "Anthropic")):
        with pytest.raises(UsageError, match=complaint):
            chosen_model(settings, None)
    assert meant(elsewhere(Settings(), "openia/gpt-6", "OpenRouter")) == ("OpenRouter", "openia/gpt-6")


async def test_the_instructions_of_a_project_are_read_anew_behind_a_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "AGENTS.md").write_text("Use tabs.")
    async with WireServer("one", "a summary", "two") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        agent = assemble(Settings(provider="Google", persist=False), tmp_path).agent
        await agent.run("tea " * 9_000)
        (tmp_path / "AGENTS.md").write_text("Use spaces.")

        agent.inbox.post(Compact(content=""))
        await agent.run("go on")
        await agent.aclose()
        said = [str(request.body) for request in server.requests if "ontent" in request.path]

    assert [("Use tabs." in each, "Use spaces." in each) for each in said] == [
        (True, False),
        (True, False),
        (False, True),
    ]


async def test_a_session_that_is_gone_on_with_says_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Settings(session=str(tmp_path / "it.jsonl"))
    async with WireServer("Two files.") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        begun = assemble(log, tmp_path)
        await begun.agent.run("what is here?")
        await begun.agent.aclose()

        gone_on = assemble(log, tmp_path)
        await gone_on.agent.aclose()

    assert (begun.recap, gone_on.recap) == ((), ["> what is here?", "Two files."])


def test_a_tool_whose_package_is_not_installed_is_told_before_anything_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyte", None)

    assert assemble(Settings(persist=False), tmp_path).tools
    with pytest.raises(UsageError, match=r"Terminal needs pyte, .*: pip install 'sagent\[terminal\]'"):
        assemble(Settings(tools="all,Terminal", persist=False), tmp_path)

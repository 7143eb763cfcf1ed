"""What can be talked to, in lines."""

import pytest

from sagent.errors import UsageError
from sagent.providers.offer import MOST, models_told, providers_told
from sagent.providers.roster import cards
from sagent.testing import WireServer


def test_each_provider_is_a_line_that_says_whether_it_is_open() -> None:
    lines = providers_told({"GOOGLE_API_KEY": "k"})

    assert len(lines) == len(cards())
    assert lines[0] == "Google: set up; gemini-2.5-flash by default"
    assert "OpenAI: its key is not set; gpt-6.1-sol by default" in lines
    assert "OpenAICompat: needs no key" in lines


def test_the_accounts_of_a_provider_are_named_in_its_line() -> None:
    lines = providers_told({"GOOGLE_API_KEY": "k", "GOOGLE_API_KEY__WORK": "k", "GEMINI_API_KEY__LAB": "k"})

    assert lines[0] == "Google: set up; accounts: lab, work; gemini-2.5-flash by default"


async def test_the_models_of_an_account_are_asked_with_its_key() -> None:
    async with WireServer(models=["claude-new"], key="theirs") as server:
        environ = {f"{name}__WORK": value for name, value in server.environment.items()}
        lines = await models_told("Anthropic@work", environ)

    assert lines == ("Anthropic@work, on offer now:", "claude-new")


async def test_models_that_are_on_offer_are_told_with_their_windows_and_prices() -> None:
    async with WireServer(models=["claude-sonnet-5-5", "claude-new"]) as server:
        lines = await models_told("anthropic", server.environment)

    assert lines[0] == "Anthropic, on offer now:"
    assert lines[1].startswith("claude-sonnet-5-5  takes 1,000,000, gives 128,000, $")
    assert lines[2] == "claude-new"


async def test_without_a_key_those_that_are_known_beforehand_are_told() -> None:
    lines = await models_told("Anthropic", {})

    assert lines[0] == "Anthropic, known beforehand, for its key is not set:"
    assert lines[1].startswith("claude-sonnet-5-5  takes 1,000,000")


async def test_the_ids_that_our_own_catalog_spells_out_are_known_beforehand() -> None:
    lines = await models_told("DashScope", {})

    names = [line.partition(" ")[0] for line in lines[1:]]
    assert names[:3] == ["qwen3.8-max", "qwen3.8-flash", "qwen3.7-max"]
    assert {"qwen3.6-plus", "qwen3.6-flash", "qwen3-coder-plus", "qwen-plus"} <= {*names}
    assert "qwen3.7-plus  takes 991,808, gives 65,536, $0.4 in and $1.6 out per million (" in "\n".join(lines)


async def test_of_a_clouds_prices_only_those_of_its_vendors_models_are_its_own() -> None:
    lines = await models_told("AnthropicVertex", {})

    assert [line for line in lines[1:] if not line.startswith("claude-")] == []


async def test_of_hundreds_of_models_only_some_are_told_and_the_rest_is_counted() -> None:
    async with WireServer(models=[f"claude-{number}" for number in range(MOST + 7)]) as server:
        lines = await models_told("Anthropic", server.environment)

    assert len(lines) == MOST + 2
    assert lines[-1] == "and 7 more"


async def test_a_provider_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="there is no provider 'Nobody'; there are Google"):
        await models_told("Nobody", {})

"""What is known of models beforehand."""

import json
import logging
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from sagent.errors import UsageError
from sagent.protocols import ModelLimits
from sagent.providers import (
    AnthropicBedrock,
    AnthropicBedrockMantle,
    AnthropicFoundry,
    AnthropicVertex,
    AzureOpenAI,
    DeepSeek,
    Groq,
    Mistral,
    OpenAICompat,
    OpenRouter,
)
from sagent.providers.cards import CARDS
from sagent.providers.catalog import ids, is_unsized, limits, prices, sized, tolerated, user_file
from sagent.providers.metering import Metering
from sagent.providers.prices import cost_usd, highest, tiers
from sagent.providers.tolerance import COMPATIBLE
from sagent.providers.vendor import Vendor
from sagent.schema.catalog import MODEL_CATALOG
from sagent.schema.values import Usage

ROWS = MODEL_CATALOG.parse(files("sagent.providers").joinpath("models.json").read_bytes())["models"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def write(*rows: object) -> Path:
    path = user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"models": rows}))
    return path


def test_every_row_that_comes_along_is_of_a_provider_that_there_is() -> None:
    assert {row["provider"] for row in ROWS} <= CARDS.keys()


def test_prices_come_along_only_where_the_public_table_has_no_list() -> None:
    assert {CARDS[row["provider"]].prices for row in ROWS if "prices" in row} == {""}


def test_the_tiers_of_every_row_begin_at_nothing_and_grow() -> None:
    starts = [[tier.get("above", 0) for tier in row.get("prices", ())] for row in ROWS]

    assert all(tiers == sorted(set(tiers)) and tiers[:1] in ([], [0]) for tiers in starts)


@pytest.mark.parametrize(
    ("provider", "model", "window", "output"),
    [
        ("Google", "gemini-flash-latest", 1_048_576, 65_536),
        ("Google", "gemini-2.5-flash-image", None, None),
        ("Google", "gemini-4-argon-preview", 1_048_576, 32_768),
        ("Anthropic", "claude-haiku-4-5-20251001", 200_000, 64_000),
        ("Anthropic", "claude-sonnet-5-5", 1_000_000, 128_000),
        ("Anthropic", "claude-3-5-sonnet-latest", 200_000, 8_192),
        ("OpenAI", "ft:gpt-4o:org", 128_000, 16_384),
        ("Moonshot", "kimi-k3.1-pro-highspeed", 1_048_576, 131_072),
        ("DashScope", "qwen3-max-2026-01-23", 258_048, 65_536),
        ("MiniMax", "MiniMax-M2.7-highspeed", 204_800, 128_000),
        ("OpenRouter", "anthropic/claude-sonnet-5.5", None, None),
    ],
)
def test_sizes_are_known_by_patterns_of_ids(
    provider: str, model: str, window: int | None, output: int | None
) -> None:
    assert limits(provider, model) == ModelLimits(context_window=window, max_output=output)


def test_a_model_of_unknown_size_is_taken_for_a_small_one_and_warned_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "sagent.providers"):
        first, second = sized("Google", "gemini-77-new"), sized("Google", "gemini-77-new")

    assert first == second == ModelLimits(context_window=128_000)
    (warning,) = caplog.records
    assert warning.getMessage() == (
        "how much gemini-77-new takes is not known here, so 128,000 tokens are taken for granted; "
        f"{user_file()} can say it"
    )
    assert is_unsized("Google", "gemini-77-new")


def test_of_servers_of_which_nothing_is_ever_known_nothing_is_assumed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = OpenAICompat.from_key("", base_url="http://127.0.0.1:1/v1").model("whatever")

    assert (model.limits, caplog.records) == (ModelLimits(), [])


@pytest.mark.parametrize(
    "vendor", [AzureOpenAI, AnthropicBedrock, AnthropicBedrockMantle, AnthropicFoundry, AnthropicVertex]
)
def test_a_cloud_knows_the_models_of_its_vendor_and_warns_once_of_others(
    vendor: type[Vendor], caplog: pytest.LogCaptureFixture
) -> None:
    cloud = vendor.from_key("key", base_url="https://h.example/v1/projects/p/locations/l")
    name = f"my-deployment-at-{vendor.__name__}"

    known = [cloud.model().limits, cloud.utility_model().limits]
    unknown = [cloud.model(name).limits for _ in range(2)]

    assert all(limits.context_window and limits.max_output for limits in known)
    assert unknown == [ModelLimits(context_window=128_000)] * 2
    assert [record.getMessage().partition(" takes ")[0] for record in caplog.records] == [f"how much {name}"]


def test_where_the_server_is_asked_a_model_is_taken_for_a_small_one_before_and_nobody_is_warned(
    caplog: pytest.LogCaptureFixture,
) -> None:
    models = [vendor.from_key("key").model("new") for vendor in (Groq, Mistral, OpenRouter, DeepSeek)]

    assert [model.limits for model in models] == [ModelLimits(context_window=128_000)] * 4
    assert caplog.records == []


def test_the_ids_that_patterns_spell_out_are_listed_and_no_others() -> None:
    assert ids("DeepSeek") == ("deepseek-v4-pro", "deepseek-flash")
    assert ids("MiniMax") == ("MiniMax-M3", "MiniMax-M2.7")
    assert (ids("OpenAI"), ids("LlamaCpp"), ids("AzureOpenAI")) == ((), (), ())


def test_what_the_user_says_of_a_model_comes_first_figure_by_figure() -> None:
    write(
        {"provider": "google", "model": "gemini-2\\.5-.*", "context_window": 1000},
        {"provider": "OpenAICompat", "model": "qwen3-coder", "context_window": 32768, "images": False},
    )

    local = OpenAICompat.from_key("", base_url="http://127.0.0.1:1/v1").model("qwen/qwen3-coder")

    assert limits("Google", "gemini-2.5-pro") == ModelLimits(context_window=1000, max_output=65_536)
    assert local.limits == ModelLimits(context_window=32_768)
    assert tolerated(COMPATIBLE, "OpenAICompat", "qwen3-coder") == replace(COMPATIBLE, pictures=())
    assert tolerated(COMPATIBLE, "OpenAICompat", "other") == COMPATIBLE


async def test_what_the_user_says_a_model_costs_holds_for_costs_and_for_budgets() -> None:
    write({"provider": "Google", "model": "gemini-2.5-pro-dear", "prices": [{"input": 1000, "output": 2000}]})

    usage = Usage(
        input_tokens=10,
        cache_read_tokens=5,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=1,
        reasoning_tokens=0,
    )

    assert await cost_usd("google", "gemini-2.5-pro-dear", usage, provider="Google") == pytest.approx(0.012)
    assert highest("google", "gemini-2.5-pro-dear", 1, provider="Google") == (0.001, 0.002)


async def test_a_user_says_what_an_hour_in_a_cache_and_a_service_tier_cost() -> None:
    tiers = [
        {"input": 1000, "output": 2000, "cache_write": 1250, "cache_write_1h": 2000},
        {"when": {"service_tier": "flex"}, "input": 500, "output": 1000},
    ]
    write({"provider": "Google", "model": "dear", "prices": tiers})
    usage = Usage(
        input_tokens=30,
        cache_read_tokens=0,
        cache_write_tokens=10,
        cache_write_1h_tokens=10,
        output_tokens=1,
        reasoning_tokens=0,
    )
    flex = Metering(terms={"service_tier": "flex"}, counts={})

    assert await cost_usd("google", "dear", usage, provider="Google") == pytest.approx(0.0445)
    assert await cost_usd("google", "dear", usage, flex, provider="Google") == pytest.approx(0.016)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "ModelCatalog: at"),
        ('{"models": [{"provider": "Google"}]}', "'model' is a required property"),
        ('{"models": [{"provider": "Google", "model": "(", "images": true}]}', "is no regular expression"),
        ('{"models": [{"provider": "Google", "model": "x", "context": 1}]}', "'context' was unexpected"),
    ],
)
def test_a_catalog_of_the_users_own_that_cannot_be_read_is_named(text: str, said: str) -> None:
    path = write()
    path.write_text(text)

    with pytest.raises(UsageError, match=r"models\.json: ") as caught:
        limits("Google", "gemini-2.5-pro")

    assert said in str(caught.value)


def used(size: int, output: int = 0) -> Usage:
    return Usage(
        input_tokens=size,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=output,
        reasoning_tokens=0,
    )


@pytest.mark.parametrize(
    ("size", "input_usd", "output_usd"),
    [(1, 0.4, 1.6), (256_000, 0.4, 1.6), (256_001, 1.2, 4.8), (900_000, 1.2, 4.8)],
)
async def test_the_whole_request_has_the_price_of_its_size(
    size: int, input_usd: float, output_usd: float
) -> None:
    cost = await cost_usd("", "qwen3.7-plus", used(size, 1000), provider="DashScope")

    assert cost == pytest.approx((size * input_usd + 1000 * output_usd) / 1e6)
    assert highest("", "qwen3.7-plus", size, provider="DashScope") == pytest.approx(
        (input_usd / 1e6, output_usd / 1e6)
    )


def test_the_prices_of_all_sizes_are_told_from_the_smallest_on() -> None:
    told = tiers("", "qwen3.7-plus", provider="DashScope")

    assert [(at, round(fresh, 9), round(output, 9)) for at, fresh, output in told] == [
        (0, 0.4, 1.6),
        (256_000, 1.2, 4.8),
    ]
    assert tiers("openai", "gpt-99", provider="OpenAI") == ()


async def test_a_price_that_nobody_knows_is_none_and_never_nothing() -> None:
    assert prices("DashScope", "qwen3.6-plus") == ()
    assert await cost_usd("", "qwen3.6-plus", used(9), provider="DashScope") is None
    assert highest("", "qwen3.6-plus", 9, provider="DashScope") is None
    assert tiers("openai", "gpt-99", provider="OpenAI") == ()


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if card.default])
def test_the_default_models_have_a_price(name: str) -> None:
    card = CARDS[name]

    assert all(tiers(card.prices, model, provider=name) for model in (card.default, card.utility))

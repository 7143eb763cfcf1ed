"""What an answer of a model costs, and what a request to it costs at most."""

from collections.abc import Mapping, Sequence

import pytest

from sagent.lib.json import EMPTY, JsonObject, json_freeze
from sagent.protocols import Reply, Tariff
from sagent.providers.charges import charge, tariff
from sagent.providers.metering import Metering
from sagent.providers.prices import PLAIN
from sagent.schema.message import ResponsePart
from sagent.schema.part import ErrorText, Text
from sagent.schema.values import ModelSpec, Usage

WORDS = (Text(content="a"),)


def spec(model: str, provider: str = "OpenAI", extra_body: JsonObject = EMPTY) -> ModelSpec:
    options = json_freeze({"extra_body": extra_body})
    return ModelSpec(provider=provider, dialect="d", endpoint="e", model=model, options=options)


def reply(model: str, tokens: tuple[int, int], content: Sequence[ResponsePart] = WORDS) -> Reply:
    usage = Usage(
        input_tokens=tokens[0],
        cache_read_tokens=0,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=tokens[1],
        reasoning_tokens=0,
    )
    return Reply(content=content, model=model, stop="end", usage=usage, cost_usd=None, native=())


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, 0.03),
        ({"service_tier": "default"}, 0.03),
        ({"service_tier": "priority"}, 0.06),
        ({"service_tier": "flex"}, 0.015),
        ({"processing": "batch"}, 0.015),
        ({"speed": "fast"}, None),  # nobody lists what that would cost there
    ],
)
async def test_the_price_is_that_of_how_it_was_served(
    terms: Mapping[str, str], expected: float | None
) -> None:
    answer = reply("gpt-6.1-sol", (10_000, 1_000))

    assert await charge(
        answer, Metering(terms=terms, counts={}), spec("gpt-6.1-sol"), "openai"
    ) == pytest.approx(expected)


async def test_what_is_computed_in_one_country_costs_a_tenth_more() -> None:
    answer, here = reply("claude-opus-5", (10_000, 1_000)), spec("claude-opus-5", "Anthropic")

    anywhere = await charge(answer, PLAIN, here, "anthropic")
    resident = await charge(answer, Metering(terms={"inference_geo": "us"}, counts={}), here, "anthropic")

    assert anywhere is not None
    assert resident == pytest.approx(anywhere * 1.1)


async def test_sound_pictures_and_searches_have_prices_of_their_own() -> None:
    heard = Metering(terms={}, counts={"input_audio": 10_000})
    drawn = Metering(terms={}, counts={"output_image": 1_290})
    looked = Metering(terms={}, counts={"web_searches": 3})

    flash, image = "gemini-2.5-flash", "gemini-3.1-flash-image-preview"
    assert await charge(
        reply(flash, (10_000, 0), ()), heard, spec(flash, "Google"), "google"
    ) == pytest.approx(0.01)
    assert await charge(
        reply(image, (1_000, 1_290)), drawn, spec(image, "Google"), "google"
    ) == pytest.approx(0.0005 + 0.0774)
    claude = spec("claude-opus-5", "Anthropic")
    plain = await charge(reply("claude-opus-5", (1_000, 10)), PLAIN, claude, "anthropic")
    assert plain is not None
    assert await charge(reply("claude-opus-5", (1_000, 10)), looked, claude, "anthropic") == pytest.approx(
        plain + 0.03
    )


@pytest.mark.parametrize(
    ("tokens", "content", "expected"),
    [
        ((0, 0), WORDS, None),
        ((1_000, 0), WORDS, None),
        ((0, 10), WORDS, None),
        ((1_000, 0), (ErrorText(content="it was filtered"),), 0.002),
        ((1_000, 0), (), 0.002),
    ],
)
async def test_what_nobody_counted_has_no_known_price(
    tokens: tuple[int, int], content: Sequence[ResponsePart], expected: float | None
) -> None:
    answer = reply("gpt-6.1-sol", tokens, content)

    assert await charge(answer, PLAIN, spec("gpt-6.1-sol"), "openai") == pytest.approx(expected)


async def test_a_server_of_ones_own_costs_nothing_even_if_it_counts_nothing() -> None:
    assert await charge(reply("m.gguf", (0, 0)), PLAIN, spec("m.gguf", "LlamaCpp"), "") == 0.0


async def test_an_id_that_says_more_than_the_answer_has_the_price() -> None:
    short, wide = "claude-opus-5-5", "global.anthropic.claude-opus-5-5"
    answer = reply(short, (10_000, 1_000))

    regional = await charge(answer, PLAIN, spec(short, "AnthropicBedrock"), "aws")
    everywhere = await charge(answer, PLAIN, spec(wide, "AnthropicBedrock"), "aws")

    assert regional is not None
    assert everywhere is not None
    assert everywhere * 1.1 == pytest.approx(regional)


async def test_the_model_that_stood_in_is_priced() -> None:
    answer = reply("claude-opus-5", (10_000, 1_000))

    asked_for = await charge(answer, PLAIN, spec("claude-fable-5", "Anthropic"), "anthropic")

    assert asked_for == await charge(answer, PLAIN, spec("claude-opus-5", "Anthropic"), "anthropic")


def test_what_is_set_aside_is_the_price_of_how_it_asks_to_be_served() -> None:
    tier = json_freeze({"service_tier": "priority"})
    hour = json_freeze({"cache_control": {"type": "ephemeral", "ttl": "1h"}})

    def input_usd(made: ModelSpec, price_list: str) -> float:
        return (tariff(made, price_list, 1_000, 64).input_usd or 0.0) * 1e6

    assert tariff(spec("nonesuch"), "openai", 1_000, 64) == Tariff(max_output=64)
    assert input_usd(spec("gpt-6.1-sol"), "openai") == pytest.approx(2.5)
    assert input_usd(spec("gpt-6.1-sol", extra_body=tier), "openai") == pytest.approx(5)
    assert input_usd(spec("claude-opus-5-5", "Anthropic"), "anthropic") == pytest.approx(5)
    assert input_usd(spec("claude-opus-5-5", "Anthropic", hour), "anthropic") == pytest.approx(8)

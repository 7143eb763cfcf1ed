"""What responses cost."""

import pytest
from genai_prices import Usage as Counted
from genai_prices import calc_price

from sagent.providers.prices import cost_usd
from sagent.schema.values import Usage


def used(fresh: int, cached: int = 0, written: int = 0, written_1h: int = 0, output: int = 0) -> Usage:
    return Usage(
        input_tokens=fresh + cached + written + written_1h,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        cache_write_1h_tokens=written_1h,
        output_tokens=output,
        reasoning_tokens=output // 2,
    )


@pytest.mark.parametrize(
    "model", ["gemini-2.5-flash", "gemini-2.5-pro", "gemini-3.1-pro-preview", "gemini-4-argon"]
)
@pytest.mark.parametrize(
    "usage", [used(1000, 500, output=200), used(200_000), used(200_001, output=9), used(1, 400_000), used(0)]
)
async def test_our_reckoning_agrees_with_the_tables_own(model: str, usage: Usage) -> None:
    counted = Counted(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        output_tokens=usage.output_tokens,
    )
    expected = float(calc_price(counted, model, provider_id="google").total_price)

    assert await cost_usd("google", model, usage) == pytest.approx(expected, abs=1e-12)


async def test_writing_to_a_cache_is_priced_by_how_long_it_is_kept() -> None:
    short = await cost_usd("anthropic", "claude-sonnet-4-5", used(0, written=1_000_000))
    long = await cost_usd("anthropic", "claude-sonnet-4-5", used(0, written_1h=1_000_000))

    assert short is not None
    assert long is not None
    assert long > short > 0


async def test_the_price_of_an_unknown_model_is_unknown_and_not_nothing() -> None:
    assert await cost_usd("google", "gemini-nonesuch-9", used(1000)) is None
    assert await cost_usd("nobody", "m", used(1000)) is None
    assert await cost_usd("", "gemini-2.5-flash", used(1000)) is None

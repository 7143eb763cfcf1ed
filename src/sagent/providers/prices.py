"""What a response costs, by the tables of genai-prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Final

from sagent.schema.values import Usage

if TYPE_CHECKING:
    from decimal import Decimal

    from genai_prices.types import TieredPrices

HOUR: Final = 3600
"""Some prices change with the hour of the day; none more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The price of a token of each kind, from the smallest requests to the largest.

    A rate is a series of steps: from how many input tokens on, and how many dollars then.
    """

    fresh: Sequence[tuple[int, float]]
    cache_read: Sequence[tuple[int, float]]
    cache_write: Sequence[tuple[int, float]]
    cache_write_1h: Sequence[tuple[int, float]]
    output: Sequence[tuple[int, float]]


async def cost_usd(provider: str, model: str, usage: Usage) -> float | None:
    """What this usage costs; None where the price of the model is unknown, which is not the same as nothing.

    The table's own reckoning takes 0.2 ms a call; this takes a few microseconds, once the rates are known.
    To load the table takes 0.3 s once, in a thread: nobody's screen stands still for it.
    """
    if not provider:  # the table would guess one by the name of the model
        return None
    hour = int(time()) // HOUR
    if _RATES.get((provider, model), (-1, None))[0] != hour:
        from asyncio import to_thread

        await to_thread(_known, provider, model, hour)
    rates = _known(provider, model, hour)
    if rates is None:
        return None
    size = usage.input_tokens
    cached = usage.cache_read_tokens + usage.cache_write_tokens + usage.cache_write_1h_tokens
    return (
        (size - cached) * _at(rates.fresh, size)
        + usage.cache_read_tokens * _at(rates.cache_read, size)
        + usage.cache_write_tokens * _at(rates.cache_write, size)
        + usage.cache_write_1h_tokens * _at(rates.cache_write_1h, size)
        + usage.output_tokens * _at(rates.output, size)
    )


def highest(provider: str, model: str, size: int) -> tuple[float, float] | None:
    """The most that a token of input, and one of output, costs in a request of `size` tokens, if known.

    To load the table takes 0.3 s once.
    """
    rates = _known(provider, model, int(time()) // HOUR) if provider else None
    if rates is None:
        return None
    return max(_at(rates.fresh, size), _at(rates.cache_write, size)), _at(rates.output, size)


def _known(provider: str, model: str, hour: int) -> Rates | None:
    known, rates = _RATES.get((provider, model), (-1, None))
    if known != hour:
        rates = _rates(provider, model, hour)
        _RATES[provider, model] = hour, rates
    return rates


_RATES: Final[dict[tuple[str, str], tuple[int, Rates | None]]] = {}
"""By provider and model: the hour for which rates were looked up, and what they are."""


def _at(steps: Sequence[tuple[int, float]], size: int) -> float:
    return next(rate for start, rate in reversed(steps) if start == 0 or size > start)


def _rates(provider: str, model: str, hour: int) -> Rates | None:
    from datetime import UTC, datetime

    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    moment = datetime.fromtimestamp(hour * HOUR, UTC)
    try:
        priced = calc_price(Counted(), model, provider_id=provider, genai_request_timestamp=moment)
    except LookupError:
        return None
    prices = priced.model_price
    fresh = _steps(prices.input_mtok)
    output = _steps(prices.output_mtok)
    if not fresh or not output:
        return None
    cache_write = _steps(prices.cache_write_mtok) or fresh
    return Rates(
        fresh=fresh,
        cache_read=_steps(prices.cache_read_mtok) or fresh,
        cache_write=cache_write,
        cache_write_1h=_steps(prices.cache_write_1h_mtok) or cache_write,
        output=output,
    )


def _steps(price: "Decimal | TieredPrices | None") -> Sequence[tuple[int, float]]:
    from genai_prices.types import TieredPrices

    if price is None:
        return ()
    if isinstance(price, TieredPrices):
        tiers = [(int(tier.start), float(tier.price) / 1e6) for tier in price.tiers]
        return ((0, float(price.base) / 1e6), *tiers)
    return ((0, float(price) / 1e6),)

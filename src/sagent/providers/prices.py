"""What a response costs: by our catalog, where that says it, or by the tables of genai-prices."""

from collections.abc import Sequence
from time import time
from typing import TYPE_CHECKING, Final, Literal

from sagent.lib.value import frozen
from sagent.providers import catalog
from sagent.schema.values import Usage

if TYPE_CHECKING:
    from decimal import Decimal

    from genai_prices.types import TieredPrices

    from sagent.schema.settings.models import ModelPrices

HOUR: Final = 3600
"""Some prices change with the hour of the day; none more often."""


@frozen(kw_only=True)
class Rates:
    """The price of a token of each kind, from the smallest requests to the largest.

    A rate is a series of steps: from how many input tokens on, and how many dollars then.
    """

    fresh: Sequence[tuple[int, float]]
    cache_read: Sequence[tuple[int, float]]
    cache_write: Sequence[tuple[int, float]]
    cache_write_1h: Sequence[tuple[int, float]]
    output: Sequence[tuple[int, float]]


async def cost_usd(price_list: str, model: str, usage: Usage, *, provider: str = "") -> float | None:
    """What this usage costs; None where the price of the model is unknown, which is not the same as nothing.

    `price_list` is an id in genai-prices, `provider` a name in our own catalog, which is asked first.
    The table's own reckoning takes 0.2 ms a call; this takes a few microseconds, once the rates are known.
    To load the table takes 0.3 s once, in a thread: nobody's screen stands still for it.
    """
    hour = int(time()) // HOUR
    if price_list and _RATES.get((provider, price_list, model), (-1, None))[0] != hour:
        from asyncio import to_thread

        await to_thread(_known, provider, price_list, model, hour)
    rates = _known(provider, price_list, model, hour)
    if rates is None:
        return None
    size = usage.input_tokens
    cached = usage.cache_read_tokens + usage.cache_write_tokens + usage.cache_write_1h_tokens
    price = (
        (size - cached) * _at(rates.fresh, size)
        + usage.cache_read_tokens * _at(rates.cache_read, size)
        + usage.cache_write_tokens * _at(rates.cache_write, size)
        + usage.cache_write_1h_tokens * _at(rates.cache_write_1h, size)
        + usage.output_tokens * _at(rates.output, size)
    )
    return round(price, 12)  # behind that there is nothing but what floating point adds


def highest(price_list: str, model: str, size: int, *, provider: str = "") -> tuple[float, float] | None:
    """The most that a token of input, and one of output, costs in a request of `size` tokens, if known.

    To load the table takes 0.3 s once.
    """
    rates = _known(provider, price_list, model, int(time()) // HOUR)
    if rates is None:
        return None
    return max(_at(rates.fresh, size), _at(rates.cache_write, size)), _at(rates.output, size)


def per_million(price_list: str, model: str, *, provider: str = "") -> tuple[float, float] | None:
    """What a million tokens of input, and of output, cost in the smallest requests, if known."""
    rates = _known(provider, price_list, model, int(time()) // HOUR)
    return None if rates is None else (_at(rates.fresh, 0) * 1e6, _at(rates.output, 0) * 1e6)


def tiers(price_list: str, model: str, *, provider: str = "") -> Sequence[tuple[int, float, float]]:
    """What a million tokens of input, and of output, cost in requests of more than so many tokens of input.

    The first are those of the smallest requests; nothing where the price is unknown.
    """
    rates = _known(provider, price_list, model, int(time()) // HOUR)
    if rates is None:
        return ()
    starts = sorted({0, *(start for steps in (rates.fresh, rates.output) for start, _ in steps)})
    return [(at, _at(rates.fresh, at + 1) * 1e6, _at(rates.output, at + 1) * 1e6) for at in starts]


def listed(price_list: str) -> Sequence[str]:
    """The ids of the models that a list has prices of; to load it takes 0.3 s once."""
    from genai_prices.data import providers

    known = [provider for provider in providers if provider.id == price_list]
    return tuple(model.id for provider in known for model in provider.models if not model.deprecated)


def _known(provider: str, price_list: str, model: str, hour: int) -> Rates | None:
    known, rates = _RATES.get((provider, price_list, model), (-1, None))
    if known != hour:
        ours = catalog.prices(provider, model) if provider else ()
        # Without a list genai-prices would guess one by the name of the model.
        rates = _of(ours) if ours else _rates(price_list, model, hour) if price_list else None
        _RATES[provider, price_list, model] = hour, rates
    return rates


_RATES: Final[dict[tuple[str, str, str], tuple[int, Rates | None]]] = {}
"""By provider, price list and model: the hour for which rates were looked up, and what they are."""


def _of(prices: "Sequence[ModelPrices]") -> Rates:
    """The rates of a row of our catalog; the first hold for all smaller requests too."""
    ordered = sorted(prices, key=lambda tier: tier.get("above", 0))
    tiers = [(tier.get("above", 0) if number else 0, tier) for number, tier in enumerate(ordered)]

    def steps(kind: Literal["input", "output", "cache_read", "cache_write"]) -> Sequence[tuple[int, float]]:
        return tuple([(start, tier.get(kind, tier["input"]) / 1e6) for start, tier in tiers])

    cache_write = steps("cache_write")
    return Rates(
        fresh=steps("input"),
        cache_read=steps("cache_read"),
        cache_write=cache_write,
        cache_write_1h=cache_write,
        output=steps("output"),
    )


def _at(steps: Sequence[tuple[int, float]], size: int) -> float:
    return next(rate for start, rate in reversed(steps) if start == 0 or size > start)


def _rates(price_list: str, model: str, hour: int) -> Rates | None:
    from datetime import UTC, datetime

    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    moment = datetime.fromtimestamp(hour * HOUR, UTC)
    try:
        priced = calc_price(Counted(), model, provider_id=price_list, genai_request_timestamp=moment)
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

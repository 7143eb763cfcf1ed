"""What a response costs: by our catalog, where that says it, or by the tables of genai-prices."""

import math
from collections.abc import Mapping, Sequence
from time import time
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from sagent.lib.value import frozen
from sagent.providers import catalog
from sagent.providers.metering import Counted, Metering
from sagent.schema.values import Usage

if TYPE_CHECKING:
    from decimal import Decimal

    from genai_prices.types import TieredPrices

    from sagent.schema.settings.models import ModelPrices

HOUR: Final = 3600
"""Some prices change with the hour of the day; none more often."""

SURCHARGES: Final[Mapping[tuple[str, str], float]] = {("inference_geo", "us"): 1.1}
"""What all tokens cost more by how they are served, where genai-prices does not say it.

Source: Anthropic's page on pricing, "Data residency pricing".
"""

SPECIAL: Final = frozenset(
    (
        *(("service_tier", "flex"), ("service_tier", "priority"), ("service_tier", "fast")),
        *(("speed", "fast"), ("processing", "batch")),
    )
)
"""The terms that have prices of their own: where nobody lists these, the price is unknown."""

PLAIN: Final = Metering(terms={}, counts={})
"""Served as most are, and nothing but text."""

Steps: TypeAlias = Sequence[tuple[int, float]]
"""A rate: from how many input tokens on, and how many dollars a token costs then."""

_Key: TypeAlias = tuple[str, str, str, frozenset[tuple[str, str]]]


@frozen(kw_only=True)
class Rates:
    """The price of a token of each kind, from the smallest requests to the largest."""

    fresh: Steps
    cache_read: Steps
    cache_write: Steps
    cache_write_1h: Steps
    output: Steps
    apart: Mapping[Counted, tuple[Steps, Steps]]
    """What has a price of its own: that, and the one which is in the sums."""


async def cost_usd(
    price_list: str, model: str, usage: Usage, metering: Metering = PLAIN, *, provider: str = ""
) -> float | None:
    """What this usage costs; None where the price of the model is unknown, which is not the same as nothing.

    `price_list` is an id in genai-prices, `provider` a name in our own catalog, which is asked first.
    The table's own reckoning takes 0.2 ms a call; this takes a few microseconds, once the rates are known.
    To load the table takes 0.3 s once, in a thread: nobody's screen stands still for it.
    """
    key, hour = _key(provider, price_list, model, metering.terms), int(time()) // HOUR
    if price_list and _RATES.get(key, (-1, None))[0] != hour:
        from asyncio import to_thread

        await to_thread(_known, key, hour)
    rates = _known(key, hour)
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
    for kind, count in metering.counts.items():
        if kind in rates.apart:
            own, base = rates.apart[kind]
            price += count * (_at(own, size) - _at(base, size))
    return round(price, 12)  # behind that there is nothing but what floating point adds


def highest(
    price_list: str,
    model: str,
    size: int,
    terms: Mapping[str, str] = PLAIN.terms,
    *,
    provider: str = "",
    an_hour: bool = False,
) -> tuple[float, float] | None:
    """The most that a token of input, and one of output, costs in a request of `size` tokens, if known.

    `terms` are how it asks to be served, `an_hour` whether what is cached is to be kept so long. To load the
    table takes 0.3 s once.
    """
    rates = _known(_key(provider, price_list, model, terms), int(time()) // HOUR)
    if rates is None:
        return None
    written = rates.cache_write_1h if an_hour else rates.cache_write
    return max(_at(rates.fresh, size), _at(written, size)), _at(rates.output, size)


def tiers(price_list: str, model: str, *, provider: str = "") -> Sequence[tuple[int, float, float]]:
    """What a million tokens of input, and of output, cost in requests of more than so many tokens of input.

    The first are those of the smallest requests; nothing where the price is unknown.
    """
    rates = _known(_key(provider, price_list, model), int(time()) // HOUR)
    if rates is None:
        return ()
    starts = sorted({0, *(start for steps in (rates.fresh, rates.output) for start, _ in steps)})
    return [(at, _at(rates.fresh, at + 1) * 1e6, _at(rates.output, at + 1) * 1e6) for at in starts]


def listed(price_list: str) -> Sequence[str]:
    """The ids of the models that a list has prices of; to load it takes 0.3 s once."""
    from genai_prices.data import providers

    known = [provider for provider in providers if provider.id == price_list]
    return tuple(model.id for provider in known for model in provider.models if not model.deprecated)


def _key(provider: str, price_list: str, model: str, terms: Mapping[str, str] = PLAIN.terms) -> _Key:
    return provider, price_list, model, frozenset(terms.items())


def _known(key: _Key, hour: int) -> Rates | None:
    known, rates = _RATES.get(key, (-1, None))
    if known != hour:
        provider, price_list, model, terms = key
        ours = _fitting(catalog.prices(provider, model), dict(terms)) if provider else ()
        # Without a list genai-prices would guess one by the name of the model.
        rates = _of(ours) if ours else _rates(price_list, model, dict(terms), hour) if price_list else None
        _RATES[key] = hour, rates
    return rates


_RATES: Final[dict[_Key, tuple[int, Rates | None]]] = {}
"""By provider, price list, model and terms: the hour for which rates were looked up, and what they are."""


def _fitting(prices: "Sequence[ModelPrices]", terms: Mapping[str, str]) -> "Sequence[ModelPrices]":
    """The prices for how it was served, or else those that hold without a word on that."""
    served = [tier for tier in prices if "when" in tier and tier["when"].items() <= terms.items()]
    return served or [tier for tier in prices if "when" not in tier]


def _of(prices: "Sequence[ModelPrices]") -> Rates:
    """The rates of a row of our catalog; the first hold for all smaller requests too."""
    ordered = sorted(prices, key=lambda tier: tier.get("above", 0))
    tiers = [(tier.get("above", 0) if number else 0, tier) for number, tier in enumerate(ordered)]

    def steps(*kinds: Literal["input", "output", "cache_read", "cache_write", "cache_write_1h"]) -> Steps:
        """The rates of the first of these kinds that has one."""
        rates = [
            (start, [rate for kind in kinds if (rate := tier.get(kind)) is not None]) for start, tier in tiers
        ]
        return tuple([(start, found[0] / 1e6) for start, found in rates])

    return Rates(
        fresh=steps("input"),
        cache_read=steps("cache_read", "input"),
        cache_write=steps("cache_write", "input"),
        cache_write_1h=steps("cache_write_1h", "cache_write", "input"),
        output=steps("output"),
        apart={},
    )


def _at(steps: Steps, size: int) -> float:
    return next((rate for start, rate in reversed(steps) if start == 0 or size > start), 0.0)


def _rates(price_list: str, model: str, terms: Mapping[str, str], hour: int) -> Rates | None:
    from datetime import UTC, datetime

    from genai_prices import Usage as Nothing
    from genai_prices import calc_price

    moment = datetime.fromtimestamp(hour * HOUR, UTC)
    try:
        priced = calc_price(
            Nothing(), model, provider_id=price_list, genai_request_timestamp=moment, price_context=terms
        )
    except LookupError:
        return None
    listed = {term for variant in priced.model.price_variants or () for term in variant.when.items()}
    if not SPECIAL & terms.items() <= listed:
        return None
    prices = priced.model_price
    more = math.prod(SURCHARGES.get(term, 1.0) for term in terms.items())
    fresh, output = _steps(prices.input_mtok, more), _steps(prices.output_mtok, more)
    if not fresh or not output:
        return None
    cache_read = _steps(prices.cache_read_mtok, more) or fresh
    cache_write = _steps(prices.cache_write_mtok, more) or fresh
    apart: Mapping[Counted, tuple[Steps, Steps]] = {
        "input_audio": (_steps(prices.input_audio_mtok), fresh),
        "cache_audio_read": (_steps(prices.cache_audio_read_mtok), cache_read),
        "output_audio": (_steps(prices.output_audio_mtok), output),
        "output_image": (_steps(prices.output_image_mtok), output),
        "web_searches": (_steps(prices.web_searches_kcount, 1000.0), ()),
    }
    return Rates(
        fresh=fresh,
        cache_read=cache_read,
        cache_write=cache_write,
        cache_write_1h=_steps(prices.cache_write_1h_mtok, more) or cache_write,
        output=output,
        apart={kind: (own, base) for kind, (own, base) in apart.items() if own},
    )


def _steps(price: "Decimal | TieredPrices | None", times: float = 1.0) -> Steps:
    """The steps of a price for a million."""
    from genai_prices.types import TieredPrices

    if price is None:
        return ()
    if isinstance(price, TieredPrices):
        tiers = [(int(tier.start), float(tier.price) * times / 1e6) for tier in price.tiers]
        return ((0, float(price.base) * times / 1e6), *tiers)
    return ((0, float(price) * times / 1e6),)

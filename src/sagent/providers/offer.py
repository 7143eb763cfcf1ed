"""What can be talked to, in lines: the providers, and the models of one with their windows and prices."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Final

from sagent.errors import MissingKey, ProviderError, UsageError
from sagent.providers.accounts import accounts, joined, parted
from sagent.providers.card import Card
from sagent.providers.catalog import ids, limits
from sagent.providers.environment import is_on, variable
from sagent.providers.prices import listed, tiers
from sagent.providers.roster import cards
from sagent.providers.table import card_named, provider_named

PATIENCE: Final = 5.0
"""How many seconds a provider gets to list its models; then those that are known beforehand are told."""

MOST: Final = 60
"""How many models are told at most; some providers have hundreds."""


def figures(model: str, card: Card) -> str:
    """What is known of a model in numbers; the first call may take 0.3 s."""
    known = limits(card.name, model)
    told = [
        f"takes {known.context_window:,}" if known.context_window else "",
        f"gives {known.max_output:,}" if known.max_output else "",
        _price(tiers(card.prices, model, provider=card.name)),
    ]
    return ", ".join(filter(None, told))


def _price(tiers: Sequence[tuple[int, float, float]]) -> str:
    """What a model costs, and how that rises with the size of a request."""
    if not tiers:
        return ""
    (_, fresh, output), *higher = tiers
    rises = ", ".join(f"${cost[0]:.4g} and ${cost[1]:.4g} above {above:,}" for above, *cost in higher)
    return f"${fresh:.4g} in and ${output:.4g} out per million{f' ({rises})' if rises else ''}"


def providers_told(environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """A line for each provider: whether its key is set, its accounts, and the model where none is named."""
    return tuple(
        f"{card.name}: {_door(card, environ)}{_accounts(card, environ)}{_default(card)}" for card in cards()
    )


async def models_told(provider: str, environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """A line for each model of a provider: on offer now, or, where that is not to be had, known beforehand.

    Raises:
        UsageError: there is no such provider.
    """
    card = card_named(provider)
    try:
        names, source = await on_offer(provider, environ), "on offer now"
    except (UsageError, ProviderError, TimeoutError) as error:
        names, source = await asyncio.to_thread(known, card), f"known beforehand, for {silence(error)}"
    lines = await asyncio.to_thread(lambda: [_line(name, card) for name in names[:MOST]])
    more = [f"and {len(names) - MOST} more"] if len(names) > MOST else []
    return (f"{joined(card.name, parted(provider)[1])}, {source}:", *lines, *more)


async def on_offer(provider: str, environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """The ids of the models that a provider lists now.

    Raises:
        UsageError: there is no such provider, or no key.
        ProviderError: it does not answer as it should.
        TimeoutError: it does not answer in time.
    """
    return await asyncio.wait_for(provider_named(provider, environ).models(), PATIENCE)


def known(card: Card) -> Sequence[str]:
    """The models of a provider that are known beforehand; the first call may take 0.3 s."""
    # A cloud's list of prices holds the models of many vendors.
    priced = listed(card.prices)
    served = [name for name in priced if not card.vendor or limits(card.name, name).context_window]
    return tuple(dict.fromkeys(filter(None, [card.default, card.utility, *ids(card.name), *served])))


def silence(error: UsageError | ProviderError | TimeoutError) -> str:
    """Why a provider does not list its models, in words."""
    match error:
        case MissingKey():
            return "its key is not set"
        case TimeoutError():
            return "it did not answer in time"
        case UsageError() | ProviderError():
            return str(error)


def _line(model: str, card: Card) -> str:
    return f"{model}  {figures(model, card)}".rstrip()


def _door(card: Card, environ: Mapping[str, str]) -> str:
    if variable(environ, *card.keys, *card.signs) or is_on(environ, *card.switches):
        return "set up"
    if card.chain:
        return f"open by {card.chain}, if at all"
    return "needs no key" if card.keyless else "its key is not set"


def _accounts(card: Card, environ: Mapping[str, str]) -> str:
    named = ", ".join(accounts(card, environ))
    return f"; accounts: {named}" if named else ""


def _default(card: Card) -> str:
    return f"; {card.default} by default" if card.default else ""

"""What requests have consumed, model by model: of one agent, or of a whole tree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sagent.lib.value import frozen
from sagent.loop.caching import Miss
from sagent.messages.usage import NOTHING_SPENT, added, less
from sagent.schema.values import Usage


@frozen(kw_only=True)
class Spent:
    """What one model has consumed."""

    provider: str
    """Empty for what agents of earlier processes have consumed: of that no more than the sum is known."""
    model: str
    """As it was asked for; who answers may call itself otherwise."""
    requests: int = 0
    usage: Usage = NOTHING_SPENT
    known_usd: float = 0.0
    """What those cost in US dollars whose price is known."""
    unpriced: int = 0
    """Of how many requests the price is unknown."""
    hits: int = 0
    """How many found in the provider's cache most of what it could hold."""
    misses: Sequence[tuple[Miss, int]] = ()
    """How many did not, by reason."""

    @property
    def name(self) -> str:
        """What it is called, with its provider."""
        return f"{self.provider} {self.model}".lstrip()

    @property
    def cost_usd(self) -> float | None:
        """What it cost in US dollars; None where the price of any request is unknown."""
        return None if self.unpriced else self.known_usd

    def plus(self, other: "Spent", sign: int = 1) -> "Spent":
        """Both together; with the sign -1 what this is more than the other."""
        return replace(
            self,
            requests=self.requests + sign * other.requests,
            usage=added(self.usage, other.usage) if sign > 0 else less(self.usage, other.usage),
            known_usd=round(self.known_usd + sign * other.known_usd, 9),
            unpriced=self.unpriced + sign * other.unpriced,
            hits=self.hits + sign * other.hits,
            misses=_counted(self.misses, other.misses, sign),
        )


@frozen()
class Spending:
    """What requests have consumed together."""

    models: Sequence[Spent] = ()
    """Each model that was asked, in the order of first requests."""

    @property
    def usage(self) -> Usage:
        """The tokens of all of them."""
        usage = NOTHING_SPENT
        for spent in self.models:
            usage = added(usage, spent.usage)
        return usage

    @property
    def known_usd(self) -> float:
        """What those cost in US dollars whose price is known."""
        return round(sum(spent.known_usd for spent in self.models), 9)

    @property
    def unpriced(self) -> int:
        """Of how many requests the price is unknown."""
        return sum(spent.unpriced for spent in self.models)

    @property
    def cost_usd(self) -> float | None:
        """What all cost in US dollars; None where the price of any request is unknown."""
        return None if self.unpriced else self.known_usd

    @property
    def requests(self) -> int:
        """How many there were, those of agents of earlier processes left out."""
        return sum(spent.requests for spent in self.models)

    @property
    def cache_hits(self) -> int:
        """How many found in a provider's cache most of what it could hold."""
        return sum(spent.hits for spent in self.models)

    @property
    def cache_misses(self) -> Mapping[Miss, int]:
        """How many did not, by reason; those of which no reason is known are `unknown`."""
        misses: dict[Miss, int] = {}
        for spent in self.models:
            for reason, number in spent.misses:
                misses[reason] = misses.get(reason, 0) + number
        return misses

    def plus(self, other: "Spending", sign: int = 1) -> "Spending":
        """Both together; with the sign -1 what this is more than the other."""
        models = {(spent.provider, spent.model): spent for spent in self.models}
        for spent in other.models:
            key = spent.provider, spent.model
            before = models.get(key)
            if before is None and sign > 0:
                models[key] = spent
            else:
                before = before or Spent(provider=spent.provider, model=spent.model)
                models[key] = before.plus(spent, sign)
        return Spending(tuple(spent for spent in models.values() if spent != _none_of(spent)))


def earlier(usage: Usage, cost_usd: float | None) -> Spending:
    """What agents of earlier processes have consumed, as their parent's log has noted it."""
    if usage == NOTHING_SPENT and cost_usd == 0:
        return UNSPENT
    known, unpriced = cost_usd or 0.0, 1 if cost_usd is None else 0
    return Spending((Spent(provider="", model=EARLIER, usage=usage, known_usd=known, unpriced=unpriced),))


EARLIER: Final = "agents of earlier processes"
"""What stands in place of their models."""

UNSPENT: Final = Spending()
"""Nothing has been asked."""


def _counted(
    some: Sequence[tuple[Miss, int]], more: Sequence[tuple[Miss, int]], sign: int
) -> Sequence[tuple[Miss, int]]:
    if not more:
        return some
    counts = dict(some)
    for reason, number in more:
        counts[reason] = counts.get(reason, 0) + sign * number
    return tuple((reason, number) for reason, number in counts.items() if number)


def _none_of(spent: Spent) -> Spent:
    return Spent(provider=spent.provider, model=spent.model)

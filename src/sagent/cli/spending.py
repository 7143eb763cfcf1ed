"""What a prompt came to: for a person, and for programs."""

from collections.abc import Mapping, Sequence

from sagent.cli.paint import one_line
from sagent.cli.render import bill
from sagent.loop.caching import Miss
from sagent.loop.spending import Spending
from sagent.schema.cli import CacheMisses, CacheUse, ModelUsage


def spent_lines(spending: Spending, own: int) -> Sequence[str]:
    """A line for each model, and their sum, where more was asked than one agent has asked of one model.

    `own` is how many requests the agent has made itself.
    """
    if len(spending.models) < 2 and spending.requests == own:
        return ()
    lines = [
        one_line(
            f"{spent.provider} {spent.model}: {_times(spent.requests)}, {bill(spent.usage, spent.cost_usd)}"
        )
        for spent in spending.models
    ]
    beneath = spending.requests - own
    of_these = f", {beneath:,} of them by other agents" if beneath else ""
    total = f"altogether {_times(spending.requests)}{of_these}"
    return (*lines, f"{total}: {bill(spending.usage, spending.cost_usd)}")


def by_model(spending: Spending) -> Sequence[ModelUsage]:
    """What each model consumed."""
    return [
        ModelUsage(
            provider=spent.provider,
            model=spent.model,
            requests=spent.requests,
            usage=spent.usage,
            cost_usd=spent.cost_usd,
        )
        for spent in spending.models
    ]


def cache_use(spending: Spending) -> CacheUse:
    """How often a cache helped, and why not."""
    misses: Mapping[Miss, int] = spending.cache_misses
    return CacheUse(
        hits=spending.cache_hits,
        misses=sum(misses.values()),
        reasons=CacheMisses(
            first=misses.get("first", 0),
            short=misses.get("short", 0),
            model=misses.get("model", 0),
            history=misses.get("history", 0),
            system=misses.get("system", 0),
            tools=misses.get("tools", 0),
            expired=misses.get("expired", 0),
            unknown=misses.get("unknown", 0),
        ),
    )


def _times(requests: int) -> str:
    return "1 request" if requests == 1 else f"{requests:,} requests"

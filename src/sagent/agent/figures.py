"""What an agent is told of its spending: in few words, since it pays for reading them."""

from collections.abc import Mapping

from sagent.loop.purse import Purse
from sagent.loop.spending import Spending


def figures(own: Spending, purse: Purse) -> Mapping[str, object]:
    """What it has consumed and what is left; by model, where it or agents beneath it have asked others."""
    tree, (usd, tokens) = purse.held.spending, purse.left
    told: dict[str, object] = {
        "input_tokens": own.usage.input_tokens,
        "cached_tokens": own.usage.cache_read_tokens,
        "output_tokens": own.usage.output_tokens,
        "cost_usd": _rounded(own.cost_usd),
        "cache_misses": own.cache_misses,
        "budget_left_usd": _rounded(usd),
        "budget_left_tokens": tokens,
    }
    if len(tree.models) > min(1, len(own.models)) or tree.requests > own.requests:
        told["with_agents_beneath"] = [
            {
                "model": spent.name,
                "requests": spent.requests or None,
                "input_tokens": spent.usage.input_tokens,
                "cached_tokens": spent.usage.cache_read_tokens,
                "output_tokens": spent.usage.output_tokens,
                "cost_usd": _rounded(spent.cost_usd),
            }
            for spent in tree.models
        ]
    return told


def _rounded(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 6)

"""How much a model is asked to think, in this wire's two ways: by effort, or by budget before that."""

from collections.abc import Mapping
from typing import Final

from sagent.providers.anthropic.catalog import LEAST, Traits
from sagent.providers.effort import Effort, at_most
from sagent.schema.wire import anthropic as wire

BUDGETS: Final[Mapping[Effort, int]] = {
    "none": 0,
    "minimal": 1_024,
    "low": 2_048,
    "medium": 8_192,
    "high": 16_384,
    "xhigh": 32_768,
    "max": 49_152,
}
"""In tokens; fewer than 1,024 are refused."""


def thinking(
    known: Traits, effort: Effort | None, max_tokens: int, *, binds: bool
) -> tuple[wire.ThinkingConfig | None, wire.OutputConfig | None]:
    """What to ask of a model about its thoughts and its effort; None where nothing is asked."""
    match known.thinks:
        case "never":
            return None, None
        case "budget":
            return _budget(known, effort, max_tokens), None
        case "adaptive":
            return _adaptive(known, effort, binds=binds)


def _budget(known: Traits, effort: Effort | None, max_tokens: int) -> wire.ThinkingConfig | None:
    if effort is None or effort == "none":
        return None
    most = max_tokens - LEAST if known.most is None else min(known.most, max_tokens - LEAST)
    budget = min(max(BUDGETS[effort], known.least), most)
    return {"type": "enabled", "budget_tokens": budget} if budget >= known.least else None


def fitting(config: Mapping[str, object], max_tokens: int) -> Mapping[str, object] | None:
    """The thinking that fits into a lower limit than it was made for; a budget must lie below it."""
    budget = config.get("budget_tokens")
    if not isinstance(budget, int) or budget < max_tokens:
        return config
    return {**config, "budget_tokens": max_tokens - 1} if max_tokens > LEAST else None


def _adaptive(
    known: Traits, effort: Effort | None, *, binds: bool
) -> tuple[wire.ThinkingConfig | None, wire.OutputConfig | None]:
    if effort is None and not known.unasked:
        return None, None
    if effort == "none" and known.off:
        return {"type": known.off}, None
    # Without a word about it, newer models show none of their thoughts.
    config: wire.ThinkingConfig = {"type": "adaptive", "display": "summarized"}
    if known.bound and binds:
        config = {**config, "block_binding": {"prefix_mismatch_behavior": "drop_block"}}
    if effort is None or not known.efforts:
        return config, None
    return config, {"effort": at_most(effort, known.efforts)}

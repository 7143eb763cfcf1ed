"""How much a model is asked to think, in Google's two ways: by level from Gemini 3 on, by budget before."""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.catalog import known
from sagent.providers.effort import Effort, at_most, ranked
from sagent.providers.google.catalog import GOOGLE, is_thinking
from sagent.schema.wire import google as wire

BUDGETS: Final[Mapping[Effort, int]] = {
    "none": 0,
    "minimal": 512,
    "low": 1_024,
    "medium": 8_192,
    "high": 24_576,
    "xhigh": 32_768,
    "max": 32_768,
}
"""In tokens, as Google's own OpenAI-compatible endpoint translates efforts for Gemini 2.5, up to the largest
that a model takes."""

LEVELS: Final[Sequence[Effort]] = ("low", "medium", "high")
"""The levels that are known to models of which nobody says more."""

MOST: Final = 24_576
"""The largest budget of models of which nobody says more."""


def thinking(
    model: str, effort: Effort | None, said: object = None, provider: str = GOOGLE
) -> wire.ThinkingConfig | None:
    """What to ask of a model; None for one that does not think by itself and is not asked to.

    Where the user has `said` how much, the effort does not say it again: level and budget exclude each other.
    """
    row = known(model, provider, GOOGLE)
    way = row.get("thinking", "budget")
    if way == "never":
        return None
    if is_object(said) and said.keys() & {"thinkingLevel", "thinkingBudget"}:
        if said.get("thinkingBudget") == 0:
            return None  # to show thoughts that are not had is refused
        effort = None
    if effort is None:
        return {"includeThoughts": True} if is_thinking(model, provider) else None
    if way == "adaptive":
        # Where thinking cannot be switched off, the least level stands for none.
        level = at_most(effort, ranked(row.get("efforts", ())) or LEVELS)
        return {"includeThoughts": True, "thinkingLevel": level.upper()}
    limits = row.get("thinking_budget", {})
    budget = max(min(BUDGETS[effort], limits.get("maximum", MOST)), limits.get("minimum", 0))
    return {"includeThoughts": True, "thinkingBudget": budget} if budget else {"thinkingBudget": 0}

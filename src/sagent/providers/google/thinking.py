"""How much a model is asked to think, in Google's two ways: by level from Gemini 3 on, by budget before."""

import re
from collections.abc import Mapping
from typing import Final

from sagent.lib.json import is_object
from sagent.providers.effort import Effort
from sagent.providers.google.catalog import is_signed, is_thinking
from sagent.schema.wire import google as wire

LEVELS: Final[Mapping[Effort, str]] = {
    "none": "MINIMAL",
    "minimal": "MINIMAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "xhigh": "HIGH",
    "max": "HIGH",
}
"""Thinking cannot be switched off from Gemini 3 on, and no model goes above high."""

BUDGETS: Final[Mapping[Effort, int]] = {
    "none": 0,
    "minimal": 512,
    "low": 1_024,
    "medium": 8_192,
    "high": 24_576,
    "xhigh": 24_576,
    "max": 24_576,
}
"""In tokens, as Google's own OpenAI-compatible endpoint translates efforts for Gemini 2.5."""


def thinking(model: str, effort: Effort | None, said: object = None) -> wire.ThinkingConfig | None:
    """What to ask of a model; None for one that does not think by itself and is not asked to.

    Where the user has `said` how much, the effort does not say it again: level and budget exclude each other.
    """
    if is_object(said) and said.keys() & {"thinkingLevel", "thinkingBudget"}:
        if said.get("thinkingBudget") == 0:
            return None  # to show thoughts that are not had is refused
        effort = None
    if effort is None:
        return {"includeThoughts": True} if is_thinking(model) else None
    if is_signed(model):
        level = LEVELS[effort]
        return {"includeThoughts": True, "thinkingLevel": _lowest(model) if level == "MINIMAL" else level}
    if model.startswith("gemini-2.5-pro"):
        # It cannot stop thinking (128 at least), and alone goes up to 32,768.
        budget = 32_768 if effort in {"xhigh", "max"} else max(BUDGETS[effort], 128)
        return {"includeThoughts": True, "thinkingBudget": budget}
    budget = BUDGETS[effort]
    return {"includeThoughts": True, "thinkingBudget": budget} if budget else {"thinkingBudget": 0}


def _lowest(model: str) -> str:
    """The lowest level that a model knows."""
    return "MINIMAL" if re.match(r"gemini-(3-|3\.1-|3\.5-|3\.6-)?flash", model) else "LOW"

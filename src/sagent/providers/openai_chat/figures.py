"""What was consumed, counted the same way whoever counts."""

from collections.abc import Mapping
from typing import Final, TypeGuard

from sagent.lib.json import is_object
from sagent.providers.hearing import figures_of
from sagent.providers.metering import Metering, metering
from sagent.schema.values import Usage

COUNTS: Final = (
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cached_tokens",
    "num_cached_tokens",
    "prompt_cache_hit_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "reasoning_tokens",
    "prompt_tokens_details.cached_tokens",
    "prompt_tokens_details.cache_write_tokens",
    "completion_tokens_details.reasoning_tokens",
)
"""The figures that usage is made of."""


def billed_usd(usage: Mapping[str, object]) -> float | None:
    """What OpenRouter says that it charged, in dollars, and what a key of the user's own was charged besides.

    Source: openrouter.ai/docs/use-cases/usage-accounting.
    """
    cost, details = usage.get("cost"), usage.get("cost_details")
    if not _is_amount(cost):
        return None
    if not usage.get("is_byok"):
        return cost
    upstream = details.get("upstream_inference_cost") if is_object(details) else None
    return cost + upstream if _is_amount(upstream) else None


def _is_amount(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def metering_of(usage: Mapping[str, object], tier: object) -> Metering:
    """How it was served, and how much of it was not text."""
    heard, spoken = "prompt_tokens_details.audio_tokens", "completion_tokens_details.audio_tokens"
    told = figures_of(usage, (heard, spoken))
    return metering(
        {"service_tier": tier}, {"input_audio": told.get(heard, 0), "output_audio": told.get(spoken, 0)}
    )


def usage_of(usage: Mapping[str, int]) -> Usage:
    """A server's figures as ours.

    Thoughts are part of the output almost everywhere. Where the total, or their own number, says that they
    are not (xAI, and gateways to it and to Google), they are added.
    """
    prompt, output = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    thoughts = usage.get("completion_tokens_details.reasoning_tokens") or usage.get("reasoning_tokens", 0)
    cached = (
        usage.get("prompt_tokens_details.cached_tokens")
        or usage.get("cached_tokens")
        or usage.get("prompt_cache_hit_tokens")
        or usage.get("cache_read_input_tokens")
        or usage.get("num_cached_tokens", 0)
    )
    stored = usage.get("prompt_tokens_details.cache_write_tokens") or usage.get(
        "cache_creation_input_tokens", 0
    )
    if thoughts > output or (thoughts and usage.get("total_tokens") == prompt + output + thoughts):
        output += thoughts
    return Usage(
        input_tokens=max(prompt, cached + stored),
        cache_read_tokens=cached,
        cache_write_tokens=stored,
        cache_write_1h_tokens=0,
        output_tokens=output,
        reasoning_tokens=thoughts,
    )

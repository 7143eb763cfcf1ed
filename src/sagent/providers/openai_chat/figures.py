"""What was consumed, counted the same way whoever counts."""

from collections.abc import Mapping
from typing import TypeGuard

from sagent.lib.json import is_object
from sagent.providers.metering import Metering, metering
from sagent.schema.values import Usage
from sagent.schema.wire import openai_chat as wire


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
    read, written = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    return metering(
        {"service_tier": tier},
        {
            "input_audio": read.get("audio_tokens") if is_object(read) else None,
            "output_audio": written.get("audio_tokens") if is_object(written) else None,
        },
    )


def usage_of(usage: wire.Usage) -> Usage:
    """A server's figures as ours.

    Thoughts are part of the output almost everywhere. Where the total, or their own number, says that they
    are not (xAI, and gateways to it and to Google), they are added.
    """
    read, written = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
    prompt, output = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    thoughts = written.get("reasoning_tokens") or usage.get("reasoning_tokens") or 0
    cached = (
        read.get("cached_tokens")
        or usage.get("cached_tokens")
        or usage.get("prompt_cache_hit_tokens")
        or usage.get("cache_read_input_tokens")
        or usage.get("num_cached_tokens")
        or 0
    )
    stored = read.get("cache_write_tokens") or usage.get("cache_creation_input_tokens") or 0
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

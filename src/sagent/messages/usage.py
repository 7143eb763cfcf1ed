"""What model calls consume."""

from typing import Final

from sagent.schema.values import Usage

NOTHING_SPENT: Final = Usage(
    input_tokens=0,
    cache_read_tokens=0,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=0,
    reasoning_tokens=0,
)


def less(a: Usage, b: Usage) -> Usage:
    """What is left of one when another is taken away; never less than nothing."""
    return Usage(
        input_tokens=max(0, a.input_tokens - b.input_tokens),
        cache_read_tokens=max(0, a.cache_read_tokens - b.cache_read_tokens),
        cache_write_tokens=max(0, a.cache_write_tokens - b.cache_write_tokens),
        cache_write_1h_tokens=max(0, a.cache_write_1h_tokens - b.cache_write_1h_tokens),
        output_tokens=max(0, a.output_tokens - b.output_tokens),
        reasoning_tokens=max(0, a.reasoning_tokens - b.reasoning_tokens),
    )


def added(a: Usage, b: Usage) -> Usage:
    """Two usages together."""
    return Usage(
        input_tokens=a.input_tokens + b.input_tokens,
        cache_read_tokens=a.cache_read_tokens + b.cache_read_tokens,
        cache_write_tokens=a.cache_write_tokens + b.cache_write_tokens,
        cache_write_1h_tokens=a.cache_write_1h_tokens + b.cache_write_1h_tokens,
        output_tokens=a.output_tokens + b.output_tokens,
        reasoning_tokens=a.reasoning_tokens + b.reasoning_tokens,
    )


def cost_together(a: float | None, b: float | None) -> float | None:
    """Two prices in US dollars together, to the billionth; None where either is unknown."""
    # To add binary fractions makes digits at the end that nobody was charged.
    return None if a is None or b is None else round(a + b, 9)

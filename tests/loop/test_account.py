"""Bills: what has come to one since another."""

from sagent.loop.account import NO_BILL, Bill
from sagent.schema.values import Usage


def used(tokens: int) -> Bill:
    """So many tokens, of which one was output."""
    usage = Usage(
        input_tokens=tokens - 1,
        cache_read_tokens=0,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=1,
        reasoning_tokens=0,
    )
    return Bill(usage=usage, cost_usd=tokens / 8, charged_usd=tokens / 8, charged_tokens=tokens)


def test_what_has_come_since_is_the_difference() -> None:
    since = used(8).since(used(3))

    assert (since.charged_tokens, since.usage.input_tokens, since.usage.output_tokens) == (5, 5, 0)
    assert (since.cost_usd, since.charged_usd) == (0.625, 0.625)


def test_nothing_has_come_since_a_bill_that_counts_what_this_one_has_yet_to_hear_of() -> None:
    assert used(3).since(used(8)) == NO_BILL

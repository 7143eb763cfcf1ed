"""What model calls consume, and cost, together."""

from sagent.messages.usage import cost_together


def test_prices_that_are_added_have_no_digits_that_nobody_was_charged() -> None:
    assert cost_together(cost_together(0.1, 0.2), 0.000_000_7) == 0.300_000_7


def test_what_an_unknown_price_is_added_to_is_unknown() -> None:
    assert cost_together(0.1, None) is None
    assert cost_together(None, 0.1) is None

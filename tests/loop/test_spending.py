"""What was spent is added up by model."""

from dataclasses import replace

from sagent.loop.spending import UNSPENT, Spending, Spent
from sagent.messages.usage import NOTHING_SPENT

ONE = Spent(
    provider="Stage",
    model="one",
    requests=2,
    usage=replace(NOTHING_SPENT, input_tokens=10, output_tokens=5),
    known_usd=0.25,
    hits=1,
    misses=(("first", 1),),
)
TWO = replace(ONE, model="two", known_usd=0.5, unpriced=1, hits=0, misses=(("first", 1), ("unknown", 1)))


def test_spendings_are_added_model_by_model() -> None:
    both = Spending((ONE,)).plus(Spending((ONE, TWO)))

    assert [(spent.model, spent.requests, spent.known_usd) for spent in both.models] == [
        ("one", 4, 0.5),
        ("two", 2, 0.5),
    ]
    assert both.usage == replace(NOTHING_SPENT, input_tokens=30, output_tokens=15)
    assert (both.requests, both.cache_hits, both.cache_misses) == (6, 2, {"first": 3, "unknown": 1})


def test_a_single_unknown_price_makes_the_whole_cost_unknown() -> None:
    both = Spending((ONE, TWO))

    assert (both.cost_usd, both.known_usd) == (None, 0.75)
    assert [spent.cost_usd for spent in both.models] == [0.25, None]


def test_what_was_spent_since_is_the_difference_and_names_only_what_was_asked_since() -> None:
    before = Spending((ONE,))

    since = before.plus(Spending((TWO,))).plus(before, -1)

    assert since == Spending((TWO,))
    assert before.plus(before, -1) == UNSPENT

"""Ids are unique, sort in the order in which they were made, and fit every provider."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sagent.messages.ids import Ids


@given(st.lists(st.floats(0.0, 4e9), max_size=50))
def test_ids_are_unique_and_sort_in_the_order_of_making_whatever_the_clock_does(times: list[float]) -> None:
    ids = Ids("abc123")

    made = [ids.message(now) for now in times]

    assert made == sorted(set(made))


@given(st.floats(0.0, 4e9), st.text("0123456789abcdef", min_size=6, max_size=6))
def test_call_ids_are_of_a_shape_that_every_provider_takes(now: float, maker: str) -> None:
    made = Ids(maker).call(now)

    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", made)


def test_equal_makers_at_equal_times_make_equal_ids() -> None:
    left, right = Ids("t"), Ids("t")

    assert [left.message(1.0), left.call(1.0)] == [right.message(1.0), right.call(1.0)]


def test_two_makers_never_make_the_same_id() -> None:
    assert Ids("a").message(1.0) != Ids("b").message(1.0)


def test_many_thousand_ids_of_one_moment_still_sort() -> None:
    ids = Ids("t")

    made = [ids.message(1.0) for _ in range(70_000)]

    assert made == sorted(set(made))


def test_a_clock_that_is_set_back_does_not_make_ids_go_back() -> None:
    ids = Ids("t")

    later, earlier = ids.message(100.0), ids.message(1.0)

    assert later < earlier

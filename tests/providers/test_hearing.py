"""What comes over any wire, as ours."""

from collections.abc import Sequence

import pytest

from sagent.atoms import CallId
from sagent.lib.json import EMPTY
from sagent.providers.hearing import call_of, figures_of


def test_figures_are_read_as_far_as_they_are_whole_numbers() -> None:
    told = {"a": 10.0, "b": {"c": 5, "d": 0}, "e": "9", "f": 1.5, "g": -1, "h": True, "i": None, "j": [1]}

    figures = figures_of(told, ("a", "a.b", "b", "b.c", "b.d", "e", "f", "g", "h", "i", "j", "j.0", "k"))

    assert figures == {"a": 10, "b.c": 5, "b.d": 0}
    assert [type(count) for count in figures.values()] == [int, int, int]


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        (("a", "b"), ("a", "b")),
        (("a", "a"), ("a", "call_2")),
        (("", "no id", "c"), ("call_1", "call_2", "c")),
        (("call_2", ""), ("call_2", "call_3")),
        (("call_3", "call_3", "call_3"), ("call_3", "call_2", "call_4")),
    ],
)
def test_each_call_of_a_response_has_an_id_of_its_own(given: Sequence[str], ours: Sequence[str]) -> None:
    others = set[CallId]()

    calls = [call_of("Acme", "add", vendor_id, EMPTY, others) for vendor_id in given]

    assert tuple(call.call_id for call in calls) == ours
    assert tuple(call.vendor_id for call in calls) == given

"""What comes over any wire, as ours."""

from collections.abc import Sequence

import pytest

from sagent.atoms import CallId
from sagent.lib.json import EMPTY
from sagent.providers.hearing import call_of


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

"""What comes over any wire, as ours."""

import json
from collections.abc import Sequence

import pytest

from sagent.atoms import CallId
from sagent.errors import BadAnswer
from sagent.lib.json import EMPTY
from sagent.providers.anthropic.decode import Draft as Messages
from sagent.providers.google.decode import Draft as Gemini
from sagent.providers.hearing import call_of, figures_of
from sagent.providers.openai_chat.decode import Draft as Chat
from sagent.providers.openai_responses.decode import Draft as Responses
from sagent.providers.remote import Draft


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


NUMBER = "1e999"  # JSON, and no number that a float can be


@pytest.mark.parametrize(
    ("draft", "event"),
    [
        (
            Messages("m"),
            {"type": "message", "content": [{"type": "new", "x": 0}], "stop_reason": "end_turn"},
        ),
        (Gemini("m", whole=True), {"candidates": [{"content": {"parts": [{"new": 0}]}}]}),
        (Responses("m", whole=True), {"object": "response", "output": [{"type": "new", "x": 0}]}),
        (
            Chat("m", vendor="Somebody", whole=True),
            {"choices": [{"message": {"content": "a", "extra_content": {"x": 0}}, "finish_reason": "stop"}]},
        ),
    ],
    ids=["Messages", "generateContent", "Responses", "Chat Completions"],
)
def test_what_cannot_be_kept_as_it_came_is_a_bad_answer_on_each_wire(draft: Draft, event: object) -> None:
    draft.absorb(json.dumps(event).replace(" 0", f" {NUMBER}"))

    with pytest.raises(BadAnswer, match="sent what is not JSON: at "):
        draft.finish()

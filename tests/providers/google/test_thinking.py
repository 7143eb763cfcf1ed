"""How hard each model is asked to think."""

import pytest

from sagent.errors import UsageError
from sagent.providers.effort import EFFORTS, Effort, effort_of
from sagent.providers.google.thinking import thinking

SHOWN = {"includeThoughts": True}


@pytest.mark.parametrize(
    ("model", "effort", "asked"),
    [
        ("gemini-2.5-flash", None, SHOWN),
        ("gemini-3.5-flash", None, SHOWN),
        ("gemini-4-argon", None, SHOWN),
        ("gemini-2.5-flash-image", None, None),
        ("gemini-2.0-flash", None, None),
        ("gemma-3-27b-it", None, None),
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0}),
        ("gemini-2.5-flash", "low", {**SHOWN, "thinkingBudget": 1024}),
        ("gemini-2.5-flash", "max", {**SHOWN, "thinkingBudget": 24576}),
        ("gemini-2.5-pro", "none", {**SHOWN, "thinkingBudget": 128}),
        ("gemini-2.5-pro", "max", {**SHOWN, "thinkingBudget": 32768}),
        ("gemini-3.5-flash", "none", {**SHOWN, "thinkingLevel": "MINIMAL"}),
        ("gemini-flash-latest", "minimal", {**SHOWN, "thinkingLevel": "MINIMAL"}),
        ("gemini-3.1-pro-preview", "minimal", {**SHOWN, "thinkingLevel": "LOW"}),
        ("gemini-3.8-flash", "none", {**SHOWN, "thinkingLevel": "LOW"}),
        ("gemini-4-argon", "xhigh", {**SHOWN, "thinkingLevel": "HIGH"}),
    ],
)
def test_each_model_is_asked_in_the_way_it_knows(model: str, effort: Effort | None, asked: object) -> None:
    assert thinking(model, effort) == asked


@pytest.mark.parametrize(
    ("model", "said", "asked"),
    [
        ("gemini-2.5-flash", {"thinkingBudget": 9}, SHOWN),
        ("gemini-2.5-flash", {"thinkingBudget": 0}, None),
        ("gemini-3.5-flash", {"thinkingBudget": -1}, SHOWN),
        ("gemini-3.5-flash", {"thinkingLevel": "LOW"}, SHOWN),
        ("gemini-3.5-flash", {"includeThoughts": False}, {**SHOWN, "thinkingLevel": "HIGH"}),
        ("gemini-3.5-flash", None, {**SHOWN, "thinkingLevel": "HIGH"}),
    ],
)
def test_an_effort_says_nothing_where_the_user_has_said_how_much_to_think(
    model: str, said: object, asked: object
) -> None:
    assert thinking(model, "high", said) == asked


def test_a_word_that_is_no_effort_is_refused_with_those_that_are() -> None:
    assert [effort_of(effort) for effort in EFFORTS] == [*EFFORTS]
    with pytest.raises(UsageError, match="no effort is called 'hard': choose one of none, minimal, low"):
        effort_of("hard")

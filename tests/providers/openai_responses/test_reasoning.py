"""How hard each model is asked to reason."""

import pytest

from sagent.protocols import ModelLimits
from sagent.providers.catalog import limits
from sagent.providers.effort import Effort
from sagent.providers.openai_responses.catalog import is_formed, is_reasoning
from sagent.providers.openai_responses.reasoning import reasoning


@pytest.mark.parametrize(
    ("model", "asked", "told"),
    [
        ("gpt-6.1-sol", "none", "low"),
        ("gpt-6.1-sol", "max", "max"),
        ("gpt-6.2-sol", "minimal", "low"),
        ("gpt-6-astra", "none", "low"),
        ("gpt-6.2-astra", "max", "max"),
        ("gpt-6-luna", "none", "none"),
        ("gpt-6.1-terra", "minimal", "low"),
        ("gpt-5.6-cyber", "none", "low"),
        ("gpt-5.6-sol", "max", "max"),
        ("gpt-5.5", "max", "xhigh"),
        ("gpt-5.4-nano", "none", "none"),
        ("gpt-5.5-pro", "low", "medium"),
        ("gpt-5.3-codex", "xhigh", "xhigh"),
        ("gpt-5.3-codex-spark", "none", "low"),
        ("gpt-5.1", "xhigh", "high"),
        ("gpt-5.1-codex", "none", "low"),
        ("gpt-5.1-codex-max", "max", "xhigh"),
        ("gpt-5-mini", "none", "minimal"),
        ("gpt-5-2025-08-07", "minimal", "minimal"),
        ("gpt-5-pro", "low", "high"),
        ("gpt-5-codex", "minimal", "low"),
        ("o3", "max", "high"),
        ("o4-mini", "none", "low"),
        ("o3-deep-research", "low", "medium"),
        ("openai/gpt-oss-120b", "none", "low"),
        ("gpt-7", "max", "max"),
        ("ft:o4-mini:x", "max", "high"),
    ],
)
def test_a_model_is_asked_for_the_nearest_effort_that_it_knows(model: str, asked: Effort, told: str) -> None:
    assert (reasoning(model, asked) or {}).get("effort") == told


@pytest.mark.parametrize(
    "model", ["gpt-4.1", "gpt-4o-mini", "chatgpt-4o", "gpt-5-chat-latest", "ft:gpt-4.1:x"]
)
def test_a_model_that_does_not_reason_is_asked_for_nothing(model: str) -> None:
    assert (reasoning(model, "high"), reasoning(model, None), is_reasoning(model)) == (None, None, False)


def test_the_reasoning_is_told_unless_there_is_none() -> None:
    asked = [
        reasoning("gpt-6.1-sol", None),
        reasoning("gpt-6.1-sol", "high"),
        reasoning("gpt-6-luna", "none"),
    ]

    assert list(map(dict, filter(None, asked))) == [
        {"summary": "auto"},
        {"effort": "high", "summary": "auto"},
        {"effort": "none"},
    ]


def test_a_model_that_nobody_knows_is_asked_for_what_was_chosen_and_no_more() -> None:
    assert reasoning("grok-9", None) is None
    assert dict(reasoning("grok-9", "high") or {}) == {"effort": "high"}


@pytest.mark.parametrize(
    ("model", "held"),
    [
        ("gpt-6.1-sol", True),
        ("ft:gpt-4o", True),
        ("gpt-4.1", True),
        ("gpt-4-turbo", False),
        ("o1-mini", False),
    ],
)
def test_older_models_of_openai_cannot_be_held_to_a_schema(model: str, held: bool) -> None:
    assert is_formed(model) is held


@pytest.mark.parametrize(
    ("model", "window", "output"),
    [
        ("gpt-6.1-sol", 922_000, 128_000),
        ("gpt-5.4-mini", 272_000, 128_000),
        ("gpt-5.2", 272_000, 128_000),
        ("gpt-5.3-codex-spark", 128_000, 32_000),
        ("openai/o3", 200_000, 100_000),
        ("gpt-4.1-mini", 1_047_576, 32_768),
        ("grok-9", None, None),
    ],
)
def test_the_limits_of_known_models_are_known(model: str, window: int | None, output: int | None) -> None:
    assert limits("OpenAI", model) == ModelLimits(context_window=window, max_output=output)

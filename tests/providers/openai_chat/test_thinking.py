"""How much a model is asked to think, in each server's way."""

import pytest

from sagent.providers.effort import EFFORTS, Effort
from sagent.providers.openai_chat.manners import COMPATIBLE, OPENAI, Manners
from sagent.providers.openai_chat.suited import efforts, suited
from sagent.providers.openai_chat.thinking import thinking


@pytest.mark.parametrize("manners", [COMPATIBLE, OPENAI, Manners(effort="thinking")])
def test_a_model_that_is_not_asked_is_left_to_itself(manners: Manners) -> None:
    assert thinking(None, suited(manners, "gpt-6-sol", "OpenAICompat")) == {}


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gpt-6-sol", ["none", "low", "low", "medium", "high", "xhigh", "max"]),
        ("gpt-6.1-sol", ["low", "low", "low", "medium", "high", "xhigh", "max"]),
        ("gpt-6-astra", ["low", "low", "low", "medium", "high", "xhigh", "max"]),
        ("gpt-5.4", ["none", "low", "low", "medium", "high", "xhigh", "xhigh"]),
        ("gpt-5.4-pro", ["medium", "medium", "medium", "medium", "high", "xhigh", "xhigh"]),
        ("gpt-5-mini", ["minimal", "minimal", "low", "medium", "high", "high", "high"]),
        ("openai/gpt-oss-120b", ["low", "low", "low", "medium", "high", "high", "high"]),
        ("gpt-4.1", [None] * 7),
        ("local-model", [None, "low", "low", "medium", "high", "high", "high"]),
    ],
)
def test_a_word_that_a_model_does_not_know_becomes_the_nearest_that_it_does(
    model: str, words: list[str | None]
) -> None:
    asked = [
        thinking(effort, suited(COMPATIBLE, model, "OpenAICompat")).get("reasoning_effort")
        for effort in EFFORTS
    ]

    assert asked == words


@pytest.mark.parametrize(
    ("manners", "effort", "settings"),
    [
        (Manners(effort="reasoning"), "high", {"reasoning": {"effort": "high"}}),
        (Manners(effort="reasoning"), "none", {}),
        (
            Manners(effort="thinking", efforts=("high", "max")),
            "low",
            {"thinking": {"type": "enabled"}, "reasoning_effort": "high"},
        ),
        (Manners(effort="thinking", efforts=()), "high", {"thinking": {"type": "enabled"}}),
        (Manners(effort="thinking"), "none", {"thinking": {"type": "disabled"}}),
        (Manners(effort="enable_thinking", efforts=()), "none", {"enable_thinking": False}),
        (Manners(effort="enable_thinking", efforts=()), "max", {"enable_thinking": True}),
        (Manners(effort="unsaid"), "max", {}),
    ],
)
def test_each_server_is_told_in_its_own_way(
    manners: Manners, effort: Effort, settings: dict[str, object]
) -> None:
    assert thinking(effort, suited(manners, "some-model", "OpenAICompat")) == settings


def test_models_of_others_are_not_taken_for_openais() -> None:
    assert [efforts(name) for name in ("o-series-like", "qwen3", "olmo-2", "gptx")] == [None] * 4

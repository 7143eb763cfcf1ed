"""Efforts in the words of each generation of models."""

import pytest

from sagent.providers.anthropic.manners import ANTHROPIC, known
from sagent.providers.anthropic.thinking import thinking
from sagent.providers.effort import EFFORTS, Effort
from sagent.schema.wire import anthropic as wire

ADAPTIVE = {"type": "adaptive", "display": "summarized"}
BOUND = {**ADAPTIVE, "block_binding": {"prefix_mismatch_behavior": "drop_block"}}


def asked(
    model: str, effort: Effort | None, tokens: int = 64_000, *, binds: bool = True
) -> tuple[wire.ThinkingConfig | None, wire.OutputConfig | None]:
    return thinking(known(model, ANTHROPIC), effort, tokens, binds=binds)


@pytest.mark.parametrize(
    ("model", "effort", "expected"),
    [
        ("claude-sonnet-5-5", None, (BOUND, None)),
        ("claude-sonnet-5-5", "none", ({"type": "between_tools"}, None)),
        ("claude-sonnet-5-5", "minimal", (BOUND, {"effort": "low"})),
        ("claude-sonnet-5-5", "xhigh", (BOUND, {"effort": "xhigh"})),
        ("claude-haiku-5-5", "none", ({"type": "disabled"}, None)),
        ("claude-opus-5-5", "none", (BOUND, {"effort": "low"})),
        ("claude-fable-5-2", "max", (BOUND, {"effort": "max"})),
        ("claude-fable-5", "none", (ADAPTIVE, {"effort": "low"})),
        ("claude-opus-5", None, (ADAPTIVE, None)),
        ("claude-opus-5", "none", ({"type": "disabled"}, None)),
        ("claude-opus-4-8", None, (None, None)),
        ("claude-opus-4-8", "high", (ADAPTIVE, {"effort": "high"})),
        ("claude-sonnet-4-6", "xhigh", (ADAPTIVE, {"effort": "high"})),
        ("claude-sonnet-4-6", "max", (ADAPTIVE, {"effort": "max"})),
        ("claude-haiku-4-5", None, (None, None)),
        ("claude-haiku-4-5", "none", (None, None)),
        ("claude-haiku-4-5-20251001", "minimal", ({"type": "enabled", "budget_tokens": 1_024}, None)),
        ("claude-sonnet-4-5", "high", ({"type": "enabled", "budget_tokens": 16_384}, None)),
        ("claude-3-5-haiku-latest", "max", (None, None)),
        ("claude-opus-7-1", "xhigh", (ADAPTIVE, {"effort": "xhigh"})),
        ("qwen", "max", (None, None)),
    ],
)
def test_each_generation_is_asked_in_its_own_way(model: str, effort: Effort | None, expected: object) -> None:
    found: object = asked(model, effort)

    assert found == expected


def test_a_budget_leaves_room_for_an_answer_or_is_none() -> None:
    tight: object = asked("claude-haiku-4-5", "max", 5_000)

    assert tight == ({"type": "enabled", "budget_tokens": 3_976}, None)
    assert asked("claude-haiku-4-5", "max", 2_000) == (None, None)


def test_a_server_that_cannot_drop_thoughts_is_not_told_to() -> None:
    found: object = asked("claude-sonnet-5-5", None, binds=False)

    assert found == (ADAPTIVE, None)


@pytest.mark.parametrize("model", ["claude-sonnet-5-5", "claude-opus-4-6", "claude-haiku-4-5", "other"])
def test_more_effort_never_asks_for_less(model: str) -> None:
    budgets = [
        config.get("budget_tokens", 0) if config else 0
        for config, _ in (asked(model, effort) for effort in EFFORTS)
    ]

    assert budgets == sorted(budgets)

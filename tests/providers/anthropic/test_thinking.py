"""Efforts in the words of each generation of models, and what becomes of a budget within a turn."""

import json
from collections.abc import Mapping, Sequence

import pytest

from sagent.atoms import MessageId
from sagent.lib.json import freeze_object
from sagent.messages.view import Base, View, Viewed
from sagent.providers.anthropic.encode import Settings
from sagent.providers.anthropic.manners import ANTHROPIC, known
from sagent.providers.anthropic.thinking import thinking
from sagent.providers.effort import EFFORTS, Effort
from sagent.schema.message import ToolsChanged
from sagent.schema.part import Thinking
from sagent.schema.wire import anthropic as wire
from tests.providers.anthropic.sending import HOME, OLD, messages, own, scribe_for, strict
from tests.providers.conversation import ADD, call, prompt, request, response, result

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


BUDGET: wire.ThinkingConfig = {"type": "enabled", "budget_tokens": 1_024}
BUDGETED = Settings(model=OLD.model, max_tokens=2_048, thinking=BUDGET)
UNASKED = Settings(model=OLD.model, max_tokens=2_048)
SIGNED = Thinking(content="hm", signature="c2ln")

THOUGHTFUL = own(SIGNED, call(1, vendor_id="t1"), origin=OLD, stop="tool_calls")
FOREIGN = response(call(1), origin=HOME, stop="tool_calls")
NEXT = own(call(2, vendor_id="t2"), origin=OLD, stop="tool_calls")


def sent(entries: Sequence[Viewed], settings: Settings = BUDGETED, trusted: int = 0) -> Mapping[str, object]:
    """What a request says of thoughts, and the kinds of the blocks of each answer in it."""
    body = scribe_for(OLD, settings).body(request(entries, trusted=trusted))
    assert strict(body, OLD.model) == ()
    answers = [each["content"] for each in messages(body) if each["role"] == "assistant"]
    return {
        "thinking": json.loads(body).get("thinking"),
        "answers": [[block["type"] for block in answer] for answer in answers],
    }


def test_a_turn_that_another_model_began_goes_on_without_a_budget_until_it_is_over() -> None:
    begun: list[Viewed] = [prompt("a"), FOREIGN, result(1, "x")]
    told: list[Viewed] = [*begun, prompt("go on")]
    later: list[Viewed] = [*told, NEXT, result(2, "y")]
    over: list[Viewed] = [*later, own("so", origin=OLD), prompt("b")]

    found = [sent(entries)["thinking"] for entries in (begun, told, later, over)]

    assert found == [None, None, None, BUDGET]


def test_what_is_thought_in_a_turn_without_a_budget_does_not_go_back() -> None:
    unasked = own(SIGNED, call(2, vendor_id="t2"), origin=OLD, stop="tool_calls")

    found = sent([prompt("a"), FOREIGN, result(1, "x"), unasked, result(2, "y")])

    assert found == {"thinking": None, "answers": [["tool_use"], ["tool_use"]]}


def test_a_turn_that_began_with_a_thought_keeps_it_and_its_budget() -> None:
    begun: list[Viewed] = [prompt("a"), THOUGHTFUL, result(1, "x")]

    assert sent(begun) == {"thinking": BUDGET, "answers": [["thinking", "tool_use"]]}
    assert sent([*begun, NEXT, result(2, "y")]) == {
        "thinking": BUDGET,
        "answers": [["thinking", "tool_use"], ["tool_use"]],
    }


def test_a_turn_whose_thought_a_repair_has_left_out_goes_on_without_a_budget() -> None:
    begun: list[Viewed] = [prompt("a"), THOUGHTFUL, result(1, "x")]

    assert sent(begun, trusted=3) == {"thinking": None, "answers": [["tool_use"]]}


def test_a_turn_in_which_no_budget_is_asked_for_any_more_goes_on_without_its_thought() -> None:
    begun: list[Viewed] = [prompt("a"), THOUGHTFUL, result(1, "x")]

    assert sent(begun, UNASKED) == {"thinking": None, "answers": [["tool_use"]]}


def test_a_budget_that_the_caller_adds_to_the_body_goes_by_the_same_rule() -> None:
    added = freeze_object({"thinking": {**BUDGET}})
    settings = Settings(model=OLD.model, max_tokens=2_048, extra_body=added)

    assert sent([prompt("a"), THOUGHTFUL, result(1, "x")], settings)["thinking"] == BUDGET
    assert sent([prompt("a"), FOREIGN, result(1, "x")], settings)["thinking"] is None


def test_other_tools_within_a_turn_cost_no_thought_that_is_not_bound_to_them() -> None:
    view = View([prompt("a"), THOUGHTFUL, result(1, "x")])
    scribe = scribe_for(OLD, BUDGETED)
    scribe.body(request(view))
    changed = ToolsChanged(id=MessageId("n"), parent_id=None, timestamp=0.0, content=(ADD,))
    view.change(changed, Base(system="", tools=(), model=None))

    body = scribe.body(request(view, tools=[ADD]))

    assert strict(body, OLD.model) == ()
    assert messages(body)[1]["content"][0]["type"] == "thinking"
    assert json.loads(body)["thinking"] == BUDGET
    assert [tool["name"] for tool in json.loads(body)["tools"]] == ["add"]

"""What a request may cost at most is set aside before it is sent (LOOP R15)."""

from dataclasses import replace

import pytest

from sagent.errors import Refused
from sagent.loop.budget import Grant, grant
from sagent.loop.change import Change
from sagent.loop.purse import Purse
from sagent.loop.resolution import HaltedBy
from sagent.loop.traffic import (
    Broke,
    CallModel,
    Responded,
    Stopped,
)
from sagent.messages.size import most_tokens
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.words import letter
from sagent.protocols import Tariff
from sagent.schema.message import ModelResponse, Reserved
from sagent.schema.signal import Clear, Compact, Halt
from sagent.schema.values import Limits, ModelSpec
from tests.loop.stage import BUSY, USAGE, Stage, answer, spec

PRICES = Tariff(input_usd=1e-6, output_usd=1e-5, max_output=8_000)


def size(stage: Stage) -> int:
    """How many tokens the next request has at most."""
    state = stage.state
    assert state.model is not None
    return most_tokens(state.system, state.tools, state.view, state.trusted, state.model)


def meter(_: ModelSpec, __: int) -> Tariff:
    """A dollar a million tokens in, ten dollars out."""
    return PRICES


def limited(usd: float | None = None, tokens: int | None = None) -> Stage:
    """A stage with a budget."""
    stage = Stage(meter=meter)
    limits = Limits(max_tool_call_rounds=None, max_budget_usd=usd, max_budget_tokens=tokens)
    stage.take(Change(limits=limits))
    return stage


def allowed(stage: Stage) -> list[int | None]:
    """How much the model may write in each call that the last input asked for."""
    return [effect.max_output for effect in stage.effects if isinstance(effect, CallModel)]


def test_the_worst_case_is_in_the_log_before_the_model_is_called() -> None:
    stage = limited(usd=1.0)

    stage.says("hello")

    tokens = size(stage)
    reserved = stage.state.account.reserved
    assert reserved is not None
    assert (reserved.content, reserved.tokens) == (tokens * 1e-6 + 8_000 * 1e-5, tokens + 8_000)
    assert stage.kinds == "+Prompt Receipt +Drained +Reserved CallModel"
    assert allowed(stage) == [8_000]


def test_the_output_limit_is_lowered_to_what_fits() -> None:
    stage = limited(usd=0.05)

    stage.says("hello")

    assert allowed(stage) == [int((0.05 - size(stage) * 1e-6) / 1e-5)]


def test_an_agent_whose_budget_does_not_allow_another_request_halts_and_says_what_was_spent() -> None:
    stage = limited(usd=0.02)
    first = stage.says("hello")
    stage.replies("hi")

    second = stage.says("and?")

    said = (
        "the budget does not allow another request: $0.01 of $0.02 used up, and one more may take $0.01034; "
        "raise it to go on"
    )
    assert first in stage.resolved
    assert stage.resolved[second] == HaltedBy("budget", said, "")
    assert stage.phase == "halted"


def test_a_raised_budget_goes_on_with_the_next_words_of_the_user() -> None:
    stage = limited(usd=0.001)
    stage.says("hello")
    stage.take(Change(limits=Limits(max_tool_call_rounds=None, max_budget_usd=1.0, max_budget_tokens=None)))

    stage.says("go on")

    # The raise is placed by the drain that these words cause, and holds for their request.
    assert stage.phase == "calling"


def test_a_budget_of_tokens_holds_too() -> None:
    stage = limited(tokens=3_000)
    stage.says("hello")
    room = allowed(stage)

    assert room == [3_000 - size(stage)]


def test_a_budget_in_dollars_needs_a_price() -> None:
    stage = Stage()
    stage.take(Change(limits=Limits(max_tool_call_rounds=None, max_budget_usd=1.0, max_budget_tokens=None)))

    stage.says("hello")

    assert stage.phase == "halted"
    assert stage.state.account.reserved is None


def test_an_answer_settles_what_was_set_aside_at_what_it_cost() -> None:
    stage = limited(usd=1.0)
    stage.says("hello")

    stage.replies("hi")

    assert stage.state.account.reserved is None
    assert stage.state.account.charged_usd == pytest.approx(0.01)
    assert stage.state.account.charged_tokens == 15


def test_a_failed_call_of_which_nothing_came_is_not_charged() -> None:
    stage = limited(usd=1.0)
    stage.says("hello")

    stage.breaks(BUSY)

    assert stage.state.account.reserved is None
    assert stage.state.account.charged_usd == 0.0


def test_a_call_that_was_broken_off_is_charged_at_what_was_set_aside() -> None:
    stage = limited(usd=1.0)
    stage.says("hello")
    worst = stage.state.account.reserved

    stage.take(Halt())
    stage.stops()

    assert worst is not None
    assert stage.state.account.charged_usd == worst.content
    assert stage.state.account.charged_tokens == worst.tokens
    assert stage.view == ["user: hello"]


def test_a_crash_in_mid_request_is_charged_at_what_was_set_aside() -> None:
    stage = limited(usd=1.0)
    stage.says("hello")
    worst = stage.state.account.reserved

    after = Stage(stage.log, maker="u", meter=meter)

    assert worst is not None
    assert after.state.account.charged_usd == worst.content
    assert [m.stop for m in after.log if isinstance(m, ModelResponse)] == ["failed"]


def test_without_a_budget_nothing_is_set_aside() -> None:
    stage = Stage(meter=meter)

    stage.says("hello")

    assert not any(isinstance(message, Reserved) for message in stage.log)
    assert allowed(stage) == [None]


def test_a_model_that_costs_nothing_is_not_held_back_by_a_budget_in_dollars() -> None:
    purse = Purse()
    purse.limits = Limits(max_tool_call_rounds=None, max_budget_usd=0.01, max_budget_tokens=None)

    granted = grant(
        spec(), purse, lambda _, __: Tariff(input_usd=0.0, output_usd=0.0, max_output=500), lambda: 0
    )

    assert granted == Grant(usd=0.0, tokens=500, max_output=500)


def test_what_was_reported_is_not_counted_again() -> None:
    stage = Stage()
    stage.take(letter("x" * 100_000))
    before = size(stage)
    stage.replies("hi")

    stage.says("and?")

    assert before > 50_000
    assert size(stage) < 100


def test_a_clear_charges_the_request_that_it_cuts_off_before_the_next_is_sent() -> None:
    stage = limited(usd=1.0)
    stage.says("hello")
    first = stage.state.account.reserved
    stage.says("and?", "peer")

    stage.take(Clear())
    stage.take(Stopped(1, "half a"))

    assert first is not None
    assert stage.state.account.charged_usd == first.content
    assert stage.state.account.reserved is not None


def test_a_failed_call_of_which_something_had_come_is_charged() -> None:
    stage = limited(usd=1.0)
    stage.says("hello")
    worst = stage.state.account.reserved

    stage.take(Broke(stage.core.calling or 0, BUSY, "", begun=True))

    assert worst is not None
    assert stage.state.account.charged_usd == worst.content


def test_a_reply_that_says_nothing_of_its_usage_is_charged_at_what_was_set_aside() -> None:
    stage = limited(usd=1.0)
    stage.says("hello")
    worst = stage.state.account.reserved

    stage.take(Responded(stage.core.calling or 0, replace(answer("hi"), usage=NOTHING_SPENT, cost_usd=0.0)))

    assert worst is not None
    assert stage.state.account.charged_usd == worst.content


def test_a_system_prompt_that_came_since_the_last_report_is_counted() -> None:
    stage = limited(usd=10.0)
    stage.says("hello")
    stage.replies("hi")
    stage.take(Change(system="x" * 400_000))

    stage.says("and?")

    assert size(stage) > 200_000


def condensing(usd: float | None = None, tokens: int | None = None) -> Stage:
    """A stage with a budget, whose conversation is being condensed."""
    stage = Stage(meter=meter, cut=lambda view, _: len(view))
    limits = Limits(max_tool_call_rounds=None, max_budget_usd=usd, max_budget_tokens=tokens)
    stage.take(Change(limits=limits))
    stage.says("hello")
    stage.replies("hi")
    stage.take(Compact())
    return stage


def test_each_request_for_a_summary_is_set_aside_beside_what_those_before_it_have_drawn() -> None:
    stage = condensing(usd=1.0)

    stage.draws(1_000)
    first = stage.state.account.reserved
    stage.drew(cost_usd=0.25)
    stage.draws(2_000, 1_000)
    second = stage.state.account.reserved

    assert first is not None
    assert first.content == pytest.approx(0.001 + 0.08)
    assert first.tokens == 9_000
    assert second is not None
    assert second.content == pytest.approx(0.25 + 0.002 + 0.01)
    assert second.tokens == 15 + 3_000
    assert stage.kinds == "+Reserved Grants"


def test_a_request_for_a_summary_that_the_budget_does_not_allow_gets_no_leave() -> None:
    stage = condensing(tokens=12_000)

    stage.draws(1_000)
    stage.drew(usage=replace(USAGE, input_tokens=1_000, output_tokens=8_000))
    lowered = stage.draws(1_000)
    refused = stage.draws(2_500)

    assert isinstance(lowered, Grant)
    assert lowered.max_output == 12_000 - 15 - 9_000 - 1_000
    assert refused == (
        "the budget does not allow another request: 15 of 12,000 tokens used up, "
        "and one more may take 12,524 tokens; raise it to go on"
    )


def test_what_the_pieces_of_a_summary_cost_that_was_not_completed_is_charged_exactly() -> None:
    stage = condensing(usd=1.0)

    stage.draws(1_000)
    stage.drew(cost_usd=0.25)
    stage.draws(2_000)
    stage.breaks(Refused("no"))

    account = stage.state.account
    assert account.charged_usd == pytest.approx(0.26)
    assert account.spending.cost_usd == pytest.approx(0.26)
    assert (account.spending.usage.output_tokens, account.spending.unpriced, account.reserved) == (
        10,
        0,
        None,
    )


def test_a_piece_of_a_summary_that_was_broken_off_is_charged_at_its_worst() -> None:
    stage = condensing(usd=1.0)

    stage.draws(1_000)
    stage.drew(cost_usd=0.25)
    stage.draws(2_000)
    stage.take(Halt())
    stage.stops()

    account = stage.state.account
    assert account.charged_usd == pytest.approx(0.26 + 0.082)
    assert (account.spending.unpriced, account.reserved) == (1, None)


def test_a_summary_that_is_halted_gets_no_leave_for_more() -> None:
    stage = condensing(usd=1.0)

    stage.take(Halt())

    assert stage.draws(1_000) is None


def test_the_pieces_of_a_summary_without_a_known_price_are_held_to_the_budget_at_the_highest() -> None:
    stage = condensing(usd=1.0)

    stage.draws(1_000)
    stage.drew(usage=replace(USAGE, input_tokens=0, output_tokens=5_000), cost_usd=None)
    granted = stage.draws(1_000)

    assert isinstance(granted, Grant)
    assert granted.usd == pytest.approx(0.05 + 0.001 + 0.08)

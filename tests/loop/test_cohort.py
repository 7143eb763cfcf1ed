"""Calls: checked, run side by side, answered in order, detached when the user speaks (LOOP R3, R5, R7)."""

import pytest

from sagent.atoms import CallId, MessageId
from sagent.loop.change import Change
from sagent.loop.resolution import Answered
from sagent.loop.traffic import RunTool
from sagent.schema.event import Notice
from sagent.schema.message import Detached, ToolResult
from sagent.schema.part import Text
from sagent.schema.signal import Clear, Detach, Halt, Kill, Mail, Undetach, Withdraw
from sagent.schema.values import Limits
from sagent.testing import call
from tests.loop.stage import Stage, bad, shown_events


def limited(rounds: int) -> Change:
    """So many rounds of calls for one prompt."""
    return Change(limits=Limits(max_tool_call_rounds=rounds, max_budget_usd=None, max_budget_tokens=None))


def test_results_stand_in_call_order_whichever_ends_first() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"))

    stage.ends("edit", "second")
    stage.ends("slow", "first")

    assert stage.view == ["user: go", "model: slow() edit()", "slow said: first", "edit said: second"]
    assert stage.phase == "calling"


def test_four_calls_of_which_one_is_good_are_four_results_and_one_run() -> None:
    stage = Stage()
    stage.says("go")

    stage.replies(call("nope"), bad("slow"), call("ask"), call("edit"))
    ran = [effect.call.tool for effect in stage.effects if isinstance(effect, RunTool)]
    stage.decides("ask", "too dangerous")
    stage.ends("edit", "well")

    assert ran == ["edit"]
    assert stage.view[2:] == [
        "nope failed: not run: unknown",
        "slow failed: not run: malformed",
        "ask failed: not run: too dangerous",
        "edit said: well",
    ]


def test_calls_that_all_fail_their_checks_go_straight_back_to_the_model() -> None:
    stage = Stage()
    stage.says("go")

    stage.replies(call("nope"))

    assert stage.kinds == "+ModelResponse +ToolResult CallModel"


def test_each_call_gets_a_name_of_its_own_and_keeps_the_vendors() -> None:
    stage = Stage()
    stage.says("go")

    stage.replies(call("slow"), call("slow"))

    assert len(stage.tools) == 2


def test_a_call_with_leave_runs_and_one_without_is_refused() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("ask"), call("ask"))

    stage.decides("ask")
    allowed = stage.kinds
    stage.decides("ask", "no")

    assert (allowed, stage.kinds) == ("RunTool", "+ToolResult")


def test_a_user_who_speaks_while_a_slow_call_runs_is_heard_and_gets_the_result_later() -> None:
    stage = Stage()
    first = stage.says("go")
    stage.replies(call("slow"))

    second = stage.says("how is it going?")
    spoken = stage.kinds
    stage.rings("grace")
    stage.replies("still at it")
    told = dict(stage.resolved)
    stage.ends("slow", "42", seconds=7.25)
    stage.replies("it is 42")

    (call_id,) = [message.call_id for message in stage.log if isinstance(message, Detached)]
    assert spoken == "+Prompt Receipt StartTimer(grace)"
    assert stage.view == [
        "user: go",
        "model: slow()",
        "slow detached",
        "user: how is it going?",
        "model: still at it",
        f"background: [slow call {call_id}, in the background, finished after 7.2 s] 42",
        "model: it is 42",
    ]
    assert told == {first: Answered("still at it", "end"), second: Answered("still at it", "end")}


def test_calls_that_end_within_the_grace_leave_no_stub() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.says("hm")

    stage.ends("slow")
    stage.rings("grace")

    assert stage.view == ["user: go", "model: slow()", "slow said: done", "user: hm"]


def test_an_edit_is_never_detached_but_ended_when_patience_runs_out() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("edit"), call("slow"))
    stage.says("hm")

    stage.rings("grace")
    waited = stage.kinds
    stage.rings("patience")

    assert waited == "+Detached StartTimer(patience)"
    assert stage.kinds == "CancelTool"
    assert stage.phase == "gathering"
    stage.ends("edit", "killed", failed=True)
    assert stage.view[-3:] == ["edit failed: killed", "slow detached", "user: hm"]


def test_a_call_that_waits_for_leave_is_not_run_when_the_user_speaks_instead() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("ask"))
    stage.says("no, wait")

    stage.rings("grace")
    gone = stage.view
    stage.decides("ask")

    assert gone[-2:] == ["ask failed: not run: the user spoke instead", "user: no, wait"]
    assert stage.effects == ()


def test_a_user_who_spoke_before_the_calls_began_is_heard_after_the_grace() -> None:
    stage = Stage()
    stage.says("go")
    stage.says("and quickly")

    stage.replies(call("slow"))

    assert stage.kinds == "+ModelResponse RunTool StartTimer(grace)"


def test_a_second_word_does_not_lengthen_the_grace() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.says("one")

    stage.says("two")

    assert stage.kinds == "+Prompt Receipt"


def test_a_user_may_detach_a_running_call_by_hand() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"))

    stage.detaches("slow")
    stage.ends("edit")

    assert stage.view[2:] == ["slow detached", "edit said: done"]


def test_a_call_that_cannot_go_on_by_itself_is_not_detached_by_hand() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("edit"))

    stage.detaches("edit")

    told = f"nothing is detached: no call {stage.call_id('edit')} can go on by itself"
    assert shown_events(stage.effects) == [Notice(content=told)]


def test_the_outcome_of_a_detached_call_wakes_an_idle_agent_once() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.replies("started")

    stage.ends("slow", "ok")

    assert stage.kinds == "+ToolResult +Drained CallModel"
    assert stage.state.detached == {}


def test_undetach_holds_the_model_back_until_the_outcome_is_there() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.undetaches("slow")

    stage.replies("started")
    held = stage.phase
    stage.ends("slow", "ok")

    assert held == "gathering"
    assert stage.kinds == "+ToolResult +Drained CallModel"


def test_undetach_holds_back_also_the_next_attempt_after_a_failure() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.breaks()
    stage.undetaches("slow")

    stage.rings("retry")
    held = stage.phase
    stage.ends("slow", "ok")

    assert (held, stage.phase) == ("gathering", "calling")


def test_undetach_holds_back_also_the_call_after_a_pause() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.undetaches("slow")

    stage.replies("searching", stop="pause")
    held = stage.phase
    stage.ends("slow", "ok")

    assert (held, stage.phase) == ("gathering", "calling")


def test_a_user_who_speaks_ends_the_hold_of_undetach() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.undetaches("slow")
    stage.replies("started")

    stage.says("never mind")
    stage.rings("grace")

    assert stage.view[-1] == "user: never mind"


def test_a_call_from_before_a_clear_holds_nothing_back() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.replies("started")
    stage.take(Clear())

    stage.take(Undetach(content=stage.call_id("slow")))
    stage.says("new")

    assert stage.phase == "calling"


def test_killing_a_running_call_puts_a_failed_result_in_its_slot() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"))

    stage.kills("slow")
    reason = stage.cancelled[stage.call_id("slow")]
    stage.ends("slow", "killed", failed=True)
    stage.ends("edit")

    assert reason == "killed by the user"
    assert stage.view[2:] == ["slow failed: killed", "edit said: done"]


def test_killing_a_detached_call_delivers_its_end_forward() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.replies("started")

    stage.kills("slow")
    stage.ends("slow", "killed", failed=True)

    assert stage.view[-1].endswith("failed after 1.0 s] killed")


def test_killing_a_call_that_waits_for_leave_answers_it() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("ask"))
    (asked,) = stage.asked

    stage.tools[asked] = stage.asked[asked]
    stage.kills("ask")

    assert stage.kinds == "+ToolResult CallModel"


def test_a_second_outcome_of_one_call_is_thrown_away() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"))
    again = stage.tools[stage.call_id("slow")]
    stage.ends("slow", "one")

    stage.tools[again.call_id] = again
    stage.ends("slow", "two")

    assert stage.effects == ()
    assert [m.content for m in stage.log if isinstance(m, ToolResult)] == [(Text(content="one"),)]


def test_the_rounds_of_one_prompt_are_limited_and_a_new_prompt_begins_anew() -> None:
    stage = Stage()
    stage.take(limited(1))
    stage.says("go")
    stage.replies(call("edit"))
    stage.ends("edit")

    stage.replies(call("edit"))
    halted = (stage.phase, stage.view[-1])
    stage.says("go on")
    stage.replies(call("edit"))

    why = "edit failed: not run: the limit of 1 round of tool calls is reached"
    assert halted == ("halted", why)
    assert stage.phase == "gathering"


def test_calls_that_run_when_the_user_halts_keep_their_slots() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"))
    stage.take(Halt())

    stage.ends("edit")
    stage.ends("slow")
    stage.says("so?")

    assert stage.view[2:] == ["slow said: done", "edit said: done", "user: so?"]


@pytest.mark.parametrize(
    ("signal", "told"),
    [
        (Kill(content=CallId("c9")), "nothing is killed: no call c9 runs"),
        (Detach(content=CallId("c9")), "nothing is detached: no call c9 is waited for"),
        (Undetach(content=CallId("c9")), "nothing is waited for: no call c9 runs in the background"),
        (Withdraw(content=MessageId("m9")), "nothing is withdrawn: no prompt m9 waits to be read"),
    ],
)
def test_a_signal_about_what_is_not_there_is_answered_in_a_line(signal: Mail, told: str) -> None:
    stage = Stage()
    stage.says("go")

    stage.take(signal)

    assert shown_events(stage.effects) == [Notice(content=told)]


def test_killing_what_is_being_killed_is_nothing_to_speak_of() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))

    stage.kills("slow")
    stage.kills("slow")

    assert stage.kinds == "CancelTool"


def test_a_call_that_takes_long_moves_to_the_background_with_what_there_is_to_say() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))

    stage.take(Detach(content=stage.call_id("slow"), notice="still running after 120 s"))

    assert [m.content for m in stage.state.view if isinstance(m, Detached)] == ["still running after 120 s"]
    assert stage.phase == "calling"

"""Stopping: halt and clear, with work in flight (LOOP R8, R14, R20)."""

from sagent.errors import Quota, Unreachable
from sagent.loop.resolution import Answered, Dropped, HaltedBy
from sagent.loop.traffic import Abandoned, Responded, StartTimer, Stopped
from sagent.schema.message import ModelResponse, ToolResult
from sagent.schema.part import Text
from sagent.schema.signal import Clear, Halt
from sagent.testing import call
from tests.loop.stage import Stage, answer, letter


def test_a_halted_response_leaves_its_text_and_none_of_its_calls() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.take(Halt())
    asked = stage.kinds
    stage.stops("I was about to")

    assert asked == "CancelModel"
    assert stage.kinds == "+ModelResponse Halted Resolve(HaltedBy)"
    assert stage.view == ["user: go", "model: I was about to"]
    assert stage.resolved == {prompt: HaltedBy("user", "halted", "I was about to")}


def test_a_response_that_wins_the_race_against_halt_is_kept_as_text_only() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Halt())

    stage.replies("let me see", call("slow"))

    (response,) = [message for message in stage.log if isinstance(message, ModelResponse)]
    assert (response.content, response.stop, response.usage.output_tokens) == (
        (Text(content="let me see"),),
        "interrupted",
        5,
    )
    assert stage.phase == "halted"


def test_halt_with_the_users_words_waiting_goes_on_with_them() -> None:
    stage = Stage()
    first = stage.says("go")
    second = stage.says("no, this")

    stage.take(Halt())
    stage.stops("I was")
    stage.replies("sure")

    assert stage.view == ["user: go", "model: I was", "user: no, this", "model: sure"]
    assert stage.resolved == {first: Answered("sure", "end"), second: Answered("sure", "end")}


def test_halt_while_a_call_runs_lets_it_run_and_the_user_who_speaks_then_is_heard_after_the_grace() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))

    stage.take(Halt())
    halted = stage.kinds
    stage.says("so far?")
    spoken = stage.kinds
    stage.rings("grace")

    assert halted == "Halted Resolve(HaltedBy)"
    assert spoken == "+Prompt Receipt StartTimer(grace)"
    assert stage.view[2:] == ["slow detached", "user: so far?"]


def test_halt_when_the_user_has_spoken_detaches_at_once() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.says("hm")

    stage.take(Halt())

    assert stage.kinds == "+Detached +Drained CallModel"


def test_a_call_that_ends_while_halted_does_not_wake_the_agent() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.take(Halt())

    stage.ends("slow")

    assert (stage.kinds, stage.phase) == ("+ToolResult", "halted")


def test_peers_wait_while_the_agent_is_halted_and_enter_behind_the_user() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Halt())
    stage.stops()

    stage.says("psst", "peer")
    waited = stage.kinds
    stage.says("on")

    assert waited == "+Prompt Receipt"
    assert stage.view == ["user: go", "user: on", "peer: psst"]


def test_halt_ends_the_wait_before_a_retry() -> None:
    stage = Stage()
    stage.says("go")
    stage.breaks()

    stage.take(Halt())
    halted = stage.phase
    stage.rings("retry")

    assert halted == "halted"
    assert stage.effects == ()


def test_halting_twice_cancels_the_model_once() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Halt())

    stage.take(Halt())

    assert stage.effects == ()


def test_clear_while_the_model_streams_begins_anew_and_tells_those_who_were_heard() -> None:
    stage = Stage()
    first = stage.says("go")
    stage.says("more")

    stage.take(Clear())

    assert stage.kinds == "+ModelResponse +Cleared CancelModel Resolve(Dropped) +Drained CallModel"
    assert stage.view == ["user: more"]
    assert stage.resolved == {
        first: Dropped("cleared", "the conversation was cleared before the answer was complete")
    }


def test_what_a_cleared_call_still_says_is_heard_by_nobody() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Clear())

    stage.take(Stopped(1, "half a"))
    stage.take(Responded(1, answer("a whole", call("slow"))))

    assert stage.view == []
    assert stage.tools == {}
    assert stage.state.context_tokens == 0
    assert [(m.content, m.stop, m.cost_usd) for m in stage.log if isinstance(m, ModelResponse)] == [
        ((), "failed", None)
    ]


def test_clear_while_calls_run_ends_them_and_delivers_nothing() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"), call("ask"))

    stage.take(Clear())
    cleared = stage.kinds
    stage.ends("slow")
    stage.decides("ask")
    stage.says("new")
    stage.ends("edit")

    assert cleared == "+Cleared CancelTool CancelTool Resolve(Dropped) Idle"
    assert stage.view == ["user: new"]
    assert len([message for message in stage.log if isinstance(message, ToolResult)]) == 2


def test_a_call_detached_before_a_clear_goes_on_and_is_not_delivered() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.replies("started")

    stage.take(Clear())
    cleared = stage.kinds
    stage.ends("slow")

    assert cleared == "+Cleared Idle"
    assert (stage.view, stage.phase) == ([], "idle")


def test_halt_while_only_a_detached_call_runs_keeps_its_outcome_for_the_user() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.replies("started")

    stage.take(Halt())
    stage.ends("slow")
    waiting = stage.phase
    stage.says("and?")

    assert (waiting, stage.phase) == ("halted", "calling")
    assert len(stage.view) == 6


def test_an_outcome_that_waits_to_be_delivered_is_dropped_by_a_clear() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.ends("slow")

    stage.take(Clear())

    assert (stage.view, stage.phase) == ([], "idle")


def test_clear_does_not_wake_a_halted_agent_that_has_mail() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Halt())
    stage.stops()
    stage.says("psst", "peer")

    stage.take(Clear())

    assert (stage.kinds, stage.phase) == ("+Cleared", "halted")


def test_clear_makes_a_halted_agent_without_mail_idle() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Halt())
    stage.stops()

    stage.take(Clear())

    assert (stage.kinds, stage.phase) == ("+Cleared Idle", "idle")


def test_an_agent_that_runs_forever_tries_again_what_was_unreachable() -> None:
    stage = Stage(attempts=1)
    stage.core.tireless = True
    stage.says("go")

    stage.breaks(Unreachable("no network"))
    halted = stage.kinds
    stage.rings("retry")

    assert halted == "Halted Resolve(HaltedBy) StartTimer(retry)"
    assert stage.kinds == "CallModel"


def test_an_agent_that_runs_forever_comes_back_when_its_plan_is_renewed() -> None:
    stage = Stage(attempts=5)
    stage.core.tireless = True
    stage.says("go")

    stage.breaks(Quota("used up", retry_after=7200.0))
    alarms = [effect.seconds for effect in stage.effects if isinstance(effect, StartTimer)]
    stage.rings("retry")

    assert alarms == [7200.0]
    assert stage.kinds == "CallModel"


def test_an_agent_that_runs_forever_reports_a_plan_that_nobody_says_is_renewed() -> None:
    stage = Stage(attempts=5)
    stage.core.tireless = True
    stage.says("go")

    stage.breaks(Quota("used up"))

    assert stage.kinds == "Halted Resolve(HaltedBy) Report"


def test_any_other_agent_waits_for_the_user() -> None:
    stage = Stage(attempts=1)
    stage.says("go")

    stage.breaks(Quota("used up"))

    assert stage.kinds == "Halted Resolve(HaltedBy)"


def test_halting_an_agent_that_runs_forever_ends_its_trying_again() -> None:
    stage = Stage(attempts=1)
    stage.core.tireless = True
    stage.says("go")
    stage.breaks(Unreachable("no network"))

    stage.take(Halt())
    stage.rings("retry")

    assert stage.phase == "halted"


def test_a_clear_leaves_an_agent_that_runs_forever_trying_again() -> None:
    stage = Stage(attempts=1)
    stage.core.tireless = True
    stage.says("go")
    stage.breaks(Unreachable("no network"))
    stage.take(letter("hello", "peer"))

    stage.take(Clear())
    stage.rings("retry")

    assert stage.phase == "calling"


def test_leaving_a_turn_halts_nobody_who_waits_for_the_next_one() -> None:
    stage = Stage()
    first = stage.says("go")
    second = stage.says("me too", "peer")

    stage.take(Abandoned(first))
    stage.stops()

    assert stage.phase == "calling"
    assert second not in stage.resolved


def test_a_halt_after_somebody_has_left_and_another_was_heard_is_a_halt() -> None:
    stage = Stage()
    gone = stage.says("go")
    stage.replies(call("slow"))
    stage.says("and you?")
    stage.take(Abandoned(gone))
    peer = stage.says("hello", "peer")

    stage.take(Halt())
    stage.stops()

    assert stage.phase == "halted"
    assert stage.resolved[peer] == HaltedBy("user", "halted", "")

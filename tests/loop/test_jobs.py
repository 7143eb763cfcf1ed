"""What runs in the background from the start, and what is to happen later (LOOP R17)."""

from sagent.atoms import MessageId, ToolName
from sagent.errors import Unreachable
from sagent.lib.json import EMPTY
from sagent.loop.background import facts
from sagent.loop.resolution import Answered, Dropped, HaltedBy
from sagent.loop.traffic import Moved, Receipt
from sagent.schema.event import Notice
from sagent.schema.message import ToolResult
from sagent.schema.signal import Clear, Detach, Halt, Kill, Quit, Schedule, Start
from sagent.testing import call
from tests.loop.stage import Stage, letter, shown_events

LATER = Schedule(content=letter("look again", "system"), seconds=60)


def job(
    tool: str = "slow", *, seconds: float = 0, promises: bool = True, deadline: float | None = 600
) -> Start:
    """A call in the background."""
    return Start(tool=ToolName(tool), content=EMPTY, seconds=seconds, promises=promises, deadline=deadline)


def asked(stage: Stage, start: Start | None = None) -> MessageId:
    """A user asks, the job begins while the model is at work, and the model answers."""
    prompt = stage.says("build it")
    stage.take(start or job())
    stage.replies("begun")
    return prompt


def test_a_job_has_no_slot_in_the_view_and_its_outcome_comes_as_mail() -> None:
    stage = Stage()
    asked(stage)
    call_id = stage.call_id("slow")

    stage.ends("slow", "42", seconds=7.25)

    assert stage.view == [
        "user: build it",
        "model: begun",
        f"background: [slow call {call_id}, in the background, finished after 7.2 s] 42",
    ]
    assert stage.phase == "calling"


def test_an_answer_waits_for_a_job_that_promises_a_result() -> None:
    stage = Stage()
    prompt = asked(stage)
    before = dict(stage.resolved)

    stage.ends("slow", "42")
    stage.replies("built: 42")

    assert before == {}
    assert stage.resolved == {prompt: Answered("built: 42", "end")}
    assert stage.phase == "idle"


def test_a_service_promises_nothing_and_holds_no_answer() -> None:
    stage = Stage()

    prompt = asked(stage, job(promises=False))

    assert stage.resolved == {prompt: Answered("begun", "end")}


def test_at_its_deadline_the_answer_is_given_and_names_what_still_runs() -> None:
    stage = Stage()
    prompt = asked(stage, job(deadline=100))
    pause = stage.timer("hold").seconds
    stage.now += pause

    stage.rings("hold")

    assert pause == 99
    assert stage.resolved == {
        prompt: Answered(f"begun\n\n[still running: slow {stage.call_id('slow')}]", "end")
    }


def test_a_job_without_a_deadline_is_waited_for_as_long_as_it_takes() -> None:
    stage = Stage()

    asked(stage, job(deadline=None))

    assert stage.resolved == {}
    assert stage.timers == []


def test_an_agent_that_runs_forever_waits_for_no_job() -> None:
    stage = Stage()
    stage.core.tireless = True

    prompt = asked(stage)

    assert stage.resolved == {prompt: Answered("begun", "end")}


def test_whoever_asks_while_an_answer_is_held_is_answered_with_it() -> None:
    stage = Stage()
    first = asked(stage)

    second = stage.says("and?")
    stage.replies("it still builds")
    stage.ends("slow", "42")
    stage.replies("built")

    assert stage.resolved == dict.fromkeys([first, second], Answered("built", "end"))


def test_halting_while_an_answer_is_held_gives_what_there_is_of_it() -> None:
    stage = Stage()
    prompt = asked(stage)

    stage.take(Halt())
    stage.ends("slow", "42")

    assert stage.resolved == {prompt: HaltedBy("user", "halted", "begun")}
    assert stage.phase == "halted"


def test_a_job_of_an_unknown_tool_fails_by_mail() -> None:
    stage = Stage()

    stage.take(job("nope"))

    assert stage.phase == "calling"
    assert stage.view[0].endswith("in the background, failed] not run: unknown")


def test_a_job_that_needs_leave_is_asked_about_and_not_forgotten_by_a_clear() -> None:
    stage = Stage()
    stage.take(job("ask"))

    stage.take(Clear())
    stage.decides("ask")

    assert [running.tool for running in stage.tools.values()] == ["ask"]


def test_a_job_outlives_a_clear_but_its_outcome_is_only_kept() -> None:
    stage = Stage()
    prompt = asked(stage)

    stage.take(Clear())
    cleared = dict(stage.resolved)
    stage.ends("slow", "42")

    assert isinstance(cleared[prompt], Dropped)
    assert stage.cancelled == {}
    assert stage.phase == "idle"
    assert stage.view == []
    assert stage.state.jobs == {}


def test_killing_a_job_is_delivered_as_its_outcome() -> None:
    stage = Stage()
    asked(stage)

    stage.kills("slow")

    assert list(stage.cancelled.values()) == ["killed by the user"]


def test_a_job_can_be_waited_for_before_the_model_is_called_again() -> None:
    stage = Stage()
    asked(stage)

    stage.undetaches("slow")
    stage.says("and?")
    waiting = stage.phase
    stage.ends("slow", "42")

    assert waiting == "gathering"
    assert stage.phase == "calling"
    assert stage.view[-2] == "user: and?"


def test_a_process_that_ends_with_a_job_tells_so_in_the_next() -> None:
    stage = Stage()
    asked(stage)

    after = Stage(stage.log, maker="u")
    after.says("well?")

    assert after.state.jobs == {}
    assert after.view[-1].endswith("the process ended before this finished; it may have partly run")


def test_quitting_ends_the_jobs() -> None:
    stage = Stage()
    asked(stage)

    stage.take(Quit())

    assert list(stage.cancelled.values()) == ["stopped, since the agent has ended"]


def test_delayed_mail_comes_when_it_is_due_and_wakes_the_agent() -> None:
    stage = Stage()
    stage.take(LATER)
    asleep = stage.phase

    stage.rings("due")

    assert asleep == "idle"
    assert stage.timer("due").seconds == 60
    assert stage.view == ["system: look again"]
    assert stage.phase == "calling"


def test_delayed_mail_survives_the_process_and_is_late_by_no_more_than_it_must() -> None:
    stage = Stage()
    stage.take(LATER)
    soon = Stage(stage.log, maker="u")

    soon.rings("due")
    after = Stage(soon.log, maker="v")

    assert soon.timer("due").seconds == stage.state.timers[stage.log[-1].id].due - 1.0
    assert soon.view == ["system: look again"]
    assert after.timers == []


def test_delayed_mail_is_receipted_and_can_be_withdrawn() -> None:
    stage = Stage()
    (receipt,) = [effect for effect in stage.take(LATER) if isinstance(effect, Receipt)]

    stage.withdraws(receipt.accepted)
    stage.rings("due")

    assert stage.view == []
    assert stage.state.timers == {}


def test_a_job_may_begin_later_and_an_answer_waits_for_it_too() -> None:
    stage = Stage()
    prompt = asked(stage, job(seconds=5))
    held = dict(stage.resolved)

    stage.rings("due")
    stage.ends("slow", "42")
    stage.replies("built")

    assert held == {}
    assert stage.resolved == {prompt: Answered("built", "end")}


def test_an_answer_that_waits_for_a_planned_job_is_given_when_that_is_dropped() -> None:
    stage = Stage()
    prompt = asked(stage, job(seconds=5))
    (plan,) = stage.state.timers

    stage.withdraws(plan)

    assert stage.resolved == {prompt: Answered("begun", "end")}


def test_the_model_hears_that_a_planned_job_was_killed_before_it_began() -> None:
    stage = Stage()
    prompt = asked(stage, job(seconds=5))
    (planned,) = stage.state.planned
    call_id = planned.content.call_id

    stage.take(Kill(content=call_id))
    stage.rings("due")
    stage.replies("it is off")

    assert (
        stage.view[-2]
        == f"background: [slow call {call_id}, in the background, failed] not run: killed by the user"
    )
    assert stage.resolved == {prompt: Answered("it is off", "end")}
    assert (stage.tools, stage.state.timers) == ({}, {})


def test_a_planned_job_that_is_killed_while_the_agent_is_halted_wakes_nobody() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(job(seconds=5))
    stage.take(Halt())
    stage.stops()
    (planned,) = stage.state.planned

    stage.take(Kill(content=planned.content.call_id))

    assert stage.phase == "halted"
    assert [type(kept) for kept in stage.state.pending.values()] == [ToolResult]


def test_a_kill_may_say_who_wanted_it_and_why() -> None:
    stage = Stage()
    asked(stage)

    stage.take(Kill(content=stage.call_id("slow"), reason="cancelled by the model"))

    assert list(stage.cancelled.values()) == ["cancelled by the model"]


def test_an_outcome_tells_what_else_still_runs_and_what_is_planned() -> None:
    stage = Stage()
    asked(stage)
    for start in (job("edit"), job("poll"), job(seconds=5)):
        stage.take(start)
    call_id = stage.call_id("slow")

    stage.ends("slow", "42")

    others = "2 more still run there; 1 is planned"
    told = f"[slow call {call_id}, in the background, finished after 1.0 s; {others}]"
    assert stage.view[-2] == f"background: {told} 42"


def test_an_agent_that_ends_says_what_ends_with_it_and_what_has_not_begun() -> None:
    stage = Stage()
    asked(stage)
    stage.take(job(seconds=5))
    running, (planned,) = stage.call_id("slow"), stage.state.planned

    effects = stage.take(Quit())

    assert shown_events(effects) == [
        Notice(
            content=f"ended with the agent: slow call {running} with {{}}; "
            f"planned, and not begun: slow call {planned.content.call_id} with {{}}"
        )
    ]


def test_a_child_that_asks_its_parent_during_its_own_call_is_heard_at_once() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("slow"))
    child = stage.call_id("slow")

    stage.take(letter("which one?", "peer", child))
    stage.rings("grace")

    assert stage.phase == "calling"
    assert stage.view[-3:] == ["slow detached", "slow detached", "peer: which one?"]


def test_a_child_that_asks_its_parent_refuses_no_call_that_waits_for_leave() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("ask"))

    stage.take(letter("which one?", "peer", stage.call_id("slow")))
    stage.rings("grace")
    stage.decides("ask", "no")

    assert stage.phase == "calling"
    assert stage.view[-3:] == ["slow detached", "ask failed: not run: no", "peer: which one?"]


def test_mail_of_another_peer_waits_for_the_cohort() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))

    stage.take(letter("hello", "peer", "another_call"))

    assert stage.timers == []
    assert stage.phase == "gathering"


def test_a_peer_that_writes_to_a_halted_agent_is_told_so() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Halt())
    stage.stops()

    effects = stage.take(letter("hello", "peer"))

    assert [effect for effect in effects if isinstance(effect, Receipt)] == [
        Receipt(stage.log[-1].id, "halted")
    ]
    assert stage.phase == "halted"


def test_an_agent_that_runs_forever_reports_to_its_parent_why_it_halted() -> None:
    stage = Stage(attempts=1)
    stage.core.tireless = True
    stage.says("go")

    stage.take(Halt())
    stage.stops()

    assert stage.reports == ["user: halted"]


def test_a_deadline_holds_also_while_a_job_is_waited_for_in_the_foreground() -> None:
    stage = Stage()
    prompt = asked(stage, job(deadline=100))
    stage.undetaches("slow")
    stage.take(letter("hello", "peer"))
    stage.now += 200

    stage.rings("hold")

    assert stage.phase == "gathering"
    assert isinstance(stage.resolved[prompt], Answered)


def test_the_deadline_of_a_job_that_has_ended_holds_nobody() -> None:
    stage = Stage()
    prompt = asked(stage, job(deadline=600))
    stage.take(job(deadline=50))
    stage.ends("slow")
    stage.replies("one is done")

    pause = stage.timer("hold").seconds

    assert prompt not in stage.resolved
    assert pause < 50


def test_halting_is_heard_while_an_answer_waits_for_a_planned_job() -> None:
    stage = Stage()
    prompt = asked(stage, job(seconds=5, deadline=None))

    stage.take(Halt())

    assert stage.resolved == {prompt: HaltedBy("user", "halted", "begun")}


def test_an_agent_that_begins_to_run_forever_gives_the_answers_that_were_held() -> None:
    stage = Stage()
    prompt = asked(stage)

    for effect in stage.core.serve(stage.now):
        stage.perform(effect)

    assert isinstance(stage.resolved[prompt], Answered)


def test_a_planned_job_that_begins_calls_no_model_about_older_outcomes() -> None:
    stage = Stage()
    asked(stage)
    stage.take(job(seconds=5))
    after = Stage(stage.log, maker="u")

    after.rings("due")

    assert after.phase == "idle"
    assert [running.tool for running in after.tools.values()] == ["slow"]


def test_a_peer_that_writes_while_an_agent_pauses_before_it_tries_again_is_not_called_deaf() -> None:
    stage = Stage(attempts=1)
    stage.core.tireless = True
    stage.says("go")
    stage.breaks(Unreachable("no network"))

    effects = stage.take(letter("hello", "peer"))

    assert [effect.halted for effect in effects if isinstance(effect, Receipt)] == [""]


def timed_out(stage: Stage) -> MessageId:
    """A user asks, a call takes long and moves to the background, and the model answers."""
    prompt = stage.says("build it")
    stage.replies(call("slow"))
    stage.take(Detach(content=stage.call_id("slow"), notice="still running"))
    stage.replies("it takes long")
    return prompt


def test_an_answer_waits_for_a_call_that_moved_to_the_background_because_it_takes_long() -> None:
    stage = Stage()
    prompt = timed_out(stage)
    before = dict(stage.resolved)

    stage.ends("slow", "42")
    stage.replies("built: 42")

    assert before == {}
    assert stage.resolved == {prompt: Answered("built: 42", "end")}


def test_it_does_not_wait_for_a_call_that_makes_way_for_the_user() -> None:
    stage = Stage()
    prompt = stage.says("build it")
    stage.replies(call("slow"))
    stage.take(Detach(content=stage.call_id("slow")))

    stage.replies("it goes on")

    assert stage.resolved == {prompt: Answered("it goes on", "end")}


def test_after_ten_minutes_the_answer_names_the_call_that_still_runs() -> None:
    stage = Stage()
    prompt = timed_out(stage)
    pause = stage.timer("hold").seconds
    stage.now += pause

    stage.rings("hold")

    told = f"it takes long\n\n[still running: slow {stage.call_id('slow')}]"
    assert 590 < pause <= 600
    assert stage.resolved == {prompt: Answered(told, "end")}


def test_an_answer_waits_without_end_for_a_call_that_says_so() -> None:
    stage = Stage()
    prompt = stage.says("review it")
    stage.replies(call("slow"))
    stage.take(Detach(content=stage.call_id("slow"), notice="it goes on", deadline=None))
    stage.replies("it takes long")
    waiting, alarms = dict(stage.resolved), [timer.timer.kind for timer in stage.timers]

    stage.now += 86_400.0
    stage.ends("slow", "fine")
    stage.replies("reviewed: fine")

    assert (waiting, alarms) == ({}, [])
    assert stage.resolved == {prompt: Answered("reviewed: fine", "end")}


def test_where_commands_start_is_forgotten_with_the_conversation() -> None:
    stage = Stage()
    stage.take(Moved("/shop/tests"))
    before = stage.state.cwd

    stage.take(Clear())

    assert (before, stage.state.cwd) == ("/shop/tests", "")


def test_a_summary_is_told_where_commands_start() -> None:
    stage = Stage()

    stage.take(Moved("/shop/tests"))

    assert facts(stage.state) == ["the directory that commands start in: /shop/tests"]

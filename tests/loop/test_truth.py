"""What an agent is told of what goes on beside its conversation, and what is left to spend (LOOP R2, R17)."""

import pytest

from sagent.atoms import ToolName
from sagent.lib.json import EMPTY, freeze_object
from sagent.loop.account import Account
from sagent.loop.change import Change
from sagent.loop.purse import Purse
from sagent.loop.state import ENDED, TOLD, fold
from sagent.loop.truth import AMPLE, AT_WORK, AWAY, IDLE, NOBODY, NOTHING, STOPPED, left, truth
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.words import UNSEALED, visible_text
from sagent.protocols import Tariff
from sagent.schema.message import AgentEnded, AgentSpawned, Prompt
from sagent.schema.signal import Clear, Detach, Kill, Start
from sagent.schema.values import Fate, Limits
from sagent.testing import call
from tests.loop.stage import Stage, spec


def job(tool: str = "slow", *, seconds: float = 0) -> Start:
    """A call in the background that holds nothing back."""
    return Start(tool=ToolName(tool), content=EMPTY, seconds=seconds, promises=False)


def told(stage: Stage) -> list[str]:
    """All that was told of it, in order."""
    return [
        visible_text(entry.content)
        for entry in stage.state.view
        if isinstance(entry, Prompt) and entry.sender in TOLD
    ]


def running(*calls: str) -> str:
    """How calls without a directive are told."""
    return f"Running in the background: {'; '.join(f'slow call {call_id} with {{}}' for call_id in calls)}."


def test_a_call_that_somebody_has_begun_is_told_with_the_next_words_and_once() -> None:
    stage = Stage()
    stage.take(job())
    before = stage.kinds

    stage.says("hi")
    stage.replies("ok")
    stage.says("and now?")

    assert before == "+JobStarted Receipt RunTool", "it causes no call by itself"
    assert told(stage) == [running(stage.call_id("slow"))]
    assert stage.view[:2] == ["user: hi", f"system: {running(stage.call_id('slow'))}"]


def test_an_agent_without_tasks_is_told_nothing() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.ends("slow")
    stage.replies("ok")
    stage.says("thanks")

    assert told(stage) == []


def test_what_a_stub_and_an_outcome_have_told_is_not_told_again() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.take(Detach(content=stage.call_id("slow")))
    stage.replies("it goes on")
    stage.ends("slow")
    stage.replies("it is done")

    assert told(stage) == []


def test_what_the_result_of_a_call_names_is_not_told_again() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("poll"))
    stage.take(job())
    stage.take(job(seconds=60))
    (plan,) = stage.state.planned

    stage.ends("poll", f"{stage.call_id('slow')} runs, and {plan.content.call_id} is planned")
    stage.replies("ok")
    stage.says("and now?")

    assert told(stage) == []


def test_a_plan_is_told_and_so_is_that_it_has_begun() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(job(seconds=60))
    stage.replies("ok")
    stage.says("and?")
    call_id = stage.state.planned[0].content.call_id
    stage.replies("soon")
    stage.rings("due")
    stage.says("now?")

    assert told(stage) == [f"Planned for later: slow call {call_id} with {{}}.", running(call_id)]


def test_a_plan_that_was_dropped_is_told_as_well() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(job(seconds=60))
    stage.replies("ok")
    stage.says("and?")
    stage.replies("soon")
    stage.withdraws(next(iter(stage.state.timers)))
    stage.says("or not")

    assert told(stage)[1:] == [NOTHING]


def test_that_nothing_goes_on_is_told_again_where_a_result_has_told_of_a_plan_in_between() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(job(seconds=60))
    stage.replies("ok")
    stage.says("and?")
    stage.replies("soon")
    stage.withdraws(next(iter(stage.state.timers)))
    stage.says("or not")
    stage.replies(call("poll"))
    stage.take(job(seconds=60))
    stage.ends("poll", f"{stage.state.planned[0].content.call_id} is planned")
    stage.replies("planned again")
    stage.withdraws(next(iter(stage.state.timers)))

    stage.says("or rather not")

    assert told(stage)[1:] == [NOTHING, NOTHING]


def test_a_planned_call_that_was_killed_is_told_by_its_outcome() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(job(seconds=60))
    stage.replies("ok")
    stage.says("and?")
    stage.replies("soon")
    stage.take(Kill(content=stage.state.planned[0].content.call_id))

    assert len(told(stage)) == 1
    assert "not run: killed by the user" in stage.view[-1]


def test_of_many_calls_only_the_oldest_are_named() -> None:
    stage = Stage()
    for _ in range(7):
        stage.take(job())

    stage.says("hi")

    assert told(stage) == [f"{running(*list(stage.tools)[:5])[:-1]}; and 2 more."]


def test_where_one_that_is_not_named_takes_anothers_place_the_same_is_not_said_again() -> None:
    stage = Stage()
    for _ in range(5):
        stage.take(job())
    stage.take(job("edit"))
    stage.says("hi")
    stage.replies("ok")
    stage.ends("edit")
    stage.replies("it has ended")
    stage.take(job("edit"))

    stage.says("and now?")

    assert told(stage) == [f"{running(*list(stage.tools)[:5])[:-1]}; and 1 more."]


def test_a_clear_makes_what_was_told_void_and_what_runs_no_matter() -> None:
    stage = Stage()
    stage.take(job())
    stage.says("hi")
    stage.replies("ok")

    stage.take(Clear())
    stage.says("hi again")

    assert stage.view == ["user: hi again"]


def test_what_was_told_is_known_to_the_process_that_takes_over() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(job(seconds=60))
    stage.replies("ok")
    stage.says("and?")

    after = Stage(stage.log, maker="u")
    after.says("go on")

    assert len(told(after)) == 1
    assert fold(after.log) == after.state


def spending(*, usd: float | None = None, tokens: int | None = None) -> Stage:
    """An agent with a budget, each of whose answers costs a cent and fifteen tokens."""
    stage = Stage(meter=lambda _, __: Tariff(input_usd=0.0, output_usd=0.0, max_output=5))
    stage.take(Change(limits=Limits(max_tool_call_rounds=None, max_budget_usd=usd, max_budget_tokens=tokens)))
    return stage


def test_a_budget_is_told_below_a_half_a_quarter_and_a_tenth_once_each() -> None:
    stage = spending(usd=0.2)

    for _ in range(20):
        stage.says("go")
        stage.replies("ok")

    assert told(stage) == [
        "Less than half of the budget is left.",
        "Less than a quarter of the budget is left.",
        "Less than a tenth of the budget is left.",
    ]


def test_a_budget_that_is_raised_is_told_too() -> None:
    stage = spending(usd=0.02)
    stage.says("go")
    stage.replies("ok")
    stage.says("go")
    stage.replies("ok")

    limits = Limits(max_tool_call_rounds=None, max_budget_usd=1.0, max_budget_tokens=None)
    stage.take(Change(limits=limits))
    stage.says("go on")
    stage.replies("ok")
    stage.says("and on")

    assert told(stage)[-1] == AMPLE


def test_a_new_conversation_is_told_how_little_of_the_budget_is_left() -> None:
    stage = spending(usd=0.02)
    for _ in range(2):
        stage.says("go")
        stage.replies("ok")

    stage.take(Clear())
    stage.says("hi again")

    assert told(stage) == ["Less than a tenth of the budget is left."]


def test_the_scarcer_of_dollars_and_tokens_is_what_is_left() -> None:
    stage = spending(usd=0.02, tokens=150)
    stage.says("go")
    stage.replies("ok")

    assert left(stage.core.purse) == 0.5
    assert left(Purse()) == 1.0


def test_what_a_child_has_spent_is_no_longer_left_to_its_parent_nor_to_the_child() -> None:
    stage = spending(usd=1.0)
    child = Purse(stage.core.purse)

    child.balance(Account(charged_usd=0.8))
    stage.says("go")

    assert left(child) == left(stage.core.purse) == pytest.approx(0.2)
    assert told(stage) == ["Less than a quarter of the budget is left."]


def test_surfaces_are_told_what_runs_is_planned_and_has_ended_untold() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(job())
    stage.take(job("edit"))
    stage.take(job("poll", seconds=60))
    stage.ends("edit", "no", failed=True)
    found = truth(stage.state)

    assert [kept.content.tool for kept in found.running] == ["slow"]
    assert [kept.content.tool for kept, _ in found.planned] == ["poll"]
    assert [(result.tool, result.failed) for result in found.ended] == [("edit", True)]
    assert found.forgotten == []


def test_what_a_call_does_is_told_in_a_few_characters() -> None:
    stage = Stage()
    directive = freeze_object({"command": "x" * 100})
    stage.take(Start(tool=ToolName("slow"), content=directive, promises=False))

    stage.says("hi")

    brief = '{"command":"' + "x" * 48
    assert told(stage) == [f"Running in the background: slow call {stage.call_id('slow')} with {brief}…."]


def child(name: str, *, persistent: bool) -> AgentSpawned:
    """An agent of its own."""
    return AgentSpawned(
        id=UNSEALED,
        parent_id=None,
        timestamp=0.0,
        content=f"session of {name}",
        name=name,
        call_id="",
        about="",
        tools=(),
        model=spec(),
        workspace="/shop",
        limits=Limits(max_tool_call_rounds=None, max_budget_usd=None, max_budget_tokens=None),
        persistent=persistent,
    )


def ended(name: str, how: Fate) -> AgentEnded:
    """That an agent of its own has ended."""
    return AgentEnded(
        id=UNSEALED,
        parent_id=None,
        timestamp=0.0,
        content=f"session of {name}",
        how=how,
        usage=NOTHING_SPENT,
        cost_usd=0.0,
        charged_usd=0.0,
        charged_tokens=0,
    )


def serving(**stands: str) -> str:
    """How agents are told that serve."""
    names = [f"{name} (session of {name}, {how})" for name, how in stands.items()]
    return f"Your agents that serve: {'; '.join(names)}."


def leading(**stands: str) -> tuple[Stage, dict[str, str]]:
    """An agent with others of its own, and how these stand."""
    standing = {f"session of {name}": how for name, how in stands.items()}
    stage = Stage(stands=lambda: standing)
    for name in stands:
        stage.take(child(name, persistent=True))
    return stage, standing


def test_agents_of_its_own_that_serve_are_told_and_those_that_work_for_a_call_are_not() -> None:
    stage, _ = leading(watcher=AT_WORK)
    stage.take(child("worker", persistent=False))

    stage.says("hi")
    stage.replies("ok")
    stage.says("and now?")

    assert told(stage) == [serving(watcher=AT_WORK)]


def test_that_one_has_nothing_to_do_any_more_is_told_when_somebody_speaks() -> None:
    stage, standing = leading(watcher=AT_WORK)
    stage.says("hi")
    standing["session of watcher"] = IDLE

    stage.replies(call("slow"))
    stage.ends("slow")
    before = told(stage)
    stage.replies("ok")
    stage.says("and now?", "peer")

    assert before == [serving(watcher=AT_WORK)]
    assert told(stage)[1:] == [serving(watcher=IDLE)]


def test_that_one_has_stopped_is_told_at_once() -> None:
    stage, standing = leading(watcher=AT_WORK)
    stage.says("hi")
    standing["session of watcher"] = STOPPED

    stage.replies(call("slow"))
    stage.ends("slow")

    assert told(stage)[1:] == [serving(watcher=STOPPED)]


def test_one_that_serves_no_more_is_told_with_its_fate_and_once() -> None:
    stage, _ = leading(watcher=IDLE, clerk=IDLE)
    stage.says("hi")
    stage.replies("ok")

    stage.take(ended("watcher", "failed"))
    stage.says("and now?")
    stage.replies("ok")
    stage.take(ended("clerk", "answered"))
    stage.says("and now?")
    stage.replies("ok")
    stage.says("bye")

    assert told(stage)[1:] == [
        f"{serving(clerk=IDLE)} {ENDED}watcher (it failed).",
        f"{NOBODY} {ENDED}clerk (it ended).",
    ]


def test_what_was_told_of_those_that_serve_is_known_to_the_next_process() -> None:
    stage, standing = leading(watcher=AT_WORK)
    stage.says("hi")
    stage.replies("ok")

    again = Stage(stage.log, maker="u", stands=lambda: standing)
    again.says("and now?")
    again.replies("ok")
    standing.clear()
    again.says("and then?")

    assert told(again) == [serving(watcher=AT_WORK), serving(watcher=AWAY)]

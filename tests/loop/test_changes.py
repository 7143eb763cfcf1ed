"""Changes: appended when asked, placed by the next drain, whatever is going on (LOOP R12, R19)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sagent.loop.change import Change
from sagent.loop.difference import difference
from sagent.messages.view import Base
from sagent.schema.message import ModelChanged
from sagent.schema.signal import Clear, Halt, Quit
from sagent.testing import call
from tests.compaction.conversation import summary
from tests.loop.stage import Stage, spec


def while_idle(stage: Stage) -> Callable[[], None]:
    stage.says("go")
    stage.replies("ok")
    return lambda: None


def while_streaming(stage: Stage) -> Callable[[], None]:
    stage.says("go")
    return lambda: stage.replies("ok")


def while_waiting(stage: Stage) -> Callable[[], None]:
    stage.says("go")
    stage.breaks()
    return lambda: stage.rings("retry")


def while_a_call_runs(stage: Stage) -> Callable[[], None]:
    stage.says("go")
    stage.replies(call("edit"))
    return lambda: stage.ends("edit")


def while_a_call_is_detached(stage: Stage) -> Callable[[], None]:
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.replies("started")
    return lambda: stage.ends("slow")


def while_halted(stage: Stage) -> Callable[[], None]:
    stage.says("go")
    stage.take(Halt())
    stage.stops()
    return lambda: None


@pytest.mark.parametrize(
    "busy",
    [
        while_idle,
        while_streaming,
        while_waiting,
        while_a_call_runs,
        while_a_call_is_detached,
        while_halted,
    ],
)
def test_a_swap_is_kept_at_once_and_in_force_from_the_next_request_on(
    busy: Callable[[Stage], Callable[[], None]],
) -> None:
    stage = Stage()
    go_on = busy(stage)

    stage.take(Change(model=spec("two")))
    kept, before = stage.kinds, stage.state.model
    go_on()
    stage.says("next")

    assert (kept, before) == ("+ModelChanged", spec("one"))
    assert stage.state.model == spec("two")
    assert stage.phase == "calling"


def test_a_response_names_the_model_that_was_asked_for_it() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Change(model=spec("two")))

    stage.replies("from the old one")
    stage.says("next")
    stage.replies("from the new one")

    origins = [entry.origin.model for entry in stage.log if entry.descriptor == "multipart/x-model-response"]
    assert origins == ["one", "two"]


def test_a_change_alone_calls_no_model() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Change(system="Be verbose."))

    stage.replies("ok")

    assert stage.phase == "idle"
    assert stage.state.system == "Be brief."


def test_the_last_of_several_swaps_wins() -> None:
    stage = Stage()
    stage.take(Change(model=spec("two")))
    stage.take(Change(model=spec("three")))

    stage.says("go")

    assert stage.state.model == spec("three")


def test_a_change_of_nothing_leaves_no_trace() -> None:
    stage = Stage()

    assert stage.take(Change()) == ()


def test_an_ended_agent_takes_no_changes() -> None:
    stage = Stage()
    stage.take(Quit())

    assert stage.take(Change(model=spec("two"))) == ()
    assert not any(isinstance(m, ModelChanged) and m.content == spec("two") for m in stage.log)


def test_a_change_after_an_answer_stands_in_the_view_with_what_held_before_it() -> None:
    stage = Stage()
    stage.says("one")
    stage.replies("1")
    before = Base(system=stage.state.system, tools=stage.state.tools, model=stage.state.model)
    stage.take(Change(system="Be kind.", tools=(), model=spec("two")))
    stage.says("two")

    assert stage.view == [
        *("user: one", "model: 1", "user: two"),
        *("system becomes: Be kind.", "tools become: ", "model becomes: two"),
    ]
    assert stage.state.view.base == before
    assert stage.state.trusted == 0


def test_a_change_before_the_first_answer_is_as_if_it_had_never_been_otherwise() -> None:
    stage = Stage()
    stage.says("one")
    stage.breaks()
    stage.take(Change(system="Be kind.", model=spec("two")))
    stage.rings("retry")

    assert stage.view == ["user: one"]
    assert stage.state.view.base is None
    assert stage.state.system == "Be kind."


def test_a_summary_begins_with_what_holds_then_and_leaves_earlier_changes_out() -> None:
    stage = Stage()
    stage.says("one")
    stage.replies("1")
    stage.says("two")
    stage.replies("2")
    stage.take(Change(system="Be kind."))
    stage.says("three")
    stage.replies("3")
    kept = stage.state.view[2].id

    stage.state.apply(replace(summary("so far"), kept_from=kept))

    assert stage.view[1:] == ["user: two", "model: 2", "user: three", "model: 3"]
    assert stage.state.view.base is None
    assert stage.state.system == "Be kind."


def test_after_a_clear_the_conversation_begins_with_what_holds_then() -> None:
    stage = Stage()
    stage.says("one")
    stage.replies("1")
    stage.take(Change(system="Be kind."))
    stage.says("two")
    stage.replies("2")

    stage.take(Clear())
    stage.says("three")

    assert stage.view == ["user: three"]
    assert stage.state.view.base is None
    assert stage.state.system == "Be kind."


def test_a_swap_takes_no_trust_away() -> None:
    stage = Stage()
    stage.says("one")
    trusted = stage.state.trusted
    stage.replies("1")
    stage.take(Change(model=spec("two")))

    stage.says("two")

    assert stage.state.trusted == trusted


def test_what_is_wanted_is_compared_with_the_changes_that_wait() -> None:
    stage = Stage()
    stage.take(Change(model=spec("two")))

    missing = difference(stage.state, Change(system="Be kind.", model=spec("two"), tools=()))

    assert missing == Change(system="Be kind.")

"""What the next process makes of a log: nothing is lost, nothing is said twice (LOOP R18, I8)."""

from collections.abc import Sequence

import pytest

from sagent.atoms import CallId, MessageId, ToolName
from sagent.errors import SessionError
from sagent.loop.state import State, fold
from sagent.schema.message import Detached, Drained, Kept, ToolResult
from sagent.schema.signal import Clear, Detach
from sagent.testing import call
from tests.loop.stage import Stage, line

LOST = "the process ended before this finished; it may have partly run"


def resumed(log: Sequence[Kept]) -> Stage:
    """The next process, a minute later."""
    stage = Stage(log, maker="u")
    stage.now = 60.0
    return stage


def delivered(view: Sequence[str]) -> Sequence[str]:
    """What of a view was delivered forward."""
    return [line for line in view if line.startswith("background: ")]


def test_a_prompt_that_was_accepted_and_not_drained_is_heard_with_the_next() -> None:
    stage = Stage()
    stage.says("go")
    lost = stage.says("and more")

    after = resumed(stage.log)
    waiting = list(after.state.pending)
    after.says("hello?")

    assert waiting == [lost]
    assert after.view == ["user: go", "user: and more", "user: hello?"]


def test_resuming_calls_no_model_until_somebody_asks() -> None:
    stage = Stage()
    stage.says("go")
    stage.says("more")

    after = resumed(stage.log)

    assert (after.kinds, after.phase) == ("", "idle")


def test_a_response_that_was_streaming_is_simply_not_there() -> None:
    stage = Stage()
    stage.says("go")

    after = resumed(stage.log)
    after.says("again")

    assert after.view == ["user: go", "user: again"]


def test_calls_that_ran_get_failed_results_and_those_that_ended_keep_theirs() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("edit"), call("ask"))
    stage.ends("edit", "well")

    after = resumed(stage.log)

    assert after.kinds == "+ToolResult +ToolResult"
    assert after.view[2:] == [f"slow failed: {LOST}", "edit said: well", f"ask failed: {LOST}"]


def test_a_detached_call_is_delivered_as_lost() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")

    after = resumed(stage.log)
    after.says("so?")

    (told,) = delivered(after.view)
    assert told.endswith(f"failed] {LOST}")


def test_an_outcome_that_was_recorded_and_not_delivered_is_delivered_once() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.ends("slow", "42")

    after = resumed(stage.log)
    after.says("so?")
    once_more = resumed(after.log)
    once_more.says("once more")

    assert len(delivered(after.view)) == len(delivered(once_more.view)) == 1


def test_a_call_detached_before_a_clear_stays_undelivered() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    stage.detaches("slow")
    stage.take(Clear())

    after = resumed(stage.log)
    after.says("new")

    assert after.view == ["user: new"]
    assert after.state.detached == {}


def test_resuming_twice_adds_nothing_the_second_time() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"), call("slow"))
    stage.take(Detach(content=stage.call_id("slow")))

    once = resumed(stage.log)
    twice = resumed(once.log)

    assert (len(once.log) - len(stage.log), twice.kinds) == (2, "")


def test_clear_does_not_call_the_model_for_mail_of_the_last_process() -> None:
    stage = Stage()
    stage.says("go")
    stage.says("more")
    after = resumed(stage.log)

    after.take(Clear())

    assert (after.kinds, after.phase) == ("+Cleared", "idle")


def test_new_ids_are_greater_than_those_of_the_last_process() -> None:
    stage = Stage()
    stage.says("go")
    after = resumed(stage.log)

    prompt = after.says("again")

    assert all(message.id < prompt for message in stage.log)


def test_a_crash_after_any_message_leaves_a_log_that_a_new_prompt_goes_on_from() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies("let me see", call("slow"), call("edit"), call("nope"))
    stage.says("hm")
    stage.rings("grace")
    stage.ends("edit")
    stage.breaks()
    stage.rings("retry")
    stage.replies("well", stop="length")
    stage.ends("slow")
    stage.replies("that was it")

    for length in range(2, len(stage.log) + 1):
        after = resumed(stage.log[:length])
        after.says("on")

        assert after.phase == "calling"
        assert fold(after.log) == after.state
        assert answered(after.state), length


def answered(state: State) -> bool:
    """Whether every call in the view has its result behind it."""
    open_calls: list[str] = []
    for entry in state.view:
        match entry.descriptor:
            case "multipart/x-model-response":
                if open_calls:
                    return False
                open_calls = [
                    part.call_id for part in entry.content if part.descriptor == "multipart/x-tool-call"
                ]
            case "multipart/x-tool-result" | "application/x-detached":
                open_calls.remove(entry.call_id)
            case (
                "multipart/x-prompt"
                | "application/x-system"
                | "application/x-tools-changed"
                | "application/x-model-changed"
            ):
                if open_calls:
                    return False
    return not open_calls


def test_two_forks_of_one_log_share_the_past_and_nothing_else() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies("ok")
    left, right = resumed(stage.log), resumed(stage.log)

    left.says("left")
    left.replies("gauche")
    right.says("right")

    assert left.view == ["user: go", "model: ok", "user: left", "model: gauche"]
    assert right.view == ["user: go", "model: ok", "user: right"]
    assert [line(entry) for entry in fold(stage.log).view] == ["user: go", "model: ok"]


def test_a_log_that_drains_what_never_came_is_refused() -> None:
    stray = Drained(id=MessageId("m1"), parent_id=None, timestamp=0.0, content=(MessageId("m0"),))

    with pytest.raises(SessionError, match="drains m0, which is not waiting"):
        fold([stray])


def test_a_log_that_detaches_what_does_not_run_is_refused() -> None:
    stray = Detached(
        id=MessageId("m1"),
        parent_id=None,
        timestamp=0.0,
        call_id=CallId("c1"),
        tool=ToolName("slow"),
        content="",
    )

    with pytest.raises(SessionError, match="detaches c1, which does not run"):
        fold([stray])


def test_what_was_consumed_is_counted_over_all_processes() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies("one")
    after = resumed(stage.log)

    after.says("more")
    after.replies("two")

    assert (after.state.account.spending.usage.output_tokens, after.state.account.spending.cost_usd) == (
        10,
        0.02,
    )


def test_the_results_that_resuming_makes_are_in_the_log() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))

    after = resumed(stage.log)

    assert isinstance(after.log[-1], ToolResult)
    assert fold(after.log) == after.state

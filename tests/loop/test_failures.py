"""What goes wrong with a model: failures and odd replies (LOOP R10, R11)."""

from collections.abc import Sequence

import pytest

from sagent.errors import (
    Illegal,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.loop.change import Change
from sagent.loop.judgement import CUT, GARBLED
from sagent.loop.resolution import Answered, HaltedBy
from sagent.loop.traffic import Emit, StartTimer, Timer
from sagent.schema.event import Notice, Retry
from sagent.schema.message import ModelResponse
from sagent.schema.part import Text, Thinking
from sagent.schema.values import ModelSpec, StopReason
from sagent.testing import call
from tests.loop.stage import BUSY, Stage, shown_events, spec


def test_a_dropped_connection_is_announced_and_retried_and_leaves_one_answer_in_the_view() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.breaks(BUSY, "half an ans")
    announced = stage.effects[1:]
    stage.rings("retry")
    stage.replies("a whole answer")

    assert announced == (
        Emit(Retry(content="busy", attempt=1, seconds=1.0)),
        StartTimer(Timer("retry", 2), 1.0),
    )
    assert stage.view == ["user: go", "model: a whole answer"]
    assert stage.resolved == {prompt: Answered("a whole answer", "end")}


def test_text_that_was_shown_before_a_failure_stays_in_the_log() -> None:
    stage = Stage()
    stage.says("go")

    stage.breaks(BUSY, "half an ans")

    assert isinstance(kept := stage.log[-1], ModelResponse)
    assert (kept.content, kept.stop) == ((Text(content="half an ans"),), "failed")


def test_attempts_come_to_an_end_and_halt() -> None:
    stage = Stage(attempts=2)
    prompt = stage.says("go")
    stage.breaks()
    stage.rings("retry")

    stage.breaks(BUSY, "half")

    assert stage.phase == "halted"
    assert stage.resolved == {prompt: HaltedBy("error", "busy", "half", BUSY)}


@pytest.mark.parametrize(
    "error",
    [
        Quota("used up"),
        Unauthorized("wrong key"),
        Refused("no"),
        Illegal("malformed"),
        Overflow("too long"),
        Overloaded("come back tomorrow", retry_after=3600.0),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_no_retry_can_mend_halts_and_a_new_prompt_goes_on(error: ProviderError) -> None:
    stage = Stage()
    stage.says("go")

    stage.breaks(error)
    halted = stage.phase
    stage.says("and now?")
    stage.replies("now it goes")

    assert halted == "halted"
    assert stage.view == ["user: go", "user: and now?", "model: now it goes"]


def test_what_could_not_be_reached_is_tried_again() -> None:
    stage = Stage()
    stage.says("go")

    stage.breaks(Unreachable("no route"))

    assert (stage.kinds, stage.phase) == ("Retry StartTimer(retry)", "waiting")


def test_a_user_who_speaks_ends_the_wait_and_a_peer_does_not() -> None:
    stage = Stage()
    stage.says("go")
    stage.breaks()

    stage.says("psst", "peer")
    peer = stage.kinds
    stage.says("well?")

    assert (peer, stage.kinds) == ("+Prompt Receipt", "+Prompt Receipt +Drained CallModel")
    assert stage.view == ["user: go", "user: well?", "peer: psst"]


def test_a_timer_that_was_overtaken_rings_in_vain() -> None:
    stage = Stage()
    stage.says("go")
    stage.breaks()
    stage.says("well?")

    stage.rings("retry")

    assert stage.effects == ()


def test_a_retry_takes_in_what_came_meanwhile_and_goes_to_the_new_model() -> None:
    stage = Stage()
    stage.says("go")
    stage.breaks()
    stage.says("psst", "peer")
    stage.take(Change(model=spec("two")))

    stage.rings("retry")

    assert stage.kinds == "+Drained CallModel"
    assert stage.state.model == spec("two")


def test_a_call_cut_by_the_output_limit_is_not_run_and_the_model_is_told() -> None:
    stage = Stage()
    stage.says("go")

    stage.replies("writing", call("slow"), stop="length")

    assert stage.kinds == "+ModelResponse +Prompt +Drained CallModel"
    assert stage.view == ["user: go", "model: writing", f"system: {CUT}"]


def test_a_malformed_call_is_asked_for_twice_and_no_more() -> None:
    stage = Stage()
    prompt = stage.says("go")
    stage.replies("a", stop="malformed_call")
    stage.replies("b", stop="malformed_call")

    stage.replies("c", stop="malformed_call")

    assert stage.view.count(f"system: {GARBLED}") == 2
    assert stage.resolved == {prompt: Answered("c", "malformed_call")}


def test_calls_that_stay_malformed_are_told_to_the_person() -> None:
    stage = Stage()
    prompt = stage.says("go")

    for _ in range(3):
        stage.replies(stop="malformed_call")

    told = "[the model's tool call came out malformed each time, and was not run]"
    assert stage.resolved == {prompt: Answered(told, "malformed_call")}


def test_a_round_that_went_well_allows_two_more_resends() -> None:
    stage = Stage()
    stage.says("go")
    for _ in range(2):
        stage.replies("a", stop="malformed_call")
        stage.replies("b", stop="malformed_call")
        stage.replies(call("edit"))
        stage.ends("edit", "ok")

    assert stage.phase == "calling"
    assert stage.resolved == {}


def test_cut_calls_and_empty_replies_in_turn_come_to_an_end() -> None:
    stage = Stage()
    prompt = stage.says("go")

    for _ in range(4):
        if stage.phase == "calling":
            stage.replies("a", stop="malformed_call")
        if stage.phase == "calling":
            stage.replies()

    assert prompt in stage.resolved


def test_a_paused_response_is_shown_as_it_stands_and_the_call_after_it_drains_nothing() -> None:
    stage = Stage()
    stage.says("go")
    stage.says("more")

    stage.replies("searching", stop="pause")

    assert stage.kinds == "+ModelResponse CallModel"
    assert stage.view == ["user: go", "model: searching"]


def test_the_calls_of_a_paused_response_are_run() -> None:
    stage = Stage()
    stage.says("go")

    stage.replies("searching", call("edit"), stop="pause")

    assert stage.kinds == "+ModelResponse RunTool"


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        ("refusal", "[the model declined to answer]"),
        ("filter", "[the provider's filter withheld the answer]"),
        ("length", "[the output limit was used up before the answer began; raise it and ask again]"),
    ],
)
def test_a_reply_without_words_says_why_and_is_final(stop: StopReason, told: str) -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.replies(stop=stop)

    assert stage.resolved == {prompt: Answered(told, stop)}
    assert stage.view == ["user: go"]


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        ("refusal", "Stage one has declined to answer: ask in another way, or choose another model"),
        (
            "filter",
            "the filter of Stage one has cut the answer off: ask in another way, or choose another model",
        ),
        ("length", "the output limit of Stage one has cut the answer off: raise it, or ask for the rest"),
        ("end", None),
    ],
)
def test_whoever_watches_is_told_why_an_answer_is_not_whole(stop: StopReason, told: str | None) -> None:
    stage = Stage()
    stage.says("go")

    stage.replies("Once upon a", stop=stop)

    notices = [event.content for event in shown_events(stage.effects) if isinstance(event, Notice)]
    assert notices == ([] if told is None else [told])


@pytest.mark.parametrize("stop", ["refusal", "filter"])
def test_the_calls_of_a_refused_response_are_not_run(stop: StopReason) -> None:
    stage = Stage()
    stage.says("go")

    stage.replies("I will not", call("slow"), stop=stop)

    assert stage.tools == {}
    assert stage.phase == "idle"


def test_a_refusal_with_words_is_the_answer_and_is_not_shown_again() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.replies("I will not", stop="refusal")

    assert stage.resolved == {prompt: Answered("I will not", "refusal")}
    assert stage.view == ["user: go"]


def test_an_empty_reply_is_asked_for_once_more_and_then_final() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.replies(Thinking(content="hm"))
    once = stage.kinds
    stage.replies(" ")

    assert once == "+ModelResponse CallModel"
    assert stage.resolved == {prompt: Answered(" ", "end")}
    assert stage.view == ["user: go"]


def test_text_cut_by_the_output_limit_is_the_answer() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.replies("once upon a", stop="length")

    assert stage.resolved == {prompt: Answered("once upon a", "length")}
    assert stage.view == ["user: go", "model: once upon a"]


def test_another_model_stands_in_for_one_whose_provider_fails_for_good() -> None:
    stage = Stage(attempts=1, fallbacks=[spec("two"), spec("three")])
    prompt = stage.says("go")

    stage.breaks(Unreachable("no network"))
    second = stage.state.model
    spent = Quota("used up")
    spent.where = "Stage two at h"
    stage.breaks(spent)
    third = stage.state.model
    stage.replies("done")

    assert (second, third) == (spec("two"), spec("three"))
    assert stage.resolved[prompt] == Answered("done", "end")
    assert [event.content for event in shown_events(stage.told) if isinstance(event, Notice)] == [
        "Stage one: no network; Stage two is asked instead",
        "Stage two at h: used up; Stage three is asked instead",
    ]


def test_when_all_models_in_line_have_failed_the_agent_halts() -> None:
    stage = Stage(attempts=1, fallbacks=[spec("two")])
    prompt = stage.says("go")

    stage.breaks(Unreachable("no network"))
    stage.breaks(Quota("used up"))

    assert stage.phase == "halted"
    assert isinstance(stage.resolved[prompt], HaltedBy)


def test_no_other_model_is_asked_what_is_wrong_with_the_conversation_itself() -> None:
    stage = Stage(attempts=1, fallbacks=[spec("two")])
    stage.says("go")

    stage.breaks(Illegal("no such parameter"))

    assert stage.state.model == spec()
    assert stage.phase == "halted"


@pytest.mark.parametrize("fallbacks", [[], [spec("two")]])
def test_a_swap_that_waits_comes_before_every_stand_in(fallbacks: Sequence[ModelSpec]) -> None:
    stage = Stage(fallbacks=fallbacks)
    prompt = stage.says("go")
    stage.swaps("three")

    stage.breaks(Quota("used up"))
    stage.replies("done")

    assert stage.state.model == spec("three")
    assert stage.resolved == {prompt: Answered("done", "end")}

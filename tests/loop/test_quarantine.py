"""Letters of agents that no request goes through with are put aside, and nobody is stuck with them."""

from dataclasses import replace

import pytest

from sagent.errors import (
    BadAnswer,
    Illegal,
    NotFound,
    Overflow,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.lib.json import freeze_object
from sagent.loop.quarantine import MOST_IN_A_ROW
from sagent.loop.resolution import Answered, HaltedBy
from sagent.loop.state import fold
from sagent.schema.message import Quarantined
from sagent.schema.signal import Detach, Letter, Start
from sagent.testing import call
from tests.loop.stage import Stage, letter

POISON = Refused("this content is not allowed")


def serving(attempts: int = 1) -> Stage:
    """An agent that runs forever, has answered its user once, and is idle."""
    stage = Stage(attempts=attempts)
    stage.serves()
    stage.says("go")
    stage.replies("ok")
    return stage


def from_kim(words: str = "poison") -> Letter:
    """What an agent of that name says."""
    return replace(letter(words, "peer"), sender="kim")


BEFORE = ["user: go", "model: ok"]


@pytest.mark.parametrize(
    "error", [POISON, Illegal("messages.2: bad"), Overflow("too long"), BadAnswer("no JSON")], ids=repr
)
def test_a_letter_that_no_request_goes_through_with_is_put_aside_for_good(error: ProviderError) -> None:
    stage = serving()
    stage.take(from_kim())
    before = stage.state.trusted

    while stage.phase == "calling":
        stage.breaks(error)

    assert stage.view == BEFORE
    assert stage.phase == "idle"
    assert stage.reports == [f"quarantine: kim: {error}"]
    assert fold(stage.log) == stage.state
    assert stage.state.trusted >= before


@pytest.mark.parametrize(
    "error",
    [Quota("used up"), Unauthorized("no key"), Unreachable("gone"), NotFound("no such model")],
    ids=repr,
)
def test_what_no_content_would_mend_halts_and_puts_nothing_aside(error: ProviderError) -> None:
    stage = serving()
    stage.take(from_kim())

    stage.breaks(error)

    assert stage.phase == "halted"
    assert stage.view == [*BEFORE, "peer: poison"]


def test_an_agent_that_does_not_run_forever_halts_for_its_user() -> None:
    stage = Stage(attempts=1)
    stage.take(from_kim())

    stage.breaks(POISON)

    assert (stage.phase, stage.view) == ("halted", ["peer: poison"])


def test_words_of_the_user_are_never_put_aside() -> None:
    stage = Stage(attempts=1)
    stage.serves()
    stage.says("go")
    stage.take(from_kim())
    stage.says("and hurry")
    stage.replies("ok")

    stage.breaks(POISON)

    assert stage.phase == "halted"
    assert stage.view == [*BEFORE, "user: and hurry", "peer: poison"]


def test_the_rest_of_the_mail_is_read_next_and_judged_alone() -> None:
    stage = serving()
    stage.take(from_kim())
    stage.take(from_kim("worse"))
    third = stage.says("fine", "peer")

    stage.breaks(POISON)
    stage.breaks(POISON)
    refused = list(stage.view)
    good = stage.says("good", "peer")
    stage.replies("thanks")

    assert refused == BEFORE
    assert stage.view == [*BEFORE, "peer: good", "model: thanks"]
    assert isinstance(stage.resolved[third], HaltedBy)
    assert stage.resolved[good] == Answered("thanks", "end")
    assert [len(kept.content) for kept in stage.log if isinstance(kept, Quarantined)] == [1, 2]


def test_whoever_waits_for_a_letter_that_is_put_aside_is_told_why() -> None:
    stage = serving()
    prompt = stage.says("poison", "peer")

    stage.breaks(POISON)

    assert stage.resolved[prompt] == HaltedBy("error", str(POISON), "", POISON)


def test_a_turn_that_a_letter_has_steered_goes_on_without_it() -> None:
    stage = serving()
    prompt = stage.says("look")
    stage.replies(call("slow"))
    stage.take(from_kim())
    stage.ends("slow", "found")

    stage.breaks(POISON)
    view, phase = stage.view, stage.phase
    stage.replies("there it is")

    assert (view[2:], phase) == (["user: look", "model: slow()", "slow said: found"], "calling")
    assert stage.resolved[prompt] == Answered("there it is", "end")


def test_an_outcome_that_came_along_with_the_letter_stays_and_is_answered() -> None:
    stage = serving()
    stage.says("look")
    stage.replies(call("slow"))
    stage.take(Detach(content=stage.call_id("slow")))
    stage.take(from_kim())
    call_id = stage.call_id("slow")
    stage.ends("slow", "found")
    stage.replies("it goes on")

    stage.breaks(POISON)

    told = f"background: [slow call {call_id}, in the background, finished after 1.0 s] found"
    assert stage.view[-2:] == ["model: it goes on", told]
    assert stage.phase == "calling"


def test_an_output_that_was_asked_for_by_what_is_put_aside_is_no_longer_in_force() -> None:
    stage = serving()
    stage.asks(freeze_object({"type": "object"}), "peer")
    before = stage.state.asker

    stage.breaks(POISON)

    assert before is not None
    assert stage.state.asker is None
    stage.asks(freeze_object({"type": "array"}), "peer")
    assert stage.phase == "calling"


def test_what_is_refused_again_and_again_is_not_put_down_to_the_letters() -> None:
    stage = serving()
    for _ in range(MOST_IN_A_ROW):
        stage.take(from_kim())
        stage.breaks(POISON)

    stage.take(from_kim())
    stage.breaks(POISON)

    assert stage.phase == "halted"
    assert stage.view == [*BEFORE, "peer: poison"]


def test_an_answer_begins_the_count_anew() -> None:
    stage = serving()
    for _ in range(MOST_IN_A_ROW + 1):
        stage.take(from_kim())
        stage.breaks(POISON)
        stage.says("hi")
        stage.replies("ok")

    assert stage.phase == "idle"
    assert "peer: poison" not in stage.view


def test_a_process_that_takes_over_does_not_show_it_either() -> None:
    stage = serving()
    stage.take(from_kim())
    stage.breaks(POISON)

    after = Stage(stage.log, maker="u")
    after.says("go on")

    assert after.view == [*BEFORE, "user: go on"]


def test_an_answer_that_waits_for_a_job_is_still_given_when_it_has_ended() -> None:
    stage = Stage(attempts=1)
    prompt = stage.says("build it")
    stage.take(Start(tool=call("slow").tool, content=freeze_object({})))
    stage.replies("begun")
    stage.core.tireless = True
    stage.take(from_kim())

    stage.breaks(POISON)
    stage.ends("slow", "42")
    stage.replies("built")

    assert isinstance(stage.resolved[prompt], Answered)

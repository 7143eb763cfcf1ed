"""What is kept of a reply, and what of it may go back verbatim (LOOP R8, R11, R19)."""

import dataclasses

import pytest

from sagent.lib.json import freeze_object, json_freeze
from sagent.loop.change import Change
from sagent.loop.form import Formed
from sagent.loop.judgement import MOST_PAUSES, judge
from sagent.loop.resolution import Answered, HaltedBy
from sagent.loop.traffic import Responded
from sagent.schema.message import ModelResponse
from sagent.schema.part import Text, Thinking
from sagent.schema.signal import Halt
from sagent.schema.values import Limits, StopReason
from sagent.testing import call
from tests.loop.stage import Stage, answer

NATIVE = (json_freeze({"type": "message"}),)


@pytest.mark.parametrize("stop", ["end", "tool_calls", "pause"])
def test_the_providers_own_items_are_kept_of_a_response_that_came_whole(stop: StopReason) -> None:
    whole = dataclasses.replace(answer("a", call("edit"), stop=stop), native=NATIVE)

    judged = judge(whole, resends=0, empties=0)

    assert (judged.native, judged.stop, judged.next) == (NATIVE, "tool_calls", "run")


@pytest.mark.parametrize("stop", ["length", "malformed_call", "refusal", "filter", "interrupted", "failed"])
def test_they_are_dropped_with_the_calls_and_thoughts_of_one_that_did_not(stop: StopReason) -> None:
    broken = dataclasses.replace(answer(Thinking(content="hm"), "a", call("edit"), stop=stop), native=NATIVE)

    judged = judge(broken, resends=0, empties=0)

    assert (judged.content, judged.native) == ((Text(content="a"),), ())


def test_they_are_dropped_when_the_user_halts() -> None:
    stage = Stage()
    stage.says("go")
    stage.take(Halt())

    stage.take(Responded(1, dataclasses.replace(answer("a", call("edit")), native=NATIVE)))

    (kept,) = [message for message in stage.log if isinstance(message, ModelResponse)]
    assert (kept.content, kept.native) == ((Text(content="a"),), ())


def test_a_provider_that_forgets_to_say_that_it_calls_tools_is_understood() -> None:
    judged = judge(answer(call("edit"), stop="end"), resends=0, empties=0)

    assert (judged.stop, judged.next) == ("tool_calls", "run")


def test_a_provider_that_says_it_calls_tools_and_does_not_has_answered() -> None:
    judged = judge(answer("a", stop="tool_calls"), resends=0, empties=0)

    assert (judged.stop, judged.next) == ("end", "answer")


def limited(rounds: int) -> Change:
    """So many rounds for one prompt."""
    return Change(limits=Limits(max_tool_call_rounds=rounds, max_budget_usd=None, max_budget_tokens=None))


def test_the_answer_of_a_model_that_paused_is_all_that_it_has_said_since() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.replies("part one, ", stop="pause")
    stage.replies("part two, ", stop="pause")
    stage.replies("part three")

    assert stage.resolved[prompt] == Answered("part one, part two, part three", "end")


def test_an_answer_in_pieces_is_held_against_its_schema_as_a_whole() -> None:
    stage = Stage()
    prompt = stage.asks(freeze_object({"type": "object", "required": ["a"]}))

    stage.replies('{"a": ', stop="pause")
    stage.replies("1}")

    assert stage.resolved[prompt] == Answered('{"a": 1}', "end", Formed(json_freeze({"a": 1})))


def test_what_was_said_before_calls_of_tools_is_no_part_of_the_answer() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.replies("searching", stop="pause")
    stage.replies("reading", call("edit"))
    stage.ends("edit")
    stage.replies("done")

    assert stage.resolved[prompt] == Answered("done", "end")


def test_a_model_that_only_ever_pauses_is_not_called_for_ever() -> None:
    stage = Stage()
    prompt = stage.says("go")

    for _ in range(MOST_PAUSES):
        stage.replies("hm ", stop="pause")

    why = "stopped: the model has paused 10 times in a row, and not gone on"
    assert stage.resolved[prompt] == HaltedBy("rounds", why, "hm " * MOST_PAUSES)
    _ = stage.says("once more")
    assert stage.phase == "calling"


def test_pauses_count_as_rounds() -> None:
    stage = Stage()
    stage.take(limited(2))
    prompt = stage.says("go")

    stage.replies(call("edit"))
    stage.ends("edit")
    stage.replies("one ", stop="pause")
    stage.replies("two ", stop="pause")

    assert stage.resolved[prompt] == HaltedBy(
        "rounds", "stopped after 2 rounds without an answer", "one two "
    )


def test_a_pause_in_which_nothing_was_said_is_an_empty_reply() -> None:
    stage = Stage()
    prompt = stage.says("go")

    stage.replies(stop="pause")
    again = stage.phase
    stage.replies(stop="pause")

    assert (again, stage.resolved[prompt]) == ("calling", Answered("", "end"))

"""What is kept of a reply, and what of it may go back verbatim (LOOP R8, R11, R19)."""

import dataclasses

import pytest

from sagent.lib.json import json_freeze
from sagent.loop.judgement import judge
from sagent.loop.traffic import Responded
from sagent.schema.message import ModelResponse
from sagent.schema.part import Text, Thinking
from sagent.schema.signal import Halt
from sagent.schema.values import StopReason
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

"""An agent that goes round in circles is warned, then halted (LOOP R16)."""

import re

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.blob import Blob
from sagent.lib.json import EMPTY, json_freeze
from sagent.loop.repetition import WARNING, Repetition
from sagent.loop.traffic import Outcome
from sagent.loop.trimming import trimmed
from sagent.messages.words import tool_result
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import Data, Image, Part, Text
from sagent.testing import call
from tests.loop.stage import Stage


def played(stage: Stage, *rounds: tuple[str, str]) -> None:
    """One round for each: a call with this directive and this result."""
    for directive, result in rounds:
        if stage.phase == "calling":
            stage.replies(call("edit", text=directive))
            stage.ends("edit", result)


def test_two_calls_in_turn_with_the_same_results_are_warned_and_then_stopped() -> None:
    stage = Stage()
    stage.says("go")

    played(stage, *[("a", "1"), ("b", "2")] * 2, ("a", "1"))
    warned = stage.view[-1]
    played(stage, ("b", "2"), ("a", "1"))

    assert warned == f"system: {WARNING}"
    assert stage.phase == "halted"
    assert stage.kinds == "+ToolResult Halted Resolve(HaltedBy)"


def test_an_honest_fix_and_test_loop_is_let_alone() -> None:
    stage = Stage()
    stage.says("go")

    for number in range(20):
        played(stage, (f"fix {number}", "edited"), ("test", "1 failed"))

    assert stage.phase == "calling"
    assert not any(line.startswith("system:") for line in stage.view)


def test_the_same_call_with_new_results_is_no_repetition() -> None:
    stage = Stage()
    stage.says("go")

    played(stage, *[("look", str(number)) for number in range(10)])

    assert stage.phase == "calling"


def test_words_of_the_user_begin_the_count_anew() -> None:
    stage = Stage()
    stage.says("go")
    played(stage, *[("a", "1")] * 5)
    stage.says("keep trying")

    played(stage, *[("a", "1")] * 4)

    assert stage.phase == "calling"


def test_a_tool_that_polls_is_never_called_repetitive() -> None:
    stage = Stage()
    stage.says("go")

    for _ in range(10):
        stage.replies(call("poll"))
        stage.ends("poll", "not yet")

    assert stage.phase == "calling"


def test_the_same_calls_in_another_order_are_the_same_round() -> None:
    stage = Stage()
    stage.says("go")

    for number in range(6):
        if stage.phase == "calling":
            pair = [call("edit", text="a"), call("edit", text="b")]
            stage.replies(*(pair if number % 2 else reversed(pair)))
            stage.ends("edit", "same")
            stage.ends("edit", "same")

    assert stage.phase == "halted"


def test_two_pictures_of_one_size_are_two_results() -> None:
    repetition = Repetition()
    look = call("look")

    counts = [
        repetition.count([(look, shown(look, Image(descriptor="image/png", content=Blob.of(data))))], {})
        for data in (b"aa", b"bb")
    ]

    assert counts == [0, 0]


def test_a_failure_is_another_result_than_a_success_with_the_same_words() -> None:
    repetition = Repetition()
    look = call("look")

    counts = [
        repetition.count([(look, tool_result(look, "it", failed=failed))], {}) for failed in (False, True)
    ]

    assert counts == [0, 0]


def shown(asked: ToolCall, part: Part) -> ToolResult:
    """A result of one part."""
    return tool_result(asked, part)


def test_a_round_without_calls_is_not_stale() -> None:
    assert Repetition().count([], {}) == 0


def test_durations_in_the_results_of_a_tool_do_not_hide_that_nothing_is_new() -> None:
    stage = Stage()
    stage.says("go")

    for number in range(7):
        if stage.phase == "calling":
            stage.replies(call("timed"))
            stage.ends("timed", f"1 failed in 0.{number} s")

    assert stage.phase == "halted"


def test_names_of_calls_do_not_matter() -> None:
    repetition = Repetition()
    rounds = [
        ToolCall(call_id=CallId(name), vendor_id=name, tool=ToolName("edit"), content=call("edit").content)
        for name in ("c1", "c2")
    ]

    counts = [
        repetition.count([(asked, sealed(tool_result(asked, "same"), asked.call_id))], {}) for asked in rounds
    ]

    assert counts == [0, 1]


def sealed(result: ToolResult, name: str) -> ToolResult:
    """The result under another message id."""
    return ToolResult(
        id=MessageId(name),
        parent_id=None,
        timestamp=0.0,
        call_id=result.call_id,
        tool=result.tool,
        content=result.content,
        failed=result.failed,
        seconds=3.0,
    )


def test_what_a_tool_calls_volatile_makes_no_difference() -> None:
    repetition, look = Repetition(), call("look")
    told = [
        (Text(content="1 failed in 0.12 s"), Data(content=json_freeze({"seconds": 1, "n": ["0.1 s", 1]}))),
        (Text(content="1 failed in 3.07 s"), Data(content=json_freeze({"seconds": 2, "n": ["0.2 s", 1]}))),
        (Text(content="2 failed in 0.12 s"), Data(content=json_freeze({"seconds": 1, "n": ["0.1 s", 1]}))),
        (Text(content="1 failed in 0.12 s"), Data(content=json_freeze({"seconds": 1, "n": ["0.1 s", 2]}))),
    ]
    volatile = {look.call_id: re.compile(r"\d+\.\d+ s|seconds")}

    counts = [repetition.count([(look, tool_result(look, *parts))], volatile) for parts in told]

    assert counts == [0, 1, 0, 0]


CALL = ToolCall(call_id=CallId("c1"), vendor_id="", tool=ToolName("timed"), content=EMPTY)


async def test_long_results_that_differ_in_what_is_volatile_only_are_the_same() -> None:
    def told(seconds: str) -> Part:
        return Text(content="".join(f"test {number} passed in {seconds} s\n" for number in range(1_000)))

    async def shortened(seconds: str) -> ToolResult:
        outcome = Outcome(call_id=CALL.call_id, content=(told(seconds),), failed=False, seconds=0.0)
        return tool_result(CALL, *(await trimmed(outcome, lambda _: 4_000)).content)

    repetition = Repetition()
    volatile = {CALL.call_id: re.compile(r"\d\.\d+ s")}

    stale = [repetition.count([(CALL, await shortened(seconds))], volatile) for seconds in ("0.11", "0.12")]
    exact = [repetition.count([(CALL, await shortened(seconds))], {}) for seconds in ("0.11", "0.12", "0.11")]

    assert (stale, exact) == ([0, 1], [0, 0, 1])

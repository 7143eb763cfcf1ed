"""Logs with holes."""

from collections.abc import Callable

import pytest

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.json import EMPTY
from sagent.loop.salvage import LOST, salvage
from sagent.messages.usage import NOTHING_SPENT
from sagent.schema.message import (
    Detached,
    Drained,
    Kept,
    Prompt,
    Repaired,
    Reserved,
    Restored,
    Summary,
    ToolResult,
    Withdrawn,
)
from sagent.schema.part import ErrorText, Text
from sagent.schema.signal import Halt
from sagent.testing import call
from tests.loop.stage import Stage

GONE = MessageId("gone")


def asked() -> Stage:
    """Somebody asked, the model called a tool, and answered."""
    stage = Stage()
    stage.says("look")
    stage.replies(call("slow"))
    stage.ends("slow")
    stage.replies("done")
    return stage


def test_a_call_whose_result_is_lost_gets_one_that_says_so() -> None:
    whole = asked()
    log = [message for message in whole.log if not isinstance(message, ToolResult)]

    found = salvage(log)

    (lost,) = [message for message in found.messages if isinstance(message, ToolResult)]
    assert (lost.content, lost.failed) == ((ErrorText(content=LOST),), True)
    assert [entry.descriptor for entry in found.state.view] == [
        entry.descriptor for entry in whole.state.view
    ]
    assert found.faults == ()


def test_an_answer_to_lost_words_still_answers_somebody() -> None:
    log = [message for message in asked().log if not isinstance(message, Prompt)]

    found = salvage(log)

    first = found.state.view[0]
    assert isinstance(first, Prompt)
    assert (first.author, first.content) == ("system", (Text(content="[what was said here is lost]"),))

    assert len(found.faults) == 1
    assert "1 of the messages that entered the conversation here is lost" in found.faults[0]


def test_words_whose_entering_is_lost_have_entered_before_the_answer() -> None:
    whole = asked()
    log = [message for message in whole.log if not isinstance(message, Drained)]

    found = salvage(log)

    assert [entry.id for entry in found.state.view] == [entry.id for entry in whole.state.view]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (
            lambda: Withdrawn(id=GONE, parent_id=None, timestamp=1.0, content=MessageId("m")),
            "taken back here",
        ),
        (lambda: Restored(id=GONE, parent_id=None, timestamp=1.0, content=MessageId("m")), "the summary"),
        (lambda: Reserved(id=GONE, parent_id=None, timestamp=1.0, content=1.0, tokens=9), "the model"),
        (
            lambda: Repaired(
                id=GONE, parent_id=None, timestamp=1.0, content="Invalid signature", omitted="native"
            ),
            "the model",
        ),
        (
            lambda: Detached(
                id=GONE,
                parent_id=None,
                timestamp=1.0,
                call_id=CallId("c"),
                tool=ToolName("slow"),
                content="still running",
            ),
            "the call",
        ),
        (
            lambda: Summary(
                id=GONE,
                parent_id=None,
                timestamp=1.0,
                content=(Text(content="in short"),),
                kept_from=MessageId("m"),
                guidance="",
                tokens=9,
                model="one",
                usage=NOTHING_SPENT,
                cost_usd=None,
            ),
            "the summary is left out",
        ),
    ],
)
def test_what_names_something_that_is_lost_is_left_out_and_told(note: Callable[[], Kept], told: str) -> None:
    found = salvage([note()])

    assert found.messages == ()
    assert len(found.faults) == 1
    assert found.faults[0].startswith("gone: ")
    assert told in found.faults[0]


def test_what_follows_something_that_is_left_out_follows_what_stands_before_it() -> None:
    log = asked().log
    hole = Withdrawn(id=GONE, parent_id=log[-2].id, timestamp=1.0, content=GONE)

    found = salvage([*log[:-1], hole, log[-1]])

    assert found.messages == tuple(log)


def test_a_note_that_only_ends_the_turn_of_an_output_closes_no_call_that_runs() -> None:
    stage = Stage()
    stage.asks(EMPTY)
    stage.replies(call("slow"))
    stage.take(Halt())
    stage.ends("slow")

    found = salvage(stage.log)

    assert (found.messages, found.faults) == (tuple(stage.log), ())

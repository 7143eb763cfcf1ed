"""What a child still owes its parent is found in the logs as the core has told it while it lived."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sagent.agent.owing import Owed, owed, was_told
from sagent.errors import Illegal
from sagent.loop.traffic import Receipt
from sagent.schema.signal import Clear, Withdraw
from sagent.testing import call
from tests.loop.stage import Stage, letter


def asked() -> Stage:
    """A child that serves its inbox, and has been asked something by its parent."""
    stage = Stage()
    stage.serves()
    asks(stage, "e1")
    return stage


def asks(stage: Stage, errand: str) -> None:
    effects = stage.take(replace(letter("look out"), errand=errand))
    assert any(isinstance(effect, Receipt) for effect in effects)


def worked(stage: Stage) -> None:
    stage.replies(call("slow"))
    stage.ends("slow")
    stage.replies("all is well")


def was_cut(stage: Stage) -> None:
    stage.replies("so", call("slow"), stop="length")


def was_cut_and_answered(stage: Stage) -> None:
    was_cut(stage)
    stage.replies("all is well")


def answered_twice(stage: Stage) -> None:
    stage.replies("all is well")
    stage.says("and now?", "peer")
    stage.replies("still")


def cleared(stage: Stage) -> None:
    stage.take(Clear())
    stage.says("hi")
    stage.replies("hello")


def cleared_by_itself(stage: Stage) -> None:
    stage.replies(call("slow"))
    stage.take(Clear(guidance="look out", by="child"))
    stage.ends("slow")
    stage.replies("all is well")


def asked_again(stage: Stage) -> None:
    stage.replies("all is well")
    asks(stage, "e2")


def broke(stage: Stage) -> None:
    stage.breaks(Illegal("no such field"), partial="so f")


@pytest.mark.parametrize(
    ("life", "owes"),
    [
        (worked, Owed(errand="e1", answer="all is well")),
        (was_cut, Owed(errand="e1", answer=None)),
        (was_cut_and_answered, Owed(errand="e1", answer="all is well")),
        (answered_twice, Owed(errand="e1", answer="all is well")),
        (cleared, None),
        (cleared_by_itself, Owed(errand="e1", answer="all is well")),
        (asked_again, Owed(errand="e2", answer=None)),
        (broke, Owed(errand="e1", answer=None)),
    ],
)
def test_the_answer_that_is_owed_is_the_first_that_was_one(
    life: Callable[[Stage], None], owes: Owed | None
) -> None:
    stage = asked()

    life(stage)

    assert owed(stage.log, frozenset()) == owes
    assert owed(stage.log, {"e1", "e2"}) is None


def test_nothing_is_owed_for_what_was_taken_back_before_it_was_read() -> None:
    stage = Stage()
    stage.serves()
    stage.says("hi")
    asks(stage, "e1")
    (prompt,) = stage.state.pending

    stage.take(Withdraw(content=prompt))

    assert owed(stage.log, frozenset()) is None


def test_who_has_only_what_its_parent_was_told_was_told_nothing() -> None:
    above = asked()
    below = Stage(above.log)
    before = was_told(below.log, above.log)

    below.says("go")

    assert (before, was_told(below.log, above.log)) == (False, True)

"""Where a conversation is condensed, old results that can be had again become a line each (LOOP R13)."""

import hypothesis.strategies as st
from hypothesis import given, settings

from sagent.atoms import ToolName
from sagent.compaction.cut import cut_of
from sagent.loop.room import Cut
from sagent.loop.salvage import salvage
from sagent.loop.state import fold
from sagent.schema.message import Summary, Thinned
from sagent.schema.signal import Compact, Restore
from sagent.testing import call
from tests.loop.stage import Stage
from tests.loop.test_compaction import LONG, before_the_last_words
from tests.loop.test_invariants import legal

LINE = (
    "edit said: [what edit gave here was left out when the conversation was condensed: "
    "call it again if it is needed]"
)


def worked(*, renewable: bool, cut: Cut = before_the_last_words, before: int = 1) -> Stage:
    """A stage on which a question was answered after five rounds of calls with long results."""
    at = Stage(cut=cut, window=lambda _: 20_000, renewable={ToolName("edit")} if renewable else frozenset())
    for _ in range(before):
        at.says(LONG if before > 1 else "hi")
        at.replies("hello")
    at.says("look")
    for number in range(5):
        at.replies(call("edit", text=f"{number}"))
        at.ends("edit", LONG)
    at.replies("seen")
    return at


def test_old_results_behind_a_summary_are_a_line_and_the_latest_stay() -> None:
    at = worked(renewable=True)

    at.take(Compact())
    at.condenses()

    assert at.view == [
        "system: in short",
        "user: look",
        *["model: edit()", LINE] * 3,
        *["model: edit()", f"edit said: {LONG}"] * 2,
        "model: seen",
    ]
    assert fold(at.log).view == at.state.view


def test_without_such_tools_nothing_is_thinned() -> None:
    at = worked(renewable=False)

    at.take(Compact())
    at.condenses()

    assert at.view.count(f"edit said: {LONG}") == 5
    assert not any(isinstance(message, Thinned) for message in at.log)


def test_a_summary_that_is_taken_back_brings_them_back() -> None:
    at = worked(renewable=True)
    before = at.view
    at.take(Compact())
    at.condenses()

    at.take(Restore())

    assert at.view == before
    assert fold(at.log).view == at.state.view


def test_where_a_summary_is_lost_its_results_stay_whole() -> None:
    at = worked(renewable=True)
    before = fold(at.log).view
    at.take(Compact())
    at.condenses()

    found = salvage([message for message in at.log if not isinstance(message, Summary)])

    assert found.state.view == before
    assert found.faults == (f"{at.log[-1].id}: results stay whole here, for the summary before them is lost",)
    assert salvage(at.log).state.view == at.state.view


def test_nothing_becomes_a_line_unless_the_conversation_is_condensed() -> None:
    at = worked(renewable=True)
    before = at.view

    at.says("and?")
    at.replies("done")

    assert at.view == [*before, "user: and?", "model: done"]


def test_more_of_what_was_said_is_kept_where_old_results_take_no_room() -> None:
    kept = []
    for renewable in (True, False):
        at = worked(renewable=renewable, cut=cut_of, before=20)
        at.take(Compact())
        at.condenses()
        kept.append(at.view[1:2])

    assert kept == [["user: look"], []]


@settings(deadline=None, max_examples=60)
@given(
    turns=st.lists(
        st.lists(st.tuples(st.sampled_from(["edit", "slow"]), st.booleans(), st.booleans()), max_size=5),
        min_size=1,
        max_size=4,
    ),
    wishes=st.lists(st.sampled_from([Compact(), Compact(again=True), Restore()]), max_size=4),
)
def test_whatever_is_thinned_the_log_tells_the_same_and_every_call_has_its_result(
    turns: list[list[tuple[str, bool, bool]]], wishes: list[Compact | Restore]
) -> None:
    at = Stage(cut=before_the_last_words, renewable={ToolName("edit")})
    for rounds in turns:
        at.says("look")
        for number, (tool, long, failed) in enumerate(rounds):
            at.replies(call(tool, text=f"{number}"))
            at.ends(tool, LONG if long else "done", failed=failed)
        at.replies("seen")

    for wish in wishes:
        at.take(wish)
        if at.condensing:
            at.condenses()

        assert fold(at.log) == at.state
        assert legal(at.state.view)

"""What an agent makes of its own conversation takes effect after its cohort (LOOP R12)."""

import pytest

from sagent.atoms import ToolName
from sagent.compaction.cut import cut_of
from sagent.lib.json import EMPTY, freeze_object
from sagent.loop.background import facts
from sagent.loop.change import Change
from sagent.loop.resolution import Answered
from sagent.loop.state import SILENT, fold
from sagent.loop.traffic import CancelTool
from sagent.schema.message import Amendment, Cleared, StatusChanged, Summary, System, ToolsChanged
from sagent.schema.signal import Clear, Compact, Halt, Start, Undetach
from sagent.schema.values import Limits, Standing
from sagent.testing import call
from tests.loop.stage import Stage

RENEWAL = Clear(content="enough of it", guidance="Mend the tests.", by="Agent")
TOLD = (
    "system: You have cleared the conversation; what came before is no longer shown. You told yourself:\n\n"
    "Mend the tests."
)
TESTING = Standing(status="testing", progress="the parser", pending="the rest", needs_user="a key")


def test_a_clear_of_ones_own_waits_for_the_sibling_calls_and_ends_none() -> None:
    at = Stage()
    prompt = at.says("go")
    at.replies(call("edit"), call("slow"))

    at.take(RENEWAL)
    at.ends("edit")
    waited = (at.phase, at.view[-1], at.cancelled)
    at.ends("slow")
    view = at.view
    at.replies("mended")

    assert waited == ("gathering", "model: edit() slow()", {})
    assert view == [TOLD]
    assert at.resolved == {prompt: Answered("mended", "end")}
    cleared = next(kept for kept in at.log if isinstance(kept, Cleared))
    assert (cleared.by, cleared.content, cleared.continues) == ("Agent", "enough of it", True)


def test_what_the_user_says_meanwhile_is_heard_in_the_new_conversation() -> None:
    at = Stage()
    at.says("go")
    at.replies(call("edit"))

    at.take(RENEWAL)
    at.says("and hurry")
    at.ends("edit")

    assert at.view == ["user: and hurry", TOLD]


def test_a_clear_of_ones_own_keeps_the_count_of_rounds_and_the_checkpoint() -> None:
    at = Stage()
    at.take(Change(limits=Limits(max_tool_call_rounds=2, max_budget_usd=None, max_budget_tokens=None)))
    at.take(Change(standing=TESTING, by="Agent"))
    at.says("go")
    for _ in range(2):
        at.replies(call("edit"))
        at.take(RENEWAL)
        at.ends("edit")
    at.replies(call("edit"))

    assert at.phase == "halted"
    assert at.state.standing == TESTING
    assert at.view[0] == "\n".join(
        [
            TOLD,
            "",
            "your status: testing",
            "you noted as done: the parser",
            "you noted as left: the rest",
            "you wait for the user to say or do: a key",
        ]
    )


def test_clearing_oneself_again_and_again_is_noticed_as_a_repetition() -> None:
    at = Stage()
    at.says("go")
    rounds = 0
    while at.phase == "calling":
        rounds += 1
        at.replies(call("edit"))
        at.take(RENEWAL)
        at.ends("edit")

    assert (at.phase, rounds) == ("halted", 6)


def test_an_output_that_was_asked_for_is_told_anew_and_still_has_to_fit() -> None:
    at = Stage()
    output = freeze_object({"type": "object", "required": ["n"]})
    prompt = at.asks(output)
    at.replies(call("edit"))
    at.take(RENEWAL)
    at.ends("edit")
    crashed = Stage(at.log, maker="u")
    crashed.says("go on")

    at.replies('{"n": 1}')

    answered = at.resolved[prompt]
    assert isinstance(answered, Answered)
    assert answered.formed is not None
    assert crashed.state.asker is not None
    assert crashed.state.asker.output == output


@pytest.mark.parametrize("wish", [RENEWAL, Compact(content="tea", by="Agent")])
def test_nothing_is_wished_any_more_when_the_user_has_halted(wish: Clear | Compact) -> None:
    at = Stage(cut=cut_of)
    at.says("tea " * 3_000)
    at.replies(call("edit"))
    at.take(wish)
    at.take(Halt())
    at.ends("edit")
    at.take(RENEWAL)

    at.says("what now?")

    assert at.phase == "calling"
    assert at.view[-1] == "user: what now?"
    assert not any(isinstance(kept, Cleared | Summary) for kept in at.log)


def test_the_users_own_clear_makes_that_of_the_agent_void() -> None:
    at = Stage()
    at.says("go")
    at.replies(call("edit"))
    at.take(RENEWAL)
    at.take(Clear())

    at.says("something else")

    assert at.view == ["user: something else"]
    assert sum(isinstance(kept, Cleared) for kept in at.log) == 1


def test_a_compaction_of_ones_own_ends_with_what_the_agent_told_itself() -> None:
    at = Stage(cut=cut_of)
    at.says("tea " * 3_000)
    at.replies(call("edit"), call("slow"))
    at.take(Compact(content="the recipes", by="Agent", reason="it is long"))
    at.ends("edit")
    at.ends("slow")

    at.condenses("it was about tea")

    summary = next(kept for kept in at.log if isinstance(kept, Summary))
    assert (summary.by, summary.reason, summary.guidance) == ("Agent", "it is long", "the recipes")
    assert at.phase == "calling"
    assert at.view[1:] == [
        "system: You have had the conversation summarized. You told yourself:\n\nthe recipes"
    ]


def test_a_job_that_was_waited_for_no_longer_is_when_the_agent_clears_itself() -> None:
    at = Stage()
    at.says("go")
    at.take(Start(tool=ToolName("slow"), content=EMPTY))
    at.replies(call("edit"))
    at.take(Undetach(content=at.call_id("slow")))
    at.take(RENEWAL)
    at.ends("edit")

    assert at.phase == "calling"
    assert at.view == [TOLD]
    assert not any(isinstance(effect, CancelTool) for effect in at.told)


def test_what_an_agent_says_of_its_work_is_kept_and_stands_beside_a_summary() -> None:
    at = Stage()

    at.take(Change(standing=TESTING, by="Agent", reason="halfway"))

    assert not any(isinstance(kept, StatusChanged) for kept in at.state.pending.values())
    assert facts(at.state)[0] == "your status: testing"
    assert fold(at.log).standing == TESTING
    at.take(Clear())
    assert at.state.standing == SILENT


def test_a_change_tells_in_the_log_who_wanted_it_and_why() -> None:
    at = Stage()
    at.says("go")
    at.replies("ok")

    at.take(Change(tools=(), off=(ToolName("slow"),), system="Be kind.", by="Agent", reason="it is slow"))

    upcoming, now = list(at.state.turned_off), list(at.state.off)
    at.says("on")
    assert (upcoming, now, list(at.state.off)) == (["slow"], [], ["slow"])
    notes = [kept for kept in at.log if isinstance(kept, Amendment) and kept.by]
    assert [(type(note), note.by, note.reason) for note in notes] == [
        (System, "Agent", "it is slow"),
        (ToolsChanged, "Agent", "it is slow"),
    ]

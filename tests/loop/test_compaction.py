"""A conversation that becomes too long is condensed, and goes on (LOOP R13)."""

import pytest

from sagent.atoms import ToolName
from sagent.errors import Overflow, Quota, Refused
from sagent.lib.json import EMPTY, freeze_object
from sagent.loop.form import Formed
from sagent.loop.resolution import Answered, HaltedBy
from sagent.loop.traffic import Condense
from sagent.messages.view import View
from sagent.messages.words import is_summary
from sagent.schema.event import Notice
from sagent.schema.message import ModelResponse, Prompt, Restored, Summary
from sagent.schema.signal import Clear, Compact, Halt, Quit, Restore, Start
from sagent.schema.values import ModelSpec
from sagent.testing import call
from tests.loop.stage import BUSY, Stage, shown_events, spec

LONG = "tea " * 400
"""Words of about 500 tokens."""

FORM = freeze_object({"type": "object", "required": ["n"]})


def before_the_last_words(view: View, window: int | None) -> int:
    """Condenses all but the last turn; inside a turn of many calls all of it; a short one not at all."""
    first = 1 + is_summary(view[0]) if view else 0
    prompts = [index for index, entry in enumerate(view) if isinstance(entry, Prompt) and index >= first]
    return 0 if len(view) < 3 else prompts[-1] if prompts else len(view) if first == 1 else 0


def stage(window: int | None = 1_000) -> Stage:
    """A stage whose model has room for so many tokens, and `two` for half of them."""

    def room(of: ModelSpec) -> int | None:
        return window if window is None or of.model == "one" else window // 2

    return Stage(window=room, cut=before_the_last_words)


def talked(on: Stage, turns: int = 2, words: str = "hello") -> None:
    """So many questions and answers."""
    for number in range(turns):
        on.says(words)
        on.replies(f"answer {number}")


def condensing(on: Stage) -> Condense:
    """What is to be condensed now."""
    return next(effect for effect in reversed(on.told) if isinstance(effect, Condense))


def test_before_a_request_that_is_too_long_the_conversation_is_condensed() -> None:
    at = stage()
    talked(at)

    prompt = at.says(LONG + LONG)
    begun = at.kinds
    at.condenses("we spoke of tea")
    view = at.view
    at.replies("fine")

    assert begun == "+Prompt Receipt Notice Condense"
    assert view == [
        "system: we spoke of tea",
        "user: hello",
        "model: answer 1",
        f"user: {LONG + LONG}",
    ]
    assert at.resolved[prompt] == Answered("fine", "end")


def test_a_conversation_that_fits_is_left_alone() -> None:
    at = stage()
    talked(at, turns=5)

    assert not any(isinstance(effect, Condense) for effect in at.told)


def test_without_anybody_to_condense_it_a_long_conversation_is_sent_as_it_is() -> None:
    at = Stage(window=lambda _: 100)
    talked(at)

    at.says(LONG)

    assert at.kinds == "+Prompt Receipt +Drained CallModel"


def test_mail_that_comes_while_it_is_condensed_waits_and_is_heard_in_full() -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)

    at.says("and quickly")
    at.condenses()

    assert at.view[-2:] == [f"user: {LONG + LONG}", "user: and quickly"]


def test_a_conversation_is_condensed_between_cohorts_and_never_within_one() -> None:
    at = stage()
    talked(at)
    at.says("look")
    at.replies(call("slow"), call("edit"))

    at.ends("slow", LONG + LONG)
    between = at.phase
    at.ends("edit")

    assert (between, at.phase) == ("gathering", "compacting")


def test_inside_a_turn_of_many_calls_the_summary_stands_for_all_of_it() -> None:
    at = stage()
    at.says("look")
    at.replies(call("slow"))
    at.ends("slow", LONG + LONG)

    at.condenses("it looked")
    at.replies("done")

    assert at.view == ["system: it looked", "model: done"]


def test_what_is_wished_is_condensed_at_once_and_with_its_focus() -> None:
    at = stage(window=None)
    talked(at, turns=3)

    at.take(Compact(content="the API"))
    guidance = condensing(at).shortening.guidance
    at.condenses()

    assert (guidance, at.phase) == ("the API", "idle")
    assert [m.guidance for m in at.log if isinstance(m, Summary)] == ["the API"]


def test_what_is_wished_while_calls_run_waits_for_their_end() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.says("look")
    at.replies(call("slow"))

    at.take(Compact())
    meanwhile = at.phase
    at.ends("slow")

    assert (meanwhile, at.phase) == ("gathering", "compacting")


def test_what_is_too_short_to_be_condensed_is_said_to_be() -> None:
    at = stage()

    at.take(Compact())

    assert shown_events(at.effects) == [Notice(content="the conversation is too short to be compacted")]
    assert at.phase == "idle"


def test_a_halted_agent_condenses_and_stays_halted() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.says("go on")
    at.take(Halt())
    at.stops()

    at.take(Compact())
    at.condenses()

    assert at.phase == "halted"


def test_a_summary_is_taken_back_with_all_that_was_said_since() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    before = at.view
    at.take(Compact())
    at.condenses()
    talked(at, turns=1, words="and?")

    at.take(Restore())

    assert at.view == [*before, "user: and?", "model: answer 0"]
    assert isinstance(at.log[-1], Restored)


def test_a_summary_is_written_again_of_all_that_it_stood_for() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.take(Compact())
    at.condenses("badly put")

    at.take(Compact(content="tea", again=True))
    whole = len(at.view)
    at.condenses("well put")

    assert whole == 6
    assert at.view == ["system: well put", "user: hello", "model: answer 2"]


def test_without_a_summary_none_is_taken_back() -> None:
    at = stage()

    at.take(Restore())

    assert shown_events(at.effects) == [Notice(content="there is no summary to take back")]


def test_without_a_summary_none_is_written_again() -> None:
    at = stage(window=None)
    talked(at, turns=3)

    at.take(Compact(again=True))

    assert shown_events(at.effects) == [Notice(content="there is no summary to write again")]
    assert at.phase == "idle"


def test_an_overflow_is_answered_with_a_summary_and_one_more_call() -> None:
    at = stage(window=None)
    talked(at)
    prompt = at.says("more")

    at.breaks(Overflow("too long"))
    at.condenses()
    at.replies("fine")

    assert at.resolved[prompt] == Answered("fine", "end")


def test_a_second_overflow_halts_and_a_swap_goes_on() -> None:
    at = stage(window=None)
    talked(at)
    prompt = at.says("more")
    at.breaks(Overflow("too long"))
    at.condenses()

    again = Overflow("still too long")
    at.breaks(again)
    at.swaps("two")
    later = at.says("now?")
    at.replies("yes")

    assert at.resolved[prompt] == HaltedBy("error", "still too long", "", again)
    assert at.resolved[later] == Answered("yes", "end")


def test_two_summaries_in_a_row_that_are_still_too_long_halt_with_the_choices() -> None:
    at = Stage(window=lambda _: 1_000, cut=lambda view, _: len(view))
    prompt = at.says("look")
    at.replies(call("slow"))
    at.ends("slow", LONG + LONG)

    at.condenses(LONG + LONG)
    at.condenses(LONG + LONG)

    halted = at.resolved[prompt]
    assert isinstance(halted, HaltedBy)
    assert (halted.reason, at.phase) == ("context", "halted")
    assert (type(halted.error), str(halted.error)) == (Overflow, halted.text)
    assert halted.text == (
        "too long for the window of Stage one, even when it is condensed: "
        "swap to a model with a larger one, compact it with other guidance, or clear it"
    )


def test_a_swap_to_a_smaller_window_condenses_first_with_the_old_model() -> None:
    at = stage()
    talked(at)

    at.swaps("two")
    at.says(LONG)
    asked = at.state.model
    at.condenses()

    assert asked == spec("one")
    assert at.state.model == spec("two")
    assert at.phase == "calling"
    *_, told = shown_events(at.effects)
    assert isinstance(told, Notice)
    assert told.content.startswith("Stage two goes on from Stage one: the conversation goes along; at most ")


def test_a_summary_that_cannot_be_written_is_tried_again_and_then_done_without() -> None:
    at = stage()
    talked(at)
    prompt = at.says(LONG + LONG)

    at.breaks(BUSY)
    waiting = at.phase
    at.rings("retry")
    at.breaks(Refused("no"))
    at.replies("fine")

    assert waiting == "waiting"
    assert at.resolved[prompt] == Answered("fine", "end")
    assert not any(isinstance(message, Summary) for message in at.log)


def test_a_halt_while_it_is_condensed_goes_on_without_a_summary() -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)

    at.take(Halt())
    at.stops()

    assert at.phase == "calling"
    assert at.view[-1] == f"user: {LONG + LONG}"


def test_a_summary_that_is_complete_when_it_is_halted_is_kept() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.take(Compact())

    at.take(Halt())
    at.condenses()

    assert at.view[0] == "system: in short"
    assert at.phase == "halted"


@pytest.mark.parametrize("end", [Clear(), Quit()])
def test_an_end_while_it_is_condensed_ends_that_too(end: Clear | Quit) -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)

    at.take(end)

    assert "CancelModel" in at.kinds
    assert [m.stop for m in at.log if isinstance(m, ModelResponse)][-1] in {"failed", "interrupted"}


def test_what_a_summary_cost_is_counted() -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)

    at.condenses(cost_usd=0.5)

    assert at.state.account.spending.cost_usd == pytest.approx(0.52)
    assert at.state.account.spending.usage.output_tokens == 15


def test_a_process_that_ends_while_it_condenses_leaves_the_conversation_whole() -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)

    after = Stage(at.log, maker="u")
    after.says("go on")

    assert after.view == [*at.view, f"user: {LONG + LONG}", "user: go on"]


def test_a_summary_is_there_in_the_next_process_and_native_items_before_it_are_not() -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)
    at.condenses()

    after = Stage(at.log, maker="u")

    assert after.view == at.view
    assert after.state.trusted == 3


def test_what_still_runs_is_told_to_whoever_condenses() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.says("look")
    at.replies(call("slow", file="a.py"))
    at.detaches("slow")
    at.replies("on it")

    at.take(Compact())

    (fact,) = condensing(at).facts
    assert fact.startswith("still running in the background: slow call")
    assert fact.endswith('with {"file":"a.py"}')


def test_an_outage_while_it_is_condensed_ends_with_the_outage() -> None:
    at = stage()
    at.core.tireless = True
    talked(at)
    prompt = at.says(LONG + LONG)
    at.breaks(Refused("no"))
    at.breaks(Quota("used up", retry_after=60.0))

    at.rings("retry")
    at.condenses()
    at.replies("back")

    assert isinstance(at.resolved[prompt], HaltedBy)
    assert at.view[-1] == "model: back"
    assert at.phase == "idle"


def test_a_summary_for_a_halted_agent_does_not_keep_it_from_trying_again_by_itself() -> None:
    at = stage(window=None)
    at.core.tireless = True
    talked(at, turns=3)
    at.says("go on")
    at.breaks(Quota("used up", retry_after=60.0))

    at.take(Compact())
    at.condenses()
    halted = at.phase
    at.rings("retry")

    assert (halted, at.phase) == ("halted", "calling")


def test_who_is_to_try_again_while_it_is_condensed_does_so_after_it() -> None:
    at = stage(window=None)
    at.core.tireless = True
    talked(at, turns=3)
    at.says("go on")
    at.breaks(Quota("used up", retry_after=60.0))

    at.take(Compact())
    at.rings("retry")
    at.condenses()

    assert at.phase == "calling"


@pytest.mark.parametrize("rings", [True, False])
def test_an_answer_that_waits_for_a_job_waits_no_longer_for_a_summary(rings: bool) -> None:
    at = stage(window=None)
    talked(at, turns=3)
    prompt = at.says("build it")
    at.take(Start(tool=ToolName("slow"), content=EMPTY, seconds=0, promises=True, deadline=100))
    at.replies("begun")

    at.take(Compact())
    if rings:
        at.now += 100
        at.rings("hold")
    at.condenses()
    if not rings:
        at.now += 100
        at.rings("hold")

    given = at.resolved[prompt]
    assert isinstance(given, Answered)
    assert given.text.startswith("begun\n\n[still running: slow")


def test_what_an_answer_has_to_fit_is_told_again_where_a_summary_stands_for_whoever_asked() -> None:
    at = stage()
    at.asks(FORM)
    at.replies(call("slow"))
    at.ends("slow", LONG + LONG)

    at.condenses("it looked")
    told = [(entry.author, entry.output) for entry in at.state.view if isinstance(entry, Prompt)]
    at.replies('{"n": 1}')
    at.says("thanks")

    assert told == [("system", None), ("system", FORM)]
    assert [entry.output for entry in at.state.view if isinstance(entry, Prompt)] == [None, FORM, None]


def test_what_an_answer_has_to_fit_is_told_once_where_whoever_asked_is_kept() -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)
    at.asks(FORM)

    at.condenses()
    at.replies("fine")
    told = [entry.output for entry in at.state.view if isinstance(entry, Prompt)]

    assert told.count(FORM) == 1


def test_what_could_not_be_condensed_is_tried_at_once_when_it_is_wished_again() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.take(Compact())
    at.breaks(Refused("no"))

    at.take(Compact())

    assert at.phase == "compacting"


def test_without_anybody_to_condense_it_a_wish_is_answered_in_words() -> None:
    at = Stage()
    talked(at)

    at.take(Compact())

    assert shown_events(at.effects) == [Notice(content="nobody is there to compact the conversation")]


def test_an_output_that_was_given_is_over_also_where_a_summary_stands_for_the_answer() -> None:
    at = Stage(cut=lambda view, _: len(view))
    at.asks(FORM)
    at.replies('{"n": 1}')
    at.take(Compact())
    at.condenses()

    after = Stage(at.log, maker="u")
    prompt = after.says("and in words?")
    after.replies("one")

    assert after.resolved[prompt] == Answered("one", "end")


def test_an_output_that_was_not_given_is_in_force_again_where_a_summary_stands_for_the_turn() -> None:
    at = stage()
    at.asks(FORM)
    at.replies(call("slow"))
    at.ends("slow", LONG + LONG)
    at.condenses()
    before_the_call = at.log[: next(i for i, m in enumerate(at.log) if isinstance(m, Summary)) + 1]

    after = Stage(before_the_call, maker="u")
    prompt = after.says("go on")
    after.replies('{"n": 1}')

    assert after.resolved[prompt] == Answered('{"n": 1}', "end", Formed({"n": 1}))


def test_a_model_that_has_failed_is_not_asked_to_condense_for_the_one_that_stands_in() -> None:
    at = Stage(window=lambda of: 1_000, cut=before_the_last_words, fallbacks=[spec("two")], attempts=1)
    talked(at)
    at.says(LONG + LONG)
    at.breaks(Refused("no"))

    at.breaks(Quota("used up"))

    assert at.phase == "compacting"
    assert at.state.model == spec("two")


def test_attempts_come_to_an_end_also_where_nothing_can_be_condensed() -> None:
    at = stage()
    talked(at)
    prompt = at.says(LONG + LONG)

    for _ in range(20):
        if at.phase == "waiting":
            at.rings("retry")
        elif at.phase != "halted":
            at.breaks(BUSY)

    assert at.resolved[prompt] == HaltedBy("error", "busy", "", BUSY)


def test_what_is_taken_back_while_it_is_halted_is_not_condensed_again_at_once() -> None:
    at = stage()
    talked(at)
    at.says(LONG + LONG)
    at.condenses()
    at.take(Halt())
    at.stops()
    at.says("are you there?", "peer")

    at.take(Restore())

    assert at.phase == "halted"


def test_an_overflow_condenses_also_where_the_last_summary_was_to_be_taken_back() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.take(Compact())
    at.condenses()
    talked(at, turns=2)
    at.says("more")
    at.take(Restore())

    at.breaks(Overflow("too long"))

    assert at.phase == "compacting"
    assert shown_events(at.effects)[0] == Notice(
        content="the last summary is not taken back: the conversation is too long as it is"
    )


def test_an_overflow_of_what_is_too_short_to_be_condensed_halts_with_the_choices() -> None:
    at = stage(window=None)
    prompt = at.says(LONG)

    overflow = Overflow("prompt is too long", status=413)
    overflow.where = "Stage one at h"
    at.breaks(overflow)
    halted = at.resolved[prompt]
    at.swaps("two")
    later = at.says("now?")
    at.replies("yes")

    assert isinstance(halted, HaltedBy)
    assert (halted.reason, type(halted.error)) == ("context", Overflow)
    assert (str(halted.error), halted.error and halted.error.status) == (halted.text, 413)
    assert halted.text == (
        "Stage one at h: prompt is too long; the conversation is too short to be compacted: "
        "swap to a model with a larger window, clear it, or say it with less"
    )
    assert at.resolved[later] == Answered("yes", "end")


def test_of_several_wishes_the_last_counts_and_the_others_are_said_to_be_dropped() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.take(Compact())
    at.condenses()
    at.says("more")
    at.take(Compact(content="tea"))

    at.take(Restore())
    told = shown_events(at.effects)
    at.replies("fine")

    dropped = "only the last wish counts; dropped: compact the conversation with an eye on tea"
    assert told == [Notice(content=dropped)]
    assert isinstance(at.log[-1], Restored)
    assert at.phase == "idle"


def test_a_wish_while_it_is_condensed_is_said_to_come_too_early() -> None:
    at = stage(window=None)
    talked(at, turns=3)
    at.take(Compact())

    at.take(Restore())
    told = shown_events(at.effects)
    at.condenses()

    early = "the conversation is being compacted already; ask again when that is done"
    assert told == [Notice(content=early)]
    assert isinstance(at.log[-1], Summary)


def test_how_long_a_conversation_is_is_known_at_once_when_it_was_condensed_or_taken_back() -> None:
    at = stage(window=None)
    talked(at, turns=3, words=LONG)

    at.take(Compact())
    at.condenses()
    short = at.state.context_tokens
    at.take(Restore())
    long = at.state.context_tokens

    assert (short // 100, long // 100) == (6, 18)


def test_mail_that_comes_while_a_model_fails_is_not_condensed_for_the_one_that_stands_in() -> None:
    def room(of: ModelSpec) -> int | None:
        return 1_000 if of.model == "two" else None

    at = Stage(window=room, cut=lambda view, _: len(view), fallbacks=[spec("two")], attempts=1)
    at.says(LONG + LONG)
    at.says("and quickly")

    at.breaks(Quota("used up"))
    meanwhile = at.phase
    at.condenses()

    assert (meanwhile, at.state.model) == ("compacting", spec("two"))
    assert at.view == ["system: in short", "user: and quickly"]

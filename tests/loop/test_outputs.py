"""Answers that have to fit a schema: what is in force when, who waits for whom, what does not fit."""

import pytest

from sagent.atoms import ToolName
from sagent.errors import Quota, Refused
from sagent.lib.json import EMPTY, JsonObject, freeze_object
from sagent.loop.form import Formed, formed
from sagent.loop.resolution import Answered, HaltedBy
from sagent.schema.message import Drained, Prompt
from sagent.schema.signal import Clear, Halt, Start
from sagent.schema.values import Author, StopReason
from sagent.testing import call
from tests.loop.stage import Stage

NAMES = freeze_object({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}})
COUNT = freeze_object({"type": "object", "required": ["count"]})


def in_force(stage: Stage) -> JsonObject | None:
    return stage.state.asker.output if stage.state.asker else None


def test_an_answer_that_fits_is_given_as_json_and_is_over_with_the_turn() -> None:
    stage = Stage()

    asked = stage.asks(NAMES)
    during = in_force(stage)
    stage.replies('{"name": "a"}')
    stage.says("and in words?")

    assert during == NAMES
    assert stage.resolved[asked] == Answered('{"name": "a"}', "end", Formed({"name": "a"}))
    assert in_force(stage) is None


def test_the_schema_is_in_force_while_tools_run_and_while_others_steer() -> None:
    stage = Stage()

    stage.asks(NAMES)
    stage.replies(call("slow"))
    steering = stage.says("look elsewhere")
    stage.ends("slow")
    during = in_force(stage)
    stage.replies('{"name": "b"}')

    assert during == NAMES
    assert stage.resolved[steering] == Answered('{"name": "b"}', "end", Formed({"name": "b"}))


def test_an_answer_that_does_not_fit_is_asked_for_once_more_with_the_reason() -> None:
    stage = Stage()

    asked = stage.asks(NAMES)
    stage.replies('{"name": 1}')
    told = stage.view[-1]
    stage.replies("it is called a")

    assert "does not fit" in told
    assert "at $.name: 1 is not of type 'string'" in told
    assert told.startswith("system:")
    answer = stage.resolved[asked]
    assert isinstance(answer, Answered)
    assert answer.formed is not None
    assert "it is no JSON" in answer.formed.complaint
    again = [entry for entry in stage.state.view if isinstance(entry, Prompt) and entry.author == "system"]
    assert [entry.output for entry in again] == [NAMES]


def test_an_answer_that_the_limit_cut_or_the_model_refused_is_not_asked_for_again() -> None:
    stage = Stage()

    cut = stage.asks(NAMES)
    stage.replies('{"name": "a', stop="length")
    refused = stage.asks(NAMES)
    stage.replies("no", stop="refusal")

    assert stage.resolved[cut] == Answered('{"name": "a', "length")
    assert stage.resolved[refused] == Answered("no", "refusal")


def test_an_empty_answer_is_asked_for_again_as_ever_and_then_does_not_fit() -> None:
    stage = Stage()

    asked = stage.asks(NAMES)
    stage.replies()
    stage.replies()
    stage.replies('{"name": "a"}')

    assert stage.resolved[asked] == Answered('{"name": "a"}', "end", Formed({"name": "a"}))
    assert "it is empty" in stage.view[-2]


def test_who_asks_for_another_output_waits_and_whoever_spoke_later_waits_behind() -> None:
    stage = Stage()

    first = stage.asks(NAMES)
    second = stage.asks(COUNT)
    third = stage.says("thanks")
    stage.replies(call("slow"))
    stage.ends("slow")
    during = stage.view
    stage.replies('{"name": "a"}')
    after = in_force(stage)
    stage.replies('{"count": 1}')

    assert during[0] == "user: hey"
    assert not [line for line in during[1:] if line.startswith("user")]
    assert stage.resolved[first] == Answered('{"name": "a"}', "end", Formed({"name": "a"}))
    assert after == COUNT
    assert stage.resolved[second] == stage.resolved[third]
    assert stage.resolved[second] == Answered('{"count": 1}', "end", Formed({"count": 1}))


def test_an_output_is_not_imposed_on_a_turn_that_was_begun_without_one() -> None:
    stage = Stage()

    plain = stage.says("in words")
    formed_one = stage.asks(NAMES)
    stage.replies(call("slow"))
    stage.ends("slow")
    during = in_force(stage)
    stage.replies("so be it")
    stage.replies('{"name": "a"}')

    assert during is None
    assert stage.resolved[plain] == Answered("so be it", "end")
    assert stage.resolved[formed_one] == Answered('{"name": "a"}', "end", Formed({"name": "a"}))


def test_who_asks_for_the_same_output_joins_the_turn() -> None:
    stage = Stage()

    first = stage.asks(NAMES)
    second = stage.asks(freeze_object(dict(NAMES)))
    stage.replies(call("slow"))
    stage.ends("slow")
    stage.replies('{"name": "a"}')

    assert stage.resolved[first] == stage.resolved[second]
    assert stage.phase == "idle"


def test_calls_are_not_interrupted_for_words_that_cannot_be_heard_yet() -> None:
    stage = Stage()

    stage.asks(NAMES)
    stage.replies(call("slow"))
    stage.asks(COUNT)
    stage.rings("grace")

    assert stage.phase == "gathering"
    assert stage.state.detached == {}


@pytest.mark.parametrize("author", ["user", "peer"])
def test_a_halt_ends_the_turn_and_lets_the_next_user_begin_theirs(author: Author) -> None:
    stage = Stage()

    first = stage.asks(NAMES)
    second = stage.asks(COUNT, author)
    stage.take(Halt())
    stage.stops("half")

    assert stage.resolved[first] == HaltedBy("user", "halted", "half")
    if author == "user":
        assert in_force(stage) == COUNT
        assert second not in stage.resolved
    else:
        assert stage.phase == "halted"
        assert stage.resolved[second] == HaltedBy("user", "halted", "half")


def test_a_halt_while_tools_run_lets_who_waits_for_another_output_begin() -> None:
    stage = Stage()

    first = stage.asks(NAMES)
    stage.replies(call("slow"))
    stage.asks(COUNT)
    stage.take(Halt())

    assert stage.resolved[first] == HaltedBy("user", "halted", "")
    assert stage.phase == "calling"
    assert in_force(stage) == COUNT


def test_after_a_halt_or_an_error_nobody_is_answered_in_a_form_they_did_not_ask_for() -> None:
    stage = Stage()

    stage.asks(NAMES)
    stage.breaks(Refused("no credit"))
    stage.says("never mind")

    assert in_force(stage) is None


def test_a_clear_ends_what_was_in_force() -> None:
    stage = Stage()

    stage.asks(NAMES)
    stage.take(Clear())

    assert in_force(stage) is None
    assert stage.phase == "idle"


def test_who_waits_for_an_answer_that_waits_for_a_job_comes_next() -> None:
    stage = Stage()
    stage.take(Start(tool=ToolName("slow"), content=EMPTY, deadline=None))

    first = stage.asks(NAMES)
    stage.replies('{"name": "a"}')
    second = stage.asks(COUNT)
    waiting = stage.phase
    stage.ends("slow")
    stage.replies('{"name": "b"}')
    stage.replies('{"count": 1}')

    assert waiting == "gathering"
    assert stage.resolved[first] == Answered('{"name": "b"}', "end", Formed({"name": "b"}))
    assert stage.resolved[second] == Answered('{"count": 1}', "end", Formed({"count": 1}))
    assert stage.phase == "idle"


def test_the_log_says_what_was_in_force_and_whoever_goes_on_keeps_it() -> None:
    stage = Stage()
    asked = stage.asks(NAMES)
    stage.replies(call("slow"))

    after = Stage(stage.log, maker="u")
    after.says("go on")

    notes = [note for note in after.log if isinstance(note, Drained)]
    assert [note.output_of for note in notes[-2:]] == [asked, asked]
    assert in_force(after) == NAMES


def test_after_an_answer_a_new_process_asks_for_nothing() -> None:
    stage = Stage()
    stage.asks(NAMES)
    stage.replies('{"name": "a"}')

    after = Stage(stage.log, maker="u")
    after.says("go on")

    assert in_force(after) is None


def test_an_undrained_prompt_keeps_its_output_over_a_crash() -> None:
    stage = Stage()
    stage.says("first")
    stage.asks(NAMES)

    after = Stage(stage.log, maker="u")
    after.says("go on")

    assert in_force(after) == NAMES
    assert after.state.pending == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (' {"name": "a"}\n', {"name": "a"}),
        ('```json\n{"name": "a"}\n```', {"name": "a"}),
        ('```\n{"name": "a"}```', {"name": "a"}),
        ('{"name": "a", "other": null}', {"name": "a", "other": None}),
    ],
)
def test_a_code_fence_around_the_json_is_forgiven(text: str, value: object) -> None:
    assert formed(text, NAMES) == Formed(freeze_object(value))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "it is empty"),
        ("here: {}", "it is no JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"name": NaN}', "it is no JSON: NaN is not JSON"),
        ("{}", "at $: 'name' is a required property"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(text: str, complaint: str) -> None:
    assert formed(text, NAMES).complaint == complaint


def test_null_stands_for_what_need_not_be_there() -> None:
    inner = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"line": {"type": "integer"}, "note": {"type": ["string", "null"]}},
    }
    schema = freeze_object(
        {
            "type": "object",
            "properties": {
                "places": {"type": "array", "items": {"$ref": "#/$defs/Place"}},
                "first": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Place"}]},
            },
            "$defs": {"Place": inner},
        }
    )

    found = formed('{"places": [{"line": null, "note": null}], "first": {"line": null}}', schema)

    assert found == Formed(freeze_object({"places": [{"note": None}], "first": {}}))


def test_a_broken_schema_is_said_to_be_broken() -> None:
    assert "the schema" in formed("{}", freeze_object({"$ref": "#/$defs/nowhere"})).complaint


def test_words_are_heard_after_the_grace_once_nobody_before_them_wants_another_output() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("slow"))
    other = stage.asks(NAMES)
    stage.says("stop that")
    stage.rings("grace")
    waiting = stage.phase

    stage.withdraws(other)
    stage.rings("grace")

    assert (waiting, stage.phase) == ("gathering", "calling")
    assert stage.view[-1] == "user: stop that"


@pytest.mark.parametrize("stop", ["refusal", "filter", "length"])
def test_after_an_answer_that_nobody_is_shown_again_a_new_process_asks_for_nothing(stop: StopReason) -> None:
    stage = Stage()
    stage.asks(NAMES)
    stage.replies(stop=stop)

    after = Stage(stage.log, maker="u")
    prompt = after.says("go on")
    after.replies("in words")

    assert after.resolved[prompt] == Answered("in words", "end")


def test_after_a_halt_or_an_error_a_new_process_asks_for_nothing() -> None:
    stage = Stage()
    stage.asks(NAMES)
    stage.breaks(Refused("no credit"))

    after = Stage(stage.log, maker="u")
    after.says("never mind")

    assert in_force(after) is None


def test_an_answer_that_is_asked_for_again_has_to_fit_in_the_next_process_too() -> None:
    stage = Stage()
    stage.asks(NAMES)
    stage.replies("in words")

    after = Stage(stage.log, maker="u")
    after.says("go on")

    assert in_force(after) == NAMES


def test_an_agent_that_comes_back_after_an_outage_answers_in_the_form_that_was_asked_for() -> None:
    stage = Stage()
    stage.serves()
    stage.asks(NAMES)
    stage.breaks(Quota("used up", retry_after=60.0))
    halted = in_force(stage)

    stage.rings("retry")

    assert (halted, in_force(stage), stage.phase) == (NAMES, NAMES, "calling")


def test_who_speaks_before_it_comes_back_from_an_outage_is_answered_in_words() -> None:
    stage = Stage()
    stage.serves()
    stage.asks(NAMES)
    stage.breaks(Quota("used up", retry_after=60.0))

    stage.says("never mind")

    assert (in_force(stage), stage.phase) == (None, "calling")


def test_what_one_answer_lacked_is_not_told_in_the_turn_of_another() -> None:
    room = [10_000]
    stage = Stage(window=lambda _: room[0], cut=lambda view, _: len(view))

    first = stage.asks(NAMES)
    second = stage.asks(COUNT)
    room[0] = 20
    stage.replies("it is called a")
    condensing = stage.condensing
    stage.take(Halt())
    stage.breaks(Refused("stopped"))

    assert condensing
    assert isinstance(stage.resolved[first], HaltedBy)
    assert in_force(stage) == COUNT
    assert not any("does not fit" in entry for entry in stage.view)
    assert second not in stage.resolved

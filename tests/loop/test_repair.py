"""A history that a provider refuses is repaired once, for good (LOOP R10)."""

from dataclasses import replace

import pytest

from sagent.errors import Crowded, Illegal
from sagent.lib.blob import Blob
from sagent.loop.change import Change
from sagent.loop.repair import Omission, omission
from sagent.loop.resolution import Answered, HaltedBy
from sagent.loop.state import State
from sagent.messages.view import View
from sagent.messages.words import letter
from sagent.schema.event import Notice
from sagent.schema.message import Repaired
from sagent.schema.part import Image, Thinking
from sagent.schema.signal import Compact, Restore
from sagent.testing import call
from tests.loop.stage import Stage, shown_events, spec
from tests.providers.conversation import prompt, response

SIGNATURE = Illegal("Invalid signature in thinking block")
PICTURE = Image(descriptor="image/png", content=Blob.of(b"png"))


def talked(stage: Stage) -> None:
    """One question and its answer, with thoughts."""
    stage.says("hello")
    stage.replies(Thinking(content="hm"), "hi")


def test_a_refused_history_goes_back_without_the_models_own_items() -> None:
    stage = Stage()
    talked(stage)
    prompt = stage.says("and?")

    stage.breaks(SIGNATURE)
    trusted = stage.state.trusted
    stage.replies("fine")

    assert trusted == len(stage.state.view) - 1
    assert stage.resolved[prompt] == Answered("fine", "end")
    assert [(m.content, m.omitted) for m in stage.log if isinstance(m, Repaired)] == [
        (str(SIGNATURE), "native")
    ]


def test_a_session_stays_repaired_in_the_next_process() -> None:
    stage = Stage()
    talked(stage)
    stage.says("and?")
    stage.breaks(SIGNATURE)

    after = Stage(stage.log, maker="u")

    assert after.state.trusted == stage.state.trusted > 0


def test_a_history_that_is_refused_again_halts_and_takes_the_next_prompt() -> None:
    stage = Stage()
    talked(stage)
    prompt = stage.says("and?")

    stage.breaks(SIGNATURE)
    stage.breaks(SIGNATURE)
    halted = stage.phase
    stage.says("once more")

    assert stage.resolved[prompt] == HaltedBy("error", str(SIGNATURE), "", SIGNATURE)
    assert (halted, stage.phase) == ("halted", "calling")


def test_a_first_request_that_is_refused_has_nothing_to_leave_out() -> None:
    stage = Stage()
    stage.says("hello")

    stage.breaks(SIGNATURE)

    assert stage.phase == "halted"
    assert not any(isinstance(message, Repaired) for message in stage.log)


def test_a_picture_that_is_refused_becomes_words_and_so_do_all_files_before() -> None:
    stage = Stage()
    stage.take(letter("look", PICTURE))

    stage.breaks(Illegal("messages.0.content.1.image: image exceeds 5 MB"))

    assert stage.phase == "calling"
    assert stage.state.unseen == {0: 1}


@pytest.mark.parametrize(
    ("message", "files", "omitted"),
    [
        ("Invalid signature in thinking block", True, "native"),
        ("image dimensions exceed 8000 pixels", True, "files"),
        ("image dimensions exceed 8000 pixels", False, "native"),
        ("The file_path is wrong", True, "native"),
    ],
)
def test_what_is_left_out_goes_by_what_the_provider_says(message: str, files: bool, omitted: str) -> None:
    said = prompt("look", *([PICTURE] if files else []))

    found = omission(State(view=View([said, response("hi")])), Illegal(message))

    assert found is not None
    assert found.omitted == omitted


def test_a_swap_is_told_in_one_line_with_what_stays_behind() -> None:
    stage = Stage()
    talked(stage)
    stage.swaps("two")

    stage.says("and?")

    (notice,) = [event.content for event in shown_events(stage.effects) if isinstance(event, Notice)]
    assert notice.startswith(
        "Stage two goes on from Stage one: the conversation goes along; thoughts left behind: 1; at most "
    )
    assert notice.endswith(" tokens are read anew")


def test_a_swap_before_anything_was_said_is_not_worth_a_line() -> None:
    stage = Stage()
    stage.swaps("two")

    stage.says("hello")

    assert [event for event in shown_events(stage.effects) if isinstance(event, Notice)] == []
    assert stage.state.model == spec("two")


def test_a_swap_after_calls_says_how_many_go_along() -> None:
    stage = Stage()
    stage.says("go")
    stage.replies(call("edit"), call("edit"))
    stage.swaps("two")

    stage.ends("edit")
    stage.ends("edit")

    (notice,) = [event.content for event in shown_events(stage.effects) if isinstance(event, Notice)]
    assert "the conversation goes along (answers: 1, calls: 2)" in notice


OTHER = Image(descriptor="image/png", content=Blob.of(b"other"))
UNSEEABLE = Illegal("messages.2.content.1.image.source.base64: Could not process image")


def test_of_files_those_that_the_provider_has_not_taken_yet_are_left_out_first() -> None:
    stage = Stage()
    stage.take(letter("look", PICTURE))
    stage.replies("fine")
    stage.take(letter("and this", OTHER))

    stage.breaks(UNSEEABLE)
    first = stage.state.unseen
    stage.breaks(UNSEEABLE)
    second = stage.state.unseen
    stage.breaks(UNSEEABLE)

    assert (first, second, stage.phase) == ({2: 1}, {0: 1, 2: 1}, "halted")


def test_what_was_left_out_stays_left_out_in_the_next_process() -> None:
    stage = Stage()
    stage.take(letter("look", PICTURE))
    stage.replies("fine")
    stage.take(letter("and this", OTHER))
    stage.breaks(UNSEEABLE)
    stage.replies("I do not see it")

    after = Stage(stage.log, maker="u")

    assert after.state.unseen == stage.state.unseen == {2: 1}
    assert after.state.trusted == stage.state.trusted == 3


def test_a_model_that_took_nothing_before_is_shown_no_file_after_it_refused_one() -> None:
    stage = Stage()
    stage.take(letter("look", PICTURE))
    stage.replies("fine")
    stage.swaps("two")
    stage.take(letter("and this", OTHER))

    stage.breaks(UNSEEABLE)

    assert stage.state.unseen == {0: 1, 2: 1}


def test_files_that_are_too_many_are_left_out_as_often_as_that_comes_up() -> None:
    stage = Stage()
    for _ in range(3):
        stage.take(letter("look", PICTURE))
        stage.replies("fine")
    stage.take(letter("look", PICTURE))

    stage.breaks(Crowded("too many", since=2))
    first = stage.state.unseen
    stage.breaks(Crowded("too many", since=5))
    second = stage.state.unseen
    stage.breaks(Crowded("too many", since=5))

    assert (first, second, stage.phase) == ({0: 1}, {0: 1, 2: 1, 4: 1}, "halted")


@pytest.mark.parametrize(
    "said",
    [
        "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to another one",
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`",
        "messages.0: Input does not match the expected shape.",
        "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified",
        "Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1'",
        "Item 'rs_68c4' of type 'reasoning' was provided without its required following item.",
        "Missing namespace for function_call",
        "Unknown parameter: 'input[3].namespace'.",
        "Invalid 'messages[3]'. Content blocks are expected to be either text or image_url type.",
        "messages[0]: unknown variant `image_url`, expected `text` at line 1 column 335",
        "Function call is missing a thought_signature in functionCall parts",
        "thinking is enabled but reasoning_content is missing in assistant tool call message at index 2",
        "The reasoning_content in the thinking mode must be passed back to the API",
        "Request contains an invalid argument. (HTTP 400, INVALID_ARGUMENT)",
        "no explanation (HTTP 400)",
        "Images are not supported with this model",
    ],
)
def test_what_may_be_due_to_the_history_is_tried_without_the_models_own_items(said: str) -> None:
    found = omission(State(view=View([prompt("look"), response("hi")])), Illegal(said))

    assert found == Omission(omitted="native")


@pytest.mark.parametrize(
    "said",
    [
        "temperature: Extra inputs are not permitted",
        "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
        "`max_tokens` must be greater than `thinking.budget_tokens`.",
        "thinking.type: Input should be 'adaptive'",
        "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
        "tools.0.custom.input_schema.type: Input should be 'object'",
        "tools: Tool names must be unique.",
        "'type' is a required property - 'tools.0'",
        "Missing required parameter: 'tools[0].name'.",
        "`tool calling` is not supported with this model",
        "Thinking mode does not support this tool_choice",
        "Unsupported parameter: 'stop' is not supported with this model.",
        "Unsupported value: 'minimal' is not supported with the 'o4-mini' model.",
        "Invalid 'max_output_tokens': integer below minimum value.",
        "Model grok-code-fast-1 does not support parameter reasoningEffort.",
        "invalid temperature: only 1 is allowed for this model",
        "Logprobs are not enabled for this model",
        "JSON mode is not enabled for models/gemini-2.5-flash-image",
    ],
)
def test_what_stands_beside_the_history_is_no_reason_to_leave_anything_of_it_out(said: str) -> None:
    stage = Stage()
    talked(stage)
    asked = stage.says("and?")

    stage.breaks(Illegal(said))

    halted = stage.resolved[asked]
    assert isinstance(halted, HaltedBy)
    assert (halted.reason, halted.text) == ("error", said)
    assert not any(isinstance(message, Repaired) for message in stage.log)


def test_what_did_not_help_is_taken_back() -> None:
    stage = Stage()
    talked(stage)
    stage.says("and?")

    stage.breaks(SIGNATURE)
    stage.breaks(SIGNATURE)

    after = Stage(stage.log, maker="u")
    assert [m.omitted for m in stage.log if isinstance(m, Repaired)] == ["native", "nothing"]
    assert (stage.state.trusted, after.state.trusted) == (0, 0)


def test_pictures_that_were_not_to_blame_are_shown_again() -> None:
    stage = Stage()
    stage.take(letter("look", PICTURE))
    stage.replies("fine")
    stage.take(letter("and this", OTHER))

    for _ in range(3):
        stage.breaks(UNSEEABLE)

    assert (stage.phase, stage.state.unseen, stage.state.trusted) == ("halted", {}, 0)


def test_a_repair_that_a_process_did_not_live_to_try_is_taken_back_by_the_next_one() -> None:
    stage = Stage()
    talked(stage)
    stage.says("and?")
    stage.breaks(SIGNATURE)

    after = Stage(stage.log, maker="u")
    after.says("go on")
    after.breaks(SIGNATURE)

    assert (after.phase, after.state.trusted) == ("halted", 0)


def test_a_repair_that_has_helped_once_stays() -> None:
    stage = Stage()
    talked(stage)
    stage.says("and?")
    stage.breaks(SIGNATURE)
    stage.replies("fine")
    stage.says("more?")

    trusted = stage.state.trusted
    stage.breaks(SIGNATURE)
    stage.breaks(SIGNATURE)

    assert stage.phase == "halted"
    assert stage.state.trusted == trusted > 0


def test_files_that_were_too_many_stay_left_out_when_what_came_then_did_not_help() -> None:
    stage = Stage()
    for _ in range(2):
        stage.take(letter("look", PICTURE))
        stage.replies(Thinking(content="hm"), "fine")
    stage.take(letter("look", PICTURE))

    stage.breaks(Crowded("too many", since=2))
    stage.breaks(UNSEEABLE)
    stage.breaks(UNSEEABLE)
    stage.breaks(UNSEEABLE)

    assert (stage.phase, stage.state.unseen) == ("halted", {0: 1})


def test_what_one_model_takes_no_more_of_others_are_told_with_their_thoughts() -> None:
    stage = Stage()
    for _ in range(3):
        stage.take(letter("look", PICTURE))
        stage.replies(Thinking(content="hm"), "fine")
    stage.swaps("two")
    stage.says("and you?")

    stage.breaks(Crowded("too many", since=4))
    spared = stage.state.unseen, stage.state.trusted
    stage.replies("fine")
    stage.swaps("one")
    stage.says("and you again?")
    whole = stage.state.unseen, stage.state.trusted
    stage.replies("fine")
    stage.swaps("two")
    stage.says("and again?")

    assert spared == ({0: 1, 2: 1}, 8)
    assert whole == ({}, 0)
    assert (stage.state.unseen, stage.state.trusted) == spared
    assert Stage(stage.log, maker="u").state == stage.state


def test_of_the_files_of_one_entry_the_first_can_be_left_out_alone() -> None:
    stage = Stage()
    stage.take(letter("look", PICTURE, OTHER, PICTURE))

    stage.breaks(Crowded("too many", since=0, files=2))
    repaired = stage.log[-1]
    stage.breaks(Crowded("too many", since=0, files=2))

    assert isinstance(repaired, Repaired)
    assert (repaired.since, repaired.until, repaired.files) == (0, 0, 2)
    assert (stage.state.unseen, stage.phase) == ({0: 2}, "halted")


def test_what_was_left_out_before_a_summary_is_left_out_when_that_is_taken_back() -> None:
    stage = Stage(cut=lambda view, _: len(view) - 1)
    stage.take(letter("look", PICTURE))
    stage.replies("fine")
    stage.take(letter("look", PICTURE))
    stage.breaks(Crowded("too many", since=2))
    stage.replies("fine")
    before = stage.state.unseen

    stage.take(Compact(content=""))
    stage.condenses("a summary")
    condensed = stage.state.unseen
    stage.take(Restore())

    assert (before, condensed, stage.state.unseen) == ({0: 1}, {}, {0: 1})
    assert stage.state.trusted == len(stage.state.view)


@pytest.mark.parametrize(
    ("dialect", "endpoint", "told"),
    [
        ("other", "https://stage", "Stage one over other goes on from Stage one over "),
        ("", "https://me:secret@elsewhere", "Stage one at elsewhere goes on from Stage one at "),
    ],
)
def test_a_swap_to_another_wire_or_place_of_the_same_model_is_told(
    dialect: str, endpoint: str, told: str
) -> None:
    stage = Stage()
    talked(stage)
    here = spec("one")
    stage.take(Change(model=replace(here, dialect=dialect or here.dialect, endpoint=endpoint)))

    stage.says("and?")

    (notice,) = [event.content for event in shown_events(stage.effects) if isinstance(event, Notice)]
    assert notice.startswith(told)
    assert "thoughts left behind: 1" in notice


def naming(picture: Image) -> Illegal:
    """A refusal that names the place where this picture stands."""
    error = Illegal("messages.0.content.1: Could not process image")
    error.named = picture.content.digest
    return error


def test_a_picture_that_is_named_is_left_out_alone_and_thoughts_before_it_stay() -> None:
    stage = Stage()
    talked(stage)
    stage.take(letter("look", PICTURE, OTHER))

    stage.breaks(naming(OTHER))
    stage.replies("fine")

    after = Stage(stage.log, maker="u").state
    assert stage.state == after
    assert (after.withheld, after.unseen, after.trusted) == ({OTHER.content.digest}, {}, 0)


def test_thoughts_that_came_behind_a_picture_that_is_named_do_not_go_back() -> None:
    stage = Stage()
    stage.take(letter("look", PICTURE))
    stage.replies(Thinking(content="hm"), "fine")
    stage.says("and?")

    stage.breaks(naming(PICTURE))

    assert (stage.state.withheld, stage.state.trusted) == ({PICTURE.content.digest}, 3)


def test_pictures_that_are_named_one_after_the_other_are_left_out_so_and_shown_again_if_it_was_in_vain() -> (
    None
):
    stage = Stage()
    stage.take(letter("look", PICTURE, OTHER))

    found = []
    for error in (naming(PICTURE), naming(OTHER), naming(OTHER), naming(OTHER)):
        stage.breaks(error)
        found.append((len(stage.state.withheld), stage.state.unseen))

    assert found == [(1, {}), (2, {}), (2, {0: 2}), (0, {})]
    assert stage.phase == "halted"

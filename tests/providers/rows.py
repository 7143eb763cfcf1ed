"""What can happen in a conversation before another model takes over: one row of the swap matrix each."""

from collections.abc import Callable, Mapping
from typing import Final

from sagent.atoms import CallId, ToolName
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.schema.message import ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Thinking
from tests.providers.talk import Talk
from tests.samples import PDF, PNG

PICTURE: Final = Image(descriptor="image/png", content=Blob.of(PNG))
MOVING: Final = Image(descriptor="image/gif", content=Blob.of(b"GIF89a" + bytes(40)))
PAPER: Final = Document(content=Blob.of(PDF))
SOUND: Final = Audio(descriptor="audio/wav", content=Blob.of(b"RIFF\x04\0\0\0WAVE"))
BOOK: Final = Foreign(media_type="application/epub+zip", content=Blob.of(b"PK\3\4"))
LOST: Final = Image(descriptor="image/png", content=Blob(digest="0" * 64, size=70))

THOUGHT: Final = Thinking(content="a thought for nobody else")


FORM: Final = freeze_object(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "required": ["names"],
        "properties": {
            "names": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 2}},
            "kind": {"const": "list"},
            "count": {"type": ["integer", "null"], "minimum": 0},
            "first": {"oneOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}], "default": None},
        },
        "$defs": {
            "Place": {
                "type": "object",
                "description": "Where it is.",
                "additionalProperties": False,
                "properties": {"line": {"type": "integer"}},
                "required": ["line"],
            }
        },
    }
)
"""What an answer can be asked to fit: everything in it that some vendor does not take."""

TREE: Final = freeze_object(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "inner"],
        "properties": {
            "name": {"type": "string"},
            "inner": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
        },
        "$defs": {
            "Tree": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "inner": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
                },
            }
        },
    }
)
"""A schema that refers to itself."""

MAP: Final = freeze_object({"type": "object", "additionalProperties": {"type": "integer"}})
"""A schema of any keys."""


def call(what: str, tool: str = "look", vendor_id: str = "", raw: str = "") -> ToolCall:
    """A call as a server makes it."""
    directive = freeze_object({} if raw else {"what": what})
    return ToolCall(
        call_id=CallId("unnamed"), vendor_id=vendor_id, tool=ToolName(tool), content=directive, raw=raw
    )


def plain_text(talk: Talk) -> None:
    talk.say("the first question")
    talk.answer("the first answer\n\n with two paragraphs ")
    talk.say("the second question")


def one_call(talk: Talk) -> None:
    talk.say("look there")
    (first,) = talk.answer(THOUGHT, "I shall look", call("there"))
    talk.result(first, "there is nothing there")


def parallel_calls(talk: Talk) -> None:
    talk.say("look everywhere")
    first, second, third = talk.answer(call("here"), call("there"), call("elsewhere", "write"))
    talk.result(first, "this was here")
    talk.result(second, "this was there", "and this too")
    talk.result(third, "this was elsewhere")


def image_results(talk: Talk) -> None:
    talk.say("show me")
    first, second = talk.answer(call("one"), call("two"))
    talk.result(first, "see:", PICTURE, "and:", MOVING)
    talk.result(second, PAPER)
    talk.answer("I see")
    talk.say("what do you see?")


def error_result_with_image(talk: Talk) -> None:
    talk.say("show me")
    first, second = talk.answer(call("one"), call("two"))
    talk.result(first, ErrorText(content="it failed like this:"), PICTURE, PAPER, failed=True)
    talk.result(second, "it went well")


def failed_result_with_nothing_but_an_image(talk: Talk) -> None:
    talk.say("show me")
    (first,) = talk.answer(call("one"))
    talk.result(first, PICTURE, failed=True)
    talk.say("what now?")


def empty_results(talk: Talk) -> None:
    talk.say("look")
    first, second, third, fourth = talk.answer(*(call(str(number)) for number in range(4)))
    talk.result(first)
    talk.result(second, "")
    talk.result(third, " \n", failed=True)
    talk.result(fourth, failed=True)


def half_surrogates(talk: Talk) -> None:
    talk.say("look for \ud83d and \0")
    (first,) = talk.answer("it is", call("half"))
    talk.result(first, "half a pair \ud83d, a NUL \0, and the rest")
    talk.answer("so it is")
    talk.say("half a pair \ude00 again")


def half_surrogates_of_the_model(talk: Talk) -> None:
    talk.say("say half")
    (first,) = talk.answer("half marker and its end", call("half marker"), garbled={b"marker": rb"\ud83d"})
    talk.result(first, "done")


def aborted_mid_tool(talk: Talk) -> None:
    talk.say("look slowly")
    first, second = talk.answer(THOUGHT, call("slowly"), call("later"))
    talk.result(first, ErrorText(content="stopped, since the user halted it"), failed=True)
    talk.result(second, ErrorText(content="not run: the user halted it"), failed=True)
    talk.say("never mind")


def aborted_mid_call(talk: Talk) -> None:
    talk.say("look slowly")
    talk.break_off(THOUGHT, "I begin to", call("whole"), call("half"), stop="interrupted")
    talk.say("never mind")


def aborted_mid_thinking(talk: Talk) -> None:
    talk.say("think slowly")
    talk.break_off(THOUGHT, stop="interrupted")
    talk.say("never mind")


def failed_response(talk: Talk) -> None:
    talk.say("go on")
    talk.break_off("I was about", " to say", stop="failed")
    talk.answer("now I have said it")
    talk.say("good")


def cut_by_length_with_a_call(talk: Talk) -> None:
    talk.say("write much")
    talk.answer(THOUGHT, "I shall write", call("much", "write"), stop="length")
    (again,) = talk.answer("in pieces", call("a piece", "write"))
    talk.result(again, "written")


def cut_by_length_in_a_text(talk: Talk) -> None:
    talk.say("write much")
    talk.answer(THOUGHT, "I shall write until", stop="length")
    talk.say("go on")


def malformed_call_retried(talk: Talk) -> None:
    talk.say("look")
    talk.answer("I shall look", stop="malformed_call")
    talk.say("go on")
    (again,) = talk.answer(call("there"))
    talk.result(again, "seen")


def call_spelled_wrong(talk: Talk) -> None:
    talk.say("look")
    first, second = talk.answer(THOUGHT, call("", raw='{"what": "ther'), call("well"))
    talk.result(first, ErrorText(content="the directive is no JSON object: it was cut"), failed=True)
    talk.result(second, "seen")


def filtered(talk: Talk) -> None:
    talk.say("say something bad")
    talk.answer("this begins well and", stop="filter")
    talk.say("something good then")


def refused(talk: Talk) -> None:
    talk.say("say something bad")
    talk.answer("I will not say that", stop="refusal")
    talk.say("something good then")


def paused(talk: Talk) -> None:
    talk.say("search")
    talk.answer(THOUGHT, "I search", stop="pause")
    if not talk.pauses:
        talk.say("go on")
    talk.answer("I have found it")
    talk.say("where?")


def pausing(talk: Talk) -> None:
    talk.say("search")
    talk.answer("I search", stop="pause")
    talk.say("and hurry")


def empty_answer(talk: Talk) -> None:
    talk.say("say nothing")
    talk.answer()
    talk.answer("now I speak")
    talk.say("good")


def blank_answer(talk: Talk) -> None:
    talk.say("say nothing")
    talk.answer(" \n")
    talk.say("say something")
    (first,) = talk.answer(" ", call("there"))
    talk.result(first, "seen")


def thinking_only(talk: Talk) -> None:
    talk.say("think")
    talk.answer(THOUGHT)
    talk.say("and say it")


def signed_items(talk: Talk) -> None:
    talk.say("think and look")
    signed = Thinking(content="a signed thought", signature="c2lnbmVkIGJ5IG1l")
    first, second = talk.answer(THOUGHT, "I look", call("there"), call("here"))
    talk.result(first, "seen")
    talk.result(second, "seen too")
    own = signed if talk.model.origin.dialect == "google" else THOUGHT
    (third,) = talk.answer(own, "between", THOUGHT, call("again"))
    talk.result(third, "seen again")
    talk.answer(THOUGHT, "that is all")
    talk.say("thanks")


def own_picture(talk: Talk) -> None:
    talk.say("draw")
    talk.answer("I draw", PICTURE, "there it is")
    talk.say("nice")


def tools_changed(talk: Talk) -> None:
    one_call(talk)
    talk.answer(THOUGHT, "so be it")
    talk.offer("look", "draw")
    talk.say("draw it")
    (second,) = talk.answer(THOUGHT, call("it", "draw"))
    talk.result(second, "drawn")


def tools_no_longer_offered(talk: Talk) -> None:
    one_call(talk)
    talk.answer("so be it")
    talk.offer()
    talk.say("and now?")


def system_changed(talk: Talk) -> None:
    one_call(talk)
    talk.answer(THOUGHT, "so be it")
    talk.instruct("Be long.")
    talk.say("and now?")
    talk.answer(THOUGHT, "now I am long")
    talk.say("good")


def tool_added_behind_results(talk: Talk) -> None:
    talk.say("add and draw")
    (first,) = talk.answer(THOUGHT, call("one"))
    talk.result(first, "added")
    talk.offer("look", "write", "draw")
    talk.say("the pen is here", author="background", sender="pens")
    (second,) = talk.answer(THOUGHT, call("it", "draw"))
    talk.result(second, "drawn")
    talk.answer(THOUGHT, "there")
    talk.say("thanks")


def tool_taken_away_and_given_back(talk: Talk) -> None:
    one_call(talk)
    talk.answer(THOUGHT, "so be it")
    talk.offer("look")
    talk.say("no more writing")
    talk.answer(THOUGHT, "no more")
    talk.offer("look", "write")
    talk.say("well, write")
    (second,) = talk.answer(THOUGHT, call("this", "write"))
    talk.result(second, "written")


def changed_to_and_fro_at_once(talk: Talk) -> None:
    one_call(talk)
    talk.answer(THOUGHT, "so be it")
    talk.instruct("Be long.")
    talk.offer("look", "write", "draw")
    talk.offer("look", "write")
    talk.instruct("Be kind.")
    talk.say("and now?")
    talk.answer(THOUGHT, "now I am kind")
    talk.instruct("")
    talk.offer("look", "draw")
    talk.instruct("Be kind again.")
    talk.say("and now?")
    talk.answer(THOUGHT, "again")
    talk.say("good")


def changed_and_then_cut_off(talk: Talk) -> None:
    plain_text(talk)
    talk.answer(THOUGHT, "hello")
    talk.instruct("Be long.")
    talk.say("and now?")
    talk.break_off("now I", stop="interrupted")
    talk.offer("look", "write", "draw")
    talk.say("go on")
    talk.answer(THOUGHT, "now I am long")
    talk.say("good")


def no_system(talk: Talk) -> None:
    talk.instruct("")
    talk.offer()
    plain_text(talk)


def detached(talk: Talk) -> None:
    talk.say("start it")
    first, second = talk.answer(THOUGHT, call("long"), call("short"))
    talk.result(second, "done at once")
    talk.detach(first, "It goes on; its result will be brought to you.")
    talk.answer("it runs")
    talk.result(first, "done at last", PICTURE)


def mail(talk: Talk) -> None:
    talk.say("begin")
    talk.answer("begun")
    talk.say("a word from a peer", author="peer", sender="Anna")
    talk.say("a word from a task", author="background", sender="Bash")
    talk.say("a word from the system", author="system")
    talk.say("and the user", "twice")


def files_in_prompts(talk: Talk) -> None:
    talk.say("see", PICTURE, "and read", PAPER)
    talk.answer("seen and read")
    talk.say(PICTURE)
    talk.answer("seen")
    talk.say("hear", SOUND, MOVING, BOOK, LOST)


def long_conversation(talk: Talk) -> None:
    talk.say("seventy times")
    talk.judged = False  # the last request holds all the others
    for number in range(70):
        (made,) = talk.answer(THOUGHT, f"round {number}", call(f"thing {number}"))
        talk.result(made, f"result {number}")


def ids_of_every_shape(talk: Talk) -> None:
    # Whoever speaks Chat Completions takes back what ids it gave, and gives none that OpenAI would not take.
    longest = 40 if talk.model.origin.dialect == "openai_chat" else 450
    shapes = {
        b"longest1": b"x" * longest,
        b"barred12": b"call_a|fc_b",
        b"nothing1": b"",
        b"strange1": b"\xc3\xa9 /.",
    }
    talk.say("look")
    for _ in range(2):
        made = talk.answer(
            call("the first of two", vendor_id="twice"),  # the first may be signed: it has to stay as it is
            call("the second of two", vendor_id="twice"),
            *(call(f"by {name.decode()}", vendor_id=name.decode()) for name in shapes),
            garbled={b'"%s"' % name: b'"%s"' % shape for name, shape in shapes.items()},
        )
        for each in made:
            talk.result(each, f"what came of {each.content['what']}")


def data_results(talk: Talk) -> None:
    talk.say("look")
    first, second, third = talk.answer(call("one"), call("two"), call("three"))
    talk.result(first, Data(content=freeze_object({"rows": [1, None, {"a": "value \ud83d"}], "n": 1.5})))
    talk.result(second, "words", Data(content=["listed", True]), failed=True)
    talk.result(third, Data(content=None))


def foreign_media(talk: Talk) -> None:
    talk.say("look")
    first, second = talk.answer(call("one"), call("two"))
    talk.result(first, BOOK)
    talk.result(second, "hear", SOUND, LOST, MOVING)


def very_long_text(talk: Talk) -> None:
    talk.say("read " + "all of this, " * 2_000)
    (first,) = talk.answer("I have read " + "every word, " * 2_000, call("there"))
    talk.result(first, "line\n" * 5_000)


def strange_words(talk: Talk) -> None:
    words = '"quotes" \\ back\\slashes \u2028 \U0001f600 </tool> ]} {"a": [1]} \x1f\x7f'
    talk.say(words)
    (first,) = talk.answer(words, call(words))
    talk.result(first, words)


def form_in_force(talk: Talk) -> None:
    talk.say("list them", output=FORM)
    (first,) = talk.answer(THOUGHT, "I look", call("there"))
    talk.result(first, "a and b")


def form_without_tools(talk: Talk) -> None:
    talk.offer()
    talk.say("list them", output=FORM)
    talk.answer('{"names": ["aa"]}')
    talk.say("and of these the trees", output=TREE)


def form_missed(talk: Talk) -> None:
    talk.say("count them", output=MAP)
    talk.answer("there are two")
    talk.say("Answer again, with nothing but JSON.", author="system")


def form_that_is_over(talk: Talk) -> None:
    talk.say("list them", output=FORM)
    talk.answer('{"names": ["aa"]}')
    talk.say("and in words?")


def compacted(talk: Talk) -> None:
    signed_items(talk)
    talk.summarize()
    talk.say("and now?")


def compacted_and_gone_on(talk: Talk) -> None:
    image_results(talk)
    talk.summarize()
    talk.say("look again")
    first, second = talk.answer(THOUGHT, "again", call("here"), call("there"))
    talk.result(first, "seen", PICTURE)
    talk.result(second, "seen too")
    talk.summarize()
    talk.say("and now?")
    (third,) = talk.answer(THOUGHT, call("once more"))
    talk.result(third, "seen once more")


def compacted_with_a_kept_tail(talk: Talk) -> None:
    one_call(talk)
    talk.answer(THOUGHT, "so be it")
    talk.say("look again")
    kept = talk.state.view[-1].id
    first, second = talk.answer(THOUGHT, "again", call("here"), call("there"))
    talk.result(first, "seen", PICTURE)
    talk.result(second, "seen too")
    talk.answer(THOUGHT, "I have seen it")
    talk.summarize(kept)
    talk.say("where?")
    talk.answer(THOUGHT, "there")
    talk.say("thanks")


def compacted_with_a_kept_cohort(talk: Talk) -> None:
    plain_text(talk)
    first, second = talk.answer(THOUGHT, "I look", call("here"), call("there"))
    kept = talk.state.view[-1].id
    talk.result(first, "seen")
    talk.result(second, ErrorText(content="it failed"), PICTURE, failed=True)
    talk.summarize(kept)


def compacted_with_a_kept_answer_of_words(talk: Talk) -> None:
    plain_text(talk)
    talk.answer(THOUGHT, "the second answer")
    talk.summarize(talk.state.view[-1].id)
    talk.say("go on")


def compacted_and_thinned(talk: Talk) -> None:
    compacted_with_a_kept_cohort(talk)
    talk.thin()
    talk.move("/elsewhere")
    (third,) = talk.answer(THOUGHT, call("again"))
    talk.move("/")
    talk.file(third)
    talk.result(third, "seen again")
    talk.answer(THOUGHT, "I have seen it")
    talk.file()
    talk.say("what was changed is taken back", author="system", sender="undo")
    talk.say("and now?")


def thinned_and_taken_back(talk: Talk) -> None:
    plain_text(talk)
    (first,) = talk.answer(THOUGHT, "I look", call("here"))
    kept = talk.state.view[-1].id
    talk.result(first, "seen", PICTURE)
    summary = talk.summarize(kept)
    talk.thin()
    talk.answer(THOUGHT, "I have forgotten it")
    talk.restore(summary)
    talk.say("and now?")


def compacted_and_taken_back(talk: Talk) -> None:
    signed_items(talk)
    summary = talk.summarize()
    talk.say("what did you see?")
    talk.answer(THOUGHT, "I have forgotten it")
    talk.restore(summary)
    talk.say("and now?")


def compacted_after_changes(talk: Talk) -> None:
    changed_to_and_fro_at_once(talk)
    talk.answer(THOUGHT, "good")
    talk.summarize(talk.state.view[-1].id)
    talk.offer("look", "draw", "write")
    talk.instruct("Be brief again.")
    talk.say("draw")
    (first,) = talk.answer(THOUGHT, call("it", "draw"))
    talk.result(first, "drawn")


def compacted_while_a_detached_call_is_open(talk: Talk) -> None:
    detached_and_open(talk)
    talk.answer("it runs")
    talk.summarize()
    talk.say("and now?")
    talk.answer(THOUGHT, "I wait")
    talk.result(next(iter(talk.state.detached.values())), "done at last", PICTURE)


def cleared(talk: Talk) -> None:
    signed_items(talk)
    talk.clear()
    talk.say("who are you?")


def detached_and_open(talk: Talk) -> None:
    talk.say("start it")
    first, second = talk.answer(THOUGHT, "I start", call("long"), call("short"))
    talk.detach(first, "It goes on; its result will be brought to you.")
    talk.result(second, "done at once")
    talk.answer(THOUGHT, "it runs")
    talk.say("and now?")


def detached_in_a_cohort(talk: Talk) -> None:
    talk.say("start them")
    first, second, third = talk.answer(THOUGHT, "I start", *(call(each) for each in ("a", "b", "c")))
    talk.result(first, PICTURE)
    talk.result(third, ErrorText(content="it failed"), failed=True)
    talk.detach(second, "It goes on; its result will be brought to you.")


def thinking_switched_off(talk: Talk) -> None:
    one_call(talk)
    talk.answer(THOUGHT, "so be it")
    talk.think(on=False)
    talk.say("and without a thought?")
    (first,) = talk.answer("I look", call("here"))
    talk.result(first, "seen")


def thinking_switched_off_and_on(talk: Talk) -> None:
    thinking_switched_off(talk)
    talk.answer("seen")
    talk.think(on=True)
    talk.say("and now think")
    (first,) = talk.answer(THOUGHT, "I think", call("again"))
    talk.result(first, "seen again")


def thinking_switched_on_within_a_turn(talk: Talk) -> None:
    talk.think(on=False)
    talk.say("what is here?")
    (first,) = talk.answer("I look", call("here"))
    talk.result(first, "seen")
    talk.think(on=True)
    (second,) = talk.answer("I look on", call("there"))
    talk.result(second, "seen too")


def thinking_switched_off_within_a_turn(talk: Talk) -> None:
    talk.say("what is here?")
    (first,) = talk.answer(THOUGHT, "I look", call("here"))
    talk.result(first, "seen")
    talk.think(on=False)
    (second,) = talk.answer("I look on", call("there"))
    talk.result(second, "seen too")


ROWS: Final[Mapping[str, Callable[[Talk], None]]] = {
    row.__name__: row
    for row in (
        *(plain_text, one_call, parallel_calls, image_results, error_result_with_image),
        *(failed_result_with_nothing_but_an_image, empty_results, half_surrogates),
        *(half_surrogates_of_the_model, aborted_mid_tool, aborted_mid_call, aborted_mid_thinking),
        *(failed_response, cut_by_length_with_a_call, cut_by_length_in_a_text, malformed_call_retried),
        *(call_spelled_wrong, filtered, refused, paused, pausing, empty_answer, blank_answer, thinking_only),
        *(signed_items, own_picture, tools_changed, tools_no_longer_offered, system_changed, no_system),
        *(tool_added_behind_results, tool_taken_away_and_given_back),
        *(changed_to_and_fro_at_once, changed_and_then_cut_off),
        *(detached, mail, files_in_prompts, long_conversation, ids_of_every_shape, data_results),
        *(foreign_media, very_long_text, strange_words),
        *(compacted, compacted_and_gone_on, compacted_with_a_kept_tail, compacted_with_a_kept_cohort),
        *(compacted_with_a_kept_answer_of_words, compacted_and_taken_back, compacted_after_changes),
        *(compacted_and_thinned, thinned_and_taken_back),
        *(compacted_while_a_detached_call_is_open, cleared, detached_and_open, detached_in_a_cohort),
        *(thinking_switched_off, thinking_switched_off_and_on),
        *(thinking_switched_on_within_a_turn, thinking_switched_off_within_a_turn),
        *(form_in_force, form_without_tools, form_missed, form_that_is_over),
    )
}

"""Events folded into replies."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import CallId, ToolName
from sagent.errors import BadAnswer, Illegal, NotFound, Overflow, Overloaded, Quota, Unreachable
from sagent.lib.json import JsonValue, freeze_object
from sagent.protocols import Chunk, Reply
from sagent.providers.openai_chat.decode import Draft
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ToolCall
from sagent.schema.part import ErrorText, Text, Thinking
from sagent.schema.values import Usage
from tests.providers.conversation import NOTHING


def fold(
    *events: object, whole: bool = False, manners: Manners = COMPATIBLE
) -> tuple[Reply, Sequence[Chunk]]:
    """The reply and what was shown on the way."""
    draft = Draft("asked-for", vendor="Somebody", manners=manners, whole=whole)
    shown = [delta for event in events for delta in draft.absorb(json.dumps(event))]
    return draft.finish(), shown


def said(finish: str | None = None, more: Mapping[str, object] | None = None, **delta: object) -> object:
    """An event with this delta."""
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **(more or {})}


def piece(index: int | None, name: str | None, arguments: str | None, call_id: str | None = "") -> object:
    """A piece of a call."""
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function} | (
        {} if index is None else {"index": index}
    )


def calls(reply: Reply) -> Sequence[tuple[str, str, object]]:
    """The calls of a reply: the server's id, the tool, and the directive or what stands for it."""
    return [
        (part.vendor_id, part.tool, part.raw or dict(part.content))
        for part in reply.content
        if isinstance(part, ToolCall)
    ]


def test_text_in_pieces_is_shown_piece_by_piece_and_kept_as_one() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    reply, shown = fold(
        said(role="assistant", content="", more={"model": "answering"}),
        said(content="Hel"),
        said(content="lo"),
        said("stop"),
        {"choices": [], "usage": usage},
    )

    assert shown == [TextDelta(content="Hel"), TextDelta(content="lo")]
    assert reply == Reply(
        content=(Text(content="Hello"),),
        model="answering",
        stop="end",
        usage=Usage(
            input_tokens=5,
            cache_read_tokens=0,
            cache_write_tokens=0,
            cache_write_1h_tokens=0,
            output_tokens=2,
            reasoning_tokens=0,
        ),
        cost_usd=None,
        native=(),
    )


@pytest.mark.parametrize("done", ["[DONE]", " [DONE] \n"])
def test_the_mark_at_the_end_of_a_stream_ends_it_even_without_a_reason(done: str) -> None:
    draft = Draft("m", vendor="Somebody", whole=False)
    draft.absorb(json.dumps(said(content="x")))

    before, shown = draft.complete, draft.absorb(done)

    assert (before, shown, draft.complete) == (False, (), True)
    assert draft.finish().stop == "end"


def test_an_event_of_nothing_is_nothing() -> None:
    draft = Draft("m", vendor="Somebody", whole=False)

    assert (draft.absorb(" "), draft.complete) == ((), False)


def test_thoughts_are_shown_and_kept_apart_from_the_answer() -> None:
    reply, shown = fold(
        said(reasoning_content="Hm"), said(reasoning_content="m.", content=""), said("stop", content="Yes.")
    )

    assert shown == [ThinkingDelta(content="Hm"), ThinkingDelta(content="m."), TextDelta(content="Yes.")]
    assert reply.content == (Thinking(content="Hmm."), Text(content="Yes."))
    assert reply.native == ()


def test_thoughts_under_another_name_are_kept_for_the_way_back() -> None:
    reply, _ = fold(said(reasoning="Hm."), said("stop", content="Yes."))
    renamed, _ = fold(
        said(reasoning="Hm."), said("stop", content="Yes."), manners=Manners(reasoning="reasoning")
    )

    assert reply.content == renamed.content == (Thinking(content="Hm."), Text(content="Yes."))
    assert reply.native == ({"role": "assistant", "reasoning": "Hm.", "content": "Yes."},)
    assert renamed.native == ()


def test_thoughts_that_come_under_two_names_are_shown_once_and_go_back_twice() -> None:
    reply, shown = fold(said(reasoning_content="Hm.", reasoning="Hm."), said("stop", content="Yes."))

    assert shown == [ThinkingDelta(content="Hm."), TextDelta(content="Yes.")]
    assert reply.native == (
        {"role": "assistant", "reasoning_content": "Hm.", "reasoning": "Hm.", "content": "Yes."},
    )


def test_details_in_pieces_are_one_and_keep_their_proof() -> None:
    def detail(**more: object) -> Mapping[str, object]:
        return {"type": "reasoning.text", "index": 0, **more}

    sealed = {"type": "reasoning.encrypted", "data": "c2Vj", "index": 1}
    reply, shown = fold(
        said(reasoning="a", reasoning_details=[detail(text="a", signature=None)]),
        said(reasoning="b", reasoning_details=[detail(text="b")]),
        said(reasoning_details=[detail(signature="sig"), sealed]),
        said("stop", content="Yes."),
    )

    assert shown == [ThinkingDelta(content="a"), ThinkingDelta(content="b"), TextDelta(content="Yes.")]
    (message,) = reply.native
    assert message["reasoning_details"] == (detail(text="ab", signature="sig"), sealed)


def test_a_thought_behind_a_proof_is_another_thought_whatever_its_number() -> None:
    def detail(**more: object) -> Mapping[str, object]:
        return {"type": "reasoning.text", "index": 0, **more}

    reply, _ = fold(
        said(reasoning_details=[detail(text="a")]),
        said(reasoning_details=[detail(signature="of a")]),
        said(content="Well."),
        said(reasoning_details=[detail(text="b")]),
        said("stop", reasoning_details=[detail(signature="of b")]),
    )

    (message,) = reply.native
    assert message["reasoning_details"] == (
        detail(text="a", signature="of a"),
        detail(text="b", signature="of b"),
    )


def test_details_alone_are_shown_as_thoughts() -> None:
    detail = {"type": "reasoning.summary", "summary": "In short.", "index": 0}

    reply, shown = fold(said(reasoning_details=[detail]), said("stop", content="Yes."))

    assert shown[0] == ThinkingDelta(content="In short.")
    assert reply.content == (Thinking(content="In short."), Text(content="Yes."))


def test_thoughts_in_the_content_are_one_thought_and_go_back_in_the_content() -> None:
    def thought(*texts: str) -> Mapping[str, object]:
        return freeze_object(
            {"type": "thinking", "thinking": [{"type": "text", "text": text} for text in texts]}
        )

    reply, shown = fold(
        said(content=""),
        said(content=[thought("Hm")]),
        said(content=[thought("m.")]),
        said(content=[thought()]),
        said(content="Ye"),
        said("stop", content="s."),
    )

    assert [delta.content for delta in shown if not isinstance(delta, Reply)] == ["Hm", "m.", "Ye", "s."]
    assert reply.content == (Thinking(content="Hmm."), Text(content="Yes."))
    (message,) = reply.native
    assert message["content"] == (thought("Hmm."), {"type": "text", "text": "Yes."})


def test_parts_of_content_that_nobody_knows_are_counted_and_kept() -> None:
    draft = Draft("m", vendor="Somebody", whole=False)
    new = freeze_object({"type": "reference", "reference_ids": [1]})
    draft.absorb(json.dumps(said("stop", content=[{"type": "text", "text": "x"}, new])))

    reply = draft.finish()

    assert draft.unknown == {"reference": 1}
    assert reply.native == ({"role": "assistant", "content": ({"type": "text", "text": "x"}, new)},)


def test_tags_of_thoughts_in_the_text_stay_where_they_are() -> None:
    reply, _ = fold(said("stop", content="<think>Hm.</think>Yes."))

    assert reply.content == (Text(content="<think>Hm.</think>Yes."),)


def test_a_call_in_pieces_is_one_call_and_asks_for_tools() -> None:
    reply, shown = fold(
        said(tool_calls=[piece(0, "add", "", "call_1")]),
        said(tool_calls=[piece(0, None, '{"a"', None)]),
        said(tool_calls=[piece(0, None, ":1}", None)]),
        said("tool_calls"),
    )

    assert shown == []
    assert reply.stop == "tool_calls"
    assert reply.content == (
        ToolCall(
            call_id=CallId("call_1"),
            vendor_id="call_1",
            tool=ToolName("add"),
            content=freeze_object({"a": 1}),
        ),
    )
    assert reply.native == ()


def test_arguments_that_are_written_otherwise_go_back_as_they_came() -> None:
    reply, _ = fold(said("tool_calls", tool_calls=[piece(0, "add", '{"a": 1}', "c")]))

    (message,) = reply.native
    assert message["tool_calls"] == (
        {"id": "c", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}},
    )


@pytest.mark.parametrize(
    "pieces",
    [
        [[piece(0, "a", "{}", "1")], [piece(1, "b", "{}", "2")]],
        [[piece(0, "a", "", "1"), piece(1, "b", "", "2")], [piece(1, "", "{}"), piece(0, "", "{}")]],
        [[piece(None, "a", "{}", "1"), piece(None, "b", "{}", "2")]],
        [[piece(None, "a", "", "1")], [piece(None, "", "{}")], [piece(None, "b", "", "2")]],
        [[piece(-1, "a", "{}", "1")], [piece(-1, "b", "{}", "2")]],
        [[piece(0, "a", "{}", "1")], [piece(0, "b", "{}", "2")]],
        [[piece(0, "a", "{", "1")], [piece(0, "a", "}", "1")], [piece(1, "b", "", "2")]],
        [[piece(0, "a", "{", "1")], [piece(0, None, "}", "mutated")], [piece(1, "b", None, "2")]],
        [
            [piece(None, "a", "{", "1"), piece(None, "b", "{", "2")],
            [piece(None, "", "}", "1")],
            [piece(None, "", "}", "2")],
        ],
    ],
)
def test_parallel_calls_are_told_apart_however_they_are_cut(pieces: Sequence[Sequence[object]]) -> None:
    reply, _ = fold(*(said(tool_calls=each) for each in pieces), said("tool_calls"))

    assert calls(reply) == [("1", "a", {}), ("2", "b", {})]


DIRECTIVES = st.lists(
    st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=3),
    min_size=1,
    max_size=4,
)


@given(DIRECTIVES, st.randoms(use_true_random=False), st.booleans())
def test_calls_are_the_same_wherever_their_arguments_are_cut(
    directives: Sequence[Mapping[str, JsonValue]], chance: Random, interleaved: bool
) -> None:
    events: list[object] = []
    queues: list[list[object]] = []
    for index, directive in enumerate(directives):
        text = json.dumps(directive)
        cuts = sorted({0, len(text), *(chance.randrange(len(text)) for _ in range(3))})
        cut = [piece(index, None, text[a:b], None) for a, b in pairwise(cuts)]
        queues.append([piece(index, f"tool{index}", "", f"id{index}"), *cut])
    while any(queues):
        queue = (
            chance.choice([each for each in queues if each]) if interleaved else next(filter(None, queues))
        )
        events.append(said(tool_calls=[queue.pop(0)]))

    reply, _ = fold(*events, said("tool_calls"))

    assert {call_id: directive for call_id, _, directive in calls(reply)} == {
        f"id{index}": directive for index, directive in enumerate(directives)
    }


def test_calls_without_an_id_are_numbered_and_those_that_share_one_told_apart() -> None:
    reply, _ = fold(
        said(tool_calls=[piece(None, "a", "{}"), piece(None, "b", "{}")]),
        said("stop", tool_calls=[piece(0, "c", "{}", "x"), piece(1, "d", "{}", "x")]),
    )

    assert reply.stop == "tool_calls"
    assert [part.call_id for part in reply.content if isinstance(part, ToolCall)] == [
        "call_1",
        "call_2",
        "x",
        "call_4",
    ]


@pytest.mark.parametrize("arguments", ["", " ", None])
def test_no_arguments_at_all_are_none(arguments: str | None) -> None:
    reply, _ = fold(said("tool_calls", tool_calls=[piece(0, "now", arguments, "c")]))

    assert calls(reply) == [("c", "now", {})]


def test_arguments_that_come_as_an_object_are_taken_as_one() -> None:
    call = {"id": "c", "function": {"name": "add", "arguments": {"a": 1}}}

    reply, _ = fold(said("tool_calls", tool_calls=[call]))

    assert calls(reply) == [("c", "add", {"a": 1})]


@pytest.mark.parametrize("arguments", ['{"a": ', "[1]", '"x"', '{"a": NaN}', "{'a': 1}", '{"a":1}{"b":2}'])
def test_arguments_that_are_no_json_object_are_kept_as_they_were_said(arguments: str) -> None:
    reply, _ = fold(said("tool_calls", tool_calls=[piece(0, "add", arguments, "c")]))

    assert calls(reply) == [("c", "add", arguments)]
    assert reply.stop == "tool_calls"


def test_a_call_cut_by_the_limit_stops_for_its_length_and_one_without_a_name_is_nothing() -> None:
    reply, _ = fold(
        said("length", tool_calls=[piece(0, "add", '{"a', "c"), piece(1, None, None, "d")], content="ok")
    )

    assert reply.stop == "length"
    assert calls(reply) == [("c", "add", '{"a')]


def test_a_call_without_a_name_is_an_error_where_nothing_was_cut() -> None:
    with pytest.raises(BadAnswer, match="Somebody sent a call without a name"):
        fold(said("tool_calls", tool_calls=[piece(0, "", "{}", "c")]))


def test_a_call_by_a_name_that_no_tool_can_have_is_kept_under_one_that_it_can() -> None:
    reply, _ = fold(said("tool_calls", tool_calls=[piece(0, "default_api.list files", "{}", "c")]))

    assert [part.tool for part in reply.content if isinstance(part, ToolCall)] == ["default_api_list_files"]
    assert len(reply.native) == 1


def test_what_comes_with_a_call_goes_back_with_it() -> None:
    extra = {"google": {"thought_signature": "c2ln"}}
    call = {"id": "c", "function": {"name": "add", "arguments": "{}"}, "extra_content": extra, "custom": {}}

    reply, _ = fold(said("tool_calls", tool_calls=[call], extra_content=extra))

    (message,) = reply.native
    assert message["extra_content"] == extra
    assert message["tool_calls"] == (
        {
            "extra_content": extra,
            "id": "c",
            "type": "function",
            "function": {"name": "add", "arguments": "{}"},
        },
    )


def test_thoughts_and_more_that_cannot_be_read_are_counted_and_not_told() -> None:
    odd = {"reasoning": {"text": "x"}, "reasoning_content": [{"text": "x"}], "refusal": {"a": 1}, "audio": 1}
    draft = Draft("asked-for", vendor="Somebody", whole=False)
    delta = {"content": "x", **odd, "reasoning_details": ["y", 1]}
    for event in ({"choices": [{"delta": delta}]}, said("stop", more={"model": 5})):
        draft.absorb(json.dumps(event))

    reply = draft.finish()

    assert (reply.content, reply.model, reply.stop) == ((Text(content="x"),), "asked-for", "end")
    assert {**draft.unknown} == dict.fromkeys(odd, 1)


def test_a_single_detail_is_one_of_the_details() -> None:
    detail = {"type": "reasoning.text", "text": "hm"}

    assert fold(said("stop", reasoning_details=detail)) == fold(said("stop", reasoning_details=[detail]))


def test_parts_of_content_are_read_as_far_as_they_can_be() -> None:
    odd = {"type": "hologram", "text": {"a": 1}, "thinking": 5}

    reply, _ = fold(said("stop", content=[{"type": "thinking", "thinking": "hm"}, odd, {"text": 5}]))

    assert reply.content == (Thinking(content="hm"),)


def test_numbers_of_answers_and_calls_may_be_written_as_floats() -> None:
    pieces = [piece(0, "add", "{", "c1"), piece(1, "sub", "{}", "c2"), piece(0, None, "}")]
    events = [said(tool_calls=[each]) for each in pieces] + [said("stop")]
    floats: list[object] = json.loads(re.sub(r'"index": (\d)', r'"index": \1.0', json.dumps(events)))

    assert fold(*floats) == fold(*events)


def test_what_is_unknown_is_counted_and_does_not_go_back() -> None:
    draft = Draft("m", vendor="Somebody", whole=False)
    draft.absorb(json.dumps(said("stop", content="x", glow=3, more={"aura": "blue"})))

    assert draft.finish().native == ()
    assert draft.unknown == {"glow": 1, "aura": 1}


@pytest.mark.parametrize(
    ("finish", "stop"),
    [
        ("stop", "end"),
        ("length", "length"),
        ("model_length", "length"),
        ("content_filter", "filter"),
        ("sensitive", "filter"),
        ("function_call_filter: MALFORMED_FUNCTION_CALL", "malformed_call"),
        ("refusal", "refusal"),
        ("tool_calls", "end"),
        ("eos", "end"),
        ("something new", "end"),
    ],
)
def test_each_reason_to_end_has_its_meaning(finish: str, stop: str) -> None:
    reply, _ = fold(said(finish, content="x"))

    assert reply.stop == stop


@pytest.mark.parametrize("finish", ["error", "network_error", "insufficient_system_resource"])
def test_a_server_that_gives_up_is_asked_again(finish: str) -> None:
    with pytest.raises(Overloaded, match=f"gave up in the midst of the answer: {finish}"):
        fold(said(finish, content="x"))


def test_a_reason_that_matters_is_not_undone_by_a_later_one() -> None:
    reply, _ = fold(said("length", content="x"), said("stop"), said())

    assert reply.stop == "length"


def test_a_filtered_answer_says_so_and_that_is_not_sent_back() -> None:
    reply, _ = fold({"choices": [{"index": 0, "finish_reason": "content_filter"}]})

    assert reply.content == (ErrorText(content="Somebody stopped the answer: content_filter"),)
    assert reply.native == ()


def test_a_refusal_is_said_in_the_models_own_words() -> None:
    reply, _ = fold(said(refusal="I "), said("stop", refusal="won't."))

    assert (reply.stop, reply.content) == ("refusal", (ErrorText(content="I won't."),))


def test_a_second_answer_is_not_mixed_into_the_first() -> None:
    reply, _ = fold(
        {"choices": [{"index": 0, "delta": {"content": "a"}}, {"index": 1, "delta": {"content": "b"}}]},
        said("stop"),
    )

    assert reply.content == (Text(content="a"),)


def test_a_whole_body_needs_no_reason_to_end() -> None:
    message = {"role": "assistant", "content": "x"}

    reply, shown = fold({"choices": [{"message": message, "finish_reason": None}]}, whole=True)

    assert (reply.content, reply.stop, reply.usage) == ((Text(content="x"),), "end", NOTHING)
    assert shown == [TextDelta(content="x")]


@pytest.mark.parametrize("event", [{}, {"choices": []}, {"choices": [{"index": 0}], "model": "m"}])
def test_a_whole_body_without_an_answer_is_none(event: object) -> None:
    with pytest.raises(Unreachable, match="broke off"):
        fold(event, whole=True)


@pytest.mark.parametrize("whole", [True, False])
def test_what_holds_nothing_of_an_answer_names_what_it_holds(whole: bool) -> None:
    with pytest.raises(NotFound, match="and no answer: it holds foo, bar"):
        fold({"foo": 1, "bar": 2}, whole=whole)


def test_a_stream_that_only_says_that_it_is_done_is_no_answer() -> None:
    draft = Draft("m", vendor="Somebody", whole=False)
    draft.absorb("[DONE]")

    assert not draft.complete
    with pytest.raises(Unreachable, match="broke off"):
        draft.finish()


def test_an_empty_answer_with_a_reason_to_end_is_one() -> None:
    reply, _ = fold(said(content="", finish="stop"))

    assert (reply.content, reply.stop) == ((), "end")


def test_a_whole_body_where_a_stream_was_asked_for_is_an_answer_too() -> None:
    reply, _ = fold({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]})

    assert reply.content == (Text(content="x"),)


def test_a_stream_without_a_reason_to_end_broke_off() -> None:
    with pytest.raises(Unreachable, match="the stream broke off: Somebody closed it"):
        fold(said(content="x"))


@pytest.mark.parametrize(
    "event",
    [
        {"event": "done", "message": "all fine"},
        {"message": "bye", "code": 0},
        {"status": "loading", "detail": "loading the model"},
        {"type": "notice", "message": "slow down"},
        {"heartbeat": 1},
        {"error": False, "choices": []},
        {"error": {}, "choices": []},
    ],
)
def test_an_event_that_nobody_knows_takes_nothing_of_the_answer(event: object) -> None:
    reply, shown = fold(event, said(content="x"), event, said("stop"), event)

    assert (reply.content, reply.stop, shown) == ((Text(content="x"),), "end", [TextDelta(content="x")])


@pytest.mark.parametrize(
    "event",
    [{"error": {"message": "cannot count", "code": 500}}, {"message": "boom", "code": "InternalError"}],
)
def test_what_goes_wrong_behind_an_answer_takes_nothing_of_it(event: object) -> None:
    assert fold(said("stop", content="x"), event)[0].content == (Text(content="x"),)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "error", "message": "upstream overloaded"}, "upstream overloaded"),
        ({"code": "InternalError", "message": "boom", "request_id": "1"}, "boom"),
        ({"message": "odd"}, "odd"),
        ({"detail": "odd"}, "odd"),
    ],
)
def test_words_in_place_of_an_answer_are_the_error_that_is_raised(
    event: object, words: str, *, whole: bool
) -> None:
    with pytest.raises(Overloaded, match=words):
        fold(event, whole=whole)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"error": {"message": "busy", "code": 503}}, Overloaded),
        ({"type": "error", "message": "upstream overloaded"}, Overloaded),
        ({"code": "InternalError", "message": "boom", "request_id": "1"}, Overloaded),
        ({"status": 404, "detail": "no such model"}, NotFound),
        ({"error": {"message": "slow down", "type": "rate_limit_error"}}, Overloaded),
        ({"error": {"message": "Token limit reached", "code": 400}}, Overflow),
        ({"error": {"message": "spent", "code": "insufficient_quota"}}, Quota),
        ({"error": "all is lost"}, Overloaded),
        ({"object": "error", "message": "no", "code": 400}, Illegal),
        ({"choices": [{"delta": {}, "error": {"message": "upstream", "code": 502}}]}, Overloaded),
        ({"choices": [{"delta": {"content": "x"}}], "error": {"message": "m", "code": 502}}, Overloaded),
    ],
)
def test_an_error_in_the_middle_of_a_stream_is_raised_as_what_it_is(event: object, kind: type) -> None:
    draft = Draft("m", vendor="Somebody", whole=False)
    draft.absorb(json.dumps(said(content="x")))

    with pytest.raises(kind):
        draft.absorb(json.dumps(event))


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}, (10, 0, 0, 5, 0)),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 15,
                "completion_tokens_details": {"reasoning_tokens": 3},
                "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
            },
            (10, 4, 2, 5, 3),
        ),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 18,
                "completion_tokens_details": {"reasoning_tokens": 3},
            },
            (10, 0, 0, 8, 3),
        ),
        ({"prompt_tokens": 10, "completion_tokens": None, "cached_tokens": 7}, (10, 7, 0, 0, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 1, "prompt_cache_hit_tokens": 8}, (10, 8, 0, 1, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 1, "num_cached_tokens": 8}, (10, 8, 0, 1, 0)),
        (
            {
                "prompt_tokens": 3,
                "completion_tokens": 1,
                "cache_read_input_tokens": 8,
                "cache_creation_input_tokens": 2,
            },
            (10, 8, 2, 1, 0),
        ),
    ],
)
def test_figures_are_counted_alike_whoever_counts(
    usage: Mapping[str, object], expected: tuple[int, ...]
) -> None:
    figures = fold(said("stop", content="x", more={"usage": usage}))[0].usage

    assert (
        figures.input_tokens,
        figures.cache_read_tokens,
        figures.cache_write_tokens,
        figures.output_tokens,
        figures.reasoning_tokens,
    ) == expected


def test_figures_of_nothing_do_not_undo_those_before_and_later_ones_do() -> None:
    def counted(prompt: int, output: int) -> Mapping[str, object]:
        return {"usage": {"prompt_tokens": prompt, "completion_tokens": output}}

    reply, _ = fold(
        said(content="a", more={"usage": {"total_tokens": 0}}),
        said(content="b", more=counted(9, 1)),
        said(content="c", more=counted(9, 2)),
        said("stop", more={"usage": {"total_tokens": 0}}),
    )

    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (9, 2)


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ('{"choices": [{"delta": {"content": 5}}]}', r"\$.choices\[0\].delta.content"),
        ('{"choices": [{"delta": {"content": [5]}}]}', r"delta.content\[0\]"),
        ('{"choices": [{"delta": {"content": [{"type": "text", "text": 5}]}}]}', r"delta.content\[0\].text"),
        ('{"choices": [{"delta": {"tool_calls": {"a": 1}}}]}', "tool_calls"),
        ('{"choices": [{"delta": {"tool_calls": [1]}}]}', r"tool_calls\[0\]"),
        ('{"choices": [{"delta": {"tool_calls": [{"id": 1}]}}]}', r"tool_calls\[0\].id"),
        ('{"choices": [{"delta": {"tool_calls": [{"index": "0"}]}}]}', r"tool_calls\[0\].index"),
        ('{"choices": [{"delta": {"tool_calls": [{"function": "f"}]}}]}', r"tool_calls\[0\].function"),
        ('{"choices": [{"delta": {"tool_calls": [{"function": {"name": 1}}]}}]}', "function.name"),
        ('{"choices": [{"delta": {"tool_calls": [{"function": {"arguments": [1]}}]}}]}', "arguments"),
        ('{"choices": [{"delta": []}]}', r"delta: expected an object"),
        ('{"choices": [{"message": 1}]}', r"message: expected an object"),
        ('{"choices": [{"finish_reason": 1}]}', "finish_reason"),
        ('{"choices": [{"index": "1"}]}', r"\$.choices\[0\].index"),
        ('{"choices": [{"index": 1.5}]}', r"\$.choices\[0\].index"),
        ('{"choices": {}}', r"\$.choices: expected an array"),
        ('{"choices": [7]}', r"\$.choices\[0\]: expected an object"),
        ("[1]", r"at \$: expected an object"),
        ('{"a": 1} x', "behind its JSON"),
        ('{"a": ', "not JSON"),
        ("<html>", "not JSON"),
        ('{"created": %s}' % ("1" * 5000), "not JSON"),
        ('{"created": ' + "[" * 100_000, "not JSON"),
    ],
)
def test_a_malformed_event_is_an_error_that_names_the_place(event: str, place: str) -> None:
    draft = Draft("m", vendor="Somebody", whole=False)

    with pytest.raises(BadAnswer, match=place):
        draft.absorb(event)


def test_what_goes_back_must_be_json() -> None:
    extra = {"a": float("nan")}

    with pytest.raises(BadAnswer, match=r"not JSON: at .*nan is no JSON number"):
        fold(said("stop", content="x", extra_content=extra))


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ({"usage": {"prompt_tokens": 10.0, "completion_tokens": 5.0, "total_tokens": 15.0}}, (10, 5)),
        ({"usage": {"prompt_tokens": 10, "completion_tokens": "5", "prompt_tokens_details": 1}}, (10, 0)),
        ({"usage": {"prompt_tokens": 10, "cached_tokens": [1], "completion_tokens": 5}}, (10, 5)),
        ({"usage": {"prompt_tokens": 10, "completion_tokens_details": {"reasoning_tokens": "1"}}}, (10, 0)),
        ({"usage": {"prompt_tokens": "10", "completion_tokens": 5}}, (9, 1)),
        ({"usage": "n/a"}, (9, 1)),
        ({"usage": [10, 5]}, (9, 1)),
        ({"x_groq": "x"}, (9, 1)),
        ({"x_groq": {"usage": "n/a"}}, (9, 1)),
        ({"choices": [{"delta": {}, "usage": 1}]}, (9, 1)),
    ],
)
def test_a_figure_that_cannot_be_read_is_one_that_was_not_told(
    told: Mapping[str, object], counted: tuple[int, int]
) -> None:
    before = {"usage": {"prompt_tokens": 9, "completion_tokens": 1}}

    reply, _ = fold(said("stop", content="x", more=before), told)

    assert (reply.usage.input_tokens, reply.usage.output_tokens) == counted


@pytest.mark.parametrize("told", ["n/a", [1], {"prompt_tokens": "9"}])
def test_figures_of_which_none_can_be_read_are_the_same_as_none(told: object) -> None:
    assert fold(said("stop", content="x", more={"usage": told})) == fold(said("stop", content="x"))


BILLING = Manners(bills=True)


@pytest.mark.parametrize(
    ("said_of_cost", "cost"),
    [
        ({"cost": 0.25}, 0.25),
        ({"cost": 0, "is_byok": False}, 0),
        ({"cost": 0.25, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.5}}, 0.75),
        ({"cost": 0.25, "is_byok": True}, None),
        ({"cost": "much"}, None),
        ({}, None),
    ],
)
def test_what_a_router_says_that_it_charged_is_what_an_answer_cost(
    said_of_cost: Mapping[str, object], cost: float | None
) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 2, **said_of_cost}

    reply, _ = fold(said("stop", {"usage": usage}, content="hi"), manners=BILLING)

    assert reply.cost_usd == cost


def test_what_others_call_a_cost_is_not_taken_for_dollars() -> None:
    reply, _ = fold(said("stop", {"usage": {"prompt_tokens": 1, "cost": 7}}, content="hi"))

    assert reply.cost_usd is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (' \t{"a": 1}\r\n', {"a": 1}),
        ('{"a": 1} {}', '{"a": 1} {}'),
        ('\u00a0{"a": 1}', '\u00a0{"a": 1}'),
        ("[1]", "[1]"),
    ],
)
def test_arguments_are_one_json_object_with_nothing_but_blanks_around_it(text: str, read: object) -> None:
    reply, _ = fold(said("tool_calls", tool_calls=[piece(0, "look", text, "c")]))

    assert calls(reply) == [("c", "look", read)]

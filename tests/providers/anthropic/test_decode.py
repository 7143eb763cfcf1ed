"""Events folded into replies: each point of what Messages are known to send."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import CallId, ToolName
from sagent.errors import (
    BadAnswer,
    Illegal,
    NotFound,
    Overloaded,
    ProviderError,
    Quota,
    Unauthorized,
    Unreachable,
)
from sagent.lib.json import freeze_object
from sagent.messages.words import calls_of
from sagent.protocols import Chunk, Reply
from sagent.providers.anthropic.content import COUNTS
from sagent.providers.anthropic.decode import Draft
from sagent.providers.frames import Frames
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ToolCall
from sagent.schema.part import ErrorText, Text, Thinking
from sagent.schema.values import Usage
from tests.providers import recordings
from tests.providers.anthropic.sending import HOME, kept, scribe_for, strict
from tests.providers.conversation import NOTHING, prompt, request, result


def fold(*events: object, signs: bool = True) -> tuple[Reply, Sequence[Chunk]]:
    """The reply and what was shown on the way."""
    draft = Draft("asked-for", signs=signs)
    shown = [delta for event in events for delta in draft.absorb(json.dumps(event))]
    return draft.finish(), shown


def begun(usage: object = None, **more: object) -> object:
    message = {"id": "msg_1", "model": "claude-x", "content": [], "usage": usage, **more}
    return {"type": "message_start", "message": message}


def block(index: int, start: object, *deltas: object) -> list[object]:
    """The events of one block."""
    added = [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *added,
        {"type": "content_block_stop", "index": index},
    ]


def text(*pieces: str, index: int = 0) -> list[object]:
    deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
    return block(index, {"type": "text", "text": ""}, *deltas)


def called(*spelled: str, index: int = 0, **more: object) -> list[object]:
    start = {"type": "tool_use", "id": f"toolu_{index}", "name": "add", "input": {}, **more}
    return block(index, start, *({"type": "input_json_delta", "partial_json": piece} for piece in spelled))


def ended(stop: str | None = "end_turn", usage: object = None, **more: object) -> list[object]:
    delta = {"stop_reason": stop, "stop_sequence": None, **more}
    return [{"type": "message_delta", "delta": delta, "usage": usage}, {"type": "message_stop"}]


def calls(reply: Reply) -> Sequence[ToolCall]:
    return [part for part in reply.content if isinstance(part, ToolCall)]


def usage(**counts: int) -> Usage:
    zero = dict.fromkeys(Usage.__dataclass_fields__, 0)
    return Usage(**{**zero, **counts})


def recorded(name: str) -> Reply:
    """The reply of a recording."""
    recording = recordings.one("anthropic_messages", name)
    frames, draft = Frames(), Draft(recording.model)
    for data in [*frames.feed(recording.body), *frames.close()]:
        draft.absorb(data)
    return draft.finish()


def test_text_in_pieces_is_shown_piece_by_piece_and_kept_as_one() -> None:
    reply, shown = fold(
        begun({"input_tokens": 5, "output_tokens": 1}),
        {"type": "ping"},
        *text("Hel", "", "lo"),
        *ended(usage={"output_tokens": 2}),
    )

    assert shown == [TextDelta(content="Hel"), TextDelta(content="lo")]
    assert reply == Reply(
        content=(Text(content="Hello"),),
        model="claude-x",
        stop="end",
        usage=usage(input_tokens=5, output_tokens=2),
        cost_usd=None,
        native=(),
    )


def test_thoughts_are_shown_and_kept_with_their_signature_apart_from_the_answer() -> None:
    thought = block(
        0,
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking_delta", "thinking": "Hm"},
        {"type": "thinking_delta", "thinking": "m."},
        {"type": "signature_delta", "signature": "c2ln"},
    )

    reply, shown = fold(begun(), *thought, *text("Yes.", index=1), *ended())

    assert shown == [ThinkingDelta(content="Hm"), ThinkingDelta(content="m."), TextDelta(content="Yes.")]
    assert reply.content == (Thinking(content="Hmm.", signature="c2ln"), Text(content="Yes."))
    assert reply.native == ()


def test_a_whole_message_is_the_same_reply_as_its_events() -> None:
    content = [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "ok"},
        {"type": "tool_use", "id": "toolu_2", "name": "add", "input": {"a": 1}},
    ]
    message = {"type": "message", "model": "claude-x", "content": content, "stop_reason": "tool_use"}
    hm = {"type": "thinking_delta", "thinking": "hm"}

    whole, shown = fold({**message, "usage": {"input_tokens": 1, "output_tokens": 2}})
    streamed, _ = fold(
        begun({"input_tokens": 1}),
        *block(0, {"type": "thinking", "thinking": "", "signature": "s"}, hm),
        *text("ok", index=1),
        *called('{"a"', ": 1}", index=2),
        *ended("tool_use", {"output_tokens": 2}),
    )

    assert whole == streamed
    assert shown == [ThinkingDelta(content="hm"), TextDelta(content="ok")]


def test_a_call_in_pieces_is_one_call_under_its_own_id() -> None:
    reply, shown = fold(begun(), *called("", '{"a"', ": [1", ", 2]}"), *ended("tool_use"))

    assert (reply.stop, shown, reply.native) == ("tool_calls", [], ())
    assert reply.content == (
        ToolCall(
            call_id=CallId("toolu_0"),
            vendor_id="toolu_0",
            tool=ToolName("add"),
            content=freeze_object({"a": (1, 2)}),
        ),
    )


@pytest.mark.parametrize("spelled", [(), ("",), (" ", "\n")])
def test_a_call_without_input_has_none(spelled: Sequence[str]) -> None:
    reply, _ = fold(begun(), *called(*spelled), *ended("tool_use"))

    assert [(call.content, call.raw) for call in calls(reply)] == [({}, "")]
    assert reply.native == ()


def test_a_call_whose_input_came_at_its_beginning_has_it() -> None:
    reply, _ = fold(begun(), *called(input={"a": 1}), *ended("tool_use"))

    assert [call.content for call in calls(reply)] == [{"a": 1}]


@pytest.mark.parametrize("spelled", ['{"a": ', "[1]", '"x"', "nonsense", "[" * 100_000])
def test_an_input_that_is_no_object_is_kept_in_its_own_words(spelled: str) -> None:
    reply, _ = fold(begun(), *called(spelled[:3], spelled[3:]), *ended("tool_use"))

    assert [(call.content, call.raw) for call in calls(reply)] == [({}, spelled)]
    assert reply.native == ()


def test_what_a_new_call_has_more_goes_back_as_it_came() -> None:
    reply, _ = fold(begun(), *called('{"a": 1}', caller={"type": "direct"}), *ended("tool_use"))

    assert reply.native == (
        {
            "type": "tool_use",
            "id": "toolu_0",
            "name": "add",
            "input": {"a": 1},
            "caller": {"type": "direct"},
        },
    )


def test_a_call_by_a_name_that_no_tool_can_have_is_kept_under_one_that_it_can() -> None:
    reply, _ = fold(begun(), *called(name="a.b c"), *ended("tool_use"))

    assert [call.tool for call in calls(reply)] == ["a_b_c"]
    assert [item["name"] for item in reply.native] == ["a.b c"]


def test_blocks_of_the_providers_own_tools_are_counted_and_kept_for_the_way_back() -> None:
    search = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [{"page_age": None}]}
    draft = Draft("m")
    for event in [
        begun(),
        *block(0, search, {"type": "input_json_delta", "partial_json": '{"query": "x"}'}),
        *block(1, found),
        *block(
            2,
            {"type": "text", "text": "", "citations": []},
            {"type": "text_delta", "text": "It is so."},
            {"type": "citations_delta", "citation": {"url": "u"}},
            {"type": "glow_delta", "glow": 3},
        ),
        {"type": "aura", "colour": "blue"},
        *ended(),
    ]:
        draft.absorb(json.dumps(event))

    reply = draft.finish()

    assert reply.content == (Text(content="It is so."),)
    assert reply.native == (
        {**search, "input": {"query": "x"}},
        freeze_object(found),
        freeze_object({"type": "text", "text": "It is so.", "citations": [{"url": "u"}]}),
    )
    assert draft.unknown == {
        "block server_tool_use": 1,
        "block web_search_tool_result": 1,
        "delta glow_delta": 1,
        "event aura": 1,
        "colour": 1,
    }


def test_blocks_and_pieces_that_nobody_knows_may_hold_anything() -> None:
    start = {"type": "hologram", "text": {"a": 1}, "id": 5, "signature": 2, "citations": "x", "input": 1.5}
    pieces = [
        {"type": "holo_delta", "content": [{"a": 1}], "text": 5},
        {"type": ["x"], "text": 5},
        {"index": 0},
    ]
    draft = Draft("m")
    for event in [begun(), *block(0, start, *pieces), *text("x", index=1), *ended()]:
        draft.absorb(json.dumps(event))

    reply = draft.finish()

    assert (reply.content, reply.native[0]) == ((Text(content="x"),), start)
    assert draft.unknown == {"block hologram": 1, "delta holo_delta": 1, "delta ['x']": 1, "delta None": 1}


def test_what_a_known_piece_has_more_is_counted_and_stands_in_no_block() -> None:
    deltas = [
        {"type": "thinking_delta", "thinking": "hm", "estimated_tokens": 50},
        {"type": "thinking_delta", "thinking": "m", "mood": {"a": 1}},
        {"type": "signature_delta", "signature": "s", "mood": 2},
        {"type": "citations_delta", "citation": None},
    ]
    draft = Draft("m")
    thought = block(0, {"type": "thinking", "thinking": "", "signature": ""}, *deltas)
    for event in [begun(), *thought, *text("x", index=1), *ended()]:
        draft.absorb(json.dumps(event))

    reply = draft.finish()

    assert (reply.content[0], reply.native) == (Thinking(content="hmm", signature="s"), ())
    assert draft.unknown == {"mood": 2}


def test_a_compaction_is_kept_with_what_only_its_maker_can_read() -> None:
    start = {"type": "compaction", "content": None}
    deltas = [
        {"type": "compaction_delta", "content": "su", "encrypted_content": "EN"},
        {"type": "compaction_delta", "content": "m", "encrypted_content": "C"},
    ]

    told, _ = fold(begun(), *block(0, start, *deltas), *text("x", index=1), *ended())
    failed, _ = fold(begun(), *block(0, start, {"type": "compaction_delta", "content": None}), *ended())

    assert told.native[0] == {"type": "compaction", "content": "sum", "encrypted_content": "ENC"}
    assert failed.native == (start,)


@pytest.mark.parametrize(
    ("came", "kept_so"),
    [
        ({"type": "text", "text": "x", "citations": None}, {"type": "text", "text": "x"}),
        ({"type": "thinking", "thinking": None, "signature": "s"}, {"type": "thinking", "signature": "s"}),
        (
            {"type": "thinking", "thinking": "hm", "signature": "s", "estimated_tokens": None},
            {"type": "thinking", "thinking": "hm", "signature": "s"},
        ),
        (
            {"type": "tool_use", "id": "t", "name": "add", "input": {"a": None}, "caller": None},
            {"type": "tool_use", "id": "t", "name": "add", "input": {"a": None}},
        ),
    ],
)
def test_what_is_null_in_a_block_is_absent_and_costs_no_thought(
    came: Mapping[str, object], kept_so: Mapping[str, object]
) -> None:
    thought = block(0, {"type": "thinking", "thinking": "hm", "signature": "c2ln"})
    null = {"type": "text", "text": None}

    reply, _ = fold(begun(), *thought, *block(1, came), *block(2, null), *text("ok", index=3), *ended())
    bare, _ = fold(begun(), *thought, *block(1, kept_so), *text("ok", index=3), *ended())

    assert reply == bare
    outcomes = [replace(result(0, "x"), call_id=call.call_id) for call in calls_of(kept(reply))]
    body = scribe_for(HOME).body(request([prompt("a"), kept(reply), *outcomes, prompt("b")]))
    assert b"c2ln" in body


def test_numbers_of_blocks_may_be_written_as_floats() -> None:
    events = [begun(), *text("x"), *text("y", index=1), *ended()]
    floats: list[object] = json.loads(re.sub(r'"index": (\d)', r'"index": \1.0', json.dumps(events)))

    assert fold(*floats) == fold(*events)


def test_a_name_and_details_that_cannot_be_read_are_not_told() -> None:
    reply, _ = fold(begun(model=5), *text("x"), *ended(stop_details="x"))

    assert (reply.model, reply.stop) == ("asked-for", "end")


def test_a_text_in_which_nothing_comes_is_nothing() -> None:
    reply, shown = fold(begun(), *text(), *text("a", index=1), *ended())

    assert (reply.content, reply.native, len(shown)) == ((Text(content="a"),), (), 1)


def test_a_text_that_begins_with_words_is_shown_with_them() -> None:
    reply, shown = fold(
        begun(), *block(0, {"type": "text", "text": "He"}, {"type": "text_delta", "text": "y"}), *ended()
    )

    assert shown == [TextDelta(content="He"), TextDelta(content="y")]
    assert reply.content == (Text(content="Hey"),)


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", "end"),
        ("stop_sequence", "end"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "pause"),
        ("refusal", "refusal"),
        ("tool_use", "end"),
        ("something_new", "end"),
        (None, "end"),
    ],
)
def test_each_reason_to_end_has_its_meaning(reason: str | None, stop: str) -> None:
    reply, _ = fold(begun(), *text("x"), *ended(reason))

    assert reply.stop == stop


def test_a_response_with_calls_asks_for_tools_whatever_it_calls_its_end() -> None:
    reply, _ = fold(begun(), *called(), *ended("end_turn"))

    assert reply.stop == "tool_calls"


def test_a_refusal_says_why_and_that_is_not_sent_back() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "too sharp"}

    reply, _ = fold(begun(), *ended("refusal", stop_details=details))

    assert reply.content == (ErrorText(content="Anthropic stopped the answer: too sharp"),)
    assert reply.native == ()


def test_cached_input_is_added_to_the_sum_that_leaves_it_out() -> None:
    counts = {
        "input_tokens": 10,
        "cache_read_input_tokens": 200,
        "cache_creation_input_tokens": 33,
        "cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 3},
        "output_tokens": 1,
    }
    last = {"output_tokens": 50, "output_tokens_details": {"thinking_tokens": 40}, "input_tokens": None}

    reply, _ = fold(begun(counts), *text("x"), *ended(usage=last))

    assert reply.usage == Usage(
        input_tokens=243,
        cache_read_tokens=200,
        cache_write_tokens=30,
        cache_write_1h_tokens=3,
        output_tokens=50,
        reasoning_tokens=40,
    )


def test_what_a_summary_on_the_way_consumed_is_added_and_no_other_step() -> None:
    step = {"type": "message", "input_tokens": 7, "output_tokens": 5}
    summary = {"type": "compaction", "input_tokens": 100, "output_tokens": 30, "cache_read_input_tokens": 20}
    figures = {"input_tokens": 7, "output_tokens": 5, "iterations": [summary, step]}

    reply, _ = fold(begun(), *text("x"), *ended(usage=figures))

    assert reply.usage == usage(input_tokens=127, cache_read_tokens=20, output_tokens=35)


def test_figures_in_openais_words_are_figures_too() -> None:
    reply, _ = fold(begun(), *text("x"), *ended(usage={"prompt_tokens": 9, "cached_tokens": 4}))

    assert reply.usage == usage(input_tokens=9, cache_read_tokens=4)


def test_an_answer_without_figures_has_none() -> None:
    reply, _ = fold(begun(), *text("x"), *ended())

    assert reply.usage == NOTHING


def test_a_stream_without_a_reason_to_end_broke_off() -> None:
    with pytest.raises(Unreachable, match="broke off"):
        fold(begun(), *text("x"))


def test_what_holds_nothing_of_an_answer_names_what_it_holds() -> None:
    with pytest.raises(NotFound, match="and no answer: it holds foo, bar"):
        fold({"foo": 1, "bar": 2})


def test_a_draft_is_complete_once_the_reason_to_end_has_come() -> None:
    draft = Draft("m")

    states = [(draft.absorb(json.dumps(event)), draft.complete)[1] for event in [begun(), *ended()]]

    assert states == [False, True, True]


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        ({"type": "overloaded_error", "message": "Overloaded"}, Overloaded, 529),
        ({"type": "api_error", "message": "Internal server error"}, Overloaded, 500),
        ({"type": "rate_limit_error", "message": "slow"}, Overloaded, 429),
        ({"type": "invalid_request_error", "message": "bad"}, Illegal, 400),
        ({"type": "billing_error", "message": "no money"}, Quota, 402),
        ({"code": 503, "message": "Loading model", "type": "unavailable_error"}, Overloaded, 503),
        ("it broke", Overloaded, 500),
    ],
)
def test_wire_8_an_error_in_the_middle_of_a_stream_is_raised_as_what_it_is(
    error: object, kind: type[ProviderError], status: int
) -> None:
    draft = Draft("m")
    draft.absorb(json.dumps(begun()))

    with pytest.raises(kind) as caught:
        draft.absorb(json.dumps({"type": "error", "error": error}) + "      ")

    assert caught.value.status == status


@pytest.mark.parametrize(
    ("event", "kind", "words"),
    [
        ({"type": "error", "message": "upstream overloaded"}, Overloaded, "upstream overloaded"),
        ({"type": "error"}, Overloaded, "no explanation"),
        ({"code": "InternalError", "message": "boom", "request_id": "1"}, Overloaded, "boom"),
        ({"code": 401, "message": "no such key"}, Unauthorized, "no such key"),
        ({"object": "error", "type": "BadRequestError", "code": 400, "message": "odd"}, Illegal, "odd"),
        ({"detail": "not found here"}, Overloaded, "not found here"),
        ({"base_resp": {"status_code": 1002, "status_msg": "slow"}}, Overloaded, "slow"),
    ],
)
def test_words_in_place_of_an_answer_are_the_error_that_is_raised(
    event: object, kind: type[ProviderError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        fold(event)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "notice", "message": "slow down"},
        {"type": "notice", "message": ["slow", "down"], "status": "failed"},
        {"message": "slow down"},
        {"foo": 1},
        {"type": "weird", "delta": "abc", "index": "x"},
        {"type": "weird", "delta": {"content": [1], "type": []}, "usage": [1], "content": 5},
        {"type": 1},
        {"type": ["weird"], "content_block": 7, "stop_details": "x"},
    ],
)
def test_an_event_that_nobody_knows_takes_nothing_of_the_answer(event: Mapping[str, object]) -> None:
    draft = Draft("m")
    for each in (event, begun(), event, *text("x"), event, *ended(), event):
        draft.absorb(json.dumps(each))

    assert draft.finish().content == (Text(content="x"),)
    assert draft.unknown[f"event {event.get('type')}"] == 4


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ("[1]", r"at \$: expected an object"),
        ('{"type": "content_block_delta", "index": 0}', r"\$.delta: expected an object"),
        ('{"type": "content_block_delta", "index": 0, "delta": 4}', r"\$.delta: expected an object"),
        ('{"type": "content_block_delta", "delta": {}}', r"\$.index: expected an integer"),
        ('{"type": "content_block_delta", "index": 0.5, "delta": {}}', r"\$.index: expected an integer"),
        (
            '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 5}}',
            r"\$.delta.text",
        ),
        (
            '{"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": 5}}',
            r"\$.delta.thinking",
        ),
        ('{"type": "content_block_delta", "index": 7, "delta": {"type": "text_delta"}}', "never began"),
        ('{"type": "content_block_start", "content_block": {}}', r"\$.index: expected an integer"),
        ('{"type": "content_block_start", "index": 0}', r"\$.content_block: expected an object"),
        ('{"type": "content_block_start", "index": 0, "content_block": {}}', r"content_block.type"),
        (
            '{"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": 1}}',
            r"content_block.text: expected a string",
        ),
        (
            '{"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "input": 1}}',
            r"content_block.input: expected an object",
        ),
        ('{"type": "message_start", "message": 3}', r"\$.message: expected an object"),
        ('{"type": "message", "content": {}}', r"\$.content: expected an array"),
        ('{"type": "message", "content": [1]}', r"\$.content\[0\]: expected an object"),
        ('{"type": "message_delta", "delta": {"stop_reason": 1}}', r"\$.delta.stop_reason"),
        ('{"type": "message_delta", "delta": "end"}', r"\$.delta: expected an object"),
        ('{"a": 1} x', "behind its JSON"),
        ('{"a": ', "not JSON"),
        ("<html>", "not JSON"),
    ],
)
def test_a_malformed_event_is_an_error_that_names_the_place(event: str, place: str) -> None:
    draft = Draft("m")

    with pytest.raises(BadAnswer, match=place):
        draft.absorb(event)


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ({"input_tokens": 7.0, "output_tokens": 5.0}, usage(input_tokens=7, output_tokens=5)),
        ({"input_tokens": "7", "output_tokens": 5}, usage(input_tokens=9, output_tokens=5)),
        ({"input_tokens": 7.5, "output_tokens": -1}, usage(input_tokens=9, output_tokens=1)),
        (
            {"cache_creation": {"ephemeral_1h_input_tokens": 3, "note": "x", "by_file": {"a": None}}},
            usage(input_tokens=12, output_tokens=1, cache_write_1h_tokens=3),
        ),
        (
            {"output_tokens": 5, "output_tokens_details": {"thinking_tokens": 2.0, "by_kind": {"a": 1}}},
            usage(input_tokens=9, output_tokens=5, reasoning_tokens=2),
        ),
        (
            {"iterations": [None, 1, {"type": ["x"]}, {"type": "compaction", "input_tokens": 4.0}]},
            usage(input_tokens=13, output_tokens=1),
        ),
        ({"iterations": "none", "cache_creation": 3}, usage(input_tokens=9, output_tokens=1)),
        (dict.fromkeys(COUNTS), usage(input_tokens=9, output_tokens=1)),
        ("n/a", usage(input_tokens=9, output_tokens=1)),
        ([7, 5], usage(input_tokens=9, output_tokens=1)),
        (None, usage(input_tokens=9, output_tokens=1)),
    ],
)
def test_a_figure_that_cannot_be_read_is_one_that_was_not_told(told: object, counted: Usage) -> None:
    reply, _ = fold(begun({"input_tokens": 9, "output_tokens": 1}), *text("x"), *ended(usage=told))

    assert (reply.content, reply.usage) == ((Text(content="x"),), counted)


@pytest.mark.parametrize("told", ["n/a", [1], {"input_tokens": "9"}, {"cache_creation": 3}])
def test_figures_of_which_none_can_be_read_are_the_same_as_none(told: object) -> None:
    assert fold(begun(told), *ended(usage=told)) == fold(begun(), *ended())


def test_a_call_without_a_name_is_an_error() -> None:
    with pytest.raises(BadAnswer, match="without a name"):
        fold(begun(), *called(name=""), *ended())


def test_a_mark_at_the_end_of_a_stream_is_no_event() -> None:
    draft = Draft("m")

    assert [draft.absorb(mark) for mark in ("[DONE]", " [DONE]\n")] == [(), ()]


def test_servers_that_sign_nothing_are_believed_without() -> None:
    start = {"type": "thinking", "thinking": "hm"}

    bare, _ = fold(begun(), *block(0, start), *ended(), signs=False)
    empty, _ = fold(begun(), *block(0, {**start, "signature": ""}), *ended(), signs=False)

    assert bare.content == empty.content == (Thinking(content="hm"),)
    assert (len(bare.native), empty.native) == (1, ())


def test_llama_cpps_call_without_an_input_at_its_beginning_is_a_call() -> None:
    start = {"type": "tool_use", "id": "t1", "name": "add"}
    piece = {"type": "input_json_delta", "partial_json": '{"a":1}'}

    reply, _ = fold(begun(), *block(0, start, piece), *block(1, {**start, "id": "t2"}), *ended("tool_use"))

    assert [call.content for call in calls(reply)] == [{"a": 1}, {}]
    assert reply.native == ()


ODD = st.sampled_from(("", " ", "a", "\0", "\ud800", "long words", None))
START = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text}, ODD),
    st.builds(lambda text: {"type": "thinking", "thinking": text, "signature": ""}, ODD),
    st.builds(lambda text: {"type": "thinking", "thinking": text}, ODD),
    st.builds(
        lambda call_id, name, given: {"type": "tool_use", "id": call_id, "name": name, "input": given},
        st.sampled_from(("t1", "t2", "", "a|b", "x" * 70)),
        st.sampled_from(("add", "a b", "1st", "")),
        st.sampled_from(({}, {"a": 1}, None)),
    ),
    st.sampled_from(
        (
            {"type": "redacted_thinking", "data": "x"},
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}},
            {"type": "aura", "glow": [1]},
            {"type": "text", "text": "b", "citations": None},
        )
    ),
)
PIECE = st.one_of(
    st.builds(lambda text: {"type": "text_delta", "text": text}, ODD),
    st.builds(lambda text: {"type": "thinking_delta", "thinking": text}, ODD),
    st.builds(
        lambda piece: {"type": "input_json_delta", "partial_json": piece},
        st.sampled_from(("", '{"a"', ": 1}", "{}", "[", None)),
    ),
    st.sampled_from(
        (
            {"type": "signature_delta", "signature": "c2ln"},
            {"type": "citations_delta", "citation": {"url": "u"}},
            {"type": "aura_delta", "glow": 1},
            {},
        )
    ),
)
BLOCKS = st.lists(st.tuples(START, st.lists(PIECE, max_size=3)), max_size=4)
STOPS = st.sampled_from(("end_turn", "tool_use", "max_tokens", "refusal", "pause_turn", None))


@given(BLOCKS, STOPS, st.booleans())
def test_any_blocks_give_a_reply_that_goes_back_or_an_error_of_ours(
    blocks: Sequence[tuple[object, Sequence[object]]], stop: str | None, once_more: bool
) -> None:
    inner = [event for index, (start, pieces) in enumerate(blocks) for event in block(index, start, *pieces)]
    events = [begun(), *inner, *ended(stop)]
    draft = Draft("m")
    try:
        for event in events:
            draft.absorb(json.dumps(event))
        answer = kept(draft.finish())
    except ProviderError:
        return

    outcomes = [replace(result(0, "x"), call_id=call.call_id) for call in calls_of(answer)]
    entries = [answer, *outcomes, prompt("b")]
    view = [prompt("a"), *entries, *(entries if once_more else ())]
    assert strict(scribe_for(HOME).body(request(view)), HOME.model, served=True) == ()


@recordings.needed
def test_wire_25_the_last_figures_count_and_those_of_a_summary_that_they_leave_out() -> None:
    found = recorded("ant-anthropic-baa360aee7").usage

    assert found == usage(input_tokens=612 + 60_385, output_tokens=2_819 + 522)


@recordings.needed
def test_wire_26_an_empty_first_piece_of_an_input_is_an_input_without_members() -> None:
    assert all(call.content == {} and not call.raw for call in calls(recorded("ant-anthropic-0ea943303c")))


@recordings.needed
def test_wire_27_a_thought_that_is_only_a_signature_and_a_sealed_one_are_kept() -> None:
    omitted, sealed = recorded("ant-anthropic-07a7aced23"), recorded("ant-anthropic-67b0136524")

    assert [part.content for part in omitted.content if isinstance(part, Thinking)].count("") >= 1
    assert "redacted_thinking" in {item["type"] for item in sealed.native}


@recordings.needed
@pytest.mark.parametrize("name", ["ant-anthropic-e86544fcc7", "ant-anthropic-17606a5a4c"])
def test_wire_28_an_answer_without_any_block_is_an_empty_answer(name: str) -> None:
    reply = recorded(name)

    assert (reply.content, reply.native) == ((), ())


@recordings.needed
def test_wire_29_a_compaction_is_kept_whole() -> None:
    (item,) = [item for item in recorded("ant-anthropic-baa360aee7").native if item["type"] == "compaction"]

    assert len(str(item["content"])) > 100


@recordings.needed
def test_wire_30_a_pause_is_a_pause_and_all_its_blocks_are_kept() -> None:
    reply = recorded("ant-anthropic-b6d5f584b2")

    assert (reply.stop, reply.native[-1]["type"]) == ("pause", "server_tool_use")

"""Events folded into replies: each point of what Gemini is known to send."""

import json
from collections.abc import Sequence

import pytest

from sagent.atoms import CallId, ToolName
from sagent.errors import BadAnswer, Illegal, NotFound, Overloaded, Unreachable
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.protocols import Chunk, Reply
from sagent.providers.frames import Frames
from sagent.providers.google.decode import Draft
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ToolCall
from sagent.schema.part import ErrorText, Image, Text, Thinking
from sagent.schema.values import Usage
from tests.providers import recordings
from tests.providers.conversation import NOTHING


def fold(*events: object, whole: bool = False) -> tuple[Reply, Sequence[Chunk]]:
    """The reply and what was shown on the way."""
    draft = Draft("asked-for", whole=whole)
    shown = [delta for event in events for delta in draft.absorb(json.dumps(event))]
    return draft.finish(), shown


def said(*parts: object, finish: str | None = None, **more: object) -> object:
    """An event with these parts."""
    candidate: dict[str, object] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], **more}


def recorded(name: str) -> Reply:
    """The reply of a recording."""
    recording = recordings.one("google_generate", name)
    frames, draft = Frames(), Draft(recording.model, whole=not recording.streamed)
    for data in [*frames.feed(recording.body), *frames.close()]:
        draft.absorb(data)
    return draft.finish()


def test_text_in_pieces_is_shown_piece_by_piece_and_kept_as_one() -> None:
    reply, shown = fold(
        said({"text": "Hel"}, modelVersion="gemini-2.5-flash"),
        said({"text": "lo"}, finish="STOP", usageMetadata={"promptTokenCount": 5, "candidatesTokenCount": 2}),
    )

    assert shown == [TextDelta(content="Hel"), TextDelta(content="lo")]
    assert reply == Reply(
        content=(Text(content="Hello"),),
        model="gemini-2.5-flash",
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


def test_thoughts_are_shown_and_kept_apart_from_the_answer() -> None:
    reply, shown = fold(
        said({"text": "Hm", "thought": True}),
        said({"text": "m.", "thought": True}, {"text": "Yes."}, finish="STOP"),
    )

    assert shown == [ThinkingDelta(content="Hm"), ThinkingDelta(content="m."), TextDelta(content="Yes.")]
    assert reply.content == (Thinking(content="Hmm."), Text(content="Yes."))
    assert reply.native == ()


def test_a_stop_with_calls_asks_for_tools() -> None:
    reply, _ = fold(said({"functionCall": {"name": "add", "args": {"a": 1}, "id": "x1"}}, finish="STOP"))

    assert reply.stop == "tool_calls"
    assert reply.content == (
        ToolCall(call_id=CallId("x1"), vendor_id="x1", tool=ToolName("add"), content=freeze_object({"a": 1})),
    )
    assert reply.native == ()


def test_calls_without_an_id_are_numbered() -> None:
    reply, _ = fold(
        said(
            {"functionCall": {"name": "a", "args": {}}},
            {"functionCall": {"name": "b", "args": {}}},
            finish="STOP",
        )
    )

    assert [part.call_id for part in reply.content if isinstance(part, ToolCall)] == ["call_1", "call_2"]


def test_a_call_without_args_has_none_and_goes_back_as_it_came() -> None:
    reply, _ = fold(said({"functionCall": {"name": "now"}}, finish="STOP"))

    assert [part.content for part in reply.content if isinstance(part, ToolCall)] == [{}]
    assert reply.native == ({"functionCall": {"name": "now"}},)


def test_a_call_by_a_name_that_no_tool_can_have_is_kept_under_one_that_it_can() -> None:
    reply, _ = fold(said({"functionCall": {"name": "default_api.list files", "args": {}}}, finish="STOP"))

    assert [part.tool for part in reply.content if isinstance(part, ToolCall)] == ["default_api_list_files"]
    assert reply.native == ({"functionCall": {"name": "default_api.list files", "args": {}}},)


def test_a_signed_text_is_neither_merged_nor_moved_on_its_way_back() -> None:
    reply, shown = fold(
        said({"text": "a"}),
        said({"text": "b", "thoughtSignature": "c2ln"}),
        said({"text": "c"}, finish="STOP"),
    )

    assert shown == [TextDelta(content="a"), TextDelta(content="b"), TextDelta(content="c")]
    assert reply.content == (Text(content="abc"),)
    assert reply.native == ({"text": "a"}, {"text": "b", "thoughtSignature": "c2ln"}, {"text": "c"})


def test_a_signature_alone_on_an_empty_text_is_kept_with_its_part() -> None:
    reply, shown = fold(said({"text": "a"}), said({"text": "", "thoughtSignature": "c2ln"}, finish="STOP"))

    assert shown == [TextDelta(content="a")]
    assert reply.content == (Text(content="a"),)
    assert reply.native == ({"text": "a"}, {"text": "", "thoughtSignature": "c2ln"})


def test_a_signature_without_any_data_goes_back_on_an_empty_text() -> None:
    reply, _ = fold(said({"text": "a"}, {"thoughtSignature": "c2ln"}, finish="STOP"))

    assert reply.native == ({"text": "a"}, {"thoughtSignature": "c2ln", "text": ""})


def test_an_empty_text_without_a_signature_is_nothing() -> None:
    reply, shown = fold(said({"text": "a"}), said({"text": ""}, {}, finish="STOP"))

    assert (reply.content, reply.native, len(shown)) == ((Text(content="a"),), (), 1)


def test_a_file_is_kept_as_its_bytes() -> None:
    reply, _ = fold(said({"inlineData": {"mimeType": "image/png", "data": "AAEC"}}, finish="STOP"))

    assert reply.content == (Image(descriptor="image/png", content=Blob.of(b"\0\1\2")),)
    assert reply.native == ()


def test_what_is_unknown_is_counted_and_kept_for_the_way_back() -> None:
    draft = Draft("m", whole=False)
    new = {"executableCode": {"code": "1"}}
    draft.absorb(json.dumps(said(new, {"text": "x", "glow": 3}, finish="STOP", aura="blue")))

    reply = draft.finish()

    assert draft.unknown == {"executableCode": 1, "glow": 1, "aura": 1}
    assert reply.content == (Text(content="x"),)
    assert reply.native == (new, {"text": "x", "glow": 3})


def test_parts_that_nobody_knows_may_hold_anything() -> None:
    odd = {"hologram": [1.5], "text": {"a": 1}, "thought": "maybe"}

    reply, shown = fold(said(odd, {"text": "x"}, finish="STOP", promptFeedback="fine", modelVersion=3))

    assert (reply.content[-1], shown, reply.model) == (
        Text(content="x"),
        [TextDelta(content="x")],
        "asked-for",
    )
    assert reply.native == ({"hologram": (1.5,), "text": {"a": 1}, "thought": True}, {"text": "x"})


def test_a_thought_may_say_so_in_a_word() -> None:
    words = (
        {"text": "a", "thought": "true"},
        {"text": "b", "thought": "true", "thoughtSignature": "QUJD"},
        {"text": "c", "thought": "false"},
    )
    marked = (
        {"text": "a", "thought": True},
        {"text": "b", "thought": True, "thoughtSignature": "QUJD"},
        {"text": "c"},
    )

    assert fold(said(*words, finish="STOP")) == fold(said(*marked, finish="STOP"))


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        (
            {
                "text": None,
                "functionCall": {"name": "f", "args": None, "id": None},
                "thoughtSignature": "QUJD",
            },
            {"functionCall": {"name": "f"}, "thoughtSignature": "QUJD"},
        ),
        (
            {
                "functionCall": {"name": "f", "args": {"a": None}},
                "thoughtSignature": None,
                "inlineData": None,
            },
            {"functionCall": {"name": "f", "args": {"a": None}}},
        ),
        (
            {"inlineData": {"mimeType": "image/png", "data": "QUJD", "displayName": None}},
            {"inlineData": {"mimeType": "image/png", "data": "QUJD"}},
        ),
        ({"text": "x", "thought": None, "functionCall": None}, {"text": "x"}),
        (
            {"text": "x", "thought": None, "thoughtSignature": "QUJD"},
            {"text": "x", "thoughtSignature": "QUJD"},
        ),
        ({"hologram": {"a": None}, "text": None}, {"hologram": {"a": None}}),
    ],
)
def test_what_is_null_is_absent(came: object, kept: object) -> None:
    assert fold(said(came, finish="STOP")) == fold(said(kept, finish="STOP"))


def test_a_part_of_nulls_is_nothing() -> None:
    assert fold(said({"text": None}, {"functionCall": None}, finish="STOP"))[0].native == ()


def test_calls_that_share_an_id_are_told_apart() -> None:
    same = {"functionCall": {"name": "a", "args": {}, "id": "x"}}

    reply, _ = fold(said(same, same, finish="STOP"))

    calls = [part for part in reply.content if isinstance(part, ToolCall)]
    assert [(call.call_id, call.vendor_id) for call in calls] == [("x", "x"), ("call_2", "x")]
    assert reply.native == ()


@pytest.mark.parametrize(
    ("finish", "stop"),
    [
        ("STOP", "end"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "filter"),
        ("RECITATION", "filter"),
        ("BLOCKLIST", "filter"),
        ("PROHIBITED_CONTENT", "filter"),
        ("SPII", "filter"),
        ("IMAGE_SAFETY", "filter"),
        ("MODEL_ARMOR", "filter"),
        ("MALFORMED_FUNCTION_CALL", "malformed_call"),
        ("UNEXPECTED_TOOL_CALL", "malformed_call"),
        ("LANGUAGE", "end"),
        ("OTHER", "end"),
        ("SOMETHING_NEW", "end"),
    ],
)
def test_each_reason_to_end_has_its_meaning(finish: str, stop: str) -> None:
    reply, _ = fold(said({"text": "x"}, finish=finish))

    assert reply.stop == stop


def test_a_filtered_answer_says_so_and_that_is_not_sent_back() -> None:
    reply, _ = fold({"candidates": [{"finishReason": "SAFETY", "finishMessage": "too sharp"}]})

    assert reply.content == (ErrorText(content="Google stopped the answer: too sharp"),)
    assert reply.native == ()


def test_a_blocked_prompt_is_a_filter_and_not_a_broken_stream() -> None:
    reply, _ = fold({"promptFeedback": {"blockReason": "SAFETY"}})

    assert reply.stop == "filter"
    assert reply.content == (ErrorText(content="Google stopped the answer: the prompt was blocked: SAFETY"),)


def test_a_lost_signature_is_a_fault_of_the_history() -> None:
    with pytest.raises(Illegal, match="thought signature"):
        fold({"candidates": [{"finishReason": "MISSING_THOUGHT_SIGNATURE"}]})


def test_thoughts_and_input_of_tools_are_added_to_the_sums_that_leave_them_out() -> None:
    reply, _ = fold(
        said(
            {"text": "x"},
            finish="STOP",
            usageMetadata={
                "promptTokenCount": 100,
                "toolUsePromptTokenCount": 20,
                "cachedContentTokenCount": 60,
                "candidatesTokenCount": 7,
                "thoughtsTokenCount": 30,
            },
        )
    )

    assert reply.usage == Usage(
        input_tokens=120,
        cache_read_tokens=60,
        cache_write_tokens=0,
        cache_write_1h_tokens=0,
        output_tokens=37,
        reasoning_tokens=30,
    )


def test_usage_may_lack_the_answer_or_say_null() -> None:
    reply, _ = fold(
        said({"text": "x"}, finish="STOP", usageMetadata={"promptTokenCount": 3, "thoughtsTokenCount": None})
    )

    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (3, 0)


def test_a_second_candidate_is_not_mixed_into_the_first() -> None:
    first = {"index": 0, "content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}
    second = {"index": 1, "content": {"parts": [{"text": "b"}]}, "finishReason": "STOP"}

    reply, _ = fold({"candidates": [first, second]})

    assert reply.content == (Text(content="a"),)


def test_a_stream_without_a_reason_to_end_broke_off() -> None:
    with pytest.raises(Unreachable, match="broke off"):
        fold(said({"text": "x"}))


def test_a_whole_body_needs_no_reason_to_end() -> None:
    reply, _ = fold(said({"text": "x"}), whole=True)

    assert (reply.content, reply.stop, reply.usage) == ((Text(content="x"),), "end", NOTHING)


@pytest.mark.parametrize("event", [{}, {"candidates": []}, {"candidates": [{"content": {}}]}])
def test_a_whole_body_without_an_answer_is_none(event: object) -> None:
    with pytest.raises(Unreachable, match="broke off"):
        fold(event, whole=True)


@pytest.mark.parametrize("whole", [True, False])
def test_what_holds_nothing_of_an_answer_names_what_it_holds(whole: bool) -> None:
    with pytest.raises(NotFound, match="and no answer: it holds foo, bar"):
        fold({"foo": 1, "bar": 2}, whole=whole)


def test_what_nobody_knows_at_the_head_of_a_broken_stream_is_not_taken_for_the_answer() -> None:
    with pytest.raises(Unreachable, match="broke off"):
        fold({"foo": 1}, said({"text": "x"}))


def test_an_error_in_the_middle_of_a_stream_is_raised_as_what_it_is() -> None:
    draft = Draft("m", whole=False)
    draft.absorb(json.dumps(said({"text": "x"})))

    with pytest.raises(Overloaded, match="overloaded") as caught:
        draft.absorb(json.dumps({"error": {"code": 503, "message": "The model is overloaded."}}))

    assert caught.value.status == 503


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "error", "message": "upstream overloaded"}, "upstream overloaded"),
        ({"code": "InternalError", "message": "boom", "request_id": "1"}, "boom"),
        ({"error": "no capacity"}, "no capacity"),
        ({"detail": "not found here"}, "not found here"),
    ],
)
def test_words_in_place_of_an_answer_are_the_error_that_is_raised(
    event: object, words: str, *, whole: bool
) -> None:
    with pytest.raises(Overloaded, match=words):
        fold(event, whole=whole)


@pytest.mark.parametrize("event", [{"type": "notice", "message": "slow down"}, {"novel": {"message": 1}}])
def test_an_event_that_nobody_knows_takes_nothing_of_the_answer(event: object) -> None:
    reply, shown = fold(event, said({"text": "x"}, finish="STOP"), event)

    assert (reply.content, shown) == ((Text(content="x"),), [TextDelta(content="x")])


def test_an_error_without_a_number_is_known_by_its_kind() -> None:
    with pytest.raises(Overloaded, match="busy"):
        fold({"error": {"status": "UNAVAILABLE", "message": "busy"}})


@pytest.mark.parametrize(
    ("event", "place"),
    [
        (
            '{"candidates": [{"content": {"parts": [{"text": 5}]}}]}',
            r"\$.candidates\[0\].content.parts\[0\].text",
        ),
        ('{"candidates": {}}', r"\$.candidates"),
        ('{"candidates": [7]}', r"\$.candidates\[0\]"),
        ('{"candidates": [{"content": []}]}', r"\$.candidates\[0\].content"),
        ('{"candidates": [{"content": {"parts": {}}}]}', r"content.parts"),
        ('{"candidates": [{"content": {"parts": [{"functionCall": {"name": 1}}]}}]}', "functionCall.name"),
        ('{"candidates": [{"content": {"parts": [{"functionCall": {"args": [1]}}]}}]}', "functionCall.args"),
        ("[1]", r"at \$: expected an object"),
        ('{"a": 1} x', "behind its JSON"),
        ('{"a": ', "not JSON"),
        ("<html>", "not JSON"),
        ("[DONE]", "not JSON"),
    ],
)
def test_a_malformed_event_is_an_error_that_names_the_place(event: str, place: str) -> None:
    draft = Draft("m", whole=False)

    with pytest.raises(BadAnswer, match=place):
        draft.absorb(event)


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ({"promptTokenCount": 10.0, "candidatesTokenCount": 5.0}, (10, 5)),
        ({"promptTokenCount": 10, "candidatesTokenCount": "5", "promptTokensDetails": "x"}, (10, 0)),
        ({"promptTokenCount": "10", "candidatesTokenCount": 5}, (9, 1)),
        ({"promptTokenCount": None}, (9, 1)),
        ("n/a", (9, 1)),
        ([10, 5], (9, 1)),
    ],
)
def test_a_figure_that_cannot_be_read_is_one_that_was_not_told(
    told: object, counted: tuple[int, int]
) -> None:
    before = {"promptTokenCount": 9, "candidatesTokenCount": 1}

    reply, _ = fold(said({"text": "x"}, usageMetadata=before), said(finish="STOP", usageMetadata=told))

    assert (reply.usage.input_tokens, reply.usage.output_tokens) == counted


@pytest.mark.parametrize("told", ["n/a", [1], {"promptTokenCount": "9"}])
def test_figures_of_which_none_can_be_read_are_the_same_as_none(told: object) -> None:
    assert fold(said(finish="STOP", usageMetadata=told)) == fold(said(finish="STOP"))


def test_a_file_that_is_no_base64_and_a_call_without_a_name_are_errors() -> None:
    with pytest.raises(BadAnswer, match="base64"):
        fold(said({"inlineData": {"mimeType": "image/png", "data": "A"}}, finish="STOP"))
    with pytest.raises(BadAnswer, match="without a name"):
        fold(said({"functionCall": {"args": {}}}, finish="STOP"))


@recordings.needed
def test_wire_6_a_json_array_stream_folds_and_keeps_its_lonely_signature() -> None:
    reply = recorded("gem-google-10374c5fb5")

    assert reply.stop == "end"
    assert [sorted(part) for part in reply.native] == [["text"], ["text", "thoughtSignature"]]


@recordings.needed
def test_wire_34_arguments_streamed_in_pieces_become_one_call_with_its_signature() -> None:
    reply = recorded("gem-google-ce9be52a1a")

    (call,) = (part for part in reply.content if isinstance(part, ToolCall))
    (item,) = reply.native
    assert call.tool == "writeItems"
    assert call.content["operations"] == (
        freeze_object(
            {"action": "add", "description": "Fresh red apple", "itemid": "apple_001", "price": 0.5}
        ),
        freeze_object(
            {"action": "add", "description": "Ripe yellow banana", "itemid": "banana_001", "price": 0.3}
        ),
    )
    assert sorted(item) == ["functionCall", "thoughtSignature"]
    assert reply.stop == "tool_calls"


@recordings.needed
def test_wire_35_of_parallel_calls_only_the_first_is_signed_and_stays_so() -> None:
    reply = recorded("gem-google-34a3f41d39")

    assert ["thoughtSignature" in part for part in reply.native] == [True, False]
    assert [part.vendor_id for part in reply.content if isinstance(part, ToolCall)] == [
        "wxvlv0tv",
        "75p2opbh",
    ]


@recordings.needed
def test_wire_35_a_signature_on_an_answer_stays_on_it() -> None:
    reply = recorded("gem-google-0e2f43f183")

    assert [sorted(part) for part in reply.native] == [["text", "thoughtSignature"]]


@recordings.needed
@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("gem-google-31a8a16200", "malformed_call"),
        ("gem-google-1ddb3cf287", "end"),
        ("gem-google-6e96ec665d", "end"),
        ("gem-google-vertex-36c0cad9fd", "filter"),
    ],
)
def test_wire_36_missing_content_parts_roles_and_candidates_are_all_legal(name: str, stop: str) -> None:
    assert recorded(name).stop == stop


@recordings.needed
def test_wire_37_usage_of_thinking_alone_and_of_tools_is_whole() -> None:
    thinking, tools = recorded("gem-google-07426e613d").usage, recorded("gem-google-12670520d5").usage

    assert thinking.output_tokens == thinking.reasoning_tokens > 0
    assert (tools.input_tokens, tools.output_tokens) == (32 + 2395, 41 + 47)


@recordings.needed
def test_wire_37_a_reason_to_end_in_the_middle_does_not_end_the_answer() -> None:
    reply = recorded("gem-google-d36f097283")

    assert reply.content == (Text(content="résultats ✅ 42 et 142."),)
    assert reply.stop == "end"


def test_a_call_with_an_array_is_rebuilt_from_its_content_and_not_kept_twice() -> None:
    draft = Draft("gemini-2.5-flash", whole=False)
    part = {"functionCall": {"name": "add", "args": {"numbers": [1, [2, 3]]}}}
    candidate = {"content": {"parts": [part], "role": "model"}, "finishReason": "STOP"}
    draft.absorb(json.dumps({"candidates": [candidate]}))

    assert draft.finish().native == ()

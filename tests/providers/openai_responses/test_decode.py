"""Events folded into replies: each point of what OpenAI, and who speaks like it, is known to send."""

import json
from collections.abc import Sequence

import pytest

from sagent.atoms import CallId, ToolName
from sagent.errors import BadAnswer, Overloaded, ProviderError, Quota, Refused, Unreachable
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.protocols import Chunk, Reply
from sagent.providers.openai_responses.decode import Draft
from sagent.providers.openai_responses.inputs import bad_item
from sagent.schema.event import TextDelta, ThinkingDelta
from sagent.schema.message import ToolCall
from sagent.schema.part import ErrorText, Image, Text, Thinking
from sagent.schema.values import Usage
from tests.providers.conversation import NOTHING


def fold(*events: object, whole: bool = False) -> tuple[Reply, Sequence[Chunk]]:
    """The reply and what was shown on the way."""
    draft = Draft("asked-for", whole=whole)
    shown = [delta for event in events for delta in draft.absorb(json.dumps(event))]
    return draft.finish(), shown


def folded(*items: object, **response: object) -> Reply:
    """The reply of a stream in which these items were done."""
    return fold(*map(done, items), completed(**response))[0]


def done(item: object, **more: object) -> object:
    return {"type": "response.output_item.done", "item": item, **more}


def completed(**response: object) -> object:
    return {"type": "response.completed", "response": {"status": "completed", "output": [], **response}}


def delta(kind: str, words: object) -> object:
    return {"type": f"response.{kind}.delta", "delta": words}


def spoke(*texts: str, **more: object) -> dict[str, object]:
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": content, **more}


def called(arguments: object = "{}", **more: object) -> dict[str, object]:
    return {
        "type": "function_call",
        "id": "fc_1",
        "call_id": "call_1",
        "name": "add",
        "arguments": arguments,
        **more,
    }


def thought(*told: str, **more: object) -> dict[str, object]:
    summary = [{"type": "summary_text", "text": text} for text in told]
    return {"type": "reasoning", "id": "rs_1", "summary": summary, **more}


def call(content: object, *, call_id: str = "call_1", vendor_id: str = "call_1", raw: str = "") -> ToolCall:
    return ToolCall(
        call_id=CallId(call_id),
        vendor_id=vendor_id,
        tool=ToolName("add"),
        content=freeze_object(content),
        raw=raw,
    )


def test_text_in_pieces_is_shown_piece_by_piece_and_kept_as_it_was_declared_done() -> None:
    item = spoke("Hello", status="completed")

    reply, shown = fold(
        {"type": "response.created", "response": {"model": "gpt-x-2026", "status": "in_progress"}},
        {"type": "response.output_item.added", "item": spoke(status="in_progress")},
        delta("output_text", "Hel"),
        delta("output_text", ""),
        delta("output_text", "lo"),
        done(item),
        completed(usage={"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}),
    )

    assert shown == [TextDelta(content="Hel"), TextDelta(content="lo")]
    assert reply == Reply(
        content=(Text(content="Hello"),),
        model="gpt-x-2026",
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
        native=(freeze_object(item),),
    )


def test_what_is_told_of_the_reasoning_is_shown_and_kept_with_a_gap_between_its_parts() -> None:
    item = thought("One.", "Two.", encrypted_content="gAAA")
    added = "response.reasoning_summary_part.added"

    reply, shown = fold(
        {"type": added, "summary_index": 0},
        delta("reasoning_summary_text", "One."),
        {"type": added, "summary_index": 1},
        delta("reasoning_summary_text", "Two."),
        done(item),
        completed(),
    )

    assert [each.content for each in shown if isinstance(each, ThinkingDelta)] == ["One.", "\n\n", "Two."]
    assert reply.content == (Thinking(content="One.\n\nTwo."),)
    assert reply.native == (freeze_object(item),)


def test_reasoning_in_plain_words_is_shown_and_kept() -> None:
    item = thought(
        content=[{"type": "reasoning_text", "text": "Hm."}, {"type": "reasoning_text", "text": "m"}]
    )

    reply, shown = fold(delta("reasoning_text", "Hm."), delta("reasoning_text", "m"), done(item), completed())

    assert shown == [ThinkingDelta(content="Hm."), ThinkingDelta(content="m")]
    assert reply.content == (Thinking(content="Hm.m"),)


def test_reasoning_of_which_nothing_is_told_is_kept_for_the_way_back_alone() -> None:
    reply = folded(thought(encrypted_content="gAAA"), spoke("ok"))

    assert reply.content == (Text(content="ok"),)
    assert [item["type"] for item in reply.native] == ["reasoning", "message"]


def test_a_call_asks_for_tools() -> None:
    reply = folded(called('{"a": 1}'))

    assert (reply.content, reply.stop) == ((call({"a": 1}),), "tool_calls")


@pytest.mark.parametrize("arguments", ["", " ", None])
def test_a_call_with_no_arguments_at_all_has_an_empty_directive(arguments: object) -> None:
    assert folded(called(arguments)).content == (call({}),)


@pytest.mark.parametrize("arguments", ['{"a":', "[1]", "null", "NaN", '{"a": NaN}', "9" * 5000])
def test_arguments_that_are_no_json_object_are_kept_as_they_were_sent(arguments: str) -> None:
    reply = folded(called(arguments))

    assert (reply.content, reply.stop) == ((call({}, raw=arguments),), "tool_calls")


def test_calls_that_share_an_id_are_told_apart() -> None:
    reply = folded(called(), called(id="fc_2"), called(call_id="", id="fc_3"))

    assert reply.content == (
        call({}),
        call({}, call_id="call_2"),
        call({}, call_id="call_3", vendor_id=""),
    )


def test_messages_and_calls_keep_the_order_of_their_numbers_where_they_have_some() -> None:
    first, second = done(spoke("a"), output_index=0), done(spoke("b"), output_index=1)

    numbered, _ = fold(second, first, completed())
    bare, _ = fold(done(spoke("b")), first, completed())

    assert numbered.content == (Text(content="a"), Text(content="b"))
    assert bare.content == (Text(content="b"), Text(content="a"))


def test_pieces_of_one_message_are_one_text() -> None:
    assert folded(spoke("a", "b"), spoke("c"), spoke("")).content == (Text(content="ab"), Text(content="c"))


def test_a_refusal_is_shown_and_said_as_such() -> None:
    item = spoke() | {"content": [{"type": "refusal", "refusal": "I can't."}]}

    reply, shown = fold(delta("refusal", "I can't."), done(item), completed())

    assert shown == [TextDelta(content="I can't.")]
    assert (reply.content, reply.stop) == ((Text(content="I can't."),), "refusal")


def test_a_picture_that_was_made_is_kept_as_its_bytes() -> None:
    reply = folded({"type": "image_generation_call", "id": "ig", "result": "AAEC", "output_format": "webp"})

    assert reply.content == (Image(descriptor="image/webp", content=Blob.of(b"\0\1\2")),)


@pytest.mark.parametrize(
    ("reason", "stop"),
    [("max_output_tokens", "length"), ("content_filter", "filter"), ("max_messages", "length")],
)
def test_each_reason_for_an_answer_that_is_not_whole_has_its_meaning(reason: str, stop: str) -> None:
    response = {"status": "incomplete", "incomplete_details": {"reason": reason}, "output": []}

    reply, _ = fold(done(spoke("so f")), {"type": "response.incomplete", "response": response})

    assert reply.stop == stop
    assert reply.content[0] == Text(content="so f")


def test_a_filtered_answer_says_so() -> None:
    response = {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}

    reply, _ = fold({"type": "response.incomplete", "response": response})

    assert reply.content == (ErrorText(content="OpenAI stopped the answer: content_filter"),)


def test_a_call_that_was_cut_is_kept_with_what_came_of_it() -> None:
    response = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}

    reply, _ = fold(done(called('{"a":')), {"type": "response.incomplete", "response": response})

    assert (reply.content, reply.stop) == ((call({}, raw='{"a":'),), "length")


def test_usage_holds_the_cache_and_the_reasoning_within_its_sums() -> None:
    reply = folded(
        spoke("x"),
        usage={
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 30},
            "output_tokens": 20,
            "output_tokens_details": {"reasoning_tokens": 15},
            "total_tokens": 120,
        },
    )

    assert reply.usage == Usage(
        input_tokens=100,
        cache_read_tokens=60,
        cache_write_tokens=30,
        cache_write_1h_tokens=0,
        output_tokens=20,
        reasoning_tokens=15,
    )


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": None, "output_tokens_details": None}])
def test_usage_may_be_missing_or_null(usage: object) -> None:
    assert folded(spoke("x"), usage=usage).usage == NOTHING


def test_a_whole_answer_is_read_as_a_streamed_one() -> None:
    response = {"object": "response", "status": "completed", "model": "m", "output": [spoke("x"), called()]}

    reply, shown = fold({**response, "error": None}, whole=True)

    assert shown == []
    assert (reply.content, reply.model, reply.stop) == ((Text(content="x"), call({})), "m", "tool_calls")


def test_a_whole_answer_without_a_status_is_done() -> None:
    assert fold({"output": [spoke("x")]}, whole=True)[0].stop == "end"


def test_a_stream_that_lists_no_items_at_its_end_is_made_of_those_that_were_done() -> None:
    reply = folded(spoke("x"), output=[])

    assert reply.content == (Text(content="x"),)


def test_a_list_at_the_end_that_holds_more_than_was_done_counts() -> None:
    reply, _ = fold(done(called(), output_index=1), completed(output=[spoke("x"), called()]))

    assert reply.content == (Text(content="x"), call({}))


def test_a_seal_that_comes_at_the_end_only_is_put_on_its_reasoning() -> None:
    listed = [thought(encrypted_content="gAAA"), spoke("x", id="msg_other")]

    reply, _ = fold(done(thought()), done(spoke("x")), completed(output=listed))

    assert reply.native == (freeze_object(listed[0]), freeze_object(spoke("x")))


def test_a_seal_that_came_with_the_item_is_not_exchanged() -> None:
    reply, _ = fold(
        done(thought(encrypted_content="one")), completed(output=[thought(encrypted_content="other")])
    )

    assert reply.native == (freeze_object(thought(encrypted_content="one")),)


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        (called(None, status=None, namespace=None), called("{}")),
        ({"type": "function_call", "call_id": "c", "name": "add"}, called("{}", id=None, call_id="c")),
        (
            {"type": "reasoning", "id": "rs_1", "summary": None, "encrypted_content": "s", "content": None},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "s"},
        ),
        ({**spoke("x"), "content": None, "role": None}, {**spoke("x"), "content": []}),
        (
            {**spoke(), "content": [{"type": "output_text", "text": None, "annotations": None}]},
            {**spoke(), "content": [{"type": "output_text", "text": ""}]},
        ),
        (
            {**spoke(), "content": [{"type": "output_text", "text": "a\0"}]},
            {**spoke(), "content": [{"type": "output_text", "text": "a\ufffd"}]},
        ),
    ],
)
def test_what_is_null_in_an_item_is_absent_and_what_must_be_there_is(came: object, kept: object) -> None:
    assert folded(came).native == folded(kept).native
    assert [
        complaint for item in folded(came).native for complaint in bad_item(item, "", verbatim=True)
    ] == []


def test_items_of_the_providers_own_tools_keep_their_nulls() -> None:
    item = {"type": "code_interpreter_call", "id": "ci_1", "code": None, "outputs": None}

    assert folded(item).native == (item,)


def test_what_is_unknown_is_counted_and_kept_for_the_way_back() -> None:
    draft, new = Draft("m"), {"type": "glow_call", "glow": {"a": 1}}
    events = [
        {"type": "response.glow.delta", "delta": {"a": 1}},
        {"type": "response.output_text.delta", "delta": "x", "aura": 1},
        done(new),
        {"type": "keepalive"},
        completed(),
    ]
    for event in events:
        draft.absorb(json.dumps(event))

    reply = draft.finish()

    assert draft.unknown == {"response.glow.delta": 1, "aura": 1, "glow_call": 1, "keepalive": 1}
    assert (reply.content, reply.native) == ((), (freeze_object(new),))


@pytest.mark.parametrize("mark", ["[DONE]", " [DONE]\n"])
def test_the_mark_at_the_end_is_an_event_without_a_meaning(mark: str) -> None:
    draft = Draft("m")
    draft.absorb(json.dumps(done(spoke("x"))))
    draft.absorb(json.dumps(completed()))

    assert draft.absorb(mark) == ()
    assert draft.finish().content == (Text(content="x"),)


def test_a_draft_is_complete_when_the_model_has_said_so() -> None:
    draft = Draft("m")
    before = draft.complete
    draft.absorb(json.dumps(completed()))

    assert (before, draft.complete) == (False, True)


def test_a_stream_without_an_end_broke_off() -> None:
    with pytest.raises(Unreachable, match="broke off"):
        fold({"type": "response.created", "response": {"model": "m"}}, done(spoke("x")))


@pytest.mark.parametrize(
    ("event", "kind", "words"),
    [
        ({"type": "error", "error": {"code": "server_error", "message": "oh"}}, Overloaded, "oh"),
        (
            {"type": "error", "code": "rate_limit_exceeded", "message": "slow", "param": None},
            Overloaded,
            "slow",
        ),
        ({"type": "error", "error": {"code": "insufficient_quota", "message": "no"}}, Quota, "no"),
        ({"type": "error", "error": {"code": 502, "message": "bad gateway"}}, Overloaded, "bad gateway"),
        ({"type": "error", "error": "odd"}, ProviderError, "odd"),
        (
            {"type": "response.failed", "response": {"error": {"code": "invalid_prompt", "message": "no"}}},
            Refused,
            "no",
        ),
        ({"type": "response.failed", "response": {"error": None}}, ProviderError, "no explanation"),
        ({"type": "response.failed", "response": "x"}, ProviderError, "no explanation"),
        ({"type": "error", "error": [1]}, ProviderError, "no explanation"),
        ({"error": {"code": "server_error", "message": "oh"}}, Overloaded, "oh"),
        ({"error": "no capacity", "code": "unavailable"}, ProviderError, "no capacity"),
        ({"detail": "odd"}, ProviderError, "odd"),
        ({"type": "error", "message": "upstream overloaded"}, Overloaded, "upstream overloaded"),
        ({"code": "InternalError", "message": "boom", "request_id": "1"}, Overloaded, "boom"),
        ({"object": "error", "message": "odd", "type": "BadRequestError", "code": 400}, ProviderError, "odd"),
        (
            {"object": "response", "status": "failed", "error": {"code": "server_error", "message": "oh"}},
            Overloaded,
            "oh",
        ),
    ],
)
def test_an_error_under_http_200_is_raised_as_what_it_is(
    event: object, kind: type[ProviderError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        fold({"type": "response.in_progress", "response": {}}, event)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"type": "notice", "message": "slow down"}, "notice"),
        ({"message": "slow down"}, "event without a type"),
        ({"foo": 1}, "event without a type"),
        ({"type": 5}, "event without a type"),
        ({"type": [], "status": "loading", "detail": "the model"}, "event without a type"),
        ({"type": "weird", "delta": {"a": 1}, "item": "x", "output_index": "a"}, "weird"),
        ({"type": "weird", "response": "x", "error": 5, "summary_index": []}, "weird"),
    ],
)
def test_an_event_that_nobody_knows_takes_nothing_of_the_answer(event: object, name: str) -> None:
    draft = Draft("m")
    for each in (event, done(spoke("x")), event, completed()):
        draft.absorb(json.dumps(each))

    assert draft.finish().content == (Text(content="x"),)
    assert draft.unknown[name] == 2


def test_items_and_pieces_that_nobody_knows_may_hold_anything() -> None:
    odd = {"type": "hologram", "id": 5, "content": 7, "summary": "x", "name": {"a": 1}}
    piece = {"type": "holo", "text": {"a": 1}, "refusal": 5}
    said = {**spoke("x"), "content": [piece, *({"type": "output_text", "text": "x"},)]}

    reply = folded(odd, said)

    assert (reply.content, reply.native[0]) == ((Text(content="x"),), odd)


@pytest.mark.parametrize("first", [0.0, "a", None])
def test_items_whose_numbers_cannot_be_read_stand_as_they_came(first: object) -> None:
    events = done(spoke("a"), output_index=first), done(spoke("b"), output_index=1.0)

    assert fold(*events, completed())[0].content == (Text(content="a"), Text(content="b"))


def test_what_is_told_of_an_answer_and_cannot_be_read_is_not_told() -> None:
    begun = {"type": "response.created", "response": "x"}
    incomplete = {"status": "incomplete", "model": 5, "incomplete_details": "x", "error": "y"}

    reply, _ = fold(begun, done(spoke("x")), {"type": "response.incomplete", "response": incomplete})

    assert (reply.content, reply.model, reply.stop) == ((Text(content="x"),), "asked-for", "length")


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_an_answer_that_is_still_being_made_is_no_answer(status: str) -> None:
    with pytest.raises(BadAnswer, match=status):
        fold({"object": "response", "status": status, "output": []}, whole=True)


def test_an_answer_that_was_cancelled_is_refused() -> None:
    with pytest.raises(Refused, match="cancelled"):
        fold({"object": "response", "status": "cancelled", "output": []}, whole=True)


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ('{"type": "response.output_text.delta", "delta": 5}', r"\$\.delta"),
        ('{"type": "response.output_text.delta"}', r"\$\.delta"),
        ('{"type": "response.output_item.done"}', r"\$\.item: expected an object"),
        ('{"type": "response.output_item.done", "item": {}}', r"\$\.item\.type"),
        (
            '{"type": "response.output_item.done", "item": {"type": "function_call", "arguments": {"a": 1}}}',
            r"item\.arguments",
        ),
        ('{"type": "response.output_item.done", "item": {"type": "message", "content": "x"}}', "content"),
        (
            json.dumps(done({"type": "message", "content": [{"type": "output_text", "text": 5}]})),
            r"item\.content\[0\]\.text",
        ),
        (
            '{"type": "response.output_item.done", "item": {"type": "reasoning", "summary": [1]}}',
            r"summary\[0\]",
        ),
        ('{"type": "response.completed"}', r"\$\.response"),
        ('{"type": "response.completed", "response": {"output": {"a": 1}}}', r"response\.output"),
        ('{"type": "response.completed", "response": {"output": [1]}}', r"response\.output\[0\]"),
        ('{"type": "response.completed", "response": {"status": 1}}', r"response\.status"),
        ("[1]", r"at \$: expected an object"),
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
        ({"input_tokens": 10.0, "output_tokens": 5.0, "total_tokens": 15.0}, (10, 0, 5)),
        ({"input_tokens": 10, "input_tokens_details": {"cached_tokens": "1", "new": {"a": 1}}}, (10, 0, 0)),
        ({"input_tokens": 10, "input_tokens_details": {"cached_tokens": 1.0}}, (10, 1, 0)),
        ({"input_tokens": "10", "input_tokens_details": 1, "output_tokens": 5}, (0, 0, 5)),
    ],
)
def test_a_figure_that_cannot_be_read_is_one_that_was_not_told(
    told: object, counted: tuple[int, int, int]
) -> None:
    found = folded(spoke("x"), usage=told).usage

    assert (found.input_tokens, found.cache_read_tokens, found.output_tokens) == counted


@pytest.mark.parametrize("told", ["n/a", [1], {"input_tokens": "9"}])
def test_figures_of_which_none_can_be_read_are_the_same_as_none(told: object) -> None:
    assert folded(spoke("x"), usage=told) == folded(spoke("x"))


def test_a_call_without_a_name_and_a_picture_that_is_no_base64_are_errors() -> None:
    with pytest.raises(BadAnswer, match="without a name"):
        folded(called(name=""))
    with pytest.raises(BadAnswer, match="base64"):
        folded({"type": "image_generation_call", "result": "A"})

"""Conversations written as requests."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import CallId, ToolName
from sagent.errors import Illegal, SessionError
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.view import View, Viewed
from sagent.protocols import Request
from sagent.providers.openai_chat.dialect import ChatDialect
from sagent.providers.openai_chat.manners import COMPATIBLE, OPENAI, Manners
from sagent.providers.openai_chat.validator import complaints
from sagent.providers.tolerance import Tolerance
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Thinking
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Origin
from tests.providers import conversation
from tests.providers.conversation import ABROAD, ADD, call, prompt, request, result, stub
from tests.providers.openai_chat.sending import HOME, KIMI, MISTRAL, OTHER, messages, scribe_for, strict
from tests.samples import PDF, PNG, in_base64

PICTURE = Image(descriptor="image/png", content=Blob.of(PNG))
PICTURED = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{in_base64(PNG)}"}}
response = partial(conversation.response, origin=HOME)
"""A response of the model that is asked again, if nobody else is named."""

SHOWN = {"type": "text", "text": "[shown by the tools]"}


def written(
    entries: Sequence[Viewed], manners: Manners = COMPATIBLE, trusted: int = 0, origin: Origin = HOME
) -> Sequence[Mapping[str, object]]:
    """The messages of the request, once both judges have let it through."""
    body = scribe_for(origin, manners).body(request(entries, trusted=trusted))
    assert strict(body, origin.model, manners) == ()
    return messages(body)


def user(*content: object) -> object:
    (said,) = content if len(content) == 1 else (list(content),)
    return {"role": "user", "content": said}


def said(content: object = None, *calls: object, **more: object) -> object:
    return {"role": "assistant", **more, "content": content} | ({"tool_calls": list(calls)} if calls else {})


def asked(call_id: str, arguments: str = "{}", name: str = "add") -> object:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def told(call_id: str, content: str, **more: object) -> object:
    return {"role": "tool", "tool_call_id": call_id, "content": content, **more}


def test_a_whole_request_is_written_as_this() -> None:
    dialect = ChatDialect(origin=HOME, max_output_tokens=9, effort="low", extra_body={"top_k": 5})

    body = dialect.scribe().body(request([prompt("hi")], system="Be brief.", tools=[ADD]))

    assert json.loads(body) == {
        "model": "local-model",
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "add",
                    "description": "Adds two numbers.",
                    "parameters": {
                        "type": "object",
                        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                    },
                },
            }
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 9,
        "reasoning_effort": "low",
        "top_k": 5,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
    }
    assert strict(body) == ()


def test_openais_own_manners_are_other_words_for_the_same() -> None:
    origin = replace(HOME, model="gpt-6-sol")
    dialect = ChatDialect(origin=origin, manners=OPENAI, stream=False, max_output_tokens=9, effort="xhigh")

    body = dialect.scribe().body(request([prompt("hi")], system="Be brief."))

    assert json.loads(body) == {
        "model": "gpt-6-sol",
        "max_completion_tokens": 9,
        "reasoning_effort": "xhigh",
        "messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "hi"}],
    }
    assert strict(body, "gpt-6-sol", OPENAI) == ()


def test_a_request_without_system_tools_and_settings_has_only_its_model_and_messages() -> None:
    body = scribe_for().body(request([prompt("hi")]))

    assert body == b'{"model":"local-model","messages":[{"role":"user","content":"hi"}]}'


def test_a_server_that_would_refuse_to_be_asked_for_usage_is_not_asked() -> None:
    body = ChatDialect(origin=HOME, manners=MISTRAL).scribe().body(request([prompt("hi")]))

    assert set(json.loads(body)) == {"model", "stream", "messages"}


def test_a_tool_without_parameters_has_an_empty_schema_without_words_about_schemas() -> None:
    bare = ToolDefinition(
        name=ToolName("now"),
        description="",
        directive_schema=freeze_object({"$schema": "https://json-schema.org", "$id": "x"}),
    )

    body = scribe_for().body(request([prompt("hi")], tools=[bare]))

    (tool,) = json.loads(body)["tools"]
    assert tool["function"]["parameters"] == {"type": "object", "properties": {}}
    assert strict(body) == ()


def test_prompts_in_a_row_are_one_message_and_others_than_the_user_are_named() -> None:
    sent = written([prompt("a"), prompt("b", author="peer", sender="Ann"), prompt("c", author="system")])

    assert sent == [user("a\n\n[peer Ann]\n\nb\n\n[system]\n\nc")]


def test_pictures_make_a_message_of_parts_that_goes_on_as_one() -> None:
    sent = written([prompt("a"), prompt("look", PICTURE), prompt("b"), prompt(PICTURE)])

    assert sent == [
        user("a"),
        user({"type": "text", "text": "look"}, PICTURED, {"type": "text", "text": "b"}, PICTURED),
    ]


def test_empty_texts_are_never_sent() -> None:
    sent = written([prompt("", "a"), response(""), prompt("b")])

    assert sent == [user("a\n\nb")]


def test_an_own_response_goes_back_with_its_thoughts_and_its_own_ids() -> None:
    sent = written(
        [
            prompt("a"),
            response(Thinking(content="hm"), "ok", call(1, vendor_id="functions.add:0", a=1)),
            result(1, "2"),
        ]
    )

    assert sent == [
        user("a"),
        said("ok", asked("functions.add:0", '{"a":1}'), reasoning_content="hm"),
        told("functions.add:0", "2"),
    ]


def test_an_own_response_goes_back_verbatim_where_it_was_kept_so() -> None:
    native = freeze_object(
        {
            "role": "assistant",
            "reasoning": "hm",
            "reasoning_details": [{"type": "reasoning.text", "text": "hm", "signature": "s"}],
            "extra_content": {"google": {"thought_signature": "s"}},
            "content": "ok",
            "tool_calls": [{**_call("v1", '{"a": 1}'), "extra_content": {"google": 1}}],
        }
    )

    body = scribe_for().body(
        request(
            [
                prompt("a"),
                response(Thinking(content="hm"), "ok", call(1, vendor_id="v1", a=1), native=[native]),
                result(1, "2"),
            ]
        )
    )

    assert messages(body)[1] == json.loads(json.dumps(native))
    assert messages(body)[2] == told("v1", "2")


def _call(call_id: str, arguments: str) -> Mapping[str, object]:
    return {"id": call_id, "type": "function", "function": {"name": "add", "arguments": arguments}}


@pytest.mark.parametrize("ids", [("", ""), ("same", "same")])
def test_own_ids_that_do_not_tell_calls_apart_are_replaced(ids: tuple[str, str]) -> None:
    native = freeze_object({"role": "assistant", "tool_calls": [_call(ids[0], "{ }"), _call(ids[1], "{ }")]})
    calls = call(1, vendor_id=ids[0]), call(2, vendor_id=ids[1])

    sent = written([prompt("a"), response(*calls, native=[native]), result(1, "x"), result(2, "y")])

    assert sent == [
        user("a"),
        said(None, asked("c1", "{ }"), asked("c2", "{ }")),
        told("c1", "x"),
        told("c2", "y"),
    ]


def test_arguments_that_are_none_go_back_empty_and_what_came_of_them_says_so() -> None:
    broken = replace(call(1, vendor_id="v1"), raw='{"a": ')
    native = freeze_object({"role": "assistant", "tool_calls": [_call("v1", '{"a": ')]})

    sent = written([prompt("a"), response(broken, native=[native]), result(1, "not run", failed=True)])

    assert sent == [user("a"), said(None, asked("v1")), told("v1", "Error: not run")]


@pytest.mark.parametrize("trusted", [0, 3])
def test_another_models_response_goes_on_without_thoughts_and_under_our_ids(trusted: int) -> None:
    origin = ABROAD if trusted == 0 else HOME
    native = () if trusted == 0 else (freeze_object({"role": "assistant", "content": "secret"}),)
    parts = (Thinking(content="hm", signature="s"), "ok", call(1, vendor_id="toolu_1"), call(2))

    sent = written(
        [
            prompt("a"),
            conversation.response(*parts, origin=origin, native=native),
            result(1, "x"),
            result(2, "y"),
        ],
        trusted=trusted,
    )

    assert sent == [
        user("a"),
        said("ok", asked("c1"), asked("c2")),
        told("c1", "x"),
        told("c2", "y"),
    ]


@pytest.mark.parametrize("changed", ["provider", "dialect", "endpoint", "model"])
def test_an_origin_that_differs_in_anything_is_another_origin(changed: str) -> None:
    origin = Origin(
        provider="X" if changed == "provider" else HOME.provider,
        dialect="X" if changed == "dialect" else HOME.dialect,
        endpoint="X" if changed == "endpoint" else HOME.endpoint,
        model="X" if changed == "model" else HOME.model,
    )

    sent = written([prompt("a"), response(Thinking(content="hm"), "ok", origin=origin), prompt("b")])

    assert sent == [user("a"), said("ok"), user("b")]


@pytest.mark.parametrize("stop", ["interrupted", "failed"])
def test_a_response_that_broke_off_goes_back_as_its_visible_text(stop: str) -> None:
    broken = replace(
        response(Thinking(content="hm"), "so far", call(1)),
        stop="failed" if stop == "failed" else "interrupted",
    )

    sent = written([prompt("a"), broken, prompt("b")])

    assert sent == [user("a"), said("so far"), user("b")]


def test_a_response_cut_in_a_call_goes_back_without_the_calls_that_were_not_run() -> None:
    sent = written([prompt("a"), response("ok", call(1), stop="length"), prompt("again")])

    assert sent == [user("a"), said("ok"), user("again")]


@pytest.mark.parametrize("origin", [HOME, ABROAD])
def test_a_response_of_thoughts_alone_is_nothing_to_anybody(origin: Origin) -> None:
    sent = written([prompt("a"), response(Thinking(content="hm"), origin=origin), prompt("b")])

    assert sent == [user("a\n\nb")]


def test_a_refusal_is_nothing_to_anybody() -> None:
    sent = written([prompt("a"), response(ErrorText(content="I won't."), stop="refusal"), prompt("b")])

    assert sent == [user("a\n\nb")]


def test_own_items_that_the_server_would_not_take_back_are_retold() -> None:
    native = freeze_object({"role": "assistant", "tool_calls": [{**_call("v1", "{}"), "type": None}]})

    sent = written([prompt("a"), response(call(1, vendor_id="v1"), native=[native]), result(1, "x")])

    assert sent == [user("a"), said(None, asked("c1")), told("c1", "x")]


def test_results_are_words_with_a_mark_for_errors_and_a_word_for_nothing() -> None:
    calls = [call(number) for number in range(6)]
    results = [
        result(0, "a", "b"),
        result(1, ErrorText(content="no"), failed=True),
        result(2, Data(content=(1, 2))),
        result(3),
        result(4, "Error: no such file", failed=True),
        result(5, failed=True),
    ]

    sent = written([prompt("a"), response(*calls), *results])

    assert sent[2:] == [
        told("c0", "a\nb"),
        told("c1", "Error: no"),
        told("c2", "[1,2]"),
        told("c3", "(no tool output)"),
        told("c4", "Error: no such file"),
        told("c5", "Error: it failed, and nobody said why"),
    ]


def test_a_result_of_nothing_but_blanks_is_told_as_nothing() -> None:
    calls, results = [call(0), call(1)], [result(0, " \n"), result(1, " ", failed=True)]

    sent = written([prompt("a"), response(*calls), *results])

    assert sent[2:] == [told("c0", "(no tool output)"), told("c1", "Error: it failed, and nobody said why")]


def test_a_detached_call_is_answered_by_its_stub() -> None:
    sent = written(
        [prompt("a"), response(call(1), call(2)), stub(1, "still running"), result(2, "x"), prompt("b")]
    )

    assert sent[2:] == [told("c1", "still running"), told("c2", "x"), user("b")]


def test_pictures_of_results_are_shown_behind_all_of_them_and_what_is_said_next_joins_them() -> None:
    sent = written(
        [prompt("a"), response(call(1), call(2)), result(1, "p", PICTURE), result(2, "y"), prompt("b")]
    )

    assert sent[2:] == [
        told("c1", f"p\n[image/png, {len(PNG)} bytes] (shown below)"),
        told("c2", "y"),
        user(SHOWN, PICTURED, {"type": "text", "text": "b"}),
    ]


def test_a_blind_model_is_told_of_pictures_in_words() -> None:
    blind = Manners(files=Tolerance(pictures=()))
    words = f"[image/png, {len(PNG)} bytes] (this model sees no pictures)"

    sent = written([prompt("a", PICTURE), response(call(1)), result(1, PICTURE), prompt("b")], blind)

    assert sent == [
        user(f"a\n\n{words}"),
        said(None, asked("c1")),
        told("c1", words),
        user("b"),
    ]


def test_a_document_is_sent_to_those_who_read_it_and_told_of_to_others() -> None:
    content = (
        Document(content=Blob.of(PDF)),
        Audio(descriptor="audio/mpeg", content=Blob.of(b"ID3")),
        Foreign(media_type="video/x", content=Blob.of(b"12")),
        Data(content=freeze_object({"a": 1})),
    )

    assert written([prompt(*content)], OPENAI) == [
        user(
            {
                "type": "file",
                "file": {
                    "filename": "document.pdf",
                    "file_data": f"data:application/pdf;base64,{in_base64(PDF)}",
                },
            },
            {"type": "text", "text": "[audio/mpeg, 3 bytes]"},
            {"type": "text", "text": "[video/x, 2 bytes]"},
            {"type": "text", "text": '{"a":1}'},
        )
    ]
    assert written([prompt(*content[:1])]) == [
        user(
            f"[application/pdf, {len(PDF)} bytes] (this model reads no PDF, so this is its text)\n"
            "[page 1]\nhello"
        )
    ]


def test_bytes_that_a_session_holds_are_fetched_and_lost_ones_are_named() -> None:
    held = replace(PICTURE.content, data=None)
    lost = replace(Blob.of(b"lost"), data=None)

    def read(blob: Blob) -> bytes:
        if blob == held:
            return PNG
        raise SessionError("blob is missing")

    view = View([prompt(replace(PICTURE, content=held), replace(PICTURE, content=lost))])
    body = scribe_for().body(Request(system="", tools=(), view=view, trusted=0, read=read))

    assert messages(body) == [
        user(
            PICTURED,
            {"type": "text", "text": "[image/png, 4 bytes] (its bytes are gone: blob is missing)"},
        )
    ]


def test_nul_and_halves_of_surrogate_pairs_never_reach_the_wire() -> None:
    half, pair = "\ud83d", "\ud83d\ude00"

    sent = written([prompt(f"a{half}b", f"{pair}"), response(call(1, path=half)), result(1, "\0")])

    assert sent == [
        user("a\ufffdb\n\n😀"),
        said(None, asked("c1", '{"path":"\ufffd"}')),
        told("c1", "\ufffd"),
    ]


def test_words_of_its_own_that_cannot_be_sent_are_retold_without_them() -> None:
    sent = written([prompt("a"), response("x\0y", call(1, vendor_id="v")), result(1, "ok")])

    assert sent[1:] == [said("x\ufffdy", asked("c1")), told("c1", "ok")]


def test_where_each_message_must_have_thoughts_those_without_get_a_filler() -> None:
    sent = written(
        [
            prompt("a"),
            response(Thinking(content="hm"), "one"),
            prompt("b"),
            response("two", origin=ABROAD),
            prompt("c"),
            response(Thinking(content="hm"), "three", native=[_thought()]),
            prompt("d"),
        ],
        KIMI,
    )

    assert sent == [
        user("a"),
        said("one", reasoning_content="hm"),
        user("b"),
        said("two", reasoning_content=" "),
        user("c"),
        said("three", reasoning_content="hm"),
        user("d"),
    ]


def test_thoughts_that_go_back_under_their_own_name_need_no_filler() -> None:
    sent = written(
        [prompt("a"), response(Thinking(content="hm"), "three", native=[_thought()]), prompt("b")],
        Manners(reasoning_filler=" "),
    )

    assert sent[1] == said("three", reasoning="hm")


def _thought() -> JsonObject:
    return freeze_object({"role": "assistant", "reasoning": "hm", "content": "three"})


def test_thoughts_never_go_back_where_they_would_be_refused() -> None:
    sent = written(
        [prompt("a"), response(Thinking(content="hm"), "one"), prompt("b")], Manners(reasoning_back="never")
    )

    assert sent == [user("a"), said("one"), user("b")]


@pytest.mark.parametrize(
    ("style", "message"), [("null", said(None)), ("empty", said("")), ("absent", {"role": "assistant"})]
)
def test_what_stands_for_the_text_of_a_message_that_only_calls_is_a_matter_of_manners(
    style: str, message: Mapping[str, object]
) -> None:
    manners = {
        "null": COMPATIBLE,
        "empty": Manners(empty_content="empty"),
        "absent": Manners(empty_content="absent"),
    }[style]

    body = scribe_for(HOME, manners).body(request([prompt("a"), response(call(1)), result(1, "x")]))

    assert messages(body)[1] == {**message, "tool_calls": [asked("c1")]}


def test_tools_are_named_in_their_results_where_the_server_wants_it() -> None:
    sent = written([prompt("a"), response(call(1)), result(1, "x")], Manners(tool_names=True))

    assert sent[2] == told("c1", "x", name="add")


def test_a_server_that_wants_an_assistant_between_tools_and_user_gets_one() -> None:
    manners = replace(MISTRAL, call_id_exact=False, call_id_length=40)

    sent = written([prompt("a"), response(call(1)), result(1, PICTURE), prompt("b"), prompt("c")], manners)

    assert sent[2:] == [
        told("c1", f"[image/png, {len(PNG)} bytes] (shown below)"),
        said("Noted."),
        user(SHOWN, PICTURED, {"type": "text", "text": "b"}, {"type": "text", "text": "c"}),
    ]


@pytest.mark.parametrize(("manners", "length"), [(COMPATIBLE, 40), (MISTRAL, 9)])
def test_ids_that_do_not_fit_are_shortened_and_stay_apart_and_always_the_same(
    manners: Manners, length: int
) -> None:
    ids = [CallId("c" * 60 + str(number)) for number in range(20)]
    calls = [replace(call(1), call_id=each) for each in ids]
    results = [replace(result(1, "x"), call_id=each) for each in ids]
    view: Sequence[Viewed] = [prompt("a"), response(*calls, origin=ABROAD), *results]

    sent, again = written(view, manners), written(view, manners)

    shortened = [message["tool_call_id"] for message in sent[2:]]
    assert len(set(map(str, shortened))) == 20
    assert {len(str(each)) for each in shortened} == {length}
    assert sent == again


def test_a_changed_trust_writes_the_conversation_anew() -> None:
    view = View([prompt("a"), response(Thinking(content="hm"), "ok"), prompt("b")])
    scribe = scribe_for()

    before = messages(scribe.body(request(view)))
    after = messages(scribe.body(request(view, trusted=2)))

    assert before[1] == said("ok", reasoning_content="hm")
    assert after[1] == said("ok")


def test_changed_tools_and_system_change_the_head_alone() -> None:
    view, scribe = View([prompt("a")]), scribe_for()
    scribe.body(request(view, system="one", tools=[ADD]))

    body = json.loads(scribe.body(request(view, system="two")))

    assert body == {"model": "local-model", "messages": [{"role": "system", "content": "two"}, user("a")]}


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "empty array"),
        ([prompt("")], "empty array"),
        ([response("a")], "the user must come first"),
        ([prompt("a"), response("b")], "the last message must be the user's or a tool's"),
        ([prompt("a"), response(call(1)), prompt("b")], "must be followed by tool messages.*c1"),
        ([prompt("a"), response(call(1), call(2)), result(1, "x")], "must be followed by tool messages.*c2"),
        (
            [prompt("a"), response(call(1), call(2)), result(2, "x")],
            "the result of call c2 stands where c1 is due",
        ),
        ([prompt("a"), result(1, "x")], "the result of call c1 stands where no result is due"),
    ],
)
def test_what_would_be_refused_is_refused_here_with_the_reason(
    entries: Sequence[Viewed], reason: str
) -> None:
    with pytest.raises(Illegal, match=reason):
        scribe_for().body(request(entries))


def test_a_scribe_that_refused_a_request_writes_the_next_one_whole() -> None:
    view, scribe = View([prompt("a"), response("b")]), scribe_for()
    with pytest.raises(Illegal):
        scribe.body(request(view))
    view.add(prompt("c"))

    sent = messages(scribe.body(request(view)))

    assert sent == [user("a"), said("b"), user("c")]


def test_two_tools_of_one_name_are_refused() -> None:
    twice = ToolDefinition(name=ToolName("add"), description="Again.", directive_schema=ADD.directive_schema)

    with pytest.raises(Illegal, match="Duplicate function name 'add'"):
        scribe_for().body(request([prompt("a")], tools=[ADD, twice]))


ROUNDS = st.lists(
    st.tuples(
        st.sampled_from(["say", "call", "two calls", "foreign", "broken", "think", "verbatim"]),
        st.text(max_size=5),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def grown(rounds: Sequence[tuple[str, str, bool]]) -> Sequence[Sequence[Viewed]]:
    """What each round adds to a conversation."""
    added: list[Sequence[Viewed]] = []
    for kind, words, pictured in rounds:
        extra = [PICTURE] if pictured else []
        match kind:
            case "say":
                added.append([response(words), prompt("go on", *extra)])
            case "call":
                added.append([response(words, call(1, a=words)), result(1, words, *extra)])
            case "two calls":
                calls = response(call(1, vendor_id="v"), call(2), origin=OTHER)
                added.append([calls, result(1, *extra), stub(2, "later"), prompt(words, "and?")])
            case "foreign":
                foreign = response(words, call(1), origin=ABROAD)
                added.append([foreign, result(1, words, failed=True), prompt("x", author="peer")])
            case "broken":
                added.append([response(words, call(1), stop="interrupted"), prompt("again", *extra)])
            case "verbatim":
                native = freeze_object({"role": "assistant", "tool_calls": [_call("v", '{"a": 1}')]})
                own = response(call(1, vendor_id="v", a=1), native=[native])
                added.append([own, result(1, words, *extra)])
            case _:
                added.append([response(Thinking(content=words)), prompt("well?", *extra)])
    return added


@given(ROUNDS, st.sampled_from([COMPATIBLE, OPENAI, KIMI, MISTRAL]), st.sampled_from([HOME, OTHER]))
def test_the_history_of_one_request_is_a_prefix_of_the_next_and_always_legal(
    rounds: Sequence[tuple[str, str, bool]], manners: Manners, to: Origin
) -> None:
    view, scribe = View([prompt("begin")]), scribe_for(to, manners)
    before = scribe.body(request(view, system="s", tools=[ADD]))
    for entries in grown(rounds):
        for entry in entries:
            view.add(entry)

        body = scribe.body(request(view, system="s", tools=[ADD]))

        assert body.startswith(before.removesuffix(b"]}").removesuffix(b'"}').removesuffix(b"]}"))
        assert body == scribe_for(to, manners).body(request(View(view), system="s", tools=[ADD]))
        # Its own ids are the server's business; those of others are cut to fit.
        assert [each for each in strict(body, to.model, manners) if "Tool call id was v " not in each] == []
        before = body


def test_a_server_that_is_held_to_a_schema_only_without_tools_is_not_where_the_user_adds_some() -> None:
    extra = freeze_object({"tools": [{"type": "openrouter:web_search"}]})
    dialect = ChatDialect(origin=HOME, stream=False, extra_body=extra)
    asked = replace(request([prompt("hi")]), output=freeze_object({"type": "object"}))

    body = dialect.scribe().body(asked)

    assert json.loads(body).keys() == {"model", "tools", "messages"}
    assert complaints(json.loads(body), HOME.model) == ()


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"exclude": True}, {"effort": "high", "exclude": True}),
        ({"max_tokens": 2_000}, {"max_tokens": 2_000}),
        ({"effort": "low"}, {"effort": "low"}),
    ],
)
def test_an_effort_says_nothing_where_the_user_has_said_how_much_to_think(said: object, sent: object) -> None:
    manners = Manners(effort="reasoning")
    dialect = ChatDialect(
        origin=HOME, manners=manners, effort="high", extra_body=freeze_object({"reasoning": said})
    )

    assert json.loads(dialect.scribe().body(request([prompt("hi")])))["reasoning"] == sent

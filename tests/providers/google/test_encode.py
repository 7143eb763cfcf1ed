"""Conversations written as requests."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import ToolName
from sagent.errors import Illegal, SessionError
from sagent.lib.blob import Blob
from sagent.lib.json import EMPTY, freeze_object
from sagent.messages.view import View, Viewed
from sagent.protocols import Request
from sagent.providers.darkroom import developed
from sagent.providers.google.encode import DUMMY, GoogleWording
from sagent.providers.scribe import Scribe
from sagent.providers.tolerance import GOOGLE
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Thinking
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Origin
from tests.providers.conversation import (
    ABROAD,
    ADD,
    HOME,
    NEW,
    call,
    prompt,
    request,
    response,
    result,
    stub,
)
from tests.providers.google.sending import contents, scribe_for, strict
from tests.samples import GIF, PDF, PNG, in_base64

PICTURE = Image(descriptor="image/png", content=Blob.of(PNG))


def written(entries: Sequence[Viewed], to: Origin = HOME, trusted: int = 0) -> object:
    """The contents of the request, once both judges have let it through."""
    body = scribe_for(to).body(request(entries, trusted=trusted))
    assert strict(body, to.model) == ()
    return contents(body)


def user(*parts: object) -> object:
    return {"role": "user", "parts": list(parts)}


def model(*parts: object) -> object:
    return {"role": "model", "parts": list(parts)}


def asked(name: str, args: object, **more: object) -> object:
    return {"functionCall": {**more, "name": name, "args": args}}


def told(output: object, key: str = "output", **more: object) -> object:
    return {"functionResponse": {**more, "name": "add", "response": {key: output}}}


def test_a_whole_request_is_written_as_this() -> None:
    body = scribe_for(HOME, {"maxOutputTokens": 9}).body(
        request([prompt("hi")], system="Be brief.", tools=[ADD])
    )

    assert json.loads(body) == {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "add",
                        "description": "Adds two numbers.",
                        "parametersJsonSchema": {
                            "type": "object",
                            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                        },
                    }
                ]
            }
        ],
        "generationConfig": {"maxOutputTokens": 9},
        "contents": [user({"text": "hi"})],
    }
    assert strict(body, HOME.model) == ()


def test_a_request_without_system_tools_and_settings_has_only_contents() -> None:
    body = scribe_for(HOME).body(request([prompt("hi")]))

    assert body == b'{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}'


def test_prompts_in_a_row_are_one_turn_and_others_than_the_user_are_named() -> None:
    turns = written([prompt("a"), prompt("b", author="peer", sender="Ann"), prompt("c", author="system")])

    assert turns == [user(*({"text": text} for text in ("a", "[peer Ann]", "b", "[system]", "c")))]


def test_empty_texts_are_never_sent() -> None:
    turns = written([prompt("", "a"), response(""), prompt("b")])

    assert turns == [user({"text": "a"}, {"text": "b"})]


def test_an_own_response_goes_back_with_its_thoughts_and_its_own_ids() -> None:
    turns = written(
        [
            prompt("a"),
            response(Thinking(content="hm"), "ok", call(1, vendor_id="v1", a=1), stop="tool_calls"),
            result(1, "2"),
        ]
    )

    assert turns == [
        user({"text": "a"}),
        model({"text": "hm", "thought": True}, {"text": "ok"}, asked("add", {"a": 1}, id="v1")),
        user(told("2", id="v1")),
    ]


def test_an_own_response_goes_back_verbatim_where_it_was_kept_so() -> None:
    native = [
        freeze_object({"text": "ok", "thoughtSignature": "c2ln"}),
        freeze_object({"functionCall": {"name": "add"}, "thoughtSignature": "c2ln"}),
    ]

    turns = written([prompt("a"), response("ok", call(1), stop="tool_calls", native=native), result(1, "2")])

    assert turns == [user({"text": "a"}), model(*native), user(told("2"))]


@pytest.mark.parametrize("trusted", [0, 3])
def test_another_models_response_goes_on_without_thoughts_and_with_the_dummy_signature(trusted: int) -> None:
    origin = ABROAD if trusted == 0 else NEW
    native = () if trusted == 0 else (freeze_object({"text": "secret", "thought": True}),)
    parts = (Thinking(content="hm", signature="s"), "ok", call(1, vendor_id="toolu_1"), call(2))

    turns = written(
        [prompt("a"), response(*parts, origin=origin, native=native), result(1, "x"), result(2, "y")],
        NEW,
        trusted,
    )

    assert turns == [
        user({"text": "a"}),
        model(
            {"text": "ok"},
            {"functionCall": {"id": "c1", "name": "add", "args": {}}, "thoughtSignature": DUMMY},
            asked("add", {}, id="c2"),
        ),
        user(told("x", id="c1"), told("y", id="c2")),
    ]


def test_older_models_are_given_neither_ids_nor_signatures_of_foreign_calls() -> None:
    turns = written([prompt("a"), response(call(1, vendor_id="toolu_1"), origin=ABROAD), result(1, "x")])

    assert turns == [user({"text": "a"}), model(asked("add", {})), user(told("x"))]


@pytest.mark.parametrize("changed", ["provider", "dialect", "endpoint", "model"])
def test_an_origin_that_differs_in_anything_is_another_origin(changed: str) -> None:
    origin = Origin(
        provider="X" if changed == "provider" else HOME.provider,
        dialect="X" if changed == "dialect" else HOME.dialect,
        endpoint="X" if changed == "endpoint" else HOME.endpoint,
        model="X" if changed == "model" else HOME.model,
    )

    turns = written([prompt("a"), response(Thinking(content="hm"), "ok", origin=origin), prompt("b")])

    assert turns == [user({"text": "a"}), model({"text": "ok"}), user({"text": "b"})]


@pytest.mark.parametrize("stop", ["interrupted", "failed"])
def test_a_response_that_broke_off_goes_back_as_its_visible_text(stop: str) -> None:
    broken = replace(
        response(Thinking(content="hm"), "so far", call(1)),
        stop="failed" if stop == "failed" else "interrupted",
    )

    turns = written([prompt("a"), broken, prompt("b")])

    assert turns == [user({"text": "a"}), model({"text": "so far"}), user({"text": "b"})]


def test_a_response_cut_in_a_call_goes_back_without_the_calls_that_were_not_run() -> None:
    turns = written([prompt("a"), response("ok", call(1), stop="length"), prompt("again")])

    assert turns == [user({"text": "a"}), model({"text": "ok"}), user({"text": "again"})]


def test_a_response_of_thoughts_alone_is_nothing_to_another_model() -> None:
    turns = written([prompt("a"), response(Thinking(content="hm"), origin=ABROAD), prompt("b")])

    assert turns == [user({"text": "a"}, {"text": "b"})]


def test_own_items_that_google_would_not_take_back_are_retold() -> None:
    native = (freeze_object({"functionCall": {"name": "no such name", "args": {}}}),)

    turns = written(
        [prompt("a"), response(call(1, tool="no_such_name"), native=native), result(1, "unknown tool")]
    )

    assert turns == [
        user({"text": "a"}),
        model(asked("no_such_name", {})),
        user({"functionResponse": {"name": "no_such_name", "response": {"output": "unknown tool"}}}),
    ]


def test_characters_that_google_refuses_cost_no_signature() -> None:
    native = [
        freeze_object({"text": "h\0m\ud800", "thought": True}),
        freeze_object({"functionCall": {"name": "add"}, "thoughtSignature": "c2ln"}),
    ]

    turns = written([prompt("a"), response(call(1), stop="tool_calls", native=native), result(1, "2")])

    assert turns == [
        user({"text": "a"}),
        model({"text": "h\ufffdm\ufffd", "thought": True}, native[1]),
        user(told("2")),
    ]


@pytest.mark.parametrize("text", ["x", {"a": None}])
def test_own_items_that_are_new_to_us_go_back_all_the_same(text: object) -> None:
    native = (freeze_object({"text": text, "glow": {"a": 1}, "thoughtSignature": "c2ln"}),)

    body = scribe_for(HOME).body(request([prompt("a"), response("x", native=native), prompt("b")]))

    assert contents(body)[1] == model(*native)


def test_results_are_errors_outputs_values_or_a_word_for_nothing() -> None:
    calls = [call(number) for number in range(5)]
    results = [
        result(0, "a", "b"),
        result(1, ErrorText(content="no"), failed=True),
        result(2, Data(content=(1, 2))),
        result(3),
        result(4, "see", Data(content=freeze_object({"k": 1}))),
    ]

    turns = written([prompt("a"), response(*calls), *results])

    assert turns == [
        user({"text": "a"}),
        model(*[asked("add", {})] * 5),
        user(told("a\nb"), told("no", "error"), told([1, 2]), told("(no tool output)"), told('see\n{"k":1}')),
    ]


def test_a_result_of_nothing_but_blanks_is_told_as_nothing() -> None:
    calls, results = [call(0), call(1)], [result(0, " \n"), result(1, " ", failed=True)]

    turns = written([prompt("a"), response(*calls), *results])

    assert isinstance(turns, list)
    assert turns[2] == user(told("(no tool output)"), told("(no tool output)", "error"))


def test_a_detached_call_is_answered_by_its_stub() -> None:
    turns = written(
        [prompt("a"), response(call(1), call(2)), stub(1, "still running"), result(2, "x"), prompt("b")]
    )

    assert turns == [
        user({"text": "a"}),
        model(asked("add", {}), asked("add", {})),
        user(told("still running"), told("x"), {"text": "b"}),
    ]


def test_files_of_results_stand_inside_them_for_new_models() -> None:
    turns = written(
        [prompt("a"), response(call(1), call(2), origin=ABROAD), result(1, "p", PICTURE), result(2, "y")], NEW
    )

    assert turns == [
        user({"text": "a"}),
        model(
            {"functionCall": {"id": "c1", "name": "add", "args": {}}, "thoughtSignature": DUMMY},
            asked("add", {}, id="c2"),
        ),
        user(
            {
                "functionResponse": {
                    "id": "c1",
                    "name": "add",
                    "response": {"output": "p"},
                    "parts": [{"inlineData": {"mimeType": "image/png", "data": in_base64(PNG)}}],
                }
            },
            told("y", id="c2"),
        ),
    ]


def test_files_of_results_stand_behind_all_of_them_for_older_models() -> None:
    turns = written(
        [prompt("a"), response(call(1), call(2)), result(1, PICTURE), result(2, "y"), prompt("b")]
    )

    assert turns == [
        user({"text": "a"}),
        model(asked("add", {}), asked("add", {})),
        user(
            told("(no tool output)"),
            told("y"),
            {"inlineData": {"mimeType": "image/png", "data": in_base64(PNG)}},
            {"text": "b"},
        ),
    ]


def test_a_prompt_can_hold_pictures_documents_and_sounds_and_names_what_cannot_be_read() -> None:
    content = (
        PICTURE,
        Document(content=Blob.of(PDF)),
        Audio(descriptor="audio/mpeg", content=Blob.of(b"ID3")),
        Image(descriptor="image/gif", content=Blob.of(GIF)),
        Foreign(media_type="video/x", content=Blob.of(b"12")),
        Data(content=freeze_object({"a": 1})),
    )

    turns = written([prompt(*content)])

    assert turns == [
        user(
            {"inlineData": {"mimeType": "image/png", "data": in_base64(PNG)}},
            {"inlineData": {"mimeType": "application/pdf", "data": in_base64(PDF)}},
            {"inlineData": {"mimeType": "audio/mp3", "data": "SUQz"}},
            {"inlineData": {"mimeType": "image/png", "data": in_base64(developed(GIF, GOOGLE).data)}},
            {"text": "[video/x, 2 bytes]"},
            {"text": '{"a":1}'},
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
    body = scribe_for(HOME).body(Request(system="", tools=(), view=view, trusted=0, read=read))

    assert contents(body) == [
        user(
            {"inlineData": {"mimeType": "image/png", "data": in_base64(PNG)}},
            {"text": "[image/png, 4 bytes] (its bytes are gone: blob is missing)"},
        )
    ]


def test_nul_and_halves_of_surrogate_pairs_never_reach_the_wire() -> None:
    half, pair = "\ud83d", "\ud83d\ude00"

    turns = written([prompt(f"a{half}b", f"{pair}"), response(call(1, path=half)), result(1, "\0")])

    assert turns == [
        user({"text": "a\ufffdb"}, {"text": "😀"}),
        model(asked("add", {"path": "\ufffd"})),
        user(told("\ufffd")),
    ]


def test_a_changed_trust_writes_the_conversation_anew() -> None:
    view = View([prompt("a"), response(Thinking(content="hm"), "ok"), prompt("b")])
    scribe = scribe_for(HOME)

    before = contents(scribe.body(request(view)))
    after = contents(scribe.body(request(view, trusted=2)))

    assert before[1] == model({"text": "hm", "thought": True}, {"text": "ok"})
    assert after[1] == model({"text": "ok"})


def test_changed_tools_and_system_change_the_head_alone() -> None:
    view, scribe = View([prompt("a")]), scribe_for(HOME)
    scribe.body(request(view, system="one", tools=[ADD]))

    body = json.loads(scribe.body(request(view, system="two")))

    assert body == {"systemInstruction": {"parts": [{"text": "two"}]}, "contents": [user({"text": "a"})]}


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "contents: must not be empty"),
        ([prompt("")], "contents: must not be empty"),
        ([response("a")], "the first turn must be the user's"),
        ([prompt("a"), response("b")], "the last turn must be the user's"),
        ([prompt("a"), response(call(1)), prompt("b")], "functionResponse of add must come first"),
        (
            [prompt("a"), response(call(1), call(2)), result(1, "x")],
            "the call of add has no functionResponse",
        ),
        (
            [prompt("a"), response(call(1), call(2)), result(2, "x")],
            "the result of call c2 stands where c1 is due",
        ),
        ([prompt("a"), result(1, "x")], "the result of call c1 stands where no result is due"),
    ],
)
def test_what_google_would_refuse_is_refused_here_with_the_reason(
    entries: Sequence[Viewed], reason: str
) -> None:
    with pytest.raises(Illegal, match=reason):
        scribe_for(HOME).body(request(entries))


def test_a_scribe_that_refused_a_request_writes_the_next_one_whole() -> None:
    view, scribe = View([prompt("a"), response("b")]), scribe_for(HOME)
    with pytest.raises(Illegal):
        scribe.body(request(view))
    view.add(prompt("c"))

    turns = contents(scribe.body(request(view)))

    assert turns == [user({"text": "a"}), model({"text": "b"}), user({"text": "c"})]


def test_two_tools_of_one_name_are_refused() -> None:
    twice = ToolDefinition(name=ToolName("add"), description="Again.", directive_schema=ADD.directive_schema)

    with pytest.raises(Illegal, match="Duplicate function declaration found: add"):
        scribe_for(HOME).body(request([prompt("a")], tools=[ADD, twice]))


ROUNDS = st.lists(
    st.tuples(
        st.sampled_from(["say", "call", "two calls", "foreign", "broken", "think"]),
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
                calls = response(call(1, vendor_id="v"), call(2), origin=NEW)
                added.append([calls, result(1, *extra), stub(2, "later"), prompt(words, "and?")])
            case "foreign":
                foreign = response(words, call(1), origin=ABROAD)
                added.append([foreign, result(1, words, failed=True), prompt("x", author="peer")])
            case "broken":
                added.append([response(words, call(1), stop="interrupted"), prompt("again")])
            case _:
                added.append([response(Thinking(content=words)), prompt("well?")])
    return added


@given(ROUNDS, st.sampled_from([HOME, NEW]))
def test_the_history_of_one_request_is_a_prefix_of_the_next_and_always_legal(
    rounds: Sequence[tuple[str, str, bool]], to: Origin
) -> None:
    view, scribe = View([prompt("begin")]), scribe_for(to)
    before = scribe.body(request(view, system="s", tools=[ADD]))
    for entries in grown(rounds):
        for entry in entries:
            view.add(entry)

        body = scribe.body(request(view, system="s", tools=[ADD]))

        assert body.startswith(before.removesuffix(b"]}]}"))
        assert body == scribe_for(to).body(request(View(view), system="s", tools=[ADD]))
        assert strict(body, to.model) == ()
        before = body


def test_where_a_model_is_held_to_a_schema_only_without_tools_those_of_the_user_count() -> None:
    searching = freeze_object({"tools": [{"googleSearch": {}}]})
    asked = replace(request([prompt("hi")]), output=freeze_object({"type": "object"}))

    held, told = (
        json.loads(Scribe(HOME, GoogleWording(HOME.model, {}, extra), GOOGLE).body(asked))
        for extra in (EMPTY, searching)
    )

    assert held["generationConfig"]["responseMimeType"] == "application/json"
    assert told.keys() == {"tools", "contents"}


def test_a_schema_stays_where_the_user_asks_for_json_alone() -> None:
    extra = freeze_object({"generationConfig": {"responseMimeType": "application/json"}})
    asked = replace(request([prompt("hi")]), output=freeze_object({"type": "object"}))

    body = Scribe(NEW, GoogleWording(NEW.model, {}, extra), GOOGLE).body(asked)

    assert json.loads(body)["generationConfig"] == {
        "responseMimeType": "application/json",
        "responseJsonSchema": {"type": "object"},
    }

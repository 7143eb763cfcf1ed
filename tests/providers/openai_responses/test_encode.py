"""Conversations as OpenAI is sent them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import CallId, ToolName
from sagent.errors import Illegal, SessionError
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.view import View, Viewed
from sagent.protocols import Request
from sagent.providers.effort import EFFORTS
from sagent.providers.openai_responses.dialect import ResponsesDialect
from sagent.providers.openai_responses.encode import ResponsesWording
from sagent.providers.openai_responses.inputs import KEYS, kind_of
from sagent.providers.openai_responses.validator import SEALED
from sagent.schema.message import ModelResponse, ToolCall
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Text, Thinking
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Origin, StopReason
from tests.providers.conversation import ABROAD, ADD, call, prompt, request, response, result, stub
from tests.providers.openai_responses.sending import HOME, PLAIN, items, scribe_for, strict
from tests.samples import PDF, PNG, in_base64

PICTURE = Image(descriptor="image/png", content=Blob.of(PNG))
SHOWN = {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{in_base64(PNG)}"}


def written(
    entries: Sequence[Viewed], trusted: int = 0, *, served: bool = False
) -> Sequence[Mapping[str, object]]:
    """The items of a conversation, after both judges have passed them, but for what is new to them."""
    body = scribe_for(HOME).body(request(entries, trusted=trusted))
    known = [item for item in items(body) if not served or kind_of(item) in KEYS]
    judged = strict(body, HOME.model, judged=known)
    assert [each for each in judged if not (served and "Unknown parameter" in each)] == []
    return items(body)


def user(*pieces: str | object) -> object:
    content = [{"type": "input_text", "text": piece} if isinstance(piece, str) else piece for piece in pieces]
    return {"role": "user", "content": content}


def model(text: str) -> object:
    return {"type": "message", "role": "assistant", "content": text}


def asked(call_id: str, name: str = "add", arguments: str = "{}") -> object:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}


def told(call_id: str, output: object) -> object:
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def thought(item_id: str = "rs_1", **more: object) -> JsonObject:
    return made({"id": item_id, "type": "reasoning", "summary": [], "encrypted_content": "gAAA", **more})


def spoke(text: str = "ok", item_id: str = "msg_1", **more: object) -> JsonObject:
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    whole = {"id": item_id, "type": "message", "role": "assistant", "status": "completed"}
    return made({**whole, "content": content, **more})


def called(item_id: str = "fc_1", call_id: str = "call_1", **more: object) -> JsonObject:
    whole = {"id": item_id, "type": "function_call", "status": "completed", "call_id": call_id}
    return made({**whole, "name": "add", "arguments": '{"a": 1}', **more})


def made(item: Mapping[str, object]) -> JsonObject:
    """An item as JSON gives it."""
    value: JsonObject = json.loads(json.dumps(item))
    return value


def own(
    *native: JsonObject,
    stop: StopReason = "end",
    origin: Origin = HOME,
    content: Sequence[str | ToolCall] | None = None,
) -> ModelResponse:
    """A response with these items, and a content that goes with them."""
    parts = [
        call(number, vendor_id=str(item.get("call_id")), a=1)
        for number, item in enumerate(native)
        if item["type"] == "function_call"
    ]
    return response(
        *(["ok", *parts] if content is None else content),
        native=list(map(freeze_object, native)),
        stop=stop,
        origin=origin,
    )


def test_a_whole_request_is_written_as_this() -> None:
    body = scribe_for(HOME, "low", service_tier="flex").body(
        request([prompt("hi")], system="Be brief.", tools=[ADD])
    )

    assert json.loads(body) == {
        "model": "gpt-6.1-sol",
        "instructions": "Be brief.",
        "tools": [
            {
                "type": "function",
                "name": "add",
                "description": "Adds two numbers.",
                "parameters": {
                    "type": "object",
                    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                },
                "strict": False,
            }
        ],
        "store": False,
        "stream": True,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "low", "summary": "auto"},
        "service_tier": "flex",
        "input": [user("hi")],
    }
    assert strict(body, HOME.model) == ()


def test_a_model_that_does_not_reason_is_not_asked_about_it() -> None:
    body = scribe_for(PLAIN, "high").body(request([prompt("hi")]))

    assert json.loads(body) == {"model": "gpt-4.1", "store": False, "stream": True, "input": [user("hi")]}
    assert strict(body, PLAIN.model) == ()


def test_input_in_the_extra_body_does_not_stand_in_for_the_conversation() -> None:
    body = scribe_for(HOME, input="x", user="me").body(request([prompt("hi")]))

    assert json.loads(body)["input"] == [user("hi")]
    assert json.loads(body)["user"] == "me"


def test_each_prompt_is_a_message_and_others_than_the_user_are_named() -> None:
    sent = written([prompt("a"), prompt("b", author="peer", sender="Ann"), prompt("c", author="system")])

    assert sent == [user("a"), user("[peer Ann]", "b"), user("[system]", "c")]


def test_empty_texts_are_never_sent() -> None:
    sent = written([prompt("", "a"), response(""), prompt(""), prompt("b")])

    assert sent == [user("a"), user("b")]


def test_own_items_go_back_just_as_they_came_with_what_is_unknown_in_them() -> None:
    native = (
        thought(aura="blue"),
        spoke(phase="commentary"),
        made({"type": "glow_call", "id": "gl_1", "call_id": None, "glow": [1, {"a": None}]}),
        called(namespace="sums"),
    )

    sent = written([prompt("a"), own(*native, stop="tool_calls"), result(3, "2")], served=True)

    assert sent == [user("a"), *native, told("call_1", "2")]


@pytest.mark.parametrize("changed", ["provider", "dialect", "endpoint", "model"])
def test_another_origins_items_are_told_without_reasoning_and_without_ids(changed: str) -> None:
    changes = {changed: "X"}
    origin = Origin(
        provider=changes.get("provider", HOME.provider),
        dialect=changes.get("dialect", HOME.dialect),
        endpoint=changes.get("endpoint", HOME.endpoint),
        model=changes.get("model", HOME.model),
    )

    sent = written(
        [
            prompt("a"),
            own(thought(), spoke(), called(namespace="sums"), stop="tool_calls", origin=origin),
            result(2, "2"),
        ]
    )

    assert sent == [user("a"), model("ok"), asked("c2", arguments='{"a":1}'), told("c2", "2")]


def test_items_before_the_trusted_part_are_told_without_reasoning() -> None:
    sent = written([prompt("a"), own(thought(), spoke()), prompt("b")], trusted=2)

    assert sent == [user("a"), model("ok"), user("b")]


def test_another_models_response_goes_on_as_text_and_calls() -> None:
    parts = (Thinking(content="hm", signature="s"), "ok", call(1, vendor_id="toolu_1", a=1), call(2))

    sent = written([prompt("a"), response(*parts, origin=ABROAD), result(1, "x"), result(2, "y")])

    assert sent == [
        user("a"),
        model("ok"),
        asked("c1", arguments='{"a":1}'),
        asked("c2"),
        told("c1", "x"),
        told("c2", "y"),
    ]


def test_reasoning_that_nothing_follows_is_left_out() -> None:
    sent = written([prompt("a"), own(thought(), spoke(), thought("rs_2")), prompt("b")])

    assert sent == [user("a"), thought(), spoke(), user("b")]


def test_a_response_of_reasoning_alone_is_nothing() -> None:
    sent = written([prompt("a"), own(thought(), content=()), prompt("b")])

    assert sent == [user("a"), user("b")]


def test_reasoning_without_its_seal_cannot_go_back_and_takes_the_ids_with_it() -> None:
    bare = made({"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": None})

    sent = written([prompt("a"), own(bare, called(), stop="tool_calls"), result(1, "2")])

    assert sent == [user("a"), model("ok"), asked("c1", arguments='{"a":1}'), told("c1", "2")]


def test_reasoning_in_plain_words_goes_back_as_those_who_send_it_want() -> None:
    content = [{"type": "reasoning_text", "text": "hm"}]
    plain = made({"id": "rs_1", "type": "reasoning", "summary": [], "content": content})

    sent = written([prompt("a"), own(plain, spoke()), prompt("b")])

    assert sent == [user("a"), plain, spoke(), user("b")]


@pytest.mark.parametrize(
    "native",
    [
        (called(call_id="x" * 65),),
        (called("fc_" + "x" * 62),),
        (called(call_id=""),),
        (called(name="no such name"),),
        (spoke("\0"), called()),
        (spoke("\ud83d"), called()),
        (called(), made({"type": "local_shell_call", "id": "l", "call_id": "z"})),
    ],
    ids=["long call id", "long id", "no call id", "name", "NUL", "half a pair", "a call nobody answers"],
)
def test_own_items_that_openai_would_not_take_back_are_retold(native: Sequence[JsonObject]) -> None:
    number = next(index for index, item in enumerate(native) if item["type"] == "function_call")

    sent = written([prompt("a"), own(*native, stop="tool_calls"), result(number, "2")])

    assert sent == [
        user("a"),
        model("ok"),
        asked(f"c{number}", arguments='{"a":1}'),
        told(f"c{number}", "2"),
    ]


def test_a_shell_call_that_was_answered_where_it_ran_goes_back() -> None:
    native = (
        made({"type": "shell_call", "id": "sh_1", "call_id": "z"}),
        made({"type": "shell_call_output", "id": "sho_1", "call_id": "z"}),
        spoke(),
    )

    sent = written([prompt("a"), own(*native), prompt("b")], served=True)

    assert sent == [user("a"), *native, user("b")]


def test_a_call_whose_arguments_are_no_json_object_is_retold_without_them() -> None:
    bad = replace(call(1), raw='{"a":')

    sent = written(
        [
            prompt("a"),
            own(called(arguments='{"a":'), content=(bad,), stop="tool_calls"),
            result(1, "not run", failed=True),
        ]
    )

    assert sent == [user("a"), asked("c1"), told("c1", "Error: not run")]


def test_items_that_came_twice_keep_their_ids_only_the_first_time() -> None:
    again = own(called(), content=(call(2, vendor_id="call_1", a=2),), stop="tool_calls")

    sent = written(
        [
            prompt("a"),
            own(called(), content=(call(1),), stop="tool_calls"),
            result(1, "x"),
            again,
            result(2, "y"),
        ]
    )

    assert sent == [
        user("a"),
        called(),
        told("call_1", "x"),
        asked("c2", arguments='{"a":2}'),
        told("c2", "y"),
    ]


def test_ids_of_calls_are_fitted_to_the_wire_and_stay_apart() -> None:
    long = ToolCall(call_id=CallId("x" * 70), vendor_id="", tool=ToolName("add"), content=freeze_object({}))
    entries: Sequence[Viewed] = [
        prompt("a"),
        response(call(1), origin=ABROAD),
        result(1, "x"),
        response(call(1), long, origin=ABROAD),
        result(1, "y"),
        replace(result(0, "z"), call_id=CallId("x" * 70)),
    ]

    sent = written(entries)

    ids = [item["call_id"] for item in sent if "call_id" in item]
    assert ids[:3] == ["c1", "c1", "c1_2"]
    assert ids[3:] == [ids[3], "c1_2", ids[3]]
    assert str(ids[3]).startswith("call_")
    assert written(entries) == sent


@pytest.mark.parametrize("stop", ["interrupted", "failed"])
def test_a_response_that_broke_off_goes_back_as_its_visible_text(stop: StopReason) -> None:
    broken = response(Thinking(content="hm"), "so far", call(1), stop=stop)

    sent = written([prompt("a"), broken, prompt("b")])

    assert sent == [user("a"), model("so far"), user("b")]


def test_a_response_cut_in_a_call_goes_back_without_the_calls_that_were_not_run() -> None:
    sent = written(
        [prompt("a"), own(thought(), called(), content=("ok", call(1)), stop="length"), prompt("again")]
    )

    assert sent == [user("a"), model("ok"), user("again")]


def test_a_response_cut_in_its_words_goes_back_as_it_came() -> None:
    native = (thought(), spoke("so f", status="incomplete"))

    sent = written([prompt("a"), own(*native, content=("so f",), stop="length"), prompt("go on")])

    assert sent == [user("a"), *native, user("go on")]


def test_results_are_words_with_the_failure_said_in_them() -> None:
    calls = [call(number) for number in range(6)]
    results = [
        result(0, "a", "b"),
        result(1, ErrorText(content="no"), failed=True),
        result(2, "error: no", failed=True),
        result(3),
        result(4, "see", Data(content=freeze_object({"k": 1})), Thinking(content="hm")),
        result(5, "", failed=True),
    ]

    sent = written([prompt("a"), response(*calls, origin=ABROAD), *results])

    assert sent[7:] == [
        told("c0", "a\nb"),
        told("c1", "Error: no"),
        told("c2", "error: no"),
        told("c3", "(no tool output)"),
        told("c4", 'see\n{"k":1}'),
        told("c5", "Error: (no tool output)"),
    ]


def test_a_result_of_nothing_but_blanks_is_told_as_nothing() -> None:
    calls, results = [call(0), call(1)], [result(0, " \n"), result(1, " ", failed=True)]

    sent = written([prompt("a"), response(*calls, origin=ABROAD), *results])

    assert sent[3:] == [told("c0", "(no tool output)"), told("c1", "Error: (no tool output)")]


def test_files_of_results_stand_inside_them() -> None:
    sent = written(
        [
            prompt("a"),
            response(call(1), call(2), origin=ABROAD),
            result(1, "p", PICTURE),
            result(2, Document(content=Blob.of(PDF)), failed=True),
        ]
    )

    assert sent[3:] == [
        told("c1", [{"type": "input_text", "text": "p"}, SHOWN]),
        told(
            "c2",
            [
                {"type": "input_text", "text": "Error:"},
                {
                    "type": "input_file",
                    "filename": "document.pdf",
                    "file_data": f"data:application/pdf;base64,{in_base64(PDF)}",
                },
            ],
        ),
    ]


def test_a_detached_call_is_answered_by_its_stub() -> None:
    sent = written([prompt("a"), own(called(), stop="tool_calls"), stub(0, "still running"), prompt("b")])

    assert sent == [user("a"), called(), told("call_1", "still running"), user("b")]


def test_a_prompt_can_hold_pictures_and_documents_and_names_what_cannot_be_read() -> None:
    sent = written(
        [
            prompt(
                PICTURE,
                Document(content=Blob.of(PDF)),
                Audio(descriptor="audio/mpeg", content=Blob.of(b"ID3")),
                Foreign(media_type="video/x", content=Blob.of(b"12")),
                Data(content=freeze_object({"a": 1})),
                Image(descriptor="image/gif", content=Blob.of(b"")),
            )
        ]
    )

    assert sent == [
        user(
            SHOWN,
            {
                "type": "input_file",
                "filename": "document.pdf",
                "file_data": f"data:application/pdf;base64,{in_base64(PDF)}",
            },
            "[audio/mpeg, 3 bytes]",
            "[video/x, 2 bytes]",
            '{"a":1}',
            "[image/gif, 0 bytes]",
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

    assert items(body) == [user(SHOWN, "[image/png, 4 bytes] (its bytes are gone: blob is missing)")]


def test_nul_and_halves_of_surrogate_pairs_never_reach_the_wire() -> None:
    half, pair = "\ud83d", "\ud83d\ude00"
    odd = ToolDefinition(name=ToolName("odd"), description=half, directive_schema=ADD.directive_schema)
    entries: Sequence[Viewed] = [
        prompt(f"a{half}b", pair),
        response(call(1, path=half), origin=ABROAD),
        result(1, "\0"),
    ]

    body = scribe_for(HOME).body(request(entries, system=f"\0{half}", tools=[odd]))

    assert items(body) == [
        user("a\ufffdb", "😀"),
        asked("c1", arguments='{"path":"\ufffd"}'),
        told("c1", "\ufffd"),
    ]
    assert json.loads(body)["instructions"] == "\ufffd\ufffd"
    assert strict(body, HOME.model) == ()


def test_changed_tools_and_system_change_the_head_alone() -> None:
    view, scribe = View([prompt("a"), own(thought(), spoke()), prompt("b")]), scribe_for(HOME)
    first = json.loads(scribe.body(request(view, system="one", tools=[ADD])))

    second = json.loads(scribe.body(request(view, system="two")))

    assert second["input"] == first["input"]
    assert second == {**{key: first[key] for key in first if key != "tools"}, "instructions": "two"}


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "must be provided"),
        ([prompt("")], "must be provided"),
        ([prompt("a"), response(call(1)), prompt("b")], "No tool output found for function call c1"),
        (
            [prompt("a"), response(call(1), call(2)), result(1, "x")],
            "No tool output found for function call c2",
        ),
        (
            [prompt("a"), response(call(1), call(2)), result(2, "x")],
            "the result of call c2 stands where c1 is due",
        ),
        ([prompt("a"), result(1, "x")], "the result of call c1 stands where no result is due"),
    ],
)
def test_what_openai_would_refuse_is_refused_here_with_the_reason(
    entries: Sequence[Viewed], reason: str
) -> None:
    with pytest.raises(Illegal, match=reason):
        scribe_for(HOME).body(request(entries))


def test_a_scribe_that_refused_a_request_writes_the_next_one_whole() -> None:
    view, scribe = View([prompt("a"), response(call(1), stop="tool_calls")]), scribe_for(HOME)
    view.add(stub(2, "not this one"))
    with pytest.raises(Illegal):
        scribe.body(request(view))

    sent = items(scribe.body(request(View([prompt("a")]))))

    assert sent == [user("a")]


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(Illegal, match="Duplicate tool name: add"):
        scribe_for(HOME).body(request([prompt("a")], tools=[ADD, ADD]))


ROUNDS = st.lists(
    st.tuples(
        st.sampled_from(
            ["say", "call", "two calls", "foreign", "broken", "think", "sealed", "repeated", "cut"]
        ),
        st.text(max_size=5),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def grown(rounds: Sequence[tuple[str, str, bool]]) -> Sequence[Sequence[Viewed]]:
    """What each round adds to a conversation."""
    added: list[Sequence[Viewed]] = []
    for number, (kind, words, pictured) in enumerate(rounds):
        extra = [PICTURE] if pictured else []
        rs, fc, msg = (f"{prefix}_{number}" for prefix in ("rs", "fc", "msg"))
        match kind:
            case "say":
                added.append([own(spoke(words, msg), content=[words]), prompt("go on", *extra)])
            case "call":
                made = own(thought(rs), called(fc, f"call_{number}"), stop="tool_calls")
                added.append([made, result(1, words, *extra)])
            case "two calls":
                made = own(called(fc, fc), called(f"{fc}b", f"{fc}b"), content=[call(1), call(2)])
                added.append([made, result(1, *extra), stub(2, "later"), prompt(words, "and?")])
            case "foreign":
                foreign = response(words, call(1), origin=ABROAD)
                added.append([foreign, result(1, words, failed=True), prompt("x", author="peer")])
            case "broken":
                added.append([response(words, call(1), stop="interrupted"), prompt("again")])
            case "sealed":
                added.append([own(thought(rs), spoke(words, msg, phase="final_answer")), prompt(words, "b")])
            case "repeated":
                made = own(thought(), called(call_id="call_x"), stop="tool_calls")
                added.append([made, result(1, words, *extra)])
            case "cut":
                added.append([own(thought(rs), called(fc), content=[words], stop="length"), prompt("again")])
            case _:
                added.append([own(thought(rs), content=[]), prompt("well?")])
    return added


@given(ROUNDS, st.sampled_from([HOME, PLAIN]))
def test_the_history_of_one_request_is_a_prefix_of_the_next_and_always_legal(
    rounds: Sequence[tuple[str, str, bool]], to: Origin
) -> None:
    view, scribe = View([prompt("begin")]), scribe_for(to)
    before = scribe.body(request(view, system="s", tools=[ADD]))
    for entries in grown(rounds):
        for entry in entries:
            view.add(entry)

        body = scribe.body(request(view, system="s", tools=[ADD]))

        assert body.startswith(before.removesuffix(b"]}"))
        assert body == scribe_for(to).body(request(View(view), system="s", tools=[ADD]))
        assert strict(body, to.model) == ()
        before = body


def test_text_parts_stay_messages_of_their_own() -> None:
    sent = written(
        [prompt("a"), response(Text(content="one"), Text(content="two"), origin=ABROAD), prompt("b")]
    )

    assert sent == [user("a"), model("one"), model("two"), user("b")]


@pytest.mark.parametrize(("usual", "most", "sent"), [(None, 99, 99), (50, 99, 50), (99, 50, 50), (99, 3, 16)])
def test_a_budget_lowers_the_limit_of_the_output_as_far_as_the_wire_lets_it(
    usual: int | None, most: int, sent: int
) -> None:
    dialect = ResponsesDialect(origin=HOME, max_output_tokens=usual)

    body = dialect.scribe().body(replace(request([prompt("a")]), max_output=most))

    assert json.loads(body)["max_output_tokens"] == sent
    assert strict(body, HOME.model) == ()


def test_what_the_user_wants_included_comes_beside_the_sealed_reasoning() -> None:
    body = scribe_for(HOME, include=["web_search_call.action.sources", SEALED]).body(request([prompt("a")]))

    assert json.loads(body)["include"] == [SEALED, "web_search_call.action.sources"]
    assert strict(body, HOME.model) == ()


def test_an_effort_changes_in_the_midst_unless_the_user_has_said_it() -> None:
    ours: JsonObject = freeze_object({"reasoning": {"effort": "high", "summary": "auto"}})

    def carried(**reasoning: object) -> set[str]:
        wording = ResponsesWording(HOME.model, ours, freeze_object({"reasoning": reasoning}))
        return set(wording.carries.efforts)

    assert carried(summary="detailed") == set(EFFORTS)
    assert carried(effort="low") == set()

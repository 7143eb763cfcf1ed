"""Conversations written as requests."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.atoms import CallId, ToolName
from sagent.errors import Crowded, Illegal, Overflow, SessionError
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.messages.view import View, Viewed
from sagent.protocols import Request
from sagent.providers import Anthropic
from sagent.providers.anthropic.changes import DEFERRED
from sagent.providers.anthropic.dialect import AnthropicDialect
from sagent.providers.anthropic.encode import AnthropicWording, Settings
from sagent.providers.anthropic.manners import COMPATIBLE
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Thinking
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Origin
from tests.providers.anthropic.sending import ABROAD, HOME, OLD, messages, own, scribe_for, strict
from tests.providers.conversation import ADD, call, prompt, request, response, result, stub
from tests.samples import GIF, PDF, PNG, in_base64

PICTURE = Image(descriptor="image/png", content=Blob.of(PNG))
SEEN = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": in_base64(PNG)}}


def written(
    entries: Sequence[Viewed], to: Origin = HOME, trusted: int = 0, *, served: bool = False
) -> object:
    """The messages of the request, once both judges have let it through."""
    body = scribe_for(to).body(request(entries, trusted=trusted))
    assert strict(body, to.model, served=served) == ()
    return messages(body)


def text(words: str) -> object:
    return {"type": "text", "text": words}


def user(*blocks: object) -> object:
    return {"role": "user", "content": [text(each) if isinstance(each, str) else each for each in blocks]}


def model(*blocks: object) -> object:
    content = [text(each) if isinstance(each, str) else each for each in blocks]
    return {"role": "assistant", "content": content}


def asked(call_id: str, name: str = "add", **arguments: object) -> Mapping[str, object]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def told(call_id: str, *blocks: object, failed: bool = False) -> object:
    content = [text(each) if isinstance(each, str) else each for each in blocks]
    block = {"type": "tool_result", "tool_use_id": call_id, "content": content}
    return {**block, "is_error": True} if failed else block


def test_a_whole_request_is_written_as_this() -> None:
    settings = Settings(
        model=HOME.model,
        max_tokens=9,
        stream=True,
        thinking={"type": "adaptive"},
        output_config={"effort": "low"},
        extra_body=freeze_object({"service_tier": "auto"}),
    )

    body = scribe_for(HOME, settings).body(request([prompt("hi")], system="Be brief.", tools=[ADD]))

    assert json.loads(body) == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 9,
        "system": "Be brief.",
        "tools": [
            {
                "name": "add",
                "description": "Adds two numbers.",
                "input_schema": {
                    "type": "object",
                    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                },
            },
            DEFERRED,
        ],
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "low"},
        "cache_control": {"type": "ephemeral"},
        "stream": True,
        "service_tier": "auto",
        "messages": [user("hi")],
    }
    assert strict(body, HOME.model) == ()


def test_a_server_that_keeps_no_cache_is_not_told_of_one_and_a_blank_system_prompt_is_none() -> None:
    body = scribe_for(HOME, manners=COMPATIBLE).body(request([prompt("hi")], system=" \n"))

    assert json.loads(body) == {"model": HOME.model, "max_tokens": 1_024, "messages": [user("hi")]}


def test_prompts_in_a_row_are_one_message_and_others_than_the_user_are_named() -> None:
    found = written([prompt("a"), prompt("b", author="peer", sender="Ann"), prompt("c", author="system")])

    assert found == [user("a", "[peer Ann]", "b", "[system]", "c")]


def test_empty_and_blank_texts_are_never_sent() -> None:
    found = written([prompt("", "a", " \n\t"), own("", "  "), prompt("b")])

    assert found == [user("a", "b")]


def test_an_own_response_goes_back_with_its_signed_thoughts_and_its_own_ids() -> None:
    thought = Thinking(content="hm", signature="c2ln")

    found = written(
        [
            prompt("a"),
            own(thought, "ok", call(1, vendor_id="toolu_1", a=1), stop="tool_calls"),
            result(1, "2"),
        ]
    )

    assert found == [
        user("a"),
        model({"type": "thinking", "thinking": "hm", "signature": "c2ln"}, "ok", asked("toolu_1", a=1)),
        user(told("toolu_1", "2")),
    ]


def test_a_thought_that_shows_nothing_goes_back_with_its_signature() -> None:
    found = written([prompt("a"), own(Thinking(content="", signature="c2ln"), "ok"), prompt("b")])

    assert found == [
        user("a"),
        model({"type": "thinking", "thinking": "", "signature": "c2ln"}, "ok"),
        user("b"),
    ]


def test_a_thought_without_a_signature_goes_back_only_where_none_is_wanted() -> None:
    view: Sequence[Viewed] = [prompt("a"), own(Thinking(content="hm"), "ok"), prompt("b")]

    elsewhere = scribe_for(HOME, manners=COMPATIBLE).body(request(view))

    assert written(view) == [user("a"), model("ok"), user("b")]
    assert messages(elsewhere)[1] == model({"type": "thinking", "thinking": "hm", "signature": ""}, "ok")
    assert strict(elsewhere, HOME.model, manners=COMPATIBLE) == ()


def test_an_own_response_goes_back_verbatim_where_it_was_kept_so() -> None:
    native: list[object] = [
        {"type": "redacted_thinking", "data": "sealed"},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
        {"type": "text", "text": "ok", "glow": 3},
        {**asked("toolu_1"), "caller": {"type": "direct"}},
    ]

    found = written(
        [prompt("a"), own("ok", call(1, vendor_id="toolu_1"), native=native), result(1, "2")], served=True
    )

    assert found == [user("a"), model(*native), user(told("toolu_1", "2"))]


@pytest.mark.parametrize("trusted", [0, 3])
def test_another_models_response_goes_on_without_thoughts_and_under_our_ids(trusted: int) -> None:
    origin = HOME if trusted else ABROAD
    native = (freeze_object({"type": "redacted_thinking", "data": "x"}),) if trusted else ()
    parts = (Thinking(content="hm", signature="s"), "ok", call(1, vendor_id="v1"), call(2, vendor_id="v1"))

    found = written(
        [prompt("a"), response(*parts, origin=origin, native=native), result(1, "x"), result(2, "y")],
        HOME,
        trusted,
    )

    assert found == [
        user("a"),
        model("ok", asked("c1"), asked("c2")),
        user(told("c1", "x"), told("c2", "y")),
    ]


@pytest.mark.parametrize("changed", ["provider", "dialect", "endpoint", "model"])
def test_an_origin_that_differs_in_anything_is_another_origin(changed: str) -> None:
    origin = Origin(
        provider="X" if changed == "provider" else HOME.provider,
        dialect="X" if changed == "dialect" else HOME.dialect,
        endpoint="X" if changed == "endpoint" else HOME.endpoint,
        model="X" if changed == "model" else HOME.model,
    )
    thought = Thinking(content="hm", signature="s")

    found = written([prompt("a"), own(thought, "ok", origin=origin), prompt("b")])

    assert found == [user("a"), model("ok"), user("b")]


def test_ids_that_this_wire_cannot_have_are_replaced_always_by_the_same_others() -> None:
    odd = replace(call(1), call_id=CallId("call|1 é"))
    outcome = replace(result(1, "x"), call_id=odd.call_id)
    view: Sequence[Viewed] = [prompt("a"), response(odd, call(2), origin=ABROAD), outcome, result(2, "y")]

    first, second = (messages(scribe_for(HOME).body(request(view))) for _ in range(2))

    assert first == second
    (sent,) = [block["id"] for block in first[1]["content"] if block.get("id") != "c2"]
    assert str(sent).startswith("call_")
    assert first[2]["content"][0]["tool_use_id"] == sent
    assert written(view) == first


def test_a_server_that_uses_an_id_again_is_answered_under_another() -> None:
    first = own(call(1, vendor_id="call_0"), stop="tool_calls")
    second = own(call(2, vendor_id="call_0"), stop="tool_calls")

    found = written([prompt("a"), first, result(1, "x"), second, result(2, "y")])

    assert found == [
        user("a"),
        model(asked("call_0")),
        user(told("call_0", "x")),
        model(asked("c2")),
        user(told("c2", "y")),
    ]


def test_our_own_id_gives_way_where_a_server_has_used_it_already() -> None:
    first = own(call(1, vendor_id="c2"), stop="tool_calls")
    second = response(call(2), origin=ABROAD)

    found = written([prompt("a"), first, result(1, "x"), second, result(2, "y")])

    assert found == [
        user("a"),
        model(asked("c2")),
        user(told("c2", "x")),
        model(asked("c2_2")),
        user(told("c2_2", "y")),
    ]


@pytest.mark.parametrize("stop", ["interrupted", "failed"])
def test_a_response_that_broke_off_goes_back_as_its_visible_text(stop: str) -> None:
    broken = replace(
        own(Thinking(content="hm", signature="s"), "so far", call(1)),
        stop="failed" if stop == "failed" else "interrupted",
    )

    found = written([prompt("a"), broken, prompt("b")])

    assert found == [user("a"), model("so far"), user("b")]


def test_a_response_cut_in_a_call_goes_back_without_the_calls_that_were_not_run() -> None:
    found = written([prompt("a"), own("ok", call(1), stop="length"), prompt("again")])

    assert found == [user("a"), model("ok"), user("again")]


def test_a_response_cut_in_a_thought_does_not_end_with_it() -> None:
    thought = Thinking(content="hm", signature="s")

    found = written(
        [prompt("a"), own(thought, stop="length"), prompt("b"), own("x", thought, stop="length"), prompt("c")]
    )

    assert found == [user("a", "b"), model("x"), user("c")]


def test_a_paused_response_stands_last_as_it_is_and_goes_on_in_the_same_message() -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    paused = own("let me see", stop="pause", native=[text("let me see"), search])
    view, scribe = View([prompt("a"), paused]), scribe_for(HOME)

    before = scribe.body(request(view))
    view.add(own("found"))
    view.add(prompt("b"))
    after = scribe.body(request(view))

    assert messages(before) == [user("a"), model("let me see", search)]
    assert strict(before, HOME.model) == ()
    assert messages(after) == [user("a"), model("let me see", search, "found"), user("b")]
    assert after.startswith(before.removesuffix(b"]}]}"))


@pytest.mark.parametrize("who", ["user", "another model"])
def test_a_pause_that_somebody_else_ends_leaves_only_its_words(who: str) -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    first = own("let me see", stop="pause", native=[text("let me see"), search])
    second = own("and more", stop="pause", native=[found, text("and more"), {**search, "id": "srvtoolu_2"}])
    view, scribe = View([prompt("a"), first, second, prompt(" ")]), scribe_for(HOME)
    scribe.body(request(view))
    if who == "another model":
        view.add(response("not here", origin=ABROAD))
    view.add(prompt("stop"))

    body = scribe.body(request(view))

    added = ["not here"] if who == "another model" else []
    assert messages(body) == [user("a"), model("let me see", "and more", *added), user("stop")]
    assert body == scribe_for(HOME).body(request(View(view)))
    assert strict(body, HOME.model) == ()


def test_only_a_pause_of_its_own_may_stand_last() -> None:
    with pytest.raises(Illegal, match="prefill"):
        scribe_for(HOME).body(request([prompt("a"), own("b", stop="pause", origin=ABROAD)]))


def test_own_blocks_that_would_not_be_taken_back_are_retold() -> None:
    native = [asked("toolu_1", name="no such name")]

    found = written(
        [prompt("a"), own(call(1, tool="no_such_name"), native=native), result(1, "unknown tool")]
    )

    assert found == [user("a"), model(asked("c1", name="no_such_name")), user(told("c1", "unknown tool"))]


def test_a_call_whose_input_was_no_json_goes_back_without_input() -> None:
    garbled = replace(call(1, vendor_id="toolu_1"), raw='{"a": ')

    found = written([prompt("a"), own(garbled, stop="tool_calls"), result(1, "not run", failed=True)])

    assert found == [user("a"), model(asked("toolu_1")), user(told("toolu_1", "not run", failed=True))]


def test_results_are_texts_values_errors_or_a_word_for_nothing() -> None:
    calls = [call(number, vendor_id=f"t{number}") for number in range(6)]
    results = [
        result(0, "a", "b"),
        result(1, ErrorText(content="no"), failed=True),
        result(2, Data(content=(1, 2))),
        result(3),
        result(4, "see", Data(content=freeze_object({"k": 1}))),
        result(5, " \n", failed=True),
    ]

    found = written([prompt("a"), own(*calls), *results])

    assert found == [
        user("a"),
        model(*(asked(f"t{number}") for number in range(6))),
        user(
            told("t0", "a\nb"),
            told("t1", "no", failed=True),
            told("t2", "[1,2]"),
            told("t3", "(no tool output)"),
            told("t4", 'see\n{"k":1}'),
            told("t5", "(no tool output)", failed=True),
        ),
    ]


def test_a_detached_call_is_answered_by_its_stub() -> None:
    calls = own(call(1, vendor_id="t1"), call(2, vendor_id="t2"))

    found = written([prompt("a"), calls, stub(1, "still running"), result(2, "x"), prompt("b")])

    assert found == [
        user("a"),
        model(asked("t1"), asked("t2")),
        user(told("t1", "still running"), told("t2", "x"), "b"),
    ]


def test_files_of_results_stand_inside_them_and_those_of_failed_ones_behind_all() -> None:
    calls = own(call(1, vendor_id="t1"), call(2, vendor_id="t2"))
    good, bad = result(2, "see", PICTURE, "and"), result(1, "look", PICTURE, failed=True)

    found = written([prompt("a"), calls, bad, good, prompt("b")])

    assert found == [
        user("a"),
        model(asked("t1"), asked("t2")),
        user(told("t1", "look", failed=True), told("t2", "see", SEEN, "and"), SEEN, "b"),
    ]


def test_a_prompt_can_hold_pictures_and_documents_and_names_what_cannot_be_read() -> None:
    content = (
        PICTURE,
        Document(content=Blob.of(PDF)),
        Audio(descriptor="audio/mpeg", content=Blob.of(b"ID3")),
        Image(descriptor="image/gif", content=Blob.of(GIF)),
        Foreign(media_type="video/x", content=Blob.of(b"12")),
        Data(content=freeze_object({"a": 1})),
        Image(descriptor="image/png", content=Blob.of(b"")),
    )

    found = written([prompt(*content)])

    assert found == [
        user(
            SEEN,
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": in_base64(PDF)},
            },
            "[audio/mpeg, 3 bytes]",
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/gif", "data": in_base64(GIF)},
            },
            "[video/x, 2 bytes]",
            '{"a":1}',
            "[image/png, 0 bytes]",
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

    assert messages(body) == [user(SEEN, "[image/png, 4 bytes] (its bytes are gone: blob is missing)")]


def test_nul_and_halves_of_surrogate_pairs_never_reach_the_wire() -> None:
    half, pair = "\ud83d", "\ud83d\ude00"

    found = written(
        [
            prompt(f"a{half}b", f"{pair}"),
            response(call(1, path=half), origin=ABROAD),
            result(1, "\0"),
        ]
    )

    assert found == [
        user("a\ufffdb", "😀"),
        model(asked("c1", path="\ufffd")),
        user(told("c1", "\ufffd")),
    ]


def test_an_own_text_with_nul_goes_back_mended_and_its_thoughts_as_they_were() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "c2ln"}

    found = written([prompt("a"), own("x\0", native=[thought, text("x\0")]), prompt("b")])

    assert found == [user("a"), model(thought, "x\ufffd"), user("b")]


def test_a_changed_trust_writes_the_conversation_anew() -> None:
    view = View([prompt("a"), own(Thinking(content="hm", signature="s"), "ok"), prompt("b")])
    scribe = scribe_for(HOME)

    before = messages(scribe.body(request(view)))
    after = messages(scribe.body(request(view, trusted=2)))

    assert len(before[1]["content"]) == 2
    assert after[1] == model("ok")


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "at least one message is required"),
        ([prompt("")], "at least one message is required"),
        ([own("a")], 'first message must use the "user" role'),
        ([prompt("a"), own("b")], "assistant message prefill"),
        ([prompt("a"), own(call(1, vendor_id="t1")), prompt("b")], "ids were found without `tool_result`"),
        ([prompt("a"), own(call(1, vendor_id="t1"))], "ids were found without `tool_result`"),
        (
            [prompt("a"), own(call(1), call(2)), result(1, "x")],
            "ids were found without `tool_result` blocks immediately after: c2",
        ),
        (
            [prompt("a"), own(call(1), call(2)), result(2, "x")],
            "the result of call c2 stands where c1 is due",
        ),
        ([prompt("a"), result(1, "x")], "the result of call c1 stands where no result is due"),
    ],
)
def test_what_would_be_refused_is_refused_here_with_the_reason(
    entries: Sequence[Viewed], reason: str
) -> None:
    with pytest.raises(Illegal, match=reason):
        scribe_for(HOME).body(request(entries))


def test_a_conversation_larger_than_any_request_may_be_overflows() -> None:
    many = prompt(*[PICTURE] * 101)
    large = prompt("x" * 32_000_001)

    with pytest.raises(Crowded, match="101 images, and 100 are taken"):
        scribe_for(OLD).body(request([many]))
    with pytest.raises(Overflow, match=r"bytes: 32,000,000 are taken"):
        scribe_for(HOME).body(request([large]))
    assert scribe_for(HOME).body(request([many]))


def test_a_scribe_that_refused_a_request_writes_the_next_one_whole() -> None:
    view, scribe = View([prompt("a"), own("b")]), scribe_for(HOME)
    with pytest.raises(Illegal):
        scribe.body(request(view))
    view.add(prompt("c"))

    found = messages(scribe.body(request(view)))

    assert found == [user("a"), model("b"), user("c")]


def test_two_tools_of_one_name_are_refused() -> None:
    twice = ToolDefinition(name=ToolName("add"), description="Again.", directive_schema=ADD.directive_schema)

    with pytest.raises(Illegal, match="Tool names must be unique"):
        scribe_for(HOME).body(request([prompt("a")], tools=[ADD, twice]))


ROUNDS = st.lists(
    st.tuples(
        st.sampled_from(["say", "call", "two calls", "foreign", "broken", "think", "pause", "cut"]),
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
        one, two = number * 2 + 1, number * 2 + 2
        thought = Thinking(content=words, signature="c2ln")
        match kind:
            case "say":
                added.append([own(thought, words), prompt("go on", *extra)])
            case "call":
                asks = own(thought, words, call(one, vendor_id=f"toolu_{one}", a=words))
                added.append([asks, result(one, words, *extra)])
            case "two calls":
                calls = own(call(one, vendor_id="same"), call(two, vendor_id="other"), origin=OLD)
                added.append([calls, result(one, *extra), stub(two, "later"), prompt(words, "and?")])
            case "foreign":
                foreign = response(words, call(one), origin=ABROAD)
                failed = result(one, words, *extra, failed=True)
                added.append([foreign, failed, prompt("x", author="peer")])
            case "broken":
                added.append([own(words, call(one), stop="interrupted"), prompt("again")])
            case "pause":
                search = {"type": "server_tool_use", "id": f"s{one}", "name": "web_search", "input": {}}
                paused = own(words, stop="pause", native=[text(words), search])
                added.append([paused])
                added.append([own(words, "found"), prompt("good")])
            case "cut":
                added.append([own(words, call(one), stop="length"), prompt("again")])
            case _:
                added.append([own(thought, stop="length"), prompt("well?")])
    return added


@given(ROUNDS, st.sampled_from([HOME, OLD]))
def test_the_history_of_one_request_is_a_prefix_of_the_next_and_always_legal(
    rounds: Sequence[tuple[str, str, bool]], to: Origin
) -> None:
    view, scribe = View([prompt("begin")]), scribe_for(to)
    before = scribe.body(request(view, system="s", tools=[ADD]))
    for entries in grown(rounds):
        for entry in entries:
            view.add(entry)
        if to == OLD and entries[-1] is view[-1] and getattr(view[-1], "stop", "") == "pause":
            continue  # that is another model's pause, after which nobody is asked

        body = scribe.body(request(view, system="s", tools=[ADD]))

        assert body.startswith(before.removesuffix(b"]}]}"))
        assert body == scribe_for(to).body(request(View(view), system="s", tools=[ADD]))
        assert strict(body, to.model) == ()
        before = body


THINKS = Settings(
    model=HOME.model,
    max_tokens=8_000,
    thinking={"type": "adaptive", "display": "summarized"},
    output_config={"effort": "high"},
)
"""How a model that thinks by itself is asked to."""


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"display": "omitted"}, {"type": "adaptive", "display": "omitted"}),
        ({"type": "between_tools"}, {"type": "between_tools"}),
        (None, None),
    ],
)
def test_what_the_user_says_of_thinking_is_added_unless_it_is_another_way_to_think(
    said: object, sent: object
) -> None:
    settings = replace(THINKS, extra_body=freeze_object({"thinking": said}))

    body = json.loads(scribe_for(HOME, settings).body(request([prompt("hi")])))

    assert (body["thinking"], body["output_config"]) == (sent, {"effort": "high"})


@pytest.mark.parametrize(
    ("most", "sent"),
    [(9_000, {"budget_tokens": 4_000}), (2_000, {"budget_tokens": 1_999}), (1_000, None)],
)
def test_thoughts_that_the_user_asks_for_fit_into_what_a_budget_leaves(
    most: int, sent: Mapping[str, object] | None
) -> None:
    extra = freeze_object({"thinking": {"type": "enabled", "budget_tokens": 4_000}})
    settings = Settings(model=OLD.model, max_tokens=8_000, extra_body=extra)

    body = scribe_for(OLD, settings).body(replace(request([prompt("hi")]), max_output=most))

    assert json.loads(body).get("thinking") == (sent and {"type": "enabled", **sent})
    assert strict(body, OLD.model) == ()


@pytest.mark.parametrize(
    ("extra", "carried"),
    [
        ({}, True),
        ({"output_config": {"task_budget": {"type": "tokens", "total": 9}}}, True),
        ({"output_config": {"effort": "low"}}, False),
        ({"output_config": None}, False),
        ({"thinking": {"type": "between_tools"}}, False),
    ],
)
def test_an_effort_changes_in_the_midst_unless_the_user_has_said_how_much_to_think(
    extra: object, carried: bool
) -> None:
    model = Anthropic.from_key("secret").model("claude-sonnet-5-5", effort="high").dialect
    assert isinstance(model, AnthropicDialect)

    wording = AnthropicWording(replace(model.settings, extra_body=freeze_object(extra)))

    assert bool(wording.carries.efforts) is carried

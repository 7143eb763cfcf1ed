"""Conversations of every shape in every dialect: legal, or refused with the reason; and they only grow."""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagent.atoms import CallId, MessageId, ToolName
from sagent.errors import Illegal
from sagent.lib.json import freeze_object
from sagent.loop.stamp import Stamp
from sagent.messages.view import Base, View, Viewed
from sagent.schema.message import ModelResponse, ResponsePart, System, ToolCall, ToolsChanged
from sagent.schema.part import Data, ErrorText, Part, Text, Thinking
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Author, Origin, StopReason
from tests.providers.conversation import ABROAD, ADD, call, prompt, request, response, result, stub
from tests.providers.rows import BOOK, LOST, MOVING, PAPER, PICTURE, SOUND
from tests.providers.talk import history, tool, unformed
from tests.providers.targets import TARGETS, Target

WORDS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["", " \n", "\ud83d", "\0", "\U0001f600", '"}]}', "error: it failed", "x" * 500]),
)
SPOKEN: st.SearchStrategy[Part] = st.one_of(
    WORDS.map(lambda words: Text(content=words)),
    WORDS.map(lambda words: ErrorText(content=words)),
    WORDS.map(lambda words: Data(content=freeze_object({"value": words}))),
    st.sampled_from([PICTURE, MOVING, PAPER, SOUND, BOOK, LOST]),
)
THOUGHTS = st.builds(Thinking, content=WORDS, signature=st.sampled_from(["", "c2lnbmVk", "not base64!"]))
IDS = st.sampled_from(["c1", "", "x" * 450, "a|b", "twice", "twice", "\xe9", "call_1", " "])
ITEMS: Mapping[str, Sequence[object]] = {
    "anthropic": [
        {"type": "text", "text": ""},
        {"type": "text", "text": "said \0", "citations": []},
        {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
        {"type": "thinking", "thinking": "hm", "signature": ""},
        {"type": "redacted_thinking", "data": "sealed"},
        {"type": "tool_use", "id": "twice", "name": "add", "input": {}},
        {"type": "tool_use", "id": "not legal", "name": "add", "input": {}},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}},
    ],
    "google": [
        {"text": ""},
        {"text": "", "thoughtSignature": "c2ln"},
        {"text": "said \ud83d", "thoughtSignature": "not base64!"},
        {"text": "hm", "thought": True},
        {"functionCall": {"name": "add", "args": {}}},
        {"functionCall": {"id": "a", "name": "add", "args": {}}, "thoughtSignature": "c2ln"},
        {"functionCall": {"name": "add", "willContinue": True}},
        {"executableCode": {"language": "PYTHON", "code": "1"}},
    ],
    "openai_responses": [
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gA"},
        {"type": "reasoning", "id": "rs_2", "summary": []},
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "refusal", "refusal": ""}],
        },
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "said \0"}]},
        {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "add", "arguments": "{}"},
        {"type": "function_call", "id": "f" * 70, "call_id": "c2", "name": "add", "arguments": "{}"},
        {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c3", "name": "add", "input": ""},
        {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "aW1n"},
    ],
    "openai_chat": [
        {"role": "assistant", "content": ""},
        {"role": "assistant", "content": "said \ud83d", "reasoning_content": "hm"},
        {"role": "assistant", "reasoning": "hm", "tool_calls": []},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": []}]},
        {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "add"}}]},
        {"role": "assistant", "tool_calls": [{"type": "function", "function": {"arguments": "{"}}]},
    ],
}
"""What servers send, and some of it they would not take back, by wires."""

BASE = Base(system="s", tools=(ADD,), model=None)
MORE = tool("draw")
STAMP: Stamp = {"id": MessageId("n"), "parent_id": None, "timestamp": 0.0}
CHANGES: Sequence[Viewed] = (
    System(**STAMP, content="t"),
    System(**STAMP, content="s"),
    System(**STAMP, content=""),
    System(**STAMP, content="half \ud83d"),
    ToolsChanged(**STAMP, content=(ADD, MORE)),
    ToolsChanged(**STAMP, content=(ADD,)),
    ToolsChanged(**STAMP, content=(MORE, replace(ADD, description="Adds more."))),
)
"""What may change, one after the other; something is always offered."""

AUTHORS: Sequence[Author] = ("user", "peer", "background", "system")
STOPS: Sequence[StopReason] = ("end", "tool_calls", "length", "filter", "interrupted", "malformed_call")


@st.composite
def calls(draw: st.DrawFn) -> ToolCall:
    return ToolCall(
        call_id=CallId(""),
        vendor_id=draw(IDS),
        tool=ToolName(draw(st.sampled_from(["add", "gone", "A-1_b" + "c" * 59]))),
        content=freeze_object({"what": draw(WORDS)}),
        raw=draw(st.sampled_from(["", "", "", "{"])),
    )


@st.composite
def rounds(draw: st.DrawFn, origins: Sequence[Origin], made: list[int]) -> Sequence[Viewed]:
    """A response, what came of its calls, and what is said then; every call has its result (I1)."""
    content: list[ResponsePart] = []
    for part in draw(st.lists(st.one_of(THOUGHTS, SPOKEN, calls()), max_size=4)):
        if isinstance(part, ToolCall):
            made.append(len(made))
            shape = draw(st.sampled_from(["c{}", "c{}", "é|{}", "{:0450}"])).format(made[-1])
            part = replace(part, call_id=CallId(shape))
        content.append(part)
    stop = draw(st.sampled_from(STOPS))
    if stop == "filter":  # then an agent keeps no calls (LOOP R11)
        content = [part for part in content if not isinstance(part, ToolCall)]
    asked = [part for part in content if isinstance(part, ToolCall)]
    ran = bool(asked) and stop in {"end", "tool_calls"}
    origin = draw(st.sampled_from(origins))
    items = draw(st.lists(st.sampled_from(ITEMS[origin.dialect]), max_size=3))
    native = [freeze_object(item) for item in items[: 1 if origin.dialect == "openai_chat" else 3]]
    said = response(*content, origin=origin, stop=stop, native=native)
    entries: list[Viewed] = [said]
    for each in asked if ran else ():
        if draw(st.booleans()):
            outcome = result(0, *draw(st.lists(SPOKEN, max_size=3)), failed=draw(st.booleans()))
            entries.append(replace(outcome, call_id=each.call_id))
        else:
            entries.append(replace(stub(0, draw(WORDS)), call_id=each.call_id))
    entries += draw(st.lists(st.sampled_from(CHANGES), max_size=2))
    if not ran or draw(st.booleans()):
        author = draw(st.sampled_from(AUTHORS))
        entries.append(prompt(*draw(st.lists(SPOKEN, max_size=2)), "go on", author=author))
    return entries


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Target, Sequence[Sequence[Viewed]]]:
    """A model, and what each round adds to a conversation that it now has to go on with."""
    target = TARGETS[draw(st.sampled_from([*TARGETS]))]
    made: list[int] = []
    origins = [target.origin, target.origin, ABROAD]
    return target, [draw(rounds(origins, made)) for _ in range(draw(st.integers(1, 4)))]


@settings(max_examples=300, deadline=None)
@given(conversations())
def test_every_conversation_can_be_told_to_every_model_and_only_grows(
    told: tuple[Target, Sequence[Sequence[Viewed]]],
) -> None:
    target, added = told
    view, scribe = View([prompt("begin")]), target.dialect.scribe()
    before = scribe.body(request(view, system="s", tools=[ADD], store=[LOST.content]))
    system, tools = BASE.system, BASE.tools
    for entries in added:
        moved = False
        for entry in entries:
            match entry:
                case System():
                    moved = moved or (entry.content != system and "system" not in target.inline)
                    system = entry.content
                    view.change(entry, BASE)
                case ToolsChanged():
                    moved = moved or not topics(tools, entry.content) <= target.inline
                    tools = entry.content
                    view.change(entry, BASE)
                case _:
                    view.add(entry)
                    if isinstance(entry, ModelResponse):  # what comes of its calls is still to come
                        scribe.foresee(request(view, system=system, tools=tools, store=[LOST.content]))
        asked = request(view, system=system, tools=tools, store=[LOST.content])

        body = scribe.body(asked)

        kept = settled(before)
        assert moved or unformed(body).startswith((kept, parted(kept)))
        assert body == target.dialect.scribe().body(asked)
        assert [each for each in target.strict(body) if not is_the_servers(each)] == []
        before = body


def topics(before: Sequence[ToolDefinition], after: Sequence[ToolDefinition]) -> Set[str]:
    """What is to be told of a change of tools; where none were offered at the head, it cannot be told."""
    known, now = {tool.name: tool for tool in before}, {tool.name: tool for tool in after}
    found = {"added"} if now.keys() - known.keys() else set()
    if any(now.get(name) != tool for name, tool in known.items()):
        found.add("removed")
    return found


def settled(body: bytes) -> bytes:
    """A request without what closes it, and without a last word of the system's that nobody has answered."""
    place = body.rfind(b',{"role":"system"')
    if place > 0 and json.loads(body).get("messages", [{}])[-1].get("role") == "system":
        body = body[:place]
    return history(body)


def parted(kept: bytes) -> bytes:
    """The same, with its last words as a part of the message: on Chat Completions a file may follow them."""
    return b'"content":[{"type":"text","text":'.join(kept.rsplit(b'"content":', 1))


def is_the_servers(complaint: str) -> bool:
    """Whether something is complained of that a server takes back since it has sent it: ids of its own."""
    return "string too long" in complaint or "Tool call id was" in complaint


ILLEGAL: Mapping[str, Sequence[Viewed]] = {
    "nothing at all": [],
    "nothing but blanks": [prompt("")],
    "a model that speaks first": [response("a"), prompt("b")],
    "a model that spoke last": [prompt("a"), response("b")],
    "a pause of somebody else": [prompt("a"), response("b", origin=ABROAD, stop="pause")],
    "a call without its result": [prompt("a"), response(call(1)), prompt("b")],
    "half of the results": [prompt("a"), response(call(1), call(2)), result(1, "x")],
    "results in another order": [prompt("a"), response(call(1), call(2)), result(2, "x"), result(1, "y")],
    "a result without its call": [prompt("a"), result(1, "x")],
    "a result twice": [prompt("a"), response(call(1)), result(1, "x"), result(1, "y")],
}
"""What is no conversation, since a call, a result or a speaker is missing."""


@pytest.mark.parametrize("what", ILLEGAL)
def test_what_is_no_conversation_is_refused_here_whoever_is_to_hear_it(what: str) -> None:
    told = {name: refusal(target, ILLEGAL[what]) for name, target in TARGETS.items()}

    taken = [name for name, reason in told.items() if not reason]
    assert taken == TAKEN.get(what, [])


TAKEN: Mapping[str, Sequence[str]] = {
    "a model that speaks first": ["openai_responses", "gpt-5.4"],
    "a model that spoke last": ["openai_responses", "gpt-5.4"],
    "a pause of somebody else": ["openai_responses", "gpt-5.4"],
}
"""Who can go on with what others refuse."""


def refusal(target: Target, entries: Sequence[Viewed]) -> str:
    """Why a conversation is not sent; empty if it is."""
    try:
        target.dialect.scribe().body(request(entries))
    except Illegal as error:
        return str(error)
    return ""

"""What a user adds to a request takes nothing from it that is ours, on any wire."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.lib.json import EMPTY, JsonObject, freeze_object, is_object
from sagent.messages.words import form_told
from sagent.protocols import Request
from sagent.providers import Anthropic, Google, OpenAI
from sagent.providers.anthropic.validator import complaints as anthropic
from sagent.providers.google.validator import complaints as google
from sagent.providers.openai_chat.manners import OPENAI
from sagent.providers.openai_chat.validator import complaints as chat
from sagent.providers.openai_responses.validator import complaints as responses
from sagent.providers.passthrough import opened, overlaid, settled
from sagent.providers.vendor import Vendor
from tests.providers.conversation import ADD, prompt, request
from tests.providers.rows import FORM

SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("xy")
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3).map(freeze_object)


def over(ours: JsonObject, theirs: JsonObject) -> JsonObject:
    return freeze_object(overlaid(ours, theirs))


def fits(laid: object, ours: object, theirs: object) -> bool:
    """Whether a value is what these two make, seen from its end."""
    if is_object(ours) and is_object(theirs) and is_object(laid):
        return laid.keys() == ours.keys() | theirs.keys() and all(
            fits(value, ours[name], theirs[name])
            if name in ours and name in theirs
            else value == {**ours, **theirs}[name]
            for name, value in laid.items()
        )
    if isinstance(ours, tuple) and isinstance(theirs, tuple) and isinstance(laid, tuple):
        kept, added = laid[: len(ours)], laid[len(ours) :]
        return kept == ours and added == tuple(each for each in theirs if each not in ours)
    return laid == theirs


@given(OBJECTS)
def test_nothing_laid_over_a_document_changes_nothing(document: JsonObject) -> None:
    assert over(document, EMPTY) == document
    assert over(EMPTY, document) == document


@given(OBJECTS, OBJECTS)
def test_objects_and_lists_lose_nothing_and_all_else_is_the_users(
    ours: JsonObject, theirs: JsonObject
) -> None:
    assert fits(over(ours, theirs), ours, theirs)


@given(OBJECTS, OBJECTS)
def test_what_is_laid_over_twice_is_there_once(ours: JsonObject, theirs: JsonObject) -> None:
    once = over(ours, theirs)

    assert over(once, theirs) == once


def test_an_object_of_another_type_stands_alone_and_one_of_the_same_adds_to_ours() -> None:
    ours = freeze_object({"a": {"type": "adaptive", "display": "summarized"}})

    assert over(ours, freeze_object({"a": {"type": "disabled"}})) == {"a": {"type": "disabled"}}
    assert over(ours, freeze_object({"a": {"type": "adaptive", "b": 1}})) == {
        "a": {"type": "adaptive", "display": "summarized", "b": 1}
    }


@pytest.mark.parametrize(
    ("theirs", "found"),
    [({}, False), ({"a": {}}, False), ({"a": {"b": None}}, True), ({"a": None}, True), ({"b": 1}, False)],
)
def test_the_user_settles_what_he_says_and_what_he_leaves_no_room_for(theirs: object, found: bool) -> None:
    assert settled(theirs, "a", "b") is found


def test_a_body_is_opened_where_its_history_begins_whatever_else_stands_there() -> None:
    assert opened({"messages": (1,), "model": "m"}, "messages") == b'{"model":"m","messages":['


Wire = tuple[Vendor, str, str | None, Callable[[object], Sequence[str]]]

WIRES: Mapping[str, Wire] = {
    "anthropic": (
        Anthropic.from_key("secret"),
        "claude-sonnet-5-5",
        None,
        lambda body: anthropic(body, "claude-sonnet-5-5"),
    ),
    "openai_responses": (
        OpenAI.from_key("secret"),
        "gpt-6.1-sol",
        None,
        lambda body: responses(body, "gpt-6.1-sol"),
    ),
    "openai_chat": (
        OpenAI.from_key("secret"),
        "gpt-6-sol",
        "openai_chat",
        lambda body: chat(body, "gpt-6-sol", OPENAI),
    ),
    "google": (
        Google.from_key("secret"),
        "gemini-3.5-flash",
        None,
        lambda body: google(body, "gemini-3.5-flash"),
    ),
}


def sent(wire: str, asked: Request, **extra_body: object) -> Mapping[str, object]:
    """A request with an effort, which the wire's judge has let through."""
    vendor, model, dialect, complaints = WIRES[wire]
    remote = vendor.model(model, dialect=dialect, effort="high", extra_body=freeze_object(extra_body))
    body: Mapping[str, object] = json.loads(remote.dialect.scribe().body(asked))
    assert complaints(body) == ()
    return body


def listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


@pytest.mark.parametrize(
    ("wire", "tool"),
    [
        ("anthropic", {"type": "web_search_20250305", "name": "web_search"}),
        ("openai_responses", {"type": "web_search"}),
        ("openai_chat", {"type": "custom", "custom": {"name": "patch"}}),
        ("google", {"googleSearch": {}}),
    ],
)
def test_tools_that_the_user_adds_stand_behind_the_agents_own(wire: str, tool: object) -> None:
    asked = request([prompt("hi")], tools=[ADD])

    plain = sent(wire, asked)
    own = listed(plain["tools"])

    assert sent(wire, asked, tools=[own[0], tool]) == {**plain, "tools": [*own, tool]}


@pytest.mark.parametrize(
    ("wire", "extra", "place"),
    [
        ("anthropic", {"output_config": {"task_budget": {"type": "tokens", "total": 9}}}, "output_config"),
        ("openai_responses", {"text": {"verbosity": "low"}}, "text"),
        ("openai_responses", {"reasoning": {"summary": "detailed"}}, "reasoning"),
        ("openai_responses", {"reasoning": {"summary": None}}, "reasoning"),
        ("openai_chat", {"stream_options": {"include_obfuscation": False}}, "stream_options"),
        ("google", {"generationConfig": {"temperature": 0.5}}, "generationConfig"),
    ],
)
def test_settings_that_the_user_adds_to_leave_effort_and_schema_as_they_are(
    wire: str, extra: Mapping[str, Mapping[str, object]], place: str
) -> None:
    asked = replace(request([prompt("hi")], tools=[ADD]), output=FORM)

    plain, found = sent(wire, asked), sent(wire, asked, **extra)

    ours = plain[place]
    assert is_object(ours)
    assert found == {**plain, place: {**ours, **extra[place]}}


@pytest.mark.parametrize(
    ("wire", "extra"),
    [
        ("anthropic", {"output_config": {"format": None}}),
        ("openai_responses", {"text": {"format": {"type": "text"}}}),
        ("openai_chat", {"response_format": None}),
        ("google", {"generationConfig": {"responseMimeType": "text/plain"}}),
    ],
)
def test_where_the_user_says_the_form_of_answers_a_schema_is_told_in_words(
    wire: str, extra: Mapping[str, Mapping[str, object]]
) -> None:
    asked = request([replace(prompt("hi"), output=FORM)], tools=[ADD])
    worded = request([replace(prompt("hi"), content=(*prompt("hi").content, form_told(FORM)))], tools=[ADD])

    assert sent(wire, replace(asked, output=FORM), **extra) == sent(wire, worded, **extra)
    assert sent(wire, replace(asked, output=FORM)) != sent(wire, replace(worded, output=FORM))

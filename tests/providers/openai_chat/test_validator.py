"""What is refused, and why: every 400 that is known of this wire."""

import copy
import json
import re
from collections.abc import Callable, Mapping

import pytest

from sagent.providers.openai_chat.manners import OPENAI, Manners
from sagent.providers.openai_chat.validator import complaints
from tests.providers.openai_chat.sending import MISTRAL


def legal() -> dict[str, list[dict[str, object]]]:
    """A request with one of everything."""
    body: dict[str, list[dict[str, object]]] = json.loads("""
    {
      "model": "m",
      "tools": [{"type": "function", "function": {"name": "add", "description": "Adds.",
                 "parameters": {"type": "object", "properties": {}}}}],
      "messages": [
        {"role": "system", "content": "s"},
        {"role": "user", "content": [{"type": "text", "text": "a"},
            {"type": "image_url", "image_url": {"url": "https://here/a.png"}}]},
        {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}},
            {"id": "c2", "type": "function", "function": {"name": "add", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c2", "content": "x"},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "y"}], "name": "add"},
        {"role": "assistant", "content": "ok"},
        {"role": "user", "content": "b"}
      ]
    }
    """)
    return body


def test_a_request_with_one_of_everything_is_legal() -> None:
    assert complaints(legal(), "m") == ()


Change = Callable[[dict[str, object], list[dict[str, object]]], object]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda body, _: body.update(glow=1), "Unrecognized request argument supplied: glow"),
        (lambda body, _: body.update(model="x"), "you must provide a model parameter"),
        (lambda body, _: body.update(max_tokens=0), "integer below minimum value"),
        (lambda body, _: body.update(max_completion_tokens=5), "Use 'max_tokens' instead"),
        (lambda body, _: body.update(stream_options={}), "only allowed when 'stream' is enabled"),
        (lambda body, _: body.update(stream="yes"), "stream: must be true or false"),
        (lambda body, _: body.update(tools=[]), "tools: Invalid 'tools': empty array"),
        (lambda body, _: body.update(tools=[{"type": "function"}]), "'type' is a required property"),
        (lambda body, _: body.update(tools=[{"type": 5, "function": {}}]), "'type' is a required property"),
        (lambda body, _: body.update(messages=5), "Missing required parameter: 'messages'"),
        (lambda body, _: body.update(messages=[]), "empty array"),
        (lambda body, _: body.update(messages=[7]), r"messages\[0\]: must be an object"),
        (lambda _, said: said[0].update(role="boss"), r"messages\[0\].role: Invalid value: 'boss'"),
        (lambda _, said: said[0].update(content=""), r"messages\[0\].content: must not be empty"),
        (lambda _, said: said[0].update(glow=1), r"\('glow' was unexpected\)"),
        (lambda _, said: said.insert(2, {"role": "system", "content": "x"}), "must come first"),
        (lambda _, said: said.pop(1), "after the system prompt the user must come first"),
        (lambda _, said: said[1].update(content=[]), "empty array"),
        (lambda _, said: said[1].update(content=None), "expected a string"),
        (lambda _, said: said[1].update(content=[{"type": "video"}]), "Invalid value: 'video'"),
        (lambda _, said: said[1].update(content=[{"type": "text", "text": ""}]), "must not be empty"),
        (
            lambda _, said: said[1].update(content=[{"type": "image_url", "image_url": {"url": "x"}}]),
            "base64-encoded data URL",
        ),
        (lambda _, said: said[1].update(content=[{"type": "file", "file": {}}]), "file_data or file_id"),
        (lambda _, said: said[6].update(content="a\0"), "NUL and halves"),
        (lambda _, said: said[6].update(content="a\ud800"), "NUL and halves"),
        (lambda _, said: said[5].update(content="a\0"), "NUL and halves"),
        (lambda _, said: said[5].update(content=5), "expected a string, an array or null"),
        (lambda _, said: said[5].update(content=""), "content or tool_calls must be set"),
        (lambda _, said: said[5].update(tool_calls=[]), "expected an array with minimum length 1"),
        (lambda _, said: said.pop(3), "did not have response messages: c2"),
        (lambda _, said: said.insert(4, {"role": "user", "content": "x"}), "not have response messages: c1"),
        (lambda _, said: said.append(copy.deepcopy(said[3])), "must be a response to a preceding message"),
        (lambda _, said: said[3].update(tool_call_id="cx"), "'cx' is not open"),
        (lambda _, said: said[3].update(content=""), r"messages\[3\].content: must not be empty"),
        (
            lambda _, said: said[3].update(content=[{"type": "image_url", "image_url": {"url": "http://x"}}]),
            "Supported values are: 'text'",
        ),
        (lambda _, said: said.pop(), "the last message must be the user's or a tool's"),
    ],
)
def test_each_fault_of_a_request_is_named(change: Change, complaint: str) -> None:
    body: dict[str, object] = {**legal()}
    said = legal()["messages"]
    body["messages"] = said

    change(body, said)

    found = "\n".join(complaints(body, "m"))
    assert re.search(complaint, found), found


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ({"id": ""}, "id: must be a string, and not empty"),
        ({"id": "x" * 41}, "string too long. Expected at most 40 characters, but got 41"),
        ({"id": "c2"}, "Duplicate value for 'tool_call_id' of 'c2'"),
        ({"type": "custom"}, "Invalid value: 'custom'"),
        ({"glow": 1}, "'glow' was unexpected"),
        ({"function": 5}, "function: must be an object"),
        ({"function": {"name": "a b", "arguments": "{}"}}, "string does not match pattern"),
        ({"function": {"name": "x" * 65, "arguments": "{}"}}, "string does not match pattern"),
        ({"function": {"name": "add", "arguments": {}}}, "arguments: expected a string"),
        ({"function": {"name": "add", "arguments": ""}}, "must be the text of a JSON object"),
        ({"function": {"name": "add", "arguments": "[]"}}, "must be the text of a JSON object"),
        ({"function": {"name": "add", "arguments": "{}", "x": 1}}, "'x' was unexpected"),
    ],
)
def test_each_fault_of_a_call_is_named(call: Mapping[str, object], complaint: str) -> None:
    body = legal()
    calls = body["messages"][2]["tool_calls"]
    assert isinstance(calls, list)
    calls[0] |= call

    found = "\n".join(complaints(body, "m"))

    assert complaint in found


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        ({"name": "a.b"}, "string does not match pattern"),
        ({"description": 5}, "description: must be a string"),
        ({"parameters": {"type": "string"}}, 'type must be "object"'),
        ({"parameters": {"type": "object"}}, "object schema missing properties"),
        ({"glow": 5}, "'glow' was unexpected"),
    ],
)
def test_each_fault_of_a_tool_is_named(function: Mapping[str, object], complaint: str) -> None:
    body = legal()
    declared = body["tools"][0]["function"]
    assert isinstance(declared, dict)
    declared |= function

    assert complaint in "\n".join(complaints(body, "m"))


def test_tools_of_the_servers_own_stand_beside_functions() -> None:
    body = legal()
    body["tools"] += [{"type": "openrouter:web_search"}, {"type": "custom", "custom": {"name": "patch"}}]

    assert complaints(body, "m") == ()


def test_two_tools_of_one_name_are_refused() -> None:
    body = legal()
    body["tools"] *= 2

    assert complaints(body, "m") == ("tools[1].function.name: Duplicate function name 'add'",)


def test_mistral_wants_ids_of_nine_and_no_user_behind_a_tool() -> None:
    body = legal()
    body["messages"].insert(5, {"role": "user", "content": "x"})

    assert complaints(body, "m", MISTRAL) == (
        "messages[2].tool_calls[0].id: Tool call id was c1 but must be a-z, A-Z, 0-9, with a length of 9.",
        "messages[2].tool_calls[1].id: Tool call id was c2 but must be a-z, A-Z, 0-9, with a length of 9.",
        "messages[5]: Unexpected role 'user' after role 'tool'",
    )


@pytest.mark.parametrize(
    ("model", "settings", "complaint"),
    [
        ("gpt-6-sol", {"max_tokens": 5}, "Use 'max_completion_tokens' instead"),
        ("gpt-6-sol", {"reasoning_effort": "minimal"}, "'minimal' is not supported with the 'gpt-6-sol'"),
        ("gpt-4.1", {"reasoning_effort": "low"}, "'low' is not supported with the 'gpt-4.1' model"),
    ],
)
def test_openais_models_take_only_what_they_know(
    model: str, settings: Mapping[str, object], complaint: str
) -> None:
    body = {**legal(), "model": model, **settings}

    (found,) = complaints(body, model, OPENAI)

    assert complaint in found


def test_a_body_that_is_no_object_is_refused() -> None:
    assert complaints([], "m", Manners()) == ("body: must be an object",)

"""What OpenAI refuses, refused here: each refusal with its place."""

import re
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.providers.openai_responses.validator import complaints
from tests.samples import PDF, PNG, in_base64

REASONING, PLAIN = "gpt-6.1-sol", "gpt-4.1"

USER = {"role": "user", "content": [{"type": "input_text", "text": "hi"}]}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"}
SAID = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "phase": "commentary",
    "content": [{"type": "output_text", "text": "ok", "annotations": [], "logprobs": []}],
}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "add", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "3"}
PICTURE = {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{in_base64(PNG)}"}
FILE = {
    "type": "input_file",
    "filename": "a.pdf",
    "file_data": f"data:application/pdf;base64,{in_base64(PDF)}",
}
TOOL = {
    "type": "function",
    "name": "add",
    "description": "Adds.",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}


def legal() -> dict[str, object]:
    return {
        "model": REASONING,
        "instructions": "Be brief.",
        "tools": [TOOL, {"type": "web_search"}],
        "reasoning": {"effort": "low", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
        "store": False,
        "stream": True,
        "max_output_tokens": 16,
        "input": given_(USER, THOUGHT, SAID, CALL, {**OUTPUT, "output": [PICTURE, FILE]}),
    }


def given_(*items: object) -> object:
    return deepcopy(list(items))


def user(*pieces: object) -> object:
    return {"role": "user", "content": list(pieces)}


def tool(**changes: object) -> object:
    return [{**TOOL, **changes}]


def test_a_legal_request_has_nothing_to_complain_of() -> None:
    assert complaints(legal(), REASONING) == ()


def test_text_alone_is_legal_input_and_so_are_files_by_address() -> None:
    addressed = user(
        {"type": "input_image", "image_url": "https://example.org/a.png"},
        {"type": "input_file", "file_url": "https://example.org/a.pdf"},
        {"type": "input_file", "file_id": "file-1"},
    )

    assert complaints({"model": PLAIN, "input": "hi"}, PLAIN) == ()
    assert complaints({"model": PLAIN, "input": [addressed]}, PLAIN) == ()


REFUSED: list[tuple[str, object, str]] = [
    ("input", [], "input: One of"),
    ("input", "", "input: One of"),
    ("input", None, "input: One of"),
    ("input", 5, "input: Invalid type"),
    ("input", [5], r"input\[0\]: Invalid type"),
    ("input", [{}], r"input\[0\]: Missing required parameter: 'input\[0\].type'"),
    ("input", [{"role": "tool", "content": "x"}], r"input\[0\].role: Invalid value: 'tool'"),
    ("input", [{"role": ["user"], "content": "x"}], r"input\[0\].role: Invalid value"),
    ("input", [{"role": "user"}], "Missing required parameter: 'input\\[0\\].content'"),
    ("input", [{"role": "user", "content": ""}], r"content: empty string"),
    ("input", [{"role": "user", "content": 5}], r"content: Invalid type"),
    ("input", [user()], r"content: empty array"),
    ("input", [user(5)], r"content\[0\]: Invalid type"),
    ("input", [{**USER, "name": "x"}], r"Unknown parameter: 'input\[0\].name'"),
    ("input", [user({"type": "text", "text": "x"})], r"content\[0\].type: Invalid value: 'text'"),
    (
        "input",
        [user({"type": "output_text", "text": "x"})],
        "Supported values are: 'input_file' and 'input_image'",
    ),
    ("input", [user({"type": "input_text", "text": ""})], r"text: empty string"),
    ("input", [user({"type": "input_text"})], r"Missing required parameter: 'input\[0\].content\[0\].text'"),
    ("input", [user({"type": "input_text", "text": "\0"})], "NUL"),
    ("input", [user({"type": "input_text", "text": "\ud800"})], "halves of surrogate pairs"),
    ("input", [user({"type": "input_text", "text": "x" * 10_485_761})], "maximum length 10485760"),
    ("input", [user({"type": "input_text", "text": "x", "cache_control": {}})], "Unknown parameter"),
    ("input", [user({"type": "input_image"})], "Missing required parameter"),
    ("input", [user({"type": "input_image", "image_url": 5})], "image_url: Invalid type"),
    (
        "input",
        [user({"type": "input_image", "image_url": "data:image/tiff;base64,AAEC"})],
        "no file that is read",
    ),
    (
        "input",
        [user({"type": "input_image", "image_url": "data:image/png;base64,§"})],
        "no file that is read",
    ),
    ("input", [user({"type": "input_file", "file_data": "AAEC", "filename": "a"})], "no file that is read"),
    ("input", [user({k: v for k, v in FILE.items() if k != "filename"})], "filename'"),
    (
        "input",
        [USER, {**SAID, "content": [{"type": "input_text", "text": "x"}]}],
        "'output_text' and 'refusal'",
    ),
    ("input", [USER, {**SAID, "id": "x_1"}], r"input\[1\].id: 'x_1'. Expected an ID that begins with 'msg'"),
    ("input", [USER, {**SAID, "id": "msg_" + "x" * 61}], "got a string with length 65 instead"),
    ("input", [USER, {**SAID, "id": 5}], r"input\[1\].id: Invalid type"),
    ("input", [USER, SAID, SAID], "Duplicate item found with id msg_1"),
    ("input", [USER, CALL], "No tool output found for function call c1"),
    ("input", [USER, OUTPUT], "No tool call found for function call output with call_id c1"),
    ("input", [USER, OUTPUT, CALL], "No tool call found"),
    ("input", [USER, CALL, OUTPUT, OUTPUT], "Duplicate function call output with call_id c1"),
    ("input", [USER, CALL, {**CALL, "id": "fc_2"}, OUTPUT], "Duplicate function call c1"),
    ("input", [USER, {**CALL, "call_id": "x" * 65}], r"call_id: string too long"),
    ("input", [USER, {**CALL, "call_id": ""}], r"call_id: empty string"),
    ("input", [USER, {**CALL, "call_id": None}], "Missing required parameter: 'input\\[1\\].call_id'"),
    ("input", [USER, {**CALL, "id": "call_1"}, OUTPUT], "Expected an ID that begins with 'fc'"),
    ("input", [USER, {**CALL, "name": "a.b"}, OUTPUT], r"name: string does not match pattern"),
    ("input", [USER, {**CALL, "name": "a" * 65}, OUTPUT], r"name: string too long"),
    ("input", [USER, {**CALL, "name": None}, OUTPUT], r"Missing required parameter: 'input\[1\].name'"),
    ("input", [USER, {**CALL, "arguments": {}}, OUTPUT], r"'input\[1\].arguments'"),
    ("input", [USER, {**CALL, "args": {}}, OUTPUT], r"Unknown parameter: 'input\[1\].args'"),
    ("input", [USER, CALL, {**OUTPUT, "output": None}], r"'input\[2\].output'"),
    ("input", [USER, CALL, {**OUTPUT, "output": []}], "empty array"),
    ("input", [USER, CALL, {**OUTPUT, "output": [{"type": "output_text", "text": "x"}]}], "Invalid value"),
    ("input", [USER, CALL, {**OUTPUT, "is_error": True}], "Unknown parameter"),
    (
        "input",
        [USER, THOUGHT],
        "Item 'rs_1' of type 'reasoning' was provided without its required following item",
    ),
    ("input", [USER, THOUGHT, USER], "without its required following item"),
    ("input", [USER, CALL, THOUGHT, OUTPUT], "without its required following item"),
    ("input", [USER, {**THOUGHT, "id": "x"}, SAID], "Expected an ID that begins with 'rs'"),
    ("input", [USER, {"type": "reasoning", "encrypted_content": "g"}, SAID], r"'input\[1\].id'"),
    ("input", [USER, {**THOUGHT, "encrypted_content": 5}, SAID], "encrypted_content: Invalid type"),
    ("input", [USER, {**THOUGHT, "encrypted_content": None}, SAID], "Item with id 'rs_1' not found"),
    ("input", [USER, {"type": "item_reference", "id": "msg_9"}], "Item with id 'msg_9' not found"),
    ("model", None, "Missing required parameter: 'model'"),
    ("messages", [], "Unknown parameter: 'messages'"),
    ("instructions", 5, "'instructions'"),
    ("instructions", "\0", "instructions: NUL"),
    ("max_output_tokens", 15, "Expected a value >= 16, but got 15 instead"),
    ("max_output_tokens", "16", "max_output_tokens: Invalid type"),
    ("stream", "yes", "stream: Invalid type"),
    ("temperature", 1, "'temperature' is not supported with this model"),
    ("reasoning", 5, "reasoning: Invalid type"),
    ("reasoning", {"budget": 5}, r"Unknown parameter: 'reasoning.budget'"),
    ("reasoning", {"effort": "none"}, "Supported values are: 'low', 'medium', 'high', 'xhigh', 'max'"),
    ("reasoning", {"summary": "long"}, "reasoning.summary: Invalid value: 'long'"),
    ("tools", 5, "tools: Invalid type"),
    ("tools", [5], r"tools\[0\]: Invalid type"),
    ("tools", [{"name": "x"}], r"'tools\[0\].type'"),
    ("tools", tool(name=None), r"Missing required parameter: 'tools\[0\].name'"),
    ("tools", tool(name="a b"), "string does not match pattern"),
    ("tools", tool(name="a" * 65), "string too long"),
    ("tools", tool(function={}), r"Unknown parameter: 'tools\[0\].function'"),
    ("tools", tool(description=5), r"'tools\[0\].description'"),
    ("tools", tool(parameters=5), "parameters: Invalid type"),
    ("tools", tool(parameters={}), "Invalid schema for function 'add': schema must be a JSON Schema of"),
    ("tools", tool(parameters={"type": "object"}), "object schema missing properties"),
    ("tools", tool(parameters={"type": "object", "properties": {}, "anyOf": []}), "at the top level"),
    ("tools", [TOOL, TOOL], "Duplicate tool name: add"),
    ("tools", [{"type": "web_search"}] * 129, "array with maximum length 128"),
]


@pytest.mark.parametrize(("key", "value", "complaint"), REFUSED)
def test_what_openai_refuses_is_refused_with_its_place(key: str, value: object, complaint: str) -> None:
    found = complaints({**legal(), key: value}, REASONING)

    assert any(re.search(complaint, each) for each in found), found


def test_a_body_that_is_no_object_is_refused() -> None:
    assert complaints([], REASONING) == ("body: Invalid type: expected an object.",)


def test_a_model_that_does_not_reason_refuses_to_be_asked_about_it() -> None:
    body = {**legal(), "model": PLAIN, "reasoning": {"effort": "low"}, "temperature": 0.5}

    assert set(complaints(body, PLAIN)) == {
        "include: Encrypted content is not supported with this model.",
        "reasoning.effort: Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    }


def test_items_that_the_provider_keeps_may_be_named_alone() -> None:
    bare = {"type": "reasoning", "id": "rs_1", "summary": []}
    body = {"model": REASONING, "input": [USER, bare, SAID, {"type": "item_reference", "id": "fc_9"}]}

    assert complaints(body, REASONING) == ()


KEYS = (
    *("model", "input", "tools", "reasoning", "include", "instructions", "store", "max_output_tokens"),
    *("type", "role", "content", "text", "id", "call_id", "name", "arguments", "output", "summary"),
    *("encrypted_content", "parameters", "description", "effort", "image_url", "file_data", "filename"),
)
KINDS = st.sampled_from(
    ("message", "reasoning", "function_call", "function_call_output", "input_text", "input_image", "function")
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | KINDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.sampled_from([REASONING, PLAIN]))
def test_any_json_is_judged_and_never_breaks_the_judge(body: dict[str, object], name: str) -> None:
    assert all(isinstance(complaint, str) for complaint in complaints(body, name))

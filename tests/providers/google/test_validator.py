"""What Google refuses, refused here: each refusal with its place."""

import re
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.providers.google.validator import complaints
from tests.samples import PNG, in_base64

KEYS = (
    *(
        "contents",
        "role",
        "parts",
        "text",
        "functionCall",
        "functionResponse",
        "name",
        "args",
        "response",
        "id",
    ),
    *("inlineData", "mimeType", "data", "tools", "functionDeclarations", "description"),
    *("parametersJsonSchema", "generationConfig", "thinkingConfig", "systemInstruction"),
)

OLD, NEW = "gemini-2.5-flash", "gemini-3.5-flash"

USER = {"role": "user", "parts": [{"text": "hi"}]}
CALL = {"functionCall": {"name": "add", "args": {}, "id": "c1"}, "thoughtSignature": "c2ln"}
RESPONSE = {"functionResponse": {"name": "add", "id": "c1", "response": {"output": "3"}}}
FILE = {"inlineData": {"mimeType": "image/png", "data": in_base64(PNG)}}


def legal() -> dict[str, object]:
    return {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [
            {
                "functionDeclarations": [
                    {"name": "add", "description": "Adds.", "parametersJsonSchema": {"type": "object"}}
                ]
            }
        ],
        "generationConfig": {"maxOutputTokens": 9, "thinkingConfig": {"includeThoughts": True}},
        "contents": turns(USER, {"role": "model", "parts": [CALL]}, {"role": "user", "parts": [RESPONSE]}),
    }


def turns(*contents: object) -> object:
    return deepcopy(list(contents))


def model(*parts: object) -> object:
    return {"role": "model", "parts": list(parts)}


def user(*parts: object) -> object:
    return {"role": "user", "parts": list(parts)}


def function(**changes: object) -> object:
    return [{"functionDeclarations": [{"name": "add", "description": "Adds.", **changes}]}]


@pytest.mark.parametrize("name", [OLD, NEW])
def test_a_legal_request_has_nothing_to_complain_of(name: str) -> None:
    assert complaints(legal(), name) == ()


REFUSED: list[tuple[str, object, str]] = [
    ("contents", [], "contents: must not be empty"),
    ("contents", turns(model({"text": "a"}), USER), "the first turn must be the user's"),
    ("contents", turns(USER, model({"text": "a"})), "the last turn must be the user's"),
    ("contents", turns(USER, USER), "user and model must alternate"),
    ("contents", turns({"role": "system", "parts": [{"text": "a"}]}), "must be user or model"),
    ("contents", turns({"role": ["user"], "parts": [{"text": "a"}]}), "must be user or model"),
    ("contents", turns({"role": "user", "parts": []}), r"contents\[0\].parts: must not be empty"),
    ("contents", turns({"role": "user"}), r"contents\[0\].parts: must not be empty"),
    ("contents", turns({**USER, "name": "x"}), 'Unknown name "name"'),
    ("contents", turns(5), r"contents\[0\]: must be an object"),
    ("contents", turns(user(5)), r"contents\[0\].parts\[0\]: must be an object"),
    ("contents", turns(user({"text": ""})), "text: must not be empty"),
    ("contents", turns(user({"text": 5})), "text: must be a string"),
    ("contents", turns(user({"text": "\ud800"})), "halves of surrogate pairs"),
    ("contents", turns(user({"text": "\0"})), "NUL"),
    ("contents", turns(user({})), "exactly one kind of data, not 0"),
    ("contents", turns(user({"text": "a", **FILE})), "exactly one kind of data, not 2"),
    ("contents", turns(user({"text": "a", "cache_control": {}})), 'Unknown name "cache_control"'),
    ("contents", turns(user({"text": "a", "thoughtSignature": "%"})), "thoughtSignature: must be base64"),
    ("contents", turns(user({"inlineData": {"mimeType": "image/png", "data": "§"}})), "data: must be base64"),
    ("contents", turns(user({"inlineData": {"mimeType": "png", "data": "AAEC"}})), "must be a media type"),
    ("contents", turns(user({"inlineData": 7})), "inlineData: must be an object"),
    ("contents", turns(USER, model(CALL), USER), "the functionResponse of add must come first"),
    ("contents", turns(USER, model(CALL), user(RESPONSE, RESPONSE)), "answers no call of the turn before"),
    ("contents", turns(user(RESPONSE)), "answers no call of the turn before"),
    ("contents", turns(USER, model(CALL, CALL), user(RESPONSE)), "the call of add has no functionResponse"),
    (
        "contents",
        turns(USER, model(CALL, CALL), user(RESPONSE), model({"text": "a"}), USER),
        "has no functionResp",
    ),
    ("contents", turns(USER, model(RESPONSE), USER), "only the user answers calls"),
    ("contents", turns(user(CALL), model({"text": "a"}), USER), "only the model calls"),
    ("contents", turns(USER, model({"functionCall": {"name": "a b"}}), USER), "Invalid function name 'a b'"),
    (
        "contents",
        turns(USER, model({"functionCall": {"name": "a", "args": []}}), USER),
        "args: must be an object",
    ),
    (
        "contents",
        turns(USER, model({"functionCall": {"name": "a", "call_id": ""}}), USER),
        'Unknown name "call_id"',
    ),
    (
        "contents",
        turns(USER, model({"functionCall": {"name": "a", "willContinue": True}}), USER),
        "must be whole",
    ),
    ("contents", turns(USER, model({"functionCall": 5}), USER), "functionCall: must be an object"),
    (
        "contents",
        turns(USER, model(CALL), user({"functionResponse": {"name": "sub", "id": "c1", "response": {}}})),
        "name: must be add",
    ),
    (
        "contents",
        turns(USER, model(CALL), user({"functionResponse": {"name": "add", "id": "c2", "response": {}}})),
        "id: must be c1",
    ),
    (
        "contents",
        turns(USER, model(CALL), user({"functionResponse": {"name": "add", "id": "c1", "response": "3"}})),
        "response: must be an object",
    ),
    ("systemInstruction", {"parts": []}, "systemInstruction.parts: must not be empty"),
    ("systemInstruction", {"parts": [{"text": ""}]}, "must not be empty"),
    ("systemInstruction", "Be brief.", "systemInstruction: must be an object"),
    ("tools", function(name="1st"), "Invalid function name '1st'"),
    ("tools", function(name="a" * 65), "Invalid function name"),
    ("tools", function(description=None), "description: must be a string"),
    ("tools", function(parameters={}, parametersJsonSchema={"type": "object"}), "exclude each other"),
    ("tools", function(parametersJsonSchema={"type": "string"}), "must be the schema of an object"),
    ("tools", function(input_schema={}), 'Unknown name "input_schema"'),
    ("tools", [{"functionDeclarations": [{"name": "a", "description": ""}] * 2}], "Duplicate function"),
    ("tools", [{"functions": []}], 'Unknown name "functions"'),
    ("tools", [5], r"tools\[0\]: must be an object"),
    ("tools", [{"functionDeclarations": [5]}], "must be an object"),
    ("generationConfig", {"max_tokens": 5}, 'Unknown name "max_tokens"'),
    ("generationConfig", {"maxOutputTokens": 0}, "must be a positive number"),
    ("generationConfig", 5, "generationConfig: must be an object"),
    ("generationConfig", {"thinkingConfig": 5}, "thinkingConfig: must be an object"),
    ("generationConfig", {"thinkingConfig": {"effort": 1}}, 'Unknown name "effort"'),
    ("generationConfig", {"thinkingConfig": {"thinkingLevel": "LOW"}}, "Thinking level is not supported"),
    (
        "generationConfig",
        {"thinkingConfig": {"thinkingLevel": "LOW", "thinkingBudget": 1}},
        "exclude each other",
    ),
    (
        "generationConfig",
        {"thinkingConfig": {"thinkingBudget": 0, "includeThoughts": True}},
        "no thoughts without",
    ),
    ("stream", True, 'Unknown name "stream"'),
]


@pytest.mark.parametrize(("key", "value", "complaint"), REFUSED)
def test_what_google_refuses_is_refused_with_its_place(key: str, value: object, complaint: str) -> None:
    found = complaints({**legal(), key: value}, OLD)

    assert any(re.search(complaint, each) for each in found), found


@pytest.mark.parametrize("kind", ["googleSearch", "codeExecution", "urlContext", "fileSearch", "googleMaps"])
def test_tools_that_google_runs_stand_beside_functions(kind: str) -> None:
    declared = legal()["tools"]
    assert isinstance(declared, list)

    assert complaints({**legal(), "tools": [*declared, {kind: {}}]}, NEW) == ()


def test_a_body_that_is_no_object_is_refused() -> None:
    assert complaints([], OLD) == ("body: must be an object",)


def test_new_models_demand_a_signature_on_the_first_call_of_a_turn_alone() -> None:
    bare = {"functionCall": CALL["functionCall"]}
    unsigned = {"contents": turns(USER, model(bare), user(RESPONSE))}
    second = {"contents": turns(USER, model(CALL, bare), user(RESPONSE, RESPONSE))}

    assert complaints(unsigned, OLD) == ()
    assert complaints(second, NEW) == ()
    assert complaints(unsigned, NEW) == (
        "contents[1].parts[0]: Function call is missing a thought_signature in functionCall parts",
    )


def test_only_new_models_read_files_inside_a_function_response() -> None:
    response = {"functionResponse": {**RESPONSE["functionResponse"], "parts": [FILE]}}
    body = {"contents": turns(USER, model(CALL), user(response))}

    assert complaints(body, NEW) == ()
    assert complaints(body, OLD) == (
        "contents[2].parts[0].functionResponse.parts: models before Gemini 3 read no files there",
    )


def test_a_signed_empty_text_is_legal() -> None:
    body = {"contents": turns(USER, model({"text": "", "thoughtSignature": "c2ln"}), USER)}

    assert complaints(body, NEW) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.sampled_from([OLD, NEW]))
def test_any_json_is_judged_and_never_breaks_the_judge(body: dict[str, object], name: str) -> None:
    assert all(isinstance(complaint, str) for complaint in complaints(body, name))

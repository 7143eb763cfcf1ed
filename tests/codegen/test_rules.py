"""The house rules of schemas, each with a schema that breaks it."""

from collections.abc import Mapping

import pytest

from codegen.rules import uphold
from codegen.shelf import Fault, Shelf

NOTE: Mapping[str, object] = {
    "description": "A note.",
    "type": "object",
    "additionalProperties": False,
    "required": ["descriptor"],
    "properties": {"descriptor": {"const": "text/x-note"}},
}
WORD: Mapping[str, object] = {**NOTE, "properties": {"descriptor": {"enum": ["text/x-word", "text/x-words"]}}}


def test_a_schema_that_keeps_the_rules_passes() -> None:
    union = {"description": "Either.", "oneOf": [{"$ref": "#/$defs/Note"}, {"$ref": "#/$defs/Word"}]}

    uphold(_shelf({"Note": NOTE, "Word": WORD, "Either": union}))


def test_an_open_object_may_be_extended_by_others() -> None:
    base = {"description": "A base.", "type": "object", "properties": {}}
    kind = {
        **{key: value for key, value in NOTE.items() if key != "additionalProperties"},
        "allOf": [{"$ref": "#/$defs/Base"}],
        "unevaluatedProperties": False,
    }

    uphold(_shelf({"Base": base, "Kind": kind}))


@pytest.mark.parametrize(
    ("definitions", "breach"),
    [
        ({"Note": {**NOTE, "description": None}}, "/$defs/Note: it needs a description"),
        ({"note": NOTE}, "$defs/note: definitions are CamelCase"),
        (
            {"Note": {**NOTE, "additionalProperties": True}},
            "/$defs/Note: ours are closed: additionalProperties false, or unevaluatedProperties beside allOf",
        ),
        (
            {"Note": {**NOTE, "required": ["content"], "properties": {"content": {"type": "string"}}}},
            "/$defs/Note: content: it needs a description",
        ),
        (
            {"Note": {**NOTE, "required": ["isSet"], "properties": {"isSet": {"description": "x"}}}},
            "/$defs/Note: isSet: properties are snake_case",
        ),
        (
            {"Note": {**NOTE, "required": ["from"], "properties": {"from": {"description": "x"}}}},
            "/$defs/Note: from: properties are snake_case",
        ),
        (
            {"Note": {**NOTE, "required": [], "properties": {"content": {"description": "x"}}}},
            "/$defs/Note: content: in a message every property is required or has a default",
        ),
        (
            {"Note": NOTE, "Either": {"description": "x", "oneOf": [{"$ref": "#/$defs/Note"}, NOTE]}},
            "/$defs/Either: a branch of oneOf is a $ref to a definition, or of a simple type",
        ),
        (
            {"Note": NOTE, "Either": {"description": "x", "oneOf": [{"$ref": "#/$defs/Nought"}]}},
            "/$defs/Either: there is no part.json#/$defs/Nought",
        ),
        (
            {
                "Note": NOTE,
                "Bare": {**NOTE, "properties": {"descriptor": {"description": "x", "type": "string"}}},
                "Either": {"description": "x", "oneOf": [{"$ref": "#/$defs/Note"}, {"$ref": "#/$defs/Bare"}]},
            },
            "/$defs/Either: its kinds need one property in common that is a const or an enum in each of them",
        ),
        (
            {
                "Note": NOTE,
                "Twin": NOTE,
                "Either": {"description": "x", "oneOf": [{"$ref": "#/$defs/Note"}, {"$ref": "#/$defs/Twin"}]},
            },
            "/$defs/Either: two of its kinds have the same descriptor",
        ),
        (
            {"Note": NOTE, "Either": {"description": "x", "anyOf": [{"$ref": "#/$defs/Note"}]}},
            "/$defs/Either: say oneOf: the kinds of a union exclude each other",
        ),
    ],
    ids=lambda case: case.split(": ", 1)[1] if isinstance(case, str) else "",
)
def test_a_schema_that_breaks_a_rule_is_refused_by_its_place(
    definitions: Mapping[str, object], breach: str
) -> None:
    with pytest.raises(Fault) as caught:
        uphold(_shelf(definitions))

    assert f"part.json: {breach}" in str(caught.value).splitlines()


def test_a_file_under_a_false_address_is_refused() -> None:
    shelf = {"part.json": {**_shelf({"Note": NOTE})["part.json"], "$id": "https://example.org/part.json"}}

    with pytest.raises(Fault, match=r"\$id must be https://sagent\.dev/schemas/part\.json"):
        uphold(shelf)


def test_the_json_of_others_may_be_open_and_named_as_they_like() -> None:
    foreign = {"description": "Theirs.", "type": "object", "properties": {"mimeType": {"type": "string"}}}

    uphold(_shelf({"Theirs": foreign}, name="wire/other.json"))


def _shelf(definitions: Mapping[str, object], name: str = "part.json") -> Shelf:
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"https://sagent.dev/schemas/{name}",
            "title": "Part",
            "description": "Parts.",
            "$defs": definitions,
        }
    }

"""Schemas of tools as those of one plain object."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sagent.lib.json import JsonObject, freeze_object, json_text
from sagent.providers.rooted import REFUSED, rooted

NAMES = st.sampled_from(["a", "b"])
LEAVES = st.sampled_from([{"type": "string"}, {"const": 1}, {}, {"$ref": "#/$defs/Leaf"}])
PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("object"),
        "properties": st.dictionaries(NAMES, LEAVES),
        "required": st.lists(NAMES, unique=True),
        "additionalProperties": st.booleans(),
        "unevaluatedProperties": st.booleans(),
        "minProperties": st.integers(0, 2),
    },
)
CLOSED = PLAIN.map(lambda plain: {**plain, "additionalProperties": False})
NAMED = st.just({"$ref": "#/$defs/Object"})
NODES = st.builds(
    lambda plain, more: {**plain, **more},
    PLAIN,
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("anyOf", "oneOf"), st.lists(CLOSED | NAMED | st.just(False), max_size=3)),
            "allOf": st.lists(PLAIN | NAMED | st.booleans() | st.just({"$ref": "#"}), max_size=3),
            **dict.fromkeys(("if", "not"), PLAIN),
            **dict.fromkeys(("then", "else"), st.builds(dict, required=st.lists(NAMES, unique=True))),
            "$ref": st.just("#/$defs/Object"),
            "enum": st.just([{"a": 1}]),
        },
    ),
)
ROOTS = st.builds(
    lambda root, named: {**root, "$defs": {"Leaf": {"type": "boolean"}, "Object": named}}, NODES, CLOSED
)
VALUES = st.dictionaries(NAMES | st.just("c"), st.sampled_from(["x", 1, True, None]))


def root(**schema: object) -> JsonObject:
    return rooted(freeze_object(schema))


def told(**lost: object) -> str:
    return f"It has to fit {json_text(lost)}."


@given(ROOTS, st.lists(VALUES, min_size=1, max_size=8))
def test_nothing_refused_is_left_and_whatever_fits_a_schema_fits_what_becomes_of_it(
    schema: dict[str, object], values: list[object]
) -> None:
    judge = Draft202012Validator(schema)

    plain = root(**schema)

    assert plain["type"] == "object"
    assert plain.keys() & REFUSED == set()
    try:
        fitting = [value for value in values if judge.is_valid(value)]
    except RecursionError:
        return  # it refers to nothing but itself
    assert [value for value in fitting if not Draft202012Validator(plain).is_valid(value)] == []


def test_a_plain_schema_stays_itself() -> None:
    plain = freeze_object({"type": "object", "properties": {"a": {"anyOf": [{"type": "string"}, {}]}}})

    assert rooted(plain) is plain
    assert root(properties={}) == {"properties": {}, "type": "object"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"$ref": "#/$defs/T", "$defs": {"T": {"properties": {"a": {}}, "required": ["a"], "title": "T"}}},
            {
                "type": "object",
                "properties": {"a": {}},
                "required": ["a"],
                "title": "T",
                "$defs": {"T": {"properties": {"a": {}}, "required": ["a"], "title": "T"}},
            },
        ),
        (
            {"properties": {"a": {}}, "allOf": [{"properties": {"b": {}}, "required": ["b"]}]},
            {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"]},
        ),
        (
            {"anyOf": [{"properties": {"a": {"type": "string"}}, "additionalProperties": False}]},
            {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
        ),
    ],
    ids=["a reference", "all of several", "one choice"],
)
def test_what_can_be_said_of_one_object_is_said_so(
    schema: dict[str, object], expected: dict[str, object]
) -> None:
    assert root(**schema) == freeze_object(expected)


def test_branches_allow_what_any_of_them_does_and_the_choice_is_told_in_words() -> None:
    branches = [
        {"properties": {"kind": {"const": "a"}, "x": {"type": "string"}}, "required": ["kind", "x"]},
        {"properties": {"kind": {"const": "b"}}, "required": ["kind"]},
    ]

    assert root(type="object", description="Either.", oneOf=branches) == freeze_object(
        {
            "description": f"Either. {told(oneOf=branches)}",
            "type": "object",
            "properties": {
                "kind": {"anyOf": [{"const": "a"}, {"const": "b"}]},
                "x": {"type": "string"},
            },
            "required": ["kind"],
        }
    )


def test_what_a_condition_speaks_of_may_be_there() -> None:
    condition = {
        "if": {"properties": {"a": {"const": 1}}},
        "then": {"properties": {"b": {"type": "string"}}, "required": ["b"]},
        "else": {"properties": {"b": {"type": "null"}}},
    }

    assert root(**condition) == freeze_object(
        {
            "type": "object",
            "properties": {"b": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "a": {}},
            "description": told(**condition),
        }
    )


def test_a_reference_into_what_is_left_out_leads_to_a_definition() -> None:
    branches = [
        {"properties": {"a": {"type": "string"}}},
        {"properties": {"b": {"$ref": "#/anyOf/0/properties/a"}, "c": {"$ref": "#/anyOf/1"}}},
    ]

    plain = root(anyOf=branches)

    assert plain["properties"] == {
        "a": {"type": "string"},
        "b": {"$ref": "#/$defs/anyOf_0_properties_a"},
        "c": {"$ref": "#/$defs/anyOf_1"},
    }
    assert plain["$defs"] == {
        "anyOf_0_properties_a": {"type": "string"},
        "anyOf_1": {
            "properties": {
                "b": {"$ref": "#/$defs/anyOf_0_properties_a"},
                "c": {"$ref": "#/$defs/anyOf_1"},
            }
        },
    }


def test_a_reference_that_leads_nowhere_is_told_in_words() -> None:
    assert root(**{"$ref": "https://example.org/a.json"}) == {
        "type": "object",
        "properties": {},
        "description": told(**{"$ref": "https://example.org/a.json"}),
    }

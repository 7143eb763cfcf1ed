"""Schemas of answers in the flavours of strict servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.lib.json import JsonObject, freeze_object
from sagent.providers.form_rules import bad_schema
from sagent.providers.forms import ANTHROPIC, OPENAI, Flavour, strict
from tests.providers.rows import FORM, MAP, TREE

FLAVOURS = {"openai": OPENAI, "anthropic": ANTHROPIC}


def closed(**properties: object) -> JsonObject:
    return freeze_object(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": properties,
            "required": list(properties),
        }
    )


def test_what_need_not_be_there_may_be_null_where_all_must_be_required() -> None:
    schema = {**closed(a={"type": "string"}, b={"type": "integer", "default": 1}), "required": ["a"]}

    told = strict(freeze_object(schema), OPENAI)

    assert told == closed(a={"type": "string"}, b={"anyOf": [{"type": "integer"}, {"type": "null"}]})


def test_what_need_not_be_there_may_be_left_out_elsewhere() -> None:
    schema = freeze_object({**closed(a={"type": "string"}, b={"type": "integer"}), "required": ["a"]})

    assert strict(schema, ANTHROPIC) == schema


def test_what_a_server_does_not_know_is_told_in_words() -> None:
    schema = closed(
        a={"type": "string", "minLength": 2, "description": "A name."}, n={"type": "integer", "minimum": 0}
    )

    assert strict(schema, ANTHROPIC) == closed(
        a={"type": "string", "description": 'A name. It has to fit {"minLength":2}.'},
        n={"type": "integer", "description": 'It has to fit {"minimum":0}.'},
    )
    assert strict(schema, OPENAI) == closed(
        a={"type": "string", "description": 'A name. It has to fit {"minLength":2}.'},
        n={"type": "integer", "minimum": 0},
    )


def test_a_constant_is_an_enum_of_one_and_several_types_are_a_union() -> None:
    schema = closed(a={"const": "x"}, b={"type": ["integer", "null"]}, c={"enum": ["x", 1]})

    assert strict(schema, OPENAI) == closed(
        a={"type": "string", "enum": ["x"]},
        b={"anyOf": [{"type": "integer"}, {"type": "null"}]},
        c={"anyOf": [{"type": "string", "enum": ["x"]}, {"type": "integer", "enum": [1]}]},
    )


def test_the_places_of_a_tuple_are_given_up() -> None:
    schema = closed(
        t={"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "maxItems": 2}
    )

    assert strict(schema, OPENAI) == closed(
        t={
            "type": "array",
            "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            "maxItems": 2,
            "description": 'It has to fit {"prefixItems":[{"type":"string"},{"type":"integer"}]}.',
        }
    )


@pytest.mark.parametrize(
    "schema",
    [
        MAP,
        {"type": "array", "items": {"type": "string"}},
        {"type": "object"},
        closed(a={}),
        closed(a={"type": "array"}),
        closed(a={"$ref": "https://example.org/schema.json"}),
    ],
)
def test_what_cannot_be_said_is_not_said(schema: JsonObject) -> None:
    assert strict(freeze_object(schema), OPENAI) is None
    assert strict(freeze_object(schema), ANTHROPIC) is None


def test_a_schema_that_refers_to_itself_can_be_said_to_openai_alone() -> None:
    assert strict(TREE, OPENAI) is not None
    assert strict(TREE, ANTHROPIC) is None


def test_too_many_choices_are_not_said_to_anthropic() -> None:
    many = closed(**{f"a{number}": {"type": ["string", "null"]} for number in range(20)})

    assert strict(many, ANTHROPIC) is None
    assert strict(many, OPENAI) is not None


LEAVES = st.sampled_from(
    [
        {"type": "string", "minLength": 1, "format": "uri"},
        {"type": "integer", "minimum": 0},
        {"type": ["number", "null"]},
        {"enum": ["a", None, 2, 1.5, True]},
        {"const": 3},
        {"$ref": "#/$defs/One"},
        {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
        FORM["properties"],
    ]
)


def grown(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"oneOf": each}),
        inner.map(lambda each: {"type": "array", "items": each, "maxItems": 4}),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(
            lambda each: {"type": "object", "properties": each, "required": sorted(each)[:1]}
        ),
    )


@given(node=st.recursive(LEAVES, grown, max_leaves=8), flavour=st.sampled_from(sorted(FLAVOURS)))
def test_whatever_is_said_is_taken(node: object, flavour: str) -> None:
    known: Flavour = FLAVOURS[flavour]
    schema = freeze_object({**closed(it=node), "$defs": {"One": closed(a={"type": "null"})}})

    told = strict(schema, known)

    assert told is None or list(bad_schema(told, known, "schema")) == []

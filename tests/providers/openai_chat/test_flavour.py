"""JSON Schemas as Moonshot takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.agent.gate import definition
from sagent.lib.json import JsonObject, freeze_object
from sagent.providers.openai_chat.declarations import tools
from sagent.providers.openai_chat.flavour import flavoured
from sagent.providers.openai_chat.manners import Manners
from sagent.testing.wires.moonshot import unflavoured
from sagent.tools import builtin

TYPES = st.sampled_from(["string", "integer", "object", "array", "null"])
LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES | st.lists(TYPES, unique=True, max_size=3),
        "enum": st.lists(st.sampled_from([1, "a", "", None, True, 1.5]), max_size=3),
        "const": st.sampled_from([1, "a", None]),
        "description": st.just("words"),
        "nullable": st.booleans(),
        "required": st.lists(st.sampled_from(["a", "b"]), unique=True),
        "additionalProperties": st.booleans(),
        "$ref": st.just("#/$defs/x"),
    },
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda leaf, more: {**leaf, **more},
        LEAVES,
        st.fixed_dictionaries(
            {},
            optional={
                "properties": st.dictionaries(st.sampled_from(["a", "b"]), inner),
                "items": inner,
                "anyOf": st.lists(inner, max_size=3),
                "oneOf": st.lists(inner, max_size=3),
                "allOf": st.lists(inner, max_size=2),
                "additionalProperties": inner,
            },
        ),
    ),
    max_leaves=12,
)


def flavour(**schema: object) -> JsonObject:
    return flavoured(freeze_object(schema))


def refused(schema: JsonObject) -> list[str]:
    return list(unflavoured({"tools": [{"function": {"name": "f", "parameters": schema}}]}))


@given(SCHEMAS)
def test_whatever_a_tool_declares_becomes_a_schema_that_is_taken(schema: dict[str, object]) -> None:
    assert refused(flavour(**{**schema, "type": "object"})) == []


@given(SCHEMAS)
def test_a_schema_of_the_flavour_stays_as_it_is(schema: dict[str, object]) -> None:
    once = flavour(**schema)

    assert flavoured(once) == once


def test_the_built_in_tools_are_taken() -> None:
    declared = tools([definition(tool) for tool in builtin()], Manners(schemas="moonshot"))

    assert list(unflavoured({"tools": declared})) == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"enum": ["a", "b"]}, {"enum": ("a", "b"), "type": "string"}),
        ({"const": 3}, {"const": 3, "type": "integer"}),
        ({"enum": [1, None]}, {"enum": (1,), "type": "integer"}),
        ({"items": {"type": "string"}}, {"items": {"type": "string"}, "type": "array"}),
        ({"type": "object"}, {"type": "object", "required": ()}),
        (
            {"properties": {"a": {"type": "string"}}, "required": ["a", "b"]},
            {"properties": {"a": {"type": "string"}}, "required": ("a",), "type": "object"},
        ),
        ({"type": ["string", "null"], "description": "d"}, {"type": "string", "description": "d"}),
        (
            {"type": ["string", "integer"], "description": "d"},
            {"description": "d", "anyOf": ({"type": "string"}, {"type": "integer"})},
        ),
        (
            {"type": "object", "oneOf": [{"type": "string"}, {"type": "integer"}]},
            {"anyOf": ({"type": "string"}, {"type": "integer"})},
        ),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "string"}),
        ({"type": ["null"]}, {"type": "string"}),
        ({"$ref": "#/$defs/x", "type": "object"}, {"$ref": "#/$defs/x"}),
        ({}, {"anyOf": ({"type": "string"}, {"type": "number"}, {"type": "boolean"})}),
    ],
)
def test_what_a_schema_means_is_said_in_that_flavour(
    schema: dict[str, object], expected: dict[str, object]
) -> None:
    assert flavour(**schema) == freeze_object(expected)

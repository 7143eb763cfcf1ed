"""JSON Schemas as Moonshot takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagent.agent.gate import definition
from sagent.atoms import ToolName
from sagent.lib.json import JsonObject, freeze_object
from sagent.providers.openai_chat.declarations import tools
from sagent.providers.openai_chat.flavour import flavoured
from sagent.providers.openai_chat.flavour_rules import unflavoured
from sagent.providers.openai_chat.functions import bad_tools
from sagent.providers.openai_chat.manners import COMPATIBLE, OPENAI, Manners
from sagent.schema.tool import ToolDefinition
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
    return list(unflavoured(schema, "parameters"))


@given(SCHEMAS)
def test_whatever_a_tool_declares_becomes_a_schema_that_is_taken(schema: dict[str, object]) -> None:
    assert refused(flavour(**{**schema, "type": "object"})) == []


@given(SCHEMAS)
def test_a_schema_of_the_flavour_stays_as_it_is(schema: dict[str, object]) -> None:
    once = flavour(**schema)

    assert flavoured(once) == once


def test_the_built_in_tools_are_taken() -> None:
    manners = Manners(schemas="moonshot")

    assert list(bad_tools(tools([definition(tool) for tool in builtin()], manners), manners)) == []


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


@pytest.mark.parametrize("manners", [Manners(schemas="moonshot"), OPENAI, COMPATIBLE])
@pytest.mark.parametrize(
    "root",
    [
        {"anyOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}}]},
        {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "enum": [{"a": 1}]},
        {"allOf": [{"$ref": "#/$defs/A"}], "$defs": {"A": {"properties": {"a": {"type": "string"}}}}},
        {"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": {"type": "string"}}}}},
        {"type": ["object", "null"], "not": {"required": ["a"]}},
        {},
    ],
)
def test_a_tool_is_declared_legally_whatever_stands_at_the_root_of_its_schema(
    manners: Manners, root: dict[str, object]
) -> None:
    tool = ToolDefinition(name=ToolName("t"), description="d", directive_schema=freeze_object(root))

    assert list(bad_tools(tools([tool], manners), manners)) == []

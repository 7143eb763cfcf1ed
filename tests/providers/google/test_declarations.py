"""Schemas in the words that Gemini reads."""

from sagent.atoms import ToolName
from sagent.lib.json import freeze_object
from sagent.providers.google.declarations import tools
from sagent.schema.tool import ToolDefinition


def declared(schema: object) -> object:
    definition = ToolDefinition(name=ToolName("t"), description="d", directive_schema=freeze_object(schema))
    (tool,) = tools([definition])
    (function,) = tool["functionDeclarations"]
    return function["parametersJsonSchema"]


def test_no_tools_are_no_tool() -> None:
    assert tools([]) == ()


def test_a_const_becomes_an_enum_of_one_at_any_depth() -> None:
    schema = {"type": "object", "properties": {"k": {"oneOf": [{"const": "a"}, {"items": {"const": 1}}]}}}

    assert declared(schema) == {
        "type": "object",
        "properties": {"k": {"oneOf": ({"enum": ("a",)}, {"items": {"enum": (1,)}})}},
    }


def test_what_speaks_about_the_schema_is_left_out() -> None:
    schema = {"$schema": "x", "$id": "y", "title": "T", "type": "object", "$defs": {"A": {"$comment": "z"}}}

    assert declared(schema) == {"title": "T", "type": "object", "$defs": {"A": {}}}


def test_properties_may_be_called_like_keywords_and_values_are_left_alone() -> None:
    schema = {
        "type": "object",
        "properties": {
            "const": {"type": "string"},
            "$id": {"default": {"const": 1}},
            "properties": {"enum": [{"const": 2}]},
        },
        "required": ["const"],
    }

    assert declared(schema) == {
        "type": "object",
        "properties": {
            "const": {"type": "string"},
            "$id": {"default": {"const": 1}},
            "properties": {"enum": ({"const": 2},)},
        },
        "required": ("const",),
    }


def test_a_reference_at_the_root_is_followed_since_nothing_may_stand_beside_it() -> None:
    named = {"type": "object", "properties": {"a": {"const": 1}}}

    assert declared({"$ref": "#/$defs/A", "$defs": {"A": named}}) == {
        "type": "object",
        "properties": {"a": {"enum": (1,)}},
        "$defs": {"A": {"type": "object", "properties": {"a": {"enum": (1,)}}}},
    }


def test_a_schema_without_a_type_is_that_of_an_object() -> None:
    assert declared({}) == {"type": "object"}

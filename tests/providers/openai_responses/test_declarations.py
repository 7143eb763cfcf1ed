"""Tools, as OpenAI's models are offered them."""

import json

from sagent.atoms import ToolName
from sagent.lib.json import JsonObject, freeze_object, json_text
from sagent.providers.openai_responses.declarations import parameters, tools
from sagent.providers.openai_responses.functions import bad_tools
from sagent.schema.tool import ToolDefinition
from tests.providers.openai_responses.sending import judges


def test_a_tool_is_a_function_that_is_not_strict() -> None:
    schema = freeze_object({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]})
    tool = ToolDefinition(name=ToolName("Say"), description="Says it.", directive_schema=schema)

    (declared,) = tools([tool])

    assert json.dumps(declared) == json.dumps(
        {
            "type": "function",
            "name": "Say",
            "description": "Says it.",
            "parameters": schema,
            "strict": False,
        }
    )
    judges()["tool"].validate_python(declared)


def test_a_schema_without_properties_is_given_the_empty_ones_that_openai_demands() -> None:
    assert parameters({}) == {"type": "object", "properties": {}}
    assert parameters({"additionalProperties": False}) == {
        "additionalProperties": False,
        "type": "object",
        "properties": {},
    }


def test_what_branches_at_the_top_allow_stands_among_the_properties() -> None:
    schema: JsonObject = {
        "anyOf": [
            {"properties": {"a": {"type": "string"}}},
            {"properties": {"b": {"type": "integer"}}},
            True,
        ],
        "properties": {"b": {"type": "number"}, "c": {}},
    }

    assert parameters(schema) == {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "number"}, "c": {}},
        "description": f"It has to fit {json_text({'anyOf': schema['anyOf']})}.",
    }


def test_branches_below_the_top_stay_as_they_are() -> None:
    schema: JsonObject = {
        "type": "object",
        "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    }

    assert parameters(schema) == schema


def test_every_declared_schema_is_one_that_openai_takes() -> None:
    schemas: list[JsonObject] = [{}, {"oneOf": [{"type": "object"}]}, {"type": "string"}, {"enum": [1]}]
    definitions = [
        ToolDefinition(name=ToolName(f"t{index}"), description="", directive_schema=freeze_object(schema))
        for index, schema in enumerate(schemas)
    ]

    assert list(bad_tools(tools(definitions))) == []

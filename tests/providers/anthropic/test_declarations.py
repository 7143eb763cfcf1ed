"""Tools as this wire declares them."""

from sagent.atoms import ToolName
from sagent.lib.json import JsonObject, freeze_object
from sagent.providers.anthropic.declarations import tools
from sagent.schema.tool import ToolDefinition


def declared(description: str, **schema: object) -> JsonObject:
    directive: JsonObject = freeze_object(schema)
    (tool,) = tools([ToolDefinition(name=ToolName("t"), description=description, directive_schema=directive)])
    return freeze_object(tool)


def test_a_schema_is_kept_as_it_is_but_for_what_its_root_may_not_have() -> None:
    inner = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/A"}]}

    tool = declared(
        "Does it.",
        type="object",
        properties={"a": inner},
        anyOf=[{"required": ["a"]}, {"required": ["b"]}],
        **{"$defs": {"A": {"const": 1}}},
    )

    assert tool == freeze_object(
        {
            "name": "t",
            "description": "Does it.",
            "input_schema": {
                "type": "object",
                "properties": {"a": inner},
                "$defs": {"A": {"const": 1}},
                "description": 'It has to fit {"anyOf":[{"required":["a"]},{"required":["b"]}]}.',
            },
        }
    )


def test_a_schema_without_a_type_is_an_objects_and_a_blank_description_is_none() -> None:
    assert declared(" ") == {"name": "t", "input_schema": {"type": "object"}}

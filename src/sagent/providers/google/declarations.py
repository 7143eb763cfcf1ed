"""The tools of a request, as functions that Google's models may call, and the form of the answer."""

from collections.abc import Sequence
from typing import Final

from sagent.lib.json import EMPTY, JsonObject, JsonValue, is_object
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import google as wire

META: Final = frozenset(("$schema", "$id", "$comment", "$vocabulary", "$anchor"))
"""Keywords that speak about a schema; Google does not know them."""

NAMED: Final = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
"""Keywords whose members are names and not keywords."""

JSON: Final = "application/json"
"""The media type of answers that have a schema."""

VALUES: Final = frozenset(("enum", "default", "examples", "required"))
"""Keywords that hold values and not schemas."""


def tools(definitions: Sequence[ToolDefinition]) -> Sequence[wire.Tool]:
    """All functions in one tool; none where there is no function."""
    return ({"functionDeclarations": tuple(map(_function, definitions))},) if definitions else ()


def form(output: JsonObject) -> wire.GenerationConfig:
    """The form of an answer."""
    return {"responseMimeType": JSON, "responseJsonSchema": _schema(output)}


def _function(definition: ToolDefinition) -> wire.FunctionDeclaration:
    return {
        "name": definition.name,
        "description": definition.description,
        "parametersJsonSchema": {"type": "object", **_schema(definition.directive_schema)},
    }


def _schema(schema: JsonObject) -> JsonObject:
    """The schema in the words that Google reads.

    It ignores `const`, so that becomes an enum of one; and it takes nothing beside a `$ref` (`google-genai`,
    `GenerateContentConfig.response_json_schema`).
    """
    read: dict[str, JsonValue] = {}
    if isinstance(schema.get("$ref"), str):
        schema = {key: value for key, value in schema.items() if key.startswith("$")}
    for key, value in schema.items():
        if key == "const":
            read["enum"] = (value,)
        elif key in NAMED and is_object(value):
            read[key] = {name: _inner(inner) for name, inner in value.items()}
        elif key not in META:
            read[key] = value if key in VALUES else _inner(value)
    return read or EMPTY


def _inner(value: JsonValue) -> JsonValue:
    if is_object(value):
        return _schema(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple([_inner(item) for item in value])
    return value

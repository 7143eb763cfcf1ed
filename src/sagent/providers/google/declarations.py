"""The tools of a request, as functions that Google's models may call."""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.lib.json import EMPTY, JsonObject, JsonValue
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import google as wire

META: Final = frozenset(("$schema", "$id", "$comment", "$vocabulary", "$anchor"))
"""Keywords that speak about a schema; Google does not know them."""

NAMED: Final = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))
"""Keywords whose members are names and not keywords."""

VALUES: Final = frozenset(("enum", "default", "examples", "required"))
"""Keywords that hold values and not schemas."""


def tools(definitions: Sequence[ToolDefinition]) -> Sequence[wire.Tool]:
    """All functions in one tool; none where there is no function."""
    return ({"functionDeclarations": tuple(map(_function, definitions))},) if definitions else ()


def _function(definition: ToolDefinition) -> wire.FunctionDeclaration:
    return {
        "name": definition.name,
        "description": definition.description,
        "parametersJsonSchema": {"type": "object", **_schema(definition.directive_schema)},
    }


def _schema(schema: JsonObject) -> JsonObject:
    """The schema in the words that Google reads: it ignores `const`, so that becomes an enum of one."""
    read: dict[str, JsonValue] = {}
    for key, value in schema.items():
        if key == "const":
            read["enum"] = (value,)
        elif key in NAMED and isinstance(value, Mapping):
            read[key] = {name: _inner(inner) for name, inner in value.items()}
        elif key not in META:
            read[key] = value if key in VALUES else _inner(value)
    return read or EMPTY


def _inner(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        return _schema(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple([_inner(item) for item in value])
    return value

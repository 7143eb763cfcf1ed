"""The tools of a request, as functions that OpenAI's models may call, and the form of the answer."""

from collections.abc import Sequence
from typing import Final

from sagent.lib.json import JsonObject, JsonValue, is_object
from sagent.providers.forms import NAME, OPENAI, strict
from sagent.providers.sendable import sendable
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import openai_responses as wire

BRANCHES: Final = ("allOf", "anyOf", "oneOf")
"""Keywords that hold several schemas; at the top of a function's schema they are refused."""

REFUSED: Final = frozenset((*BRANCHES, "enum", "not"))
"""All keywords that are refused there."""


def tools(definitions: Sequence[ToolDefinition]) -> Sequence[wire.Tool]:
    """All of them, not strict: strict ones must demand every property, which ours do not."""
    return tuple(map(_function, definitions))


def _function(definition: ToolDefinition) -> wire.Tool:
    return {
        "type": "function",
        "name": definition.name,
        "description": sendable(definition.description),
        "parameters": parameters(definition.directive_schema),
        "strict": False,
    }


def text_format(output: JsonObject) -> JsonObject:
    """The form of an answer; strict, where the schema can be said so."""
    held = strict(output, OPENAI)
    return {
        "type": "json_schema",
        "name": NAME,
        "schema": output if held is None else held,
        "strict": held is not None,
    }


def parameters(schema: JsonObject) -> JsonObject:
    """The schema as one object: what its branches allow stands among its own properties."""
    if not schema.keys() & REFUSED:
        return schema if schema.get("type") == "object" and "properties" in schema else _object(schema, {})
    found: dict[str, JsonValue] = {}
    for keyword in BRANCHES:
        branches = schema.get(keyword)
        if isinstance(branches, Sequence) and not isinstance(branches, str):
            for branch in branches:
                found.update(_properties(branch))
    return _object({key: value for key, value in schema.items() if key not in REFUSED}, found)


def _object(schema: JsonObject, more: JsonObject) -> JsonObject:
    return {**schema, "type": "object", "properties": {**more, **_properties(schema)}}


def _properties(schema: JsonValue) -> JsonObject:
    properties = schema.get("properties") if is_object(schema) else None
    return properties if is_object(properties) else {}

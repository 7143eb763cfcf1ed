"""The tools of a request, as functions that a model may call."""

from collections.abc import Sequence
from typing import Final

from sagent.lib.json import EMPTY, JsonObject
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import openai_chat as wire

META: Final = frozenset(("$schema", "$id", "$comment", "$vocabulary", "$anchor"))
"""Keywords that speak about a schema; grammars that are made of schemas stumble over them."""


def tools(definitions: Sequence[ToolDefinition]) -> Sequence[wire.Tool]:
    """Each tool as a function."""
    return tuple({"type": "function", "function": _function(definition)} for definition in definitions)


def _function(definition: ToolDefinition) -> wire.FunctionDeclaration:
    return {
        "name": definition.name,
        "description": definition.description,
        "parameters": _parameters(definition.directive_schema),
    }


def _parameters(schema: JsonObject) -> JsonObject:
    """The schema of an object; OpenAI refuses one without properties, even where there are none."""
    kept = {key: value for key, value in schema.items() if key not in META}
    return {"type": "object", "properties": EMPTY, **kept}

"""The tools of a request, as functions that a model may call."""

from collections.abc import Sequence
from typing import Final

from sagent.lib.json import EMPTY, JsonObject
from sagent.providers.openai_chat.flavour import flavoured
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import openai_chat as wire

META: Final = frozenset(("$schema", "$id", "$comment", "$vocabulary", "$anchor"))
"""Keywords that speak about a schema; grammars that are made of schemas stumble over them."""


def tools(definitions: Sequence[ToolDefinition], manners: Manners = COMPATIBLE) -> Sequence[wire.Tool]:
    """Each tool as a function."""
    return tuple(
        {"type": "function", "function": _function(definition, manners)} for definition in definitions
    )


def _function(definition: ToolDefinition, manners: Manners) -> wire.FunctionDeclaration:
    schema = _parameters(definition.directive_schema)
    return {
        "name": definition.name,
        "description": definition.description,
        "parameters": flavoured(schema) if manners.schemas == "moonshot" else schema,
    }


def _parameters(schema: JsonObject) -> JsonObject:
    """The schema of an object; OpenAI refuses one without properties, even where there are none."""
    kept = {key: value for key, value in schema.items() if key not in META}
    return {"type": "object", "properties": EMPTY, **kept}

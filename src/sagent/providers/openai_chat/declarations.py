"""The tools of a request, as functions that a model may call, and the form of the answer."""

from collections.abc import Sequence
from typing import Final

from sagent.lib.json import EMPTY, JsonObject
from sagent.providers.forms import NAME, OPENAI, is_of_object, strict
from sagent.providers.openai_chat.flavour import flavoured
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.providers.rooted import rooted
from sagent.providers.sendable import sendable
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import openai_chat as wire

META: Final = frozenset(("$schema", "$id", "$comment", "$vocabulary", "$anchor"))
"""Keywords that speak about a schema; grammars that are made of schemas stumble over them."""


def tools(definitions: Sequence[ToolDefinition], manners: Manners = COMPATIBLE) -> Sequence[wire.Tool]:
    """Each tool as a function."""
    return tuple(
        {"type": "function", "function": _function(definition, manners)} for definition in definitions
    )


def response_format(output: JsonObject, manners: Manners) -> JsonObject | None:
    """The form of an answer, as far as the server can be told it; None where it cannot."""
    match manners.form:
        case "strict" if is_of_object(output):
            held = strict(output, OPENAI)
            schema = _without_meta(output) if held is None else held
            return _schema_form({"name": NAME, "schema": schema, "strict": held is not None})
        case "schema" if is_of_object(output):
            return _schema_form({"name": NAME, "schema": _without_meta(output)})
        case "object" if is_of_object(output):
            return {"type": "json_object"}
        case "strict" | "schema" | "object" | "unsaid":
            return None


def _schema_form(schema: JsonObject) -> JsonObject:
    return {"type": "json_schema", "json_schema": schema}


def _function(definition: ToolDefinition, manners: Manners) -> wire.FunctionDeclaration:
    schema = _parameters(definition.directive_schema)
    return {
        "name": definition.name,
        "description": sendable(definition.description),
        "parameters": flavoured(schema) if manners.schemas == "moonshot" else schema,
    }


def _parameters(schema: JsonObject) -> JsonObject:
    """The schema of an object; OpenAI refuses one without properties, even where there are none."""
    whole = _without_meta(rooted(schema))
    return whole if "properties" in whole else {**whole, "properties": EMPTY}


def _without_meta(schema: JsonObject) -> JsonObject:
    return {key: value for key, value in schema.items() if key not in META}

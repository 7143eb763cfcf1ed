"""The tools of a request, and the form of the answer, as this wire declares them."""

from collections.abc import Sequence

from sagent.lib.json import JsonObject
from sagent.providers.forms import ANTHROPIC, strict
from sagent.providers.rooted import rooted
from sagent.providers.sendable import sendable
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import anthropic as wire


def tools(definitions: Sequence[ToolDefinition]) -> Sequence[wire.Tool]:
    """Each tool with its schema."""
    return tuple(map(_tool, definitions))


def form(output: JsonObject) -> JsonObject | None:
    """The form of an answer; None where it cannot be said."""
    schema = strict(output, ANTHROPIC)
    return None if schema is None else {"type": "json_schema", "schema": schema}


def _tool(definition: ToolDefinition) -> wire.Tool:
    schema = rooted(definition.directive_schema)
    if not definition.description.strip():
        return {"name": definition.name, "input_schema": schema}
    return {
        "name": definition.name,
        "description": sendable(definition.description),
        "input_schema": schema,
    }

"""The tools of a request, as functions that OpenAI's models may call, and the form of the answer."""

from collections.abc import Sequence

from sagent.lib.json import EMPTY, JsonObject
from sagent.providers.forms import NAME, OPENAI, strict
from sagent.providers.rooted import rooted
from sagent.providers.sendable import sendable
from sagent.schema.tool import ToolDefinition
from sagent.schema.wire import openai_responses as wire


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
    """The schema of an object; one without properties is refused, even where there are none."""
    whole = rooted(schema)
    return whole if "properties" in whole else {**whole, "properties": EMPTY}

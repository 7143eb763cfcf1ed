"""What was sent, taken apart again, and held against both judges: our validator and OpenAI's own types."""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from openai.types.responses import ResponseInputItemParam, ResponseTextConfigParam, ToolParam
from openai.types.shared_params import Reasoning
from pydantic import TypeAdapter

from sagent.lib.json import JsonObject
from sagent.providers.effort import Effort
from sagent.providers.openai_responses.dialect import ResponsesDialect
from sagent.providers.openai_responses.validator import complaints
from sagent.providers.scribe import Scribe
from sagent.schema.values import Origin

HOME = Origin(provider="OpenAI", dialect="openai_responses", endpoint="https://here/v1", model="gpt-6.1-sol")
PLAIN = Origin(provider="OpenAI", dialect="openai_responses", endpoint="https://here/v1", model="gpt-4.1")


@cache
def judges() -> Mapping[str, TypeAdapter[object]]:
    """The SDK's types of what is sent."""
    return {
        "item": TypeAdapter(ResponseInputItemParam),
        "tool": TypeAdapter(ToolParam),
        "reasoning": TypeAdapter(Reasoning),
        "text": TypeAdapter(ResponseTextConfigParam),
    }


def scribe_for(origin: Origin, effort: Effort | None = None, **extra_body: object) -> Scribe:
    """A writer of requests to a model of OpenAI's."""
    extra: JsonObject = json.loads(json.dumps(extra_body))
    return ResponsesDialect(origin=origin, effort=effort, extra_body=extra).scribe()


def items(body: bytes) -> Sequence[Mapping[str, object]]:
    """The items of a request."""
    request = json.loads(body)
    found: Sequence[Mapping[str, object]] = request["input"]
    return found


def strict(body: bytes, model: str, *, judged: Sequence[Mapping[str, object]] | None = None) -> Sequence[str]:
    """What our validator says, after OpenAI's own types have taken every item and every tool.

    Of `judged` the SDK is asked instead, where the items hold what only other servers send.
    """
    value = json.loads(body)
    for item in value["input"] if judged is None else judged:
        judges()["item"].validate_python(item)
    for tool in value.get("tools", ()):
        judges()["tool"].validate_python(tool)
    if "reasoning" in value:
        judges()["reasoning"].validate_python(value["reasoning"])
    if "text" in value:
        judges()["text"].validate_python(value["text"])
    return complaints(value, model)

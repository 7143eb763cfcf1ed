"""What was sent, taken apart again, and held against both judges: our validator and OpenAI's own types."""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from openai.types.chat import (
    ChatCompletionContentPartParam,
    ChatCompletionMessageFunctionToolCallParam,
    ChatCompletionMessageParam,
    ChatCompletionToolParam,
)
from openai.types.chat.chat_completion_reasoning_effort import ChatCompletionReasoningEffort
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import TypeAdapter

from sagent.providers.openai_chat.dialect import ChatDialect
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.providers.openai_chat.validator import complaints
from sagent.providers.scribe import Scribe
from sagent.schema.values import Origin

HOME = Origin(provider="OpenAICompat", dialect="openai_chat", endpoint="http://here/v1", model="local-model")
OTHER = Origin(provider="OpenAICompat", dialect="openai_chat", endpoint="http://here/v1", model="other-model")

KIMI = Manners(reasoning_filler=" ", reasoning_back="renamed")
MISTRAL = Manners(call_id_length=9, call_id_exact=True, bridge="Noted.", usage_on_request=False)


@cache
def judges() -> Mapping[str, TypeAdapter[object]]:
    """The SDK's types of what is sent."""
    return {
        "message": TypeAdapter(ChatCompletionMessageParam),
        "part": TypeAdapter(ChatCompletionContentPartParam),
        "call": TypeAdapter(ChatCompletionMessageFunctionToolCallParam),
        "tool": TypeAdapter(ChatCompletionToolParam),
        "form": TypeAdapter(ResponseFormatJSONSchema),
        "effort": TypeAdapter(ChatCompletionReasoningEffort),
    }


def scribe_for(origin: Origin = HOME, manners: Manners = COMPATIBLE) -> Scribe:
    """A writer of requests that ask for nothing but an answer."""
    return ChatDialect(origin=origin, manners=manners, stream=False).scribe()


def messages(body: bytes) -> Sequence[Mapping[str, object]]:
    """The messages of a request."""
    request: Mapping[str, Sequence[Mapping[str, object]]] = json.loads(body)
    return request["messages"]


def strict(body: bytes, model: str = HOME.model, manners: Manners = COMPATIBLE) -> Sequence[str]:
    """What our validator says, after OpenAI's own types have taken every message, part, call and tool."""
    value = json.loads(body)
    for message in value["messages"]:
        for tool in message.get("tools", ()):
            judges()["tool"].validate_python(tool)
        # OpenAI knows no message that adds tools: that is Kimi's own.
        judges()["message"].validate_python({"content": "", **message} if "tools" in message else message)
        if isinstance(message.get("content"), list) and message["role"] == "user":
            for part in message["content"]:
                judges()["part"].validate_python(part)
        for call in message.get("tool_calls", ()):
            judges()["call"].validate_python(call)
    for tool in value.get("tools", ()):
        judges()["tool"].validate_python(tool)
    if "reasoning_effort" in value:
        judges()["effort"].validate_python(value["reasoning_effort"])
    if value.get("response_format", {}).get("type") == "json_schema":
        judges()["form"].validate_python(value["response_format"])
    return complaints(value, model, manners)

"""What was sent, taken apart again, and held against both judges: our validator and Anthropic's own types."""

import json
from collections.abc import Mapping, Sequence
from typing import TypedDict

from anthropic.types import ContentBlockParam, TextBlockParam, ToolParam, message_create_params
from anthropic.types.beta import BetaSystemMessageParam, BetaThinkingConfigParam
from anthropic.types.beta.beta_system_message_param import ContentBlock
from anthropic.types.tool_result_block_param import Content
from pydantic import TypeAdapter

from sagent.lib.json import freeze_object
from sagent.protocols import Reply
from sagent.providers.anthropic.encode import AnthropicWording, Settings
from sagent.providers.anthropic.manners import ANTHROPIC, Manners, tolerance
from sagent.providers.anthropic.shapes import KINDS
from sagent.providers.anthropic.validator import complaints
from sagent.providers.scribe import Scribe
from sagent.schema.message import ModelResponse, ResponsePart
from sagent.schema.values import Origin, StopReason
from tests.providers import conversation

HOME = Origin(provider="Anthropic", dialect="anthropic", endpoint="https://here", model="claude-sonnet-5-5")
OLD = Origin(provider="Anthropic", dialect="anthropic", endpoint="https://here", model="claude-haiku-4-5")
ABROAD = conversation.HOME

REQUEST: TypeAdapter[object] = TypeAdapter(message_create_params.MessageCreateParamsBase)
TOLD: TypeAdapter[object] = TypeAdapter(BetaSystemMessageParam)
CHANGE: TypeAdapter[object] = TypeAdapter(ContentBlock)
BLOCK: TypeAdapter[object] = TypeAdapter(ContentBlockParam)
OUTCOME: TypeAdapter[object] = TypeAdapter(Content)
SYSTEM: TypeAdapter[object] = TypeAdapter(str | list[TextBlockParam])
TOOL: TypeAdapter[object] = TypeAdapter(ToolParam)
THINKING: TypeAdapter[object] = TypeAdapter(BetaThinkingConfigParam)


def scribe_for(origin: Origin, settings: Settings | None = None, manners: Manners = ANTHROPIC) -> Scribe:
    """A writer of requests to a model that speaks this wire."""
    plain = Settings(model=origin.model, max_tokens=1_024, manners=manners)
    return Scribe(origin, AnthropicWording(settings or plain), tolerance(origin.model, ANTHROPIC))


def own(
    *content: str | ResponsePart,
    stop: StopReason = "end",
    native: Sequence[object] = (),
    origin: Origin = HOME,
) -> ModelResponse:
    """A response of the model that is spoken to."""
    return conversation.response(
        *content, origin=origin, stop=stop, native=[freeze_object(each) for each in native]
    )


def kept(reply: Reply, origin: Origin = HOME) -> ModelResponse:
    """A reply, as an agent keeps it."""
    return conversation.answered(reply, origin)


class Sent(TypedDict):
    """One message of a request."""

    role: str
    content: Sequence[Mapping[str, object]]


def messages(body: bytes) -> Sequence[Sent]:
    """The messages of a request."""
    request: Mapping[str, Sequence[Sent]] = json.loads(body)
    return request["messages"]


def strict(body: bytes, model: str, *, served: bool = False, manners: Manners = ANTHROPIC) -> Sequence[str]:
    """What our validator says, after Anthropic's own types have taken every message and every tool.

    Blocks that a server sent may hold more than is known here; then only they are let through.
    """
    value = json.loads(body)
    for message in value["messages"]:
        if message["role"] == "system":
            TOLD.validate_python(message)
        for block in message["content"]:
            if message["role"] == "system":
                CHANGE.validate_python(block)
            elif block["type"] in KINDS:
                BLOCK.validate_python(block)
            if block["type"] == "tool_result":
                for inner in block["content"]:
                    OUTCOME.validate_python(inner)
    for tool in value.get("tools", ()):
        TOOL.validate_python(tool)
    plain = [message for message in value["messages"] if message["role"] != "system"]
    if "thinking" in value:
        THINKING.validate_python(value["thinking"])
    SYSTEM.validate_python(value.get("system", ""))
    REQUEST.validate_python({**value, "messages": plain})
    return tuple(
        complaint
        for complaint in complaints(value, model, manners)
        if not (served and ("Extra inputs" in complaint or "Input tag" in complaint))
    )

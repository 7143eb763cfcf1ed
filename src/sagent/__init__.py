"""A strongly typed Python API for building coding and developer agents."""

TYPE_CHECKING = False  # what checkers take for true, without importing typing

if TYPE_CHECKING:
    from sagent.agent import Agent, Fleet
    from sagent.errors import (
        AgentClosed,
        AgentHalted,
        Malformed,
        OutputError,
        ProviderError,
        SagentError,
        ToolError,
        UsageError,
    )
    from sagent.lib.blob import Blob
    from sagent.lib.json import JsonObject, JsonValue, json_freeze
    from sagent.messages.words import letter, tool_result
    from sagent.permissions.policy import Policy
    from sagent.protocols import Model, Provider, Reply, Request, Session, Tool
    from sagent.schema.event import Event, TextDelta
    from sagent.schema.message import Kept, Message, ModelResponse, Prompt, ToolCall, ToolResult
    from sagent.schema.part import Data, ErrorText, Image, Part, Text
    from sagent.schema.signal import Halt, Letter, Quit
    from sagent.tools import tool

__version__ = "0.1.0"

_HOMES = {
    "Agent": "agent",
    "AgentClosed": "errors",
    "AgentHalted": "errors",
    "Blob": "lib.blob",
    "Data": "schema.part",
    "ErrorText": "schema.part",
    "Event": "schema.event",
    "Fleet": "agent",
    "Halt": "schema.signal",
    "Image": "schema.part",
    "JsonObject": "lib.json",
    "JsonValue": "lib.json",
    "Kept": "schema.message",
    "Letter": "schema.signal",
    "Malformed": "errors",
    "Message": "schema.message",
    "Model": "protocols",
    "ModelResponse": "schema.message",
    "OutputError": "errors",
    "Part": "schema.part",
    "Policy": "permissions.policy",
    "Prompt": "schema.message",
    "Provider": "protocols",
    "ProviderError": "errors",
    "Quit": "schema.signal",
    "Reply": "protocols",
    "Request": "protocols",
    "SagentError": "errors",
    "Session": "protocols",
    "Text": "schema.part",
    "TextDelta": "schema.event",
    "Tool": "protocols",
    "ToolCall": "schema.message",
    "ToolError": "errors",
    "ToolResult": "schema.message",
    "UsageError": "errors",
    "json_freeze": "lib.json",
    "letter": "messages.words",
    "tool": "tools",
    "tool_result": "messages.words",
}
"""Where each public name lives; it is imported when first asked for, so that `import sagent` stays cheap."""

__all__ = [
    "Agent",
    "AgentClosed",
    "AgentHalted",
    "Blob",
    "Data",
    "ErrorText",
    "Event",
    "Fleet",
    "Halt",
    "Image",
    "JsonObject",
    "JsonValue",
    "Kept",
    "Letter",
    "Malformed",
    "Message",
    "Model",
    "ModelResponse",
    "OutputError",
    "Part",
    "Policy",
    "Prompt",
    "Provider",
    "ProviderError",
    "Quit",
    "Reply",
    "Request",
    "SagentError",
    "Session",
    "Text",
    "TextDelta",
    "Tool",
    "ToolCall",
    "ToolError",
    "ToolResult",
    "UsageError",
    "json_freeze",
    "letter",
    "tool",
    "tool_result",
]


if not TYPE_CHECKING:  # to checkers every name would be there, misspelt ones too

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'sagent' has no attribute {name!r}")
        from importlib import import_module

        value: object = getattr(import_module(f"sagent.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

"""Asking an agent: what it can be asked with, and what becomes of it."""

from typing import Final, TypeAlias

from sagent.errors import AgentClosed, AgentHalted, Malformed
from sagent.lib.json import JsonObject, freeze_object
from sagent.loop.traffic import Answered, Dropped, HaltedBy, Resolution
from sagent.messages.words import letter
from sagent.schema.message import ToolCall
from sagent.schema.part import Part, Text
from sagent.schema.signal import Letter

Said: TypeAlias = str | Part | Letter | ToolCall | JsonObject
"""What an agent can be asked with: words, a message, or a directive `{"prompt": "..."}`."""

DIRECTIVE: Final = freeze_object(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["prompt"],
        "properties": {"prompt": {"type": "string", "description": "What the agent is asked to do."}},
    }
)
"""The JSON Schema of what an agent takes when it is called as a tool."""


def letter_of(message: Said) -> Letter:
    """What was said, as mail.

    Raises:
        Malformed: it is a directive without a prompt.
    """
    if isinstance(message, Letter):
        return message
    if isinstance(message, str | Part):
        return letter(message)
    return letter(_prompt_of(message.content if isinstance(message, ToolCall) else message))


def _prompt_of(directive: JsonObject) -> str:
    prompt = directive.get("prompt")
    if isinstance(prompt, str):
        return prompt
    raise Malformed("the directive of an agent", "$.prompt", "expected a string")


def answer_of(resolution: Resolution) -> Text:
    """The answer, if there is one.

    Raises:
        AgentHalted: the agent stopped before it had one.
        AgentClosed: the agent has ended.
    """
    match resolution:
        case Answered():
            return Text(content=resolution.text)
        case HaltedBy():
            raise AgentHalted(resolution.reason, resolution.text, resolution.partial) from resolution.error
        case Dropped(why="closed"):
            raise AgentClosed(resolution.text)
        case Dropped():
            raise AgentHalted(resolution.why, resolution.text)

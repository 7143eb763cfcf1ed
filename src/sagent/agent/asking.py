"""Asking an agent: what it can be asked with, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from sagent.agent.output import Output, answered, output_of
from sagent.errors import AgentClosed, AgentHalted, Malformed, UsageError
from sagent.lib.json import JsonObject, freeze_object, json_text
from sagent.loop.resolution import Answered, Dropped, HaltedBy, Resolution
from sagent.messages.words import letter, says_anything
from sagent.schema.message import ToolCall
from sagent.schema.part import Part, Text
from sagent.schema.signal import Letter
from sagent.schema.values import ModelSpec

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


def asked(message: Said, output: object) -> tuple[Letter, Output | None]:
    """What was said, as mail, and the form that its answer is to have.

    Raises:
        UsageError: nothing was said, or JSON has no such form.
        Malformed: it is a directive without a prompt.
    """
    letter = letter_of(message)
    if output is not None:
        form = output_of(output)
        return replace(letter, output=form.schema), form
    own = letter.output
    return letter, None if own is None else Output(own, lambda value: Text(content=json_text(value)))


def letter_of(message: Said) -> Letter:
    """What was said, as mail.

    Raises:
        UsageError: nothing was said, or it is nothing that an agent can be asked with.
        Malformed: it is a directive without a prompt.
    """
    said = _letter(message)
    if not says_anything(said.content):
        raise UsageError("there is nothing to ask: the prompt is empty")
    return said


def _letter(message: object) -> Letter:
    if isinstance(message, Letter):
        return message
    if isinstance(message, str | Part):
        return letter(message)
    directive = message.content if isinstance(message, ToolCall) else message
    if not isinstance(directive, Mapping):
        kind = type(message).__name__
        raise UsageError(f'an agent is asked with words, a message or {{"prompt": "..."}}, not with {kind}')
    prompt = directive.get("prompt")
    if isinstance(prompt, str):
        return letter(prompt)
    raise Malformed("the directive of an agent", "$.prompt", "expected a string")


def answer_of(resolution: Resolution, output: Output | None, spec: ModelSpec) -> object:
    """The answer, if there is one: a text, or a value of the form that was asked for.

    Raises:
        OutputError: it has another form.
        AgentHalted: the agent stopped before it had one.
        AgentClosed: the agent has ended.
    """
    match resolution:
        case Answered():
            return Text(content=resolution.text) if output is None else answered(resolution, output, spec)
        case HaltedBy():
            raise AgentHalted(resolution.reason, resolution.text, resolution.partial) from resolution.error
        case Dropped(why="closed"):
            raise AgentClosed(resolution.text)
        case Dropped():
            raise AgentHalted(resolution.why, resolution.text)

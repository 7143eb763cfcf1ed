"""A log as a person follows it: who said what, each call with what came of it, and what changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from sagent.atoms import CallId, MessageId
from sagent.cli.repairs import left_out
from sagent.lib.value import frozen
from sagent.messages.words import plain, stands, whose
from sagent.schema.message import (
    AgentEnded,
    AgentSpawned,
    Cleared,
    CwdChanged,
    Detached,
    Drained,
    FilesChanged,
    JobStarted,
    Kept,
    LimitsChanged,
    ModelChanged,
    ModelResponse,
    Prompt,
    Quarantined,
    Repaired,
    Reserved,
    Restored,
    Scheduled,
    StatusChanged,
    Summary,
    System,
    Thinned,
    ToolCall,
    ToolResult,
    ToolsChanged,
    Withdrawn,
)
from sagent.schema.part import Part
from sagent.schema.values import Usage


@frozen(kw_only=True)
class Said:
    """Words for the model."""

    id: MessageId
    at: float
    who: str
    content: Sequence[Part]


@frozen(kw_only=True)
class Deed:
    """A call, and what came of it; None where nothing has."""

    call: ToolCall
    result: ToolResult | None


@frozen(kw_only=True)
class Answered:
    """What a model answered, its calls in place."""

    id: MessageId
    at: float
    model: str
    content: Sequence[Part | Deed]
    usage: Usage
    cost_usd: float | None
    stop: str


@frozen(kw_only=True)
class Noted:
    """Something changed."""

    at: float
    text: str
    body: str = ""
    """What it changed to, where that is long."""


Step: TypeAlias = Said | Answered | Noted | Deed
"""What a person is shown of a log, one after the other."""


def steps(log: Sequence[Kept]) -> Sequence[Step]:
    """The steps of a conversation; what was taken back before a model saw it is not among them."""
    results = {message.call_id: message for message in log if isinstance(message, ToolResult)}
    withdrawn = {message.content for message in log if isinstance(message, Withdrawn)}
    return tuple(_steps((message for message in log if message.id not in withdrawn), results))


def _steps(log: Iterable[Kept], results: Mapping[CallId, ToolResult]) -> Iterable[Step]:
    for message in log:
        match message:
            case Prompt():
                yield Said(
                    id=message.id, at=message.timestamp, who=_speaker(message), content=message.content
                )
            case ModelResponse():
                yield Answered(
                    id=message.id,
                    at=message.timestamp,
                    model=message.model or message.origin.model,
                    content=[
                        Deed(call=part, result=results.get(part.call_id))
                        if isinstance(part, ToolCall)
                        else part
                        for part in message.content
                    ],
                    usage=message.usage,
                    cost_usd=message.cost_usd,
                    stop=message.stop,
                )
            case JobStarted():
                call = message.content.content
                yield Deed(call=call, result=results.get(call.call_id))
            case Summary():
                said = "\n\n".join(map(plain, message.content))
                text = f"what came before, about {message.tokens:,} tokens, is condensed by {message.model}"
                yield Noted(at=message.timestamp, text=text, body=said)
            case System():
                yield Noted(at=message.timestamp, text="system prompt", body=message.content)
            case ToolsChanged():
                names = ", ".join(tool.name for tool in message.content) or "none"
                off = f"; turned off: {', '.join(message.off)}" if message.off else ""
                yield Noted(at=message.timestamp, text=f"tools: {names}{off}{whose(message)}")
            case ModelChanged():
                spec = message.content
                yield Noted(at=message.timestamp, text=f"model: {spec.provider} {spec.model}{whose(message)}")
            case StatusChanged():
                yield Noted(at=message.timestamp, text=f"{stands(message.content)}{whose(message)}")
            case Cleared():
                why = f"{message.by}: {message.content}" if message.by else message.content
                yield Noted(at=message.timestamp, text=f"the conversation starts anew ({why})")
            case Restored():
                yield Noted(at=message.timestamp, text="the last summary is taken back")
            case Thinned():
                yield Noted(at=message.timestamp, text=f"old results left out: {len(message.content)}")
            case Quarantined():
                text = f"letters of other agents put aside: {len(message.content)} ({message.why})"
                yield Noted(at=message.timestamp, text=text)
            case Repaired():
                yield Noted(at=message.timestamp, text=left_out(message), body=message.content)
            case Detached():
                yield Noted(at=message.timestamp, text=f"{message.tool} goes on in the background")
            case FilesChanged() if message.undoes and not message.call_id:
                names = ", ".join(change.path for change in message.content) or "nothing"
                yield Noted(at=message.timestamp, text=f"changes were taken back, or made again: {names}")
            case FilesChanged():
                pass  # the call says what it changes
            case Scheduled() | CwdChanged() | LimitsChanged() | Drained() | Withdrawn():
                pass
            case Reserved() | ToolResult() | AgentSpawned() | AgentEnded():
                pass


def _speaker(prompt: Prompt) -> str:
    return f"{prompt.author} {prompt.sender}" if prompt.sender else prompt.author

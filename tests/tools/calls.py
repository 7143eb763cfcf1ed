"""Calling a tool the way a driver does."""

from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from sagent.atoms import CallId, ToolName
from sagent.lib.json import freeze_object
from sagent.protocols import Answer, Tool
from sagent.schema.event import Event
from sagent.schema.message import ToolCall, ToolResult
from sagent.validation import misfit


@dataclass(frozen=True)
class Desk:
    """An agent, as far as a tool can see it."""

    workspace: Path
    seen: MutableMapping[str, str] = field(default_factory=dict)


def call_of(tool: Tool, **directive: object) -> ToolCall:
    return ToolCall(
        call_id=CallId("c1"), vendor_id="", tool=ToolName(tool.name), content=freeze_object(directive)
    )


async def told(tool: Tool, **directive: object) -> tuple[list[Event], Answer]:
    """What came before the answer, and the answer."""
    call = call_of(tool, **directive)
    assert misfit(tool.directive_schema, call.content) is None
    running = tool.run(call)
    if not isinstance(running, AsyncIterator):
        return [], await running
    events: list[Event] = []
    answer: Answer | None = None
    async for item in running:
        if isinstance(item, Event):
            events.append(item)
        else:
            answer = item
    assert answer is not None
    return events, answer


async def said(tool: Tool, **directive: object) -> str:
    """The text of the answer, whether it failed or not."""
    _, answer = await told(tool, **directive)
    part = answer.content[0] if isinstance(answer, ToolResult) else answer
    assert isinstance(part.content, str)
    return part.content


def names(folder: Path) -> list[str]:
    """What is in a directory."""
    return sorted(path.name for path in folder.iterdir())


def taken(path: Path) -> bytes:
    """What is in a file, which is removed."""
    content = path.read_bytes()
    path.unlink()
    return content

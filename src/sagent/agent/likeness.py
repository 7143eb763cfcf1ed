"""The beginning of a hot child's log: its parent's, up to the response that spawns it; pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from sagent.atoms import MessageId
from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.loop.salvage import salvage
from sagent.loop.stamp import Stamp
from sagent.loop.state import State
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.words import calls_of
from sagent.schema.message import (
    AgentEnded,
    AgentSpawned,
    Drained,
    FilesChanged,
    Kept,
    ModelResponse,
    Prompt,
    Reserved,
    StatusChanged,
    Summary,
    ToolCall,
    ToolResult,
    Withdrawn,
)
from sagent.schema.part import Audio, Document, ErrorText, Foreign, Image

P = TypeVar("P")

OWN: Final = (AgentEnded, AgentSpawned, FilesChanged, Reserved, StatusChanged)
"""What is the parent's alone, and no part of the conversation."""

ELSEWHERE: Final = "this goes on with the agent that has spawned you, and its result does not come to you"
"""What became of a call that ran in the parent's background."""


def likeness(path: Sequence[Kept], call: ToolCall, read: Callable[[Blob], bytes]) -> Sequence[Kept]:
    """The messages that show a child what its parent was shown before it made this call; they cost nothing.

    Raises:
        ToolError: no response has made it.
        SessionError: the bytes of a file are lost.
    """
    end = next((place for place, kept in enumerate(path) if _makes(kept, call)), None)
    if end is None:
        raise ToolError("nothing is spawned: hot needs a call of its own, not a task in the background")
    found = salvage(kept for kept in path[:end] if not isinstance(kept, OWN))
    copies = [_copied(message, read) for message in found.messages]
    return [*copies, *_closing(found.state, copies[-1])] if copies else []


def _makes(kept: Kept, call: ToolCall) -> bool:
    return isinstance(kept, ModelResponse) and any(made.call_id == call.call_id for made in calls_of(kept))


def _copied(message: Kept, read: Callable[[Blob], bytes]) -> Kept:
    """The same, paid for by its parent, with the bytes of its files."""
    if isinstance(message, ModelResponse):
        free = replace(message, usage=NOTHING_SPENT, cost_usd=0.0)
        return replace(free, content=tuple(_carried(part, read) for part in free.content))
    if isinstance(message, Summary):
        return replace(message, usage=NOTHING_SPENT, cost_usd=0.0)
    if isinstance(message, Prompt):
        return replace(message, content=tuple(_carried(part, read) for part in message.content))
    if isinstance(message, ToolResult):
        return replace(message, content=tuple(_carried(part, read) for part in message.content))
    return message


def _carried(part: P, read: Callable[[Blob], bytes]) -> P:
    if isinstance(part, Image | Document | Audio | Foreign):
        return replace(part, content=Blob.of(read(part.content)))
    return part


def _closing(state: State, last: Kept) -> Iterator[Kept]:
    """What belongs to the parent ends here: its calls in the background, its mail, and its plans."""
    head, number = last.id, 0

    def stamp() -> Stamp:
        nonlocal head, number
        number += 1
        before, head = head, MessageId(f"{last.id}-own-{number}")
        return {"id": head, "parent_id": before, "timestamp": last.timestamp}

    calls = [*state.detached.values(), *(job.content.content for job in state.jobs.values())]
    for ended in calls:
        words = (ErrorText(content=ELSEWHERE),)
        result = ToolResult(
            **stamp(), call_id=ended.call_id, tool=ended.tool, content=words, failed=True, seconds=0.0
        )
        yield result
        if ended.call_id not in state.forgotten:
            yield Withdrawn(**stamp(), content=result.id)
    for waiting in (*state.pending, *state.timers):
        yield Withdrawn(**stamp(), content=waiting)
    if state.asker is not None:
        yield Drained(**stamp(), content=(), output_of="")

"""A log with holes, as one that contradicts itself nowhere: pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from sagent.atoms import MessageId
from sagent.lib.value import frozen
from sagent.loop.judgement import is_shown
from sagent.loop.state import State
from sagent.schema.message import (
    Detached,
    Drained,
    Kept,
    ModelResponse,
    Prompt,
    Quarantined,
    Repaired,
    Reserved,
    Restored,
    Summary,
    Thinned,
    ToolCall,
    ToolResult,
    Withdrawn,
)
from sagent.schema.part import ErrorText, Text

LOST: Final = "the line of the log that held this result is lost; the call may have run"


@frozen(kw_only=True)
class Salvaged:
    """What can be used of a log, and the state after it."""

    state: State
    messages: Sequence[Kept]
    faults: Sequence[str]
    """What could not be used, for a person to read."""


def salvage(path: Iterable[Kept]) -> Salvaged:
    """Leave out what refers to what is lost, and close the calls whose results are."""
    state = State()
    used: list[Kept] = []
    faults: list[str] = []
    for message in path:
        for each in (*_missing(state, message), _usable(state, message, faults)):
            if each is not None:
                followed = each if each.parent_id == state.head else replace(each, parent_id=state.head)
                state.apply(followed)
                used.append(followed)
    return Salvaged(state=state, messages=tuple(used), faults=tuple(faults))


def _usable(state: State, message: Kept, faults: list[str]) -> Kept | None:
    """The message, or what of it does not refer to what is lost."""
    if isinstance(message, Drained):
        known = tuple(each for each in message.content if each in state.pending)
        if len(known) < len(message.content):
            lost = len(message.content) - len(known)
            are = "is" if lost == 1 else "are"
            faults.append(
                f"{message.id}: {lost} of the messages that entered the conversation here {are} lost"
            )
        return replace(message, content=known)
    if fault := _fault(state, message):
        faults.append(f"{message.id}: {fault}")
        return None
    return message


def _fault(state: State, message: Kept) -> str:
    """Why a message cannot be used; empty where it can."""
    waiting = (state.pending, state.timers)
    if isinstance(message, Withdrawn) and not any(message.content in each for each in waiting):
        return "what is taken back here is lost"
    if isinstance(message, Detached) and message.call_id not in state.open:
        return "the call that goes on in the background here is lost"
    if isinstance(message, Summary) and message.kept_from not in {None, *(entry.id for entry in state.view)}:
        return "the summary is left out, for what it leaves standing is lost"
    if isinstance(message, Quarantined) and not {*message.content} <= {entry.id for entry in state.view}:
        return "what is put aside here is lost"
    if isinstance(message, Thinned) and state.head != state.summary:
        return "results stay whole here, for the summary before them is lost"
    if isinstance(message, Restored) and message.content != state.summary:
        return "the summary that is taken back here is lost"
    if isinstance(message, Reserved | Repaired) and state.model is None:
        return "the model that was asked here is lost"
    return ""


def _missing(state: State, message: Kept) -> Iterator[Kept]:
    """What has to stand before whatever is said or heard next, and is lost."""
    if isinstance(message, Drained) and not message.content:
        return
    if isinstance(message, ModelResponse) and message.stop == "failed":
        return
    if isinstance(message, ModelResponse | Drained | Summary | Restored):
        for number, call in enumerate(state.open.values()):
            yield _lost(call, message, number)
    if isinstance(message, ModelResponse) and is_shown(message) and not len(state.view):
        yield from _heard(state, message)


def _heard(state: State, answer: ModelResponse) -> Iterator[Kept]:
    """That somebody was heard before the model first answered; no provider takes an answer to nobody."""
    waiting = [kept.id for kept in state.pending.values() if isinstance(kept, Prompt)]
    prompt, drain = (MessageId(f"{answer.id}-lost-{what}") for what in ("prompt", "drain"))
    if not waiting:
        said = Text(content="[what was said here is lost]")
        yield Prompt(
            id=prompt,
            parent_id=answer.parent_id,
            timestamp=answer.timestamp,
            content=(said,),
            author="system",
            sender="",
        )
    yield Drained(
        id=drain, parent_id=answer.parent_id, timestamp=answer.timestamp, content=waiting or [prompt]
    )


def _lost(call: ToolCall, before: Kept, number: int) -> ToolResult:
    return ToolResult(
        id=MessageId(f"{before.id}-lost-{number}"),
        parent_id=before.parent_id,
        timestamp=before.timestamp,
        call_id=call.call_id,
        tool=call.tool,
        content=(ErrorText(content=LOST),),
        failed=True,
        seconds=0.0,
    )

"""Running one tool call: whatever shape the tool has, one outcome comes of it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from types import CoroutineType
from typing import Self

from typing_extensions import Protocol, runtime_checkable

from sagent.abilities import Summarized
from sagent.atoms import CallId, ToolName
from sagent.errors import SagentError
from sagent.lib.streams import Closing
from sagent.lib.value import frozen
from sagent.loop.traffic import Outcome
from sagent.loop.trimming import trimmed
from sagent.messages.words import lacks_bytes
from sagent.protocols import Answer, Tool
from sagent.schema.event import Progress, TextDelta, ThinkingDelta, ToolLabel
from sagent.schema.message import Message, ToolCall, ToolResult
from sagent.schema.part import ErrorText, Part

_log = logging.getLogger("sagent.loop")


@runtime_checkable
class Streaming(Protocol):
    """A tool that can also be watched at work, as an agent can: the last message is its answer."""

    def stream(self, message: ToolCall, /) -> AsyncIterator[Message]: ...


@frozen()
class Hand:
    """A tool, and what else it was found to be able to do: to find that out takes longer than many calls."""

    tool: Tool
    summarized: Summarized | None
    streaming: Streaming | None

    @classmethod
    def of(cls, tool: Tool) -> Self:
        """Look at a tool."""
        return cls(
            tool,
            tool if isinstance(tool, Summarized) else None,
            tool if isinstance(tool, Streaming) else None,
        )


class Hands:
    """The tools of one agent, each looked at once."""

    __slots__ = ("_known", "_tool")

    def __init__(self, tool: Callable[[ToolName], Tool]) -> None:
        self._tool = tool
        self._known: dict[ToolName, Hand] = {}

    def __call__(self, name: ToolName) -> Hand:
        """The tool of this name, and what it is able to do."""
        tool, known = self._tool(name), self._known.get(name)
        if known is None or known.tool is not tool:
            known = self._known[name] = Hand.of(tool)
        return known


def label(hand: Hand, call: ToolCall) -> ToolLabel:
    """What is shown when a call begins."""
    content: str = call.tool
    if hand.summarized is not None:
        try:
            content = hand.summarized.summary(call)
        except Exception:
            # A bug in a label must not keep the call from running.
            _log.exception("the summary of the tool %s raised", call.tool)
    return ToolLabel(call_id=call.call_id, tool=call.tool, content=content)


async def work(
    hand: Hand, call: ToolCall, show: Callable[[Progress], None], room: Callable[[CallId], int]
) -> Outcome:
    """Run a call to its end; a failure is an outcome too, and what is too long is trimmed."""
    started = time.monotonic()
    try:
        coming = hand.streaming.stream(call) if hand.streaming else hand.tool.run(call)
        # Nearly all tools give a coroutine, which is found much sooner than that it is no iterator.
        if isinstance(coming, CoroutineType) or not isinstance(coming, AsyncIterator):
            answer = _checked(hand.tool, await coming)
        else:
            answer = _checked(hand.tool, await _last(coming, call, show))
    except SagentError as error:
        content: tuple[Part, ...] = (ErrorText(content=str(error)),)
        failed = True
    except asyncio.CancelledError:
        if being_cancelled():
            raise
        content = (ErrorText(content="the tool broke: something that it waited for was cancelled"),)
        failed = True
    except SystemExit as error:
        # A tool that ends the program, as argument parsers do, ends only its call.
        content = (ErrorText(content=f"the tool tried to end the program (exit code {error.code})"),)
        failed = True
    except Exception as error:
        # A bug in a tool is told to the model, which may find a way around it, and logged for its author.
        _log.exception("the tool %s raised", call.tool)
        content = (ErrorText(content=f"the tool broke: {type(error).__name__}: {error}"),)
        failed = True
    else:
        if isinstance(answer, ToolResult):
            content, failed = tuple(answer.content), answer.failed
        else:
            content, failed = (answer,), isinstance(answer, ErrorText)
    seconds = time.monotonic() - started
    _log.info("%s %s %s after %.2f s", call.tool, call.call_id, "failed" if failed else "ended", seconds)
    outcome = Outcome(call_id=call.call_id, content=content, failed=failed, seconds=seconds)
    return await trimmed(outcome, room)


def being_cancelled() -> bool:
    """Whether the current task is asked to end; else a cancellation in it comes from what it waits for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


async def _last(coming: AsyncIterator[object], call: ToolCall, show: Callable[[Progress], None]) -> object:
    last: object = None
    async with Closing(coming) as items:
        async for item in items:
            last = item
            if isinstance(item, TextDelta | ThinkingDelta | ToolLabel | Progress):
                show(_progress(call, item))
    return last


def _checked(tool: Tool, answer: object) -> Answer:
    if isinstance(answer, Answer):
        if lacks_bytes(answer.content if isinstance(answer, ToolResult) else (answer,)):
            raise TypeError(f"{tool.name} answered with a file without its bytes; use Blob.of(data)")
        return answer
    raise TypeError(f"{tool.name} answered with {type(answer).__name__}, which is no message part")


def _progress(call: ToolCall, event: TextDelta | ThinkingDelta | ToolLabel | Progress) -> Progress:
    if isinstance(event, Progress) and event.call_id == call.call_id:
        return event
    continues = isinstance(event, TextDelta | ThinkingDelta)
    return Progress(call_id=call.call_id, content=event.content, continues=continues)


def failed(call_id: CallId, text: str, seconds: float) -> Outcome:
    """The outcome of a call that did not end by itself."""
    return Outcome(call_id=call_id, content=(ErrorText(content=text),), failed=True, seconds=seconds)

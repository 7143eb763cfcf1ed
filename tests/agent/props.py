"""Tools and sessions to try agents with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from typing_extensions import override

from sagent.agent import Agent
from sagent.atoms import ToolName
from sagent.errors import SessionError
from sagent.lib.json import JsonObject, freeze_object
from sagent.protocols import Answer
from sagent.schema.event import Event, Progress
from sagent.schema.message import Kept, Message, ToolCall
from sagent.schema.part import Text
from sagent.sessions.memory import MemorySession


class Trick:
    """A tool that does what it is given."""

    def __init__(
        self, name: str, deed: Callable[[ToolCall], Awaitable[Answer]], *, detachable: bool = False
    ) -> None:
        self.name = ToolName(name)
        self.tool_id = f"application/x-tool-{name}"
        self.description = f"Does {name}."
        self.directive_schema: JsonObject = freeze_object(
            {"type": "object", "properties": {"text": {"type": "string"}}}
        )
        self.detachable = detachable
        self._deed = deed

    def run(self, message: ToolCall, /) -> Awaitable[Answer]:
        return self._deed(message)


class Shouting(Trick):
    """A tool that says in capitals what it does, and counts how often it was asked."""

    asked = 0

    def summary(self, call: ToolCall, /) -> str:
        self.asked += 1
        return call.tool.upper()


class Ticker:
    """A tool that tells of its progress before it answers."""

    name = ToolName("tick")
    tool_id = "application/x-tool-tick"
    description = "Counts."
    directive_schema: JsonObject = freeze_object({"type": "object"})

    async def run(self, message: ToolCall, /) -> AsyncIterator[Event | Answer]:
        for count in ("one", "two"):
            yield Progress(call_id=message.call_id, content=count)
        yield Text(content="counted")


class Gated:
    """A deed that says when it has begun, and ends when it is let."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.let = asyncio.Event()
        self.cancelled = False

    async def __call__(self, call: ToolCall) -> Answer:
        self.begun.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return Text(content="done")


class Stubborn(Gated):
    """A deed that takes no notice of being cancelled."""

    @override
    async def __call__(self, call: ToolCall) -> Answer:
        self.begun.set()
        while not self.let.is_set():
            try:
                await self.let.wait()
            except asyncio.CancelledError:
                self.cancelled = True
        return Text(content="done at last")


def seen(agent: Agent, kind: type[Message]) -> asyncio.Event:
    """Set when the agent shows the next message of a kind."""
    event = asyncio.Event()
    agent.watch(lambda message: event.set() if isinstance(message, kind) else None)
    return event


async def echo(call: ToolCall) -> Answer:
    """Say what was asked."""
    return Text(content=str(call.content.get("text", "")))


class Recorder(MemorySession):
    """A session that writes down what is done with it, and is dirty until it is flushed."""

    def __init__(self, diary: list[str]) -> None:
        super().__init__()
        self._diary = diary
        self._unflushed = False

    @property
    @override
    def dirty(self) -> bool:
        return self._unflushed

    @override
    def append(self, message: Kept, /) -> None:
        self._diary.append(type(message).__name__)
        self._unflushed = True
        super().append(message)

    @override
    async def flush(self) -> None:
        await asyncio.sleep(0)
        self._diary.append("flush")
        self._unflushed = False


class FullDisk(MemorySession):
    """A session that fails at its append number `number`, and all that follow."""

    def __init__(self, number: int, error: Exception | None = None) -> None:
        super().__init__()
        self._left = number
        self._error = error or SessionError("the disk is full")

    @override
    def append(self, message: Kept, /) -> None:
        if self._left == 0:
            raise self._error
        self._left -= 1
        super().append(message)


class LostDisk(Recorder):
    """A session that can be written and not be flushed."""

    @override
    async def flush(self) -> None:
        await asyncio.sleep(0)
        raise SessionError("the disk is gone")

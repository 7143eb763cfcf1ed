"""Leave for tool calls, asked of the program at the other end of a stream."""

import asyncio
from collections.abc import Callable

from sagent.atoms import CallId
from sagent.schema.cli import Asked, Verdict
from sagent.schema.message import ToolCall

NOBODY = "leave has to be asked for, and nobody is left to give it"


class Approval:
    """The calls that wait for leave."""

    def __init__(self, show: Callable[[Asked], None]) -> None:
        """`show` tells the other end what is asked."""
        self._show = show
        self._waiting: dict[CallId, asyncio.Future[str | None]] = {}
        self._closed = False

    async def __call__(self, call: ToolCall) -> str | None:
        """Ask, and return None where the call may run, or the reason why not."""
        if self._closed:
            return NOBODY
        waiting: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting[call.call_id] = waiting
        self._show(Asked(call_id=call.call_id, tool=call.tool, content=call.content))
        try:
            return await waiting
        finally:
            del self._waiting[call.call_id]

    def decide(self, verdict: Verdict) -> bool:
        """Take a decision; whether the call was waiting for one."""
        waiting = self._waiting.get(verdict.call_id)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(None if verdict.allow else verdict.reason or "leave was not given")
        return True

    def close(self) -> None:
        """Nobody decides any more: what waits, and whatever comes later, does not run."""
        self._closed = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(NOBODY)

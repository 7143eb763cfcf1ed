"""What is asked before a tool runs and told after it, around the one call that it is about."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from sagent.errors import SagentError
from sagent.lib.value import frozen
from sagent.loop.leave import refusal_of
from sagent.loop.traffic import Outcome
from sagent.loop.work import being_cancelled, failed
from sagent.messages.words import tool_result
from sagent.schema.event import Event, Notice
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import Text

_log = logging.getLogger("sagent.loop")

Before: TypeAlias = Callable[[ToolCall], Awaitable[str | None]]
"""Is asked before a call runs; returns None to let it, or the reason why not."""

After: TypeAlias = Callable[[ToolCall, ToolResult], Awaitable[str | None]]
"""Is told what came of a call; returns words that the model reads behind that, or None."""


class HookFailed(SagentError):
    """A hook could not do its work, and says so in words that the model and the user are to read."""


@frozen()
class Hooks:
    """The hooks of one agent. Before a call they fail closed, after it open."""

    before: Before | None = None
    after: After | None = None

    def around(
        self, call: ToolCall, run: Callable[[], Awaitable[Outcome]], show: Callable[[Event], None]
    ) -> Awaitable[Outcome]:
        """Run a call, if it may run; what came of it is never lost, whatever a hook does.

        That a hook behind it failed is shown, too.
        """
        return run() if self.before is None and self.after is None else self._hooked(call, run, show)

    async def _hooked(
        self, call: ToolCall, run: Callable[[], Awaitable[Outcome]], show: Callable[[Event], None]
    ) -> Outcome:
        refusal = await self._refusal(call)
        if refusal is not None:
            return failed(call.call_id, f"not run: {refusal}", 0.0)
        outcome = await run()
        words = await self._words(call, outcome, show)
        return replace(outcome, content=(*outcome.content, Text(content=words))) if words else outcome

    async def _refusal(self, call: ToolCall) -> str | None:
        if self.before is None:
            return None
        try:
            return refusal_of(await self.before(call))
        except asyncio.CancelledError:
            if being_cancelled():
                raise
            return "the hook before it was cancelled"
        except Exception as error:
            # A hook is the caller's code: if it fails, the call is refused and the agent goes on.
            _log.exception("before_tool raised")
            return f"the hook before it failed: {type(error).__name__}: {error}"

    async def _words(self, call: ToolCall, outcome: Outcome, show: Callable[[Event], None]) -> str | None:
        if self.after is None:
            return None
        result = replace(tool_result(call, *outcome.content, failed=outcome.failed), seconds=outcome.seconds)
        try:
            words: object = await self.after(call, result)
        except asyncio.CancelledError:
            # The tool has ended: what came of it stands, also where the call is killed now.
            return "[the hook behind it was stopped]"
        except HookFailed as error:
            told = str(error)
        except Exception as error:
            # Likewise where the hook, which is the caller's code, fails.
            _log.exception("after_tool raised")
            told = f"[the hook behind it failed: {type(error).__name__}: {error}]"
        else:
            # Whoever wrote it may not have been type-checked, and only words can be kept.
            if words is None or isinstance(words, str):
                return words
            told = (
                f"[the hook behind it answered with {type(words).__name__}, which is neither words nor None]"
            )
        show(Notice(content=f"{call.tool}: {told}"))
        return told

"""An agent's background: what goes on there is read from its log, what it has told so far from its driver."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress

from sagent.atoms import CallId, ToolName
from sagent.errors import ToolError
from sagent.lib.json import freeze_object, json_text
from sagent.loop.driver import Driver
from sagent.loop.leave import Refusal
from sagent.loop.mailbag import is_urgent
from sagent.loop.state import State
from sagent.loop.truth import truth
from sagent.schema.message import Prompt, ToolCall, ToolResult
from sagent.schema.signal import Kill, Start, Undetach
from sagent.tasks import Output, Task


class AgentTasks:
    """What goes on in one agent's background; to be used where the agent runs."""

    __slots__ = ("_driver",)

    def __init__(self, driver: Callable[[], Driver]) -> None:
        self._driver = driver

    def __iter__(self) -> Iterator[Task]:
        """All that runs in the background, is planned, or has ended and not been told to the model."""
        found, now = truth(self._driver().core.state), time.time()
        for job in found.running:
            yield self._running(job.content, promises=job.promises)
        for job in found.forgotten:
            yield self._running(job.content, promises=False)
        for job, due in found.planned:
            yield Task(
                call_id=job.content.call_id,
                tool=job.content.tool,
                about=_words(job.content),
                state="planned",
                seconds=max(0.0, due - now),
                promises=job.promises,
            )
        for result in found.ended:
            yield self._ended(result, told=False)

    def find(self, call_id: str, /) -> Task | None:
        """A task by its call, also one that was told long ago; None if there is none."""
        for task in self:
            if task.call_id == call_id:
                return task
        driver = self._driver()
        for kept in reversed(driver.session.path(driver.head)):
            if isinstance(kept, ToolResult) and kept.call_id == call_id:
                return self._ended(kept, told=True)
        return None

    def output(self, call_id: CallId, /) -> Output:
        """What a running call has told so far."""
        told = self._driver().tellings.find(call_id)
        return Output() if told is None else told.output

    def start(
        self, tool: str, directive: Mapping[str, object], *, delay: float = 0.0, promises: bool = True
    ) -> CallId:
        """Begin a call in the background, now or in so many seconds; its result comes as mail.

        Raises:
            ToolError: there is no such tool, or it may not be called so.
            UsageError: nothing can be planned for then.
            AgentClosed: the agent has ended.
        """
        driver = self._driver()
        driver.bind()
        content = freeze_object(directive)
        call = ToolCall(call_id=CallId("unnamed"), vendor_id="", tool=ToolName(tool), content=content)
        judged = driver.core.gate(call)
        if isinstance(judged, Refusal):
            raise ToolError(judged.why)
        job = driver.begin(Start(tool=call.tool, content=content, seconds=delay, promises=promises))
        return job.content.call_id

    async def wait(self, call_ids: Collection[CallId], seconds: float, /) -> None:
        """Return when one of these has ended, after so many seconds, or when somebody has to be heard."""
        driver, over = self._driver(), asyncio.Event()
        state = driver.core.state

        def look(_: object = None) -> None:
            if not _live(state).issuperset(call_ids) or _somebody_speaks(state):
                over.set()

        deaf = driver.listen(look)
        try:
            look()
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), seconds)
        finally:
            deaf()

    def kill(self, call_id: CallId, reason: str = "", /) -> None:
        """End a call, or keep it from beginning; its outcome comes as mail and tells the reason."""
        self._driver().feed(Kill(content=call_id, reason=reason))

    def foreground(self, call_id: CallId, /) -> None:
        """Call no model before the outcome of this running call is there, or somebody speaks."""
        self._driver().feed(Undetach(content=call_id))

    def _running(self, call: ToolCall, *, promises: bool) -> Task:
        told = self._driver().tellings.find(call.call_id)
        running = call.call_id in self._driver().core.running
        return Task(
            call_id=call.call_id,
            tool=call.tool,
            about=_words(call) if told is None else told.label.content,
            state="running" if running else "asking",
            seconds=0.0 if told is None else time.monotonic() - told.began,
            promises=promises,
        )

    def _ended(self, result: ToolResult, *, told: bool) -> Task:
        known = self._driver().tellings.find(result.call_id)
        return Task(
            call_id=result.call_id,
            tool=result.tool,
            about="" if known is None else known.label.content,
            state="ended",
            seconds=result.seconds,
            result=result,
            told=told,
        )


def _words(call: ToolCall) -> str:
    return json_text(call.content)


def _live(state: State) -> set[CallId]:
    """The calls in the background whose outcome has not come, planned ones too."""
    return {*state.background, *(job.content.call_id for job in state.planned)}


def _somebody_speaks(state: State) -> bool:
    """Whether anybody waits to be heard who must not wait for running calls (R5)."""
    return any(isinstance(kept, Prompt) and is_urgent(state, kept) for kept in state.pending.values())

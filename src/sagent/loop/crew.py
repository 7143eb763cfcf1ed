"""The crew: the model call, the tools, the questions and the alarms that run for one agent."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Container, Coroutine, Sequence, Set
from functools import partial
from typing import Final

from sagent.atoms import CallId, ToolName
from sagent.errors import ProviderError, Refused, SagentError, Unreachable
from sagent.lib.nothing import NOTHING
from sagent.lib.streams import Closing
from sagent.loop.alarms import Alarms
from sagent.loop.dismissal import dismiss
from sagent.loop.hooks import Hooks
from sagent.loop.leave import refusal_of
from sagent.loop.traffic import Broke, Condensed, Input, Responded, StartTimer, Stopped, Verdict
from sagent.loop.work import Hand, Hands, being_cancelled, failed, work
from sagent.protocols import Model, Reply, Request, Tool
from sagent.schema.event import Notice, Progress, Retry, TextDelta
from sagent.schema.message import Message, ToolCall
from sagent.schema.part import Part

KILL_PATIENCE: Final = 5.0
"""Seconds that a cancelled call gets to end before it is abandoned (R9)."""

_log = logging.getLogger("sagent.loop")


class Crew:
    """Starts and ends what runs; what becomes of each is fed back, exactly once."""

    def __init__(
        self,
        *,
        tool: Callable[[ToolName], Tool],
        approve: Callable[[ToolCall], Awaitable[str | None]],
        hooks: Hooks,
        feed: Callable[[Input], None],
        show: Callable[[Message], None],
        begun: Callable[[Hand, ToolCall], None],
        told: Callable[[Progress], None],
        room: Callable[[CallId], int],
    ) -> None:
        self._hand = Hands(tool)
        self._approve = approve
        self._hooks = hooks
        self._feed = feed
        self._show = show
        self._begun = begun
        self._told = told
        self._room = room
        self.kill_patience: float = KILL_PATIENCE
        self._alarms = Alarms(feed)
        self._begin()

    def _begin(self) -> None:
        self._calls: dict[int, tuple[asyncio.Task[None], Sequence[str]]] = {}
        self._cancelling: Set[int] = NOTHING
        self._tools: dict[CallId, tuple[asyncio.Task[None], float]] = {}
        self._ending: Set[CallId] = NOTHING
        self._asks: dict[CallId, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing runs."""
        return not self._running()

    @property
    def forsaken(self) -> bool:
        """Whether all has ended, and something without a word: somebody else has cancelled it."""
        return self.idle and bool(self._calls or self._tools or self._asks)

    # Starting and ending.

    def start(self, job: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something on the side."""
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def call(self, number: int, model: Callable[[], Model], request: Request) -> None:
        """Ask the model."""
        said: list[str] = []
        answered = partial(self._answered, number, model, request, said)
        self._calls[number] = self.start(self._call(number, answered, said)), said

    def condense(self, number: int, written: Callable[[], Awaitable[Sequence[Part]]]) -> None:
        """Have a conversation condensed."""
        self._calls[number] = self.start(self._call(number, partial(_condensed, number, written), ())), ()

    def stop(self, number: int) -> None:
        """End a model call; `Stopped` says when it has ended."""
        self._cancelling |= {number}
        task, _ = self._calls.get(number, (None, ()))
        if task is None:
            asyncio.get_running_loop().call_soon(self._stopped, number)
        else:
            dismiss(task, self.kill_patience, partial(self._stopped, number))

    def ask(self, call: ToolCall) -> None:
        """Ask whether a call may run."""
        self._asks[call.call_id] = self.start(self._ask(call))

    def unask(self, call_ids: Sequence[CallId] | None = None, *, keep: Container[CallId] = ()) -> None:
        """Take back these questions, or all but some: they have been answered otherwise."""
        for call_id in list(self._asks) if call_ids is None else call_ids:
            task = None if call_id in keep else self._asks.pop(call_id, None)
            if task is not None:
                task.cancel()

    def run(self, call: ToolCall) -> None:
        """Run a tool."""
        task = asyncio.get_running_loop().create_task(self._run(call), name=call.call_id)
        self._tools[call.call_id] = task, time.monotonic()

    def end(self, call_id: CallId, reason: str) -> None:
        """End a tool call; its outcome gives the reason."""
        running = self._tools.get(call_id)
        if running is not None and call_id not in self._ending:
            self._ending |= {call_id}
            dismiss(running[0], self.kill_patience, partial(self._ended, call_id, reason))

    def alarm(self, effect: StartTimer) -> None:
        """Feed `Fired` back in so many seconds."""
        self._alarms.set(effect)

    def silence(self) -> None:
        """End the alarms."""
        self._alarms.cancel()

    async def disband(self) -> None:
        """End the alarms and the questions, and return when nothing else runs any more."""
        self._alarms.cancel()
        self.unask()
        while tasks := [task for task in self._running() if task is not asyncio.current_task()]:
            done, _ = await asyncio.wait(tasks, timeout=2 * self.kill_patience)
            if not done:
                return  # what cannot be stopped is left behind (R9)

    def desert(self) -> None:
        """The event loop has changed: feed back what ended with the old one, and set the alarms anew."""
        lost = "the event loop that this ran on has ended; it may have partly run"
        calls, cancelling, now = self._calls, self._cancelling, time.monotonic()
        tools, asks = self._tools, [*self._asks]
        self._begin()
        for number, (_, said) in calls.items():
            over = Refused("the event loop that the model was called on has ended")
            self._feed(Broke(number, over, "".join(said), begun=bool(said)))
        for number in cancelling - calls.keys():
            self._feed(Stopped(number, ""))
        for call_id, (_, started) in tools.items():
            self._feed(failed(call_id, lost, now - started))
        for call_id in asks:
            self._feed(Verdict(call_id, "the event loop that leave was asked for on has ended"))
        self._alarms.move()

    def _running(self) -> Sequence[asyncio.Task[None]]:
        started = (*self._tasks, *(task for task, _ in self._tools.values()))
        return [task for task in started if not task.done()]

    # What runs.

    async def _call(self, number: int, work: Callable[[], Awaitable[Input]], said: Sequence[str]) -> None:
        try:
            news = await work()
        except asyncio.CancelledError:
            if number in self._cancelling:
                news = Stopped(number, "".join(said))
            elif being_cancelled():
                raise
            else:
                broken = Unreachable("the model's stream was cancelled from within")
                news = Broke(number, broken, "".join(said), begun=bool(said))
        except ProviderError as error:
            news = Broke(number, error, "".join(said), begun=error.begun or bool(said))
        except SagentError as error:
            news = Broke(number, Refused(str(error)), "".join(said), begun=bool(said))
        except Exception as error:
            # A bug in a model must not leave anybody waiting: it halts the agent, and is logged whole.
            _log.exception("the model raised")
            bug = Refused(f"{type(error).__name__}: {error}")
            news = Broke(number, bug, "".join(said), begun=bool(said))
        self._calls.pop(number, None)
        if number in self._cancelling:  # else an empty set would be made, of 216 bytes
            self._cancelling -= {number}
        self._feed(news)

    async def _answered(
        self, number: int, model: Callable[[], Model], request: Request, said: list[str]
    ) -> Input:
        """Show what comes, note in `said` that it came and its text, and return the last: the reply."""
        reply: Reply | None = None
        async with Closing(model().stream(request)) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, Reply):
                    reply = chunk
                    continue
                if not isinstance(chunk, (Notice, Retry)):  # for each delta: a union would be made anew
                    said.append(chunk.content if isinstance(chunk, TextDelta) else "")
                self._show(chunk)
        if reply is None:
            raise Unreachable("the model's stream ended without a reply")
        return Responded(number, reply)

    def _stopped(self, number: int) -> None:
        if number in self._cancelling:  # else it has said so itself
            self._cancelling -= {number}
            self._calls.pop(number, None)
            self._feed(Stopped(number, ""))

    async def _ask(self, call: ToolCall) -> None:
        try:
            refusal = refusal_of(await self._approve(call))
        except asyncio.CancelledError:
            if being_cancelled():
                raise
            refusal = "asking for leave was cancelled"
        except Exception as error:
            # Whoever decides is the caller's code: if it fails, the call is refused and the agent goes on.
            _log.exception("approve raised")
            refusal = f"asking for leave failed: {error}"
        self._asks.pop(call.call_id, None)
        self._feed(Verdict(call.call_id, refusal))

    async def _run(self, call: ToolCall) -> None:
        hand = self._hand(call.tool)
        self._begun(hand, call)
        run = partial(work, hand, call, self._told, self._room)
        outcome = await self._hooks.around(call, run, self._show)
        self._tools.pop(call.call_id, None)
        self._feed(outcome)

    def _ended(self, call_id: CallId, reason: str) -> None:
        self._ending -= {call_id}
        task, started = self._tools.pop(call_id, (None, 0.0))
        if task is None:
            return  # its own outcome came first
        left = f"it did not end in {self.kill_patience:.0f} s and was abandoned, still running"
        told = f"{reason}; {'it may have partly run' if task.done() else left}"
        self._feed(failed(call_id, told, time.monotonic() - started))


async def _condensed(number: int, written: Callable[[], Awaitable[Sequence[Part]]]) -> Input:
    return Condensed(number, await written())

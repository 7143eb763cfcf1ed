"""The driver: performs the core's effects with asyncio, and feeds back what happens."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Final, TypeAlias

from sagent.atoms import MessageId, ToolName
from sagent.compaction.compactor import Compactor, Condensing
from sagent.errors import AgentClosed, InboxFull, Refused, SagentError, SessionError, UsageError
from sagent.inbox import Inbox
from sagent.loop.core import Core
from sagent.loop.crew import Crew
from sagent.loop.drawing import Grants
from sagent.loop.filing import Filed, Filing
from sagent.loop.hooks import Hooks
from sagent.loop.metered import Metered
from sagent.loop.phase import Closed, Idling
from sagent.loop.resolution import Dropped, Resolution
from sagent.loop.tellings import Tellings
from sagent.loop.traffic import (
    Abandoned,
    Append,
    AppendFailed,
    Ask,
    AwaitRoom,
    Birth,
    Broke,
    CallModel,
    CancelModel,
    CancelTool,
    Close,
    Condense,
    Effect,
    Emit,
    Idle,
    Input,
    Receipt,
    Report,
    Resolve,
    RunTool,
    StartTimer,
)
from sagent.loop.work import Hand, being_cancelled
from sagent.messages.words import backed
from sagent.protocols import Extending, Foreseeing, Model, Request, Session, Tool
from sagent.schema.event import Halted, Progress, Retry
from sagent.schema.message import (
    Cleared,
    Drained,
    Job,
    JobStarted,
    Kept,
    Message,
    ModelResponse,
    Scheduled,
    ToolCall,
    ToolResult,
)
from sagent.schema.part import Part
from sagent.schema.signal import Letter, Mail, Schedule, Start
from sagent.schema.values import ModelSpec

_log = logging.getLogger("sagent.loop")

FLUSHED: Final = frozenset((Receipt, Filed, CallModel, Condense, Grants, RunTool))
"""Before these what was appended is on the disk."""

Listener: TypeAlias = Callable[[Message], None]
"""Is shown everything that happens: kept messages and crumbs."""


class Driver:
    """Runs one core on whatever event loop it is used from."""

    __slots__ = (
        *("_ahead", "_closed", "_closing", "_compactor", "_extending", "_flushing", "_inbox"),
        *("_listeners", "_loop", "_metered", "_model", "_queue", "_released", "_report", "_responded"),
        *("_resting", "_stranded", "_sweep", "_waiters", "_writings", "conversation", "core", "crew"),
        *("head", "idled", "remembers", "session", "tellings"),
    )

    def __init__(
        self,
        core: Core,
        session: Session,
        inbox: Inbox[Mail],
        *,
        model: Callable[[ModelSpec], Model],
        tool: Callable[[ToolName], Tool],
        approve: Callable[[ToolCall], Awaitable[str | None]],
        hooks: Hooks,
        compactor: Compactor | None,
        sweep: Callable[[], Awaitable[None]],
        report: Callable[[Report], None],
        conversation: str = "",
    ) -> None:
        """`conversation` names it to providers, where it begins as another one has; else its session does."""
        self.core = core
        self.session = session
        self.head: MessageId | None = core.state.head
        """The newest message that the session has; the core may be ahead, while the log is flushed."""
        self._inbox = inbox
        self._model = model
        self._compactor = compactor
        self._sweep = sweep
        self._report = report
        named = conversation or blake2b(session.session_id.encode(), digest_size=16).hexdigest()
        self.conversation: str = named
        """What providers know the conversation by."""
        self.crew: Crew = Crew(
            tool=tool,
            approve=approve,
            hooks=hooks,
            feed=self.feed,
            show=self._publish,
            begun=self._begun,
            told=self._told,
            room=core.result_room,
        )
        self.tellings: Tellings = Tellings()
        """What calls have told so far."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: list[Effect] = []
        self._ahead = 0
        """How many messages at its beginning are in the log, and have not been shown."""
        self._extending: Extending | None = session if isinstance(session, Extending) else None
        self._metered: Metered | None = None
        self._responded = False
        """Whether the model has responded, and not been shown that the next request begins with that."""
        self._flushing = False
        self._stranded = False  # the flush was cancelled, as everything is when an event loop ends
        self._waiters: dict[MessageId, asyncio.Future[Resolution]] = {}
        self._writings: dict[MessageId, asyncio.Future[None]] = {}
        self._listeners: Sequence[Listener] = ()
        self._closed: asyncio.Future[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._released = False
        self._resting = False
        self.remembers: Callable[[Message], None] | None = None
        """Is shown what is kept; unlike a listener it keeps nobody from resting."""
        self.idled: Callable[[], None] | None = None
        """Is called whenever nothing is left to do."""

    # From outside.

    @property
    def home(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that it works on; None until it is bound to one."""
        return self._loop

    def path(self) -> Sequence[Kept]:
        """The log, with what has been decided and waits to be written while the disk is at work."""
        coming = [effect.message for effect in self._queue[self._ahead :] if isinstance(effect, Append)]
        return (*self.session.path(self.head), *coming)

    def nest(self, home: asyncio.AbstractEventLoop) -> None:
        """Go on where another has rested that worked on this event loop; from any thread."""
        self._loop = home
        self._inbox.attach(lambda: self._wake(home))
        if len(self._inbox):
            self._wake(home)

    def rest(self) -> bool:
        """Do nothing any more, if nothing goes on, so that the log tells all of it; whether that is so."""
        works = self._queue or self._flushing or not self.crew.idle or not self.core.state.settled
        awaited = self._waiters or self._writings or self._closed or self._listeners
        if works or awaited or self.core.tireless or not isinstance(self.core.phase, Idling):
            return False
        self._resting = True
        self.crew.silence()
        return True

    def bind(self) -> None:
        """Work on the running event loop from now on; what ran on another one is over.

        Raises:
            UsageError: the other one still runs.
        """
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            if self._loop is not None and self._loop.is_running():
                raise UsageError("the agent is at work on another event loop; reach it there by agent.inbox")
            self._loop = loop
            self._inbox.attach(lambda: self._wake(loop))
            self._waiters, self._writings = {}, {}
            self._closed = self._closing = None
            self._go_on()
        elif (self._stranded or self.crew.forsaken) and not being_cancelled():
            self._go_on()  # somebody has cancelled all that ran, and the event loop lives on
        if isinstance(self.core.phase, Closed):
            self._end()  # it may have ended while no loop ran
        self._collect()

    def _go_on(self) -> None:
        """What ran is over; do what was left undone."""
        self._flushing = self._stranded = False
        self.crew.desert()
        self.perform(())

    def post(self, letter: Letter) -> tuple[MessageId, asyncio.Future[Resolution]]:
        """Hand in a letter; return the prompt it became and the future of its answer.

        Raises:
            AgentClosed: the agent has ended.
            InboxFull: it is an agent's, and too many of them wait to be read.
            UsageError: a file in the letter has no bytes.
        """
        effects = self._taken(backed(letter))
        (prompt,) = (effect.accepted for effect in effects if isinstance(effect, Receipt))
        future = asyncio.get_running_loop().create_future()
        self._waiters[prompt] = future
        self.perform(effects)
        return prompt, future

    async def deliver(self, mail: Sequence[Letter | Schedule]) -> Sequence[Receipt | InboxFull]:
        """Hand in letters, for now or later; return a receipt for each when they are on the disk.

        One that is an agent's, while too many of them wait to be read, has the refusal in its place.

        Raises:
            AgentClosed: the agent has ended.
            SessionError: they could not all be kept.
            UsageError: a file in one has no bytes, or nothing can be planned for then; nothing was taken.
        """
        effects: list[Effect] = []
        told: list[Receipt | InboxFull] = []
        for each in [backed(each) for each in mail]:
            try:
                done = self._taken(each)
            except InboxFull as full:
                told.append(full)
                continue
            effects += done
            told += [effect for effect in done if isinstance(effect, Receipt)]
        if len(told) < len(mail):
            raise AgentClosed("the agent has ended and takes no more mail")
        accepted = [each.accepted for each in told if isinstance(each, Receipt)]
        if accepted:
            await self._written(accepted[-1], effects)  # when the last is, so are those before it
        return told

    def begin(self, start: Start) -> Job:
        """Begin or plan a call in the background; return what it became.

        Raises:
            AgentClosed: the agent has ended.
            UsageError: it asks for what cannot be.
        """
        effects = self._taken(backed(start))
        kept = [effect.message for effect in effects if isinstance(effect, Append)]
        self.perform(effects)
        for message in kept:
            if isinstance(message, JobStarted | Scheduled) and isinstance(message.content, Job):
                return message.content
        raise AgentClosed("the agent has ended and begins nothing more")

    async def file(self, filing: Filing | Birth) -> MessageId:
        """Keep what is about to become of files, or of a child; return when it is on the disk.

        Raises:
            AgentClosed: the agent has ended.
            SessionError: it could not be kept.
        """
        effects = self._taken(filing)
        entries = [effect.entry for effect in effects if isinstance(effect, Filed)]
        if not entries:
            raise AgentClosed("the agent has ended, and its log takes no more")
        await self._written(entries[0], effects)
        return entries[0]

    async def _written(self, entry: MessageId, effects: Sequence[Effect]) -> None:
        """Do these, and return when what they keep under this name is on the disk."""
        written = self._writings[entry] = asyncio.get_running_loop().create_future()
        self.perform(effects)
        if self._stranded:
            self._let_go()
        await written

    def abandon(self, prompt: MessageId) -> None:
        """Nobody waits for this prompt any more."""
        self._waiters.pop(prompt, None)
        self.feed(Abandoned(prompt))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Show everything that happens to `listener`; call what is returned to stop that."""
        self._listeners = (*self._listeners, listener)
        return lambda: self._unlisten(listener)

    def _unlisten(self, listener: Listener) -> None:
        self._listeners = tuple(kept for kept in self._listeners if kept is not listener)

    def feed(self, arrived: Input) -> None:
        """Let the core take something, and do what it says."""
        self.perform(self._taken(arrived))

    def serve(self) -> None:
        """Run forever from now on."""
        self.perform(self.core.serve(time.time()))

    def _taken(self, arrived: Input) -> Sequence[Effect]:
        if self._resting:
            raise AssertionError("whoever rests is woken first, and another driver goes on with the log")
        try:
            return self.core.take(arrived, time.time())
        except (AgentClosed, InboxFull):
            raise
        except Exception as error:
            # The core has a bug, or somebody's code in it: what it knows and what the log says may differ.
            self._unwritten(error)
            self._pump()
            raise

    async def closed(self) -> None:
        """Return when the agent has ended, or its event loop ends and the rest is left to the next one."""
        if self._stranded and self._closing is None:
            return
        if self._closing is None and self._loop is not None and not self._released:
            self._closed = self._closed or self._loop.create_future()
            await asyncio.wait([self._closed])
        if self._closing is not None:
            await asyncio.wait([self._closing])

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.call_soon_threadsafe(self._collect)
        except RuntimeError:
            # The loop is closed: the mail stays in the inbox until the agent runs on another one.
            self._inbox.attach(None)

    def _collect(self) -> None:
        if self._resting:
            return  # the mail is for whoever goes on after the rest
        for mail in self._inbox.collect():
            try:
                self._queue.extend(self._taken(backed(mail)))
            except SagentError as error:
                _log.warning("%s", error)  # whoever posted it is not here to be told
        self.perform(())

    # Effects.

    def perform(self, effects: Sequence[Effect]) -> None:
        """Do these in order, after all that is still to be done."""
        self._queue.extend(effects)
        if not self._flushing:
            self._pump()

    def _pump(self) -> None:
        while self._queue:
            first = self._queue[0]
            if isinstance(first, Append):
                if not (self._ahead or self._write()):
                    continue
            elif type(first) in FLUSHED and self.session.dirty:
                self._flushing = True
                self.crew.start(self._flush()).add_done_callback(self._flushed)
                return
            self._do(self._queue.pop(0))
        if self._responded:
            self._responded = False
            if self.core.state.open and self._loop is not None:
                self._loop.call_soon(self._foresee)  # behind the first steps of the calls that were begun

    def _foresee(self) -> None:
        """Let the model get on with the next request, while calls run."""
        state, spec = self.core.state, self.core.state.model
        if spec is None or not state.open or state.upcoming != spec:
            return
        model = self._model(spec)
        if isinstance(model, Foreseeing):
            try:
                model.foresee(self._request(None))
            except Exception:
                # A bug in a model is its own; what is wrong with the request is said when it is asked for.
                _log.exception("the model raised, before it was asked")

    def _write(self) -> bool:
        """Append what is next, as much of it at once as the session can take; whether that went well."""
        run, kept = () if self._ahead else self._gathered(), 0
        try:
            if len(run) < 2 or not self._extended(run):
                for message in run:
                    self.session.append(message)
                    kept += 1
        except Exception as error:  # whatever it is, the log has lost a message
            self._unwritten(error)
            for message in run[:kept]:
                self.head = message.id
                self._kept(message)
            return False
        if run:
            self._ahead, self.head = len(run), run[-1].id
        return True

    def _gathered(self) -> Sequence[Kept]:
        """What is to be appended next: what stands behind receipts comes before them, for one flush."""
        messages: list[Kept] = []
        receipts = 0
        for effect in self._queue:
            if isinstance(effect, Append):
                messages.append(effect.message)
            elif isinstance(effect, Receipt):
                receipts += 1
            else:
                break
        if receipts:
            end = len(messages) + receipts
            self._queue[:end] = sorted(self._queue[:end], key=lambda effect: isinstance(effect, Receipt))
        return messages

    def _extended(self, run: Sequence[Kept]) -> bool:
        if self._extending is None:
            return False
        try:
            self._extending.extend(run)
        except SessionError:
            return False  # nothing of it was kept: as much as can be is, one by one
        return True

    async def _flush(self) -> None:
        # What has come since this was begun is flushed with the rest.
        if self._write():
            try:
                await self.session.flush()
            except Exception as error:  # whatever it is, the log may have lost something
                self._unwritten(error)
        self._flushing = False
        self._pump()

    def _flushed(self, flush: asyncio.Task[None]) -> None:
        if flush.cancelled():
            self._stranded = True
            self._let_go()

    def _let_go(self) -> None:
        """The event loop ends: what waits for the disk is done on the next one, and nobody waits for that."""
        for written in self._writings.values():
            if not written.done():
                written.set_exception(SessionError("the event loop has ended before the log was on the disk"))
        if self._closing is None:
            self._part()

    def _do(self, effect: Effect) -> None:
        match effect:
            case Append():
                self._ahead -= 1
                self._kept(effect.message)
            case RunTool():
                self.crew.run(effect.call)
            case Idle():
                if self.idled is not None:
                    self.idled()
            case Receipt(accepted=entry) | Filed(entry=entry):
                written = self._writings.pop(entry, None)
                if written is not None and not written.done():
                    written.set_result(None)
            case Report():
                self._report(effect)
            case CallModel():
                if effect.number == self.core.calling:
                    self._call(effect)
            case Condense():
                if effect.number == self.core.calling:
                    self._condense(effect)
            case Grants():
                if effect.number == self.core.calling and self._metered is not None:
                    self._metered.decide(effect.granted)
            case CancelModel():
                self.crew.stop(effect.number)
            case Ask():
                self.crew.ask(effect.call)
            case CancelTool():
                self.crew.end(effect.call_id, effect.reason)
            case StartTimer():
                self.crew.alarm(effect)
            case AwaitRoom():
                ringing = StartTimer(effect.timer, 0.0)
                effect.shortage.wait(lambda: self.crew.alarm(ringing))
            case Emit():
                if isinstance(effect.event, Retry | Halted):
                    _log.info("%s: %s", type(effect.event).__name__.lower(), effect.event.content)
                self._publish(effect.event)
            case Resolve():
                for prompt in effect.prompts:
                    waiter = self._waiters.pop(prompt, None)
                    if waiter is not None and not waiter.done():
                        waiter.set_result(effect.resolution)
            case Close():
                self._end()

    def _unwritten(self, error: Exception) -> None:
        """Nothing after a failed append is performed, but that all ends and all are told (R21)."""
        if not isinstance(error, SessionError):
            _log.error("the session raised", exc_info=error)
            error = SessionError(f"the session broke: {type(error).__name__}: {error}")
        _log.error("%s", error)
        ending = [effect for effect in self._queue if isinstance(effect, CancelModel | CancelTool | Close)]
        told = Resolve(tuple(self._waiters), Dropped("closed", f"the agent has ended: {error}"))
        self._queue.clear()
        self._ahead = 0
        writings, self._writings = self._writings, {}
        for written in writings.values():
            if not written.done():
                written.set_exception(error)
        self._queue.extend([*ending, *self.core.take(AppendFailed(error), time.time()), told])

    def _kept(self, message: Kept) -> None:
        if isinstance(message, ToolResult):
            self.crew.unask([message.call_id])
            self.tellings.end(message.call_id, waits=message.id in self.core.state.pending)
        elif isinstance(message, ModelResponse):
            self._responded = True
        elif isinstance(message, Drained):
            self._forget()
        elif isinstance(message, Cleared):
            self.crew.unask(keep=self.core.state.jobs.keys())
        if self.remembers is not None:
            self.remembers(message)
        self._publish(message)

    def _begun(self, hand: Hand, call: ToolCall) -> None:
        telling = self.tellings.begin(hand, call)
        if self._listeners:
            self._publish(telling.label)

    def _told(self, progress: Progress) -> None:
        self.tellings.hear(progress)
        self._publish(progress)

    def _forget(self) -> None:
        """Keep only what is told of calls that run, or whose result waits."""
        if self.tellings:
            waiting = self.core.state.pending.values()
            results = [kept.call_id for kept in waiting if isinstance(kept, ToolResult)]
            self.tellings.keep({*results, *self.core.running})

    def _call(self, effect: CallModel) -> None:
        state, number = self.core.state, effect.number
        spec = state.model
        if spec is None:
            self.feed(Broke(number, Refused("no model was chosen: give Agent(model=...)"), ""))
            return
        self.crew.call(number, lambda: self._model(spec), self._request(effect.max_output))

    def _condense(self, effect: Condense) -> None:
        state, compactor = self.core.state, self._compactor
        spec = state.model
        if spec is None or compactor is None:
            raise AssertionError("the core condenses only what a model was told, and with somebody to do it")
        kept = {entry.id for entry in state.view[effect.shortening.cut :]}
        work = Condensing(
            request=replace(self._request(None), output=None),
            shortening=effect.shortening,
            said=[prompt for prompt in state.said if prompt.id not in kept],
            facts=effect.facts,
        )

        async def written() -> Sequence[Part]:
            model = self._metered = Metered(
                self._model(spec), effect.number, feed=self.feed, show=self._publish
            )
            return await compactor.condense(model, work)

        self.crew.condense(effect.number, written)

    def _request(self, max_output: int | None) -> Request:
        state = self.core.state
        return Request(
            system=state.system,
            tools=state.tools,
            view=state.view,
            trusted=state.trusted,
            unseen=state.unseen,
            withheld=state.withheld,
            read=self.session.read,
            max_output=max_output,
            output=state.asker.output if state.asker else None,
            conversation=self.conversation,
        )

    def _publish(self, message: Message) -> None:
        for listener in self._listeners:
            try:
                listener(message)
            except Exception:
                # Whoever watches is the caller's code: if it fails, the agent goes on without it.
                _log.exception("a listener raised, and is not called again")
                self._unlisten(listener)

    def _end(self) -> None:
        self._inbox.close("the agent has ended and takes no more mail")
        if self._loop is None or not self._loop.is_running():
            self.release()  # nothing runs that could be waited for
        elif self._closing is None:
            self._closing = self._loop.create_task(self._close())
            self._closing.add_done_callback(lambda _: self._part())

    async def _close(self) -> None:
        try:
            await self.crew.disband()
            await self._sweep()
        except Exception:
            # What it leaves behind must keep neither the log locked nor whoever waits for the end waiting.
            _log.exception("what an agent has left running could not be ended")
        self.release()

    def _part(self) -> None:
        """Nobody waits any longer for the end."""
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)

    def release(self) -> None:
        """Let go of the log: somebody else may go on with it."""
        if not self._released:
            self._released = True
            self.session.close()

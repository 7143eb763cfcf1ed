"""Agent: an inbox and a loop, used from Python, from a surface, or as a tool of another agent."""

import asyncio
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import asynccontextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar, overload

from typing_extensions import override

from sagent.agent.asking import DIRECTIVE, Said, answer_of, asked
from sagent.agent.directory import LIVE
from sagent.agent.gate import at_hand
from sagent.agent.kin import limits
from sagent.agent.models import Models, named
from sagent.agent.opening import Setup, new_session
from sagent.agent.parent import Parent
from sagent.agent.permit import Permit
from sagent.agent.rest import Restful, idle
from sagent.agent.tasks import AgentTasks
from sagent.atoms import CallId, MessageId, ToolName
from sagent.children import TREE_LIMITS, TreeLimits
from sagent.compaction.compactor import Compactor
from sagent.compaction.summarizer import SUMMARIZER
from sagent.errors import SagentError, UsageError
from sagent.inbox import Inbox
from sagent.lib.feed import Feed
from sagent.lib.json import JsonObject, JsonValue
from sagent.loop.account import Bill
from sagent.loop.change import Change
from sagent.loop.driver import Driver
from sagent.loop.filing import Filing
from sagent.loop.hooks import After, Before, Hooks
from sagent.loop.phase import Status, status_of
from sagent.loop.purse import Purse
from sagent.loop.spending import Spending
from sagent.loop.traffic import Moved
from sagent.messages.room import result_room
from sagent.messages.words import backed
from sagent.post import PATIENCE
from sagent.protocols import Model, Session, Tool
from sagent.schema.message import Kept, Message, ToolCall
from sagent.schema.part import Text
from sagent.schema.post import Receipt
from sagent.schema.signal import Detach, Halt, Mail, Quit
from sagent.schema.values import FileChange, Usage

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from sagent.agent.children import AgentChildren
    from sagent.agent.mailbox import Mailbox
    from sagent.agent.post import AgentPost
    from sagent.agent.self_control import SelfControl
    from sagent.agent.tie import Tie
    from sagent.permissions.policy import Policy
    from sagent.permissions.ruling import Ruling
    from sagent.tools.undo import Undone
    from sagent.tools.undoable import Extent

T = TypeVar("T")

ALONE: Final = nullcontext()
"""Nobody asks how a turn ends."""

_log = logging.getLogger("sagent.agent")


class Agent(Parent):
    """A model, its tools and one conversation.

    Cheap to make: nothing is opened, read or sent before the first prompt. It belongs to no event loop, so
    several `asyncio.run` in a row may use it. It has the shape of a `Tool`, so agents compose.
    """

    def __init__(
        self,
        model: Model,
        system: str = "",
        tools: Sequence[Tool] = (),
        *,
        name: str = "Agent",
        description: str = "",
        session: Session | None = None,
        head: MessageId | None = None,
        session_dir: Path | None = None,
        workspace: Path | None = None,
        max_tool_call_rounds: int | None = None,
        max_attempts: int = 5,
        max_budget_usd: float | None = None,
        max_budget_tokens: int | None = None,
        compactor: Compactor | None = SUMMARIZER,
        renew: Callable[[], str] | None = None,
        fallback_models: Sequence[Model] = (),
        permissions: "Policy | None" = None,
        approve: Callable[[ToolCall], Awaitable[str | None]] | None = None,
        before_tool: Before | None = None,
        after_tool: After | None = None,
        parent: "Inbox[Mail] | Tie | None" = None,
        group: str = "",
        tree_limits: TreeLimits = TREE_LIMITS,
    ) -> None:
        """Configure an agent.

        `session` is a log to continue, from its newest message or, as a fork, from `head`; without one
        a new log is kept in `session_dir`, or in memory.
        `permissions` says which tool calls run, which are asked about, and which do not run; without it
        all run, or, with `approve`, all are asked about.
        `approve` is asked about a tool call and returns None to allow it, or the reason why not; without it
        calls that are to be asked about do not run.
        `before_tool` and `after_tool` are called around each call that may run: the one returns None, or the
        reason why it may not after all; the other is given the result, and returns None, or words to be read
        behind it.
        `compactor` condenses the conversation when it becomes too long for the model; None never does;
        `renew` then makes the system prompt anew, as that of a project whose instructions have changed.
        `fallback_models` stand in, in this order, for a model whose provider fails for good.
        `parent` hears by mail when the agent halts while it runs forever; for more of it, `spawn`.
        `group` is a name by which others may write to it and to all of its group at once.
        `tree_limits` say how many agents its models may spawn below it.

        Raises:
            UsageError: a model, a tool or the policy is none, or two tools have one name.
        """
        self.name: ToolName = ToolName(name)
        self.description: str = description or f"{name}, an agent that does what it is asked in plain words."
        self.group: str = group
        self.workspace: Path = _directory(Path.cwd(), workspace)
        self.seen: MutableMapping[str, str] = {}
        """A digest of each file that its tools have shown it, by path."""
        self.inbox: Inbox[Mail] = Inbox()
        """Mail for the agent, from any thread: `agent.inbox.post(letter("..."))`, `Halt()`, `Quit()`, ..."""
        self.tasks: AgentTasks = AgentTasks(self._made)
        """What goes on in the background: `agent.tasks.start("Bash", {"command": "make"})`, ..."""
        self._models = Models(model, fallback_models)
        self._tie = None if parent is None or isinstance(parent, Inbox) else parent
        self._brood: AgentChildren | None = None
        hosted = {name: self._engaged(tool) for name, tool in at_hand(tools, self).items()}
        above, revived = (None, False) if self._tie is None else (self._tie.permit, self._tie.noted)
        self._permit = Permit(
            permissions, hosted, self.workspace, asks=approve is not None, above=above, bound=revived
        )
        self._setup = Setup(
            name=self.name,
            system=system,
            given=tuple(tools),
            tools=hosted,
            models=self._models,
            limits=limits(max_tool_call_rounds, max_budget_usd, max_budget_tokens),
            max_attempts=max_attempts,
            compactor=compactor,
            seen=self.seen,
            workspace=self.workspace,
            renew=renew,
            permit=self._permit,
            approve=approve,
            hooks=Hooks(before_tool, after_tool),
            parent=parent if parent is None or isinstance(parent, Inbox) else parent.inbox,
            part=self._part,
            stands=self._standing,
            tree_limits=tree_limits,
        )
        self._session, self._head, self._session_dir = session, head, session_dir
        self._engine: Driver | None = None
        self._nest: asyncio.AbstractEventLoop | None = None
        self._rested: Bill | None = None
        self._has_begun = False
        self._purse: Purse | None = None
        for tool in tools:
            if isinstance(tool, Agent) and tool.purse.parent is None:
                tool.purse.join(self.purse)

    def _engaged(self, tool: Tool) -> Tool:
        if not isinstance(tool, Agent):
            return tool
        from sagent.agent.engaged import Engaged

        return Engaged(tool, self._made, lambda: self.purse)

    @property
    def mailbox(self) -> "Mailbox":
        """Where other agents reach it, from any thread."""
        from sagent.agent.mailbox import Mailbox

        return Mailbox(self, self._made)

    @property
    def post(self) -> "AgentPost":
        """How it reaches other agents: `agent.post.broadcast(["Ann", "Bob"], "...")`, `list`, `notify`."""
        from sagent.agent.post import AgentPost

        return AgentPost(self)

    @property
    def tool_id(self) -> str:
        """The agent's MIME descriptor as a tool."""
        return f"application/x-tool-{self.name.lower()}"

    @property
    def detachable(self) -> bool:
        """Whoever calls it as a tool need not wait for it when its own user speaks."""
        return True

    @property
    def directive_schema(self) -> JsonObject:
        """What it takes as a tool: an object with a `prompt`."""
        return DIRECTIVE

    @property
    def control(self) -> "SelfControl":
        """What it sees and changes of itself: `agent.control.standing`, `agent.control.diagnostics()`, ..."""
        from sagent.agent.self_control import SelfControl

        return SelfControl(self._setup, self._made, self)

    @property
    def session_id(self) -> str:
        """The name of its log."""
        if self._tie is not None:
            return self._tie.session_id
        return (self._session or self._driver.session).session_id

    @property
    @override
    def children(self) -> "AgentChildren":
        """The agents that it has spawned and that have not ended: `agent.children["reviewer"]`."""
        if self._brood is None:
            from sagent.agent.children import AgentChildren

            self._brood = AgentChildren(
                self._setup,
                self._made,
                self.inbox,
                self.workspace,
                self.purse,
                self.detach,
                self._tie,
            )
        return self._brood

    @property
    def messages(self) -> Sequence[Kept]:
        """The log, from the first message to the newest."""
        return self._driver.session.path(self._driver.head)

    @property
    def usage(self) -> Usage:
        """What all model calls of the log consumed together."""
        return self._driver.core.state.account.spending.usage

    @property
    def total_cost_usd(self) -> float | None:
        """What they cost in US dollars; None where the price of any is unknown."""
        return self._driver.core.state.account.spending.cost_usd

    @property
    def spent(self) -> Spending:
        """What it and all agents beneath it have consumed, by model; in earlier processes, as one sum."""
        return self._driver.core.purse.held.spending

    @property
    def bill(self) -> Bill:
        """What it has used, with its children that have ended; in earlier processes, too."""
        return self._driver.core.state.account.bill

    @property
    def purse(self) -> Purse:
        """Its place in the ledger of its tree; `child.purse.join(agent.purse)` puts one beneath it."""
        if self._purse is None:
            self._purse = Purse(None if self._tie is None else self._tie.purse, self.name)
            self._purse.limits = self._setup.limits
        return self._purse

    @property
    def model(self) -> Model:
        """The model that the next request goes to."""
        return self._meant(self._driver)

    def _meant(self, driver: Driver) -> Model:
        return self._models[driver.core.state.upcoming or self._models.newest]

    @property
    def result_room(self) -> int:
        """How many bytes of text one result of a tool may have; more is kept in a file."""
        return result_room(self.model.limits.context_window)

    @property
    def status(self) -> Status:
        """What it is doing now."""
        return "idle" if self._nest and not self._engine else status_of(self._driver.core.phase)

    @property
    def home(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that it works on, or rests on; to ask this wakes nobody."""
        return self._nest if self._nest and not self._engine else self._driver.home

    @property
    def cwd(self) -> Path:
        """The directory that its commands start in; `cd` changes it."""
        return Path(self._driver.core.state.cwd or self.workspace)

    @property
    def running(self) -> Sequence[CallId]:
        """The tool calls that run now, detached ones too; `Kill` ends one."""
        return self._driver.core.running

    @property
    def permissions(self) -> "Policy":
        """What tool calls may do; a policy that is put in its place holds from the next call on."""
        return self._permit.policy

    @permissions.setter
    def permissions(self, policy: "Policy") -> None:
        self._permit.policy = policy
        if self._tie is not None:
            self._tie.amend(policy)

    def judge(self, call: ToolCall) -> "Ruling":
        """What the policy says of a call: whether it may run, and why not."""
        return self._permit.judge(call)

    def lasting(self, call: ToolCall) -> Sequence[str]:
        """The rules that would allow this call and those like it from now on; none where none should."""
        return self._permit.lasting(call)

    @overload
    async def run(self, message: Said, *, output: None = None) -> Text: ...
    @overload
    async def run(self, message: Said, *, output: JsonObject) -> JsonValue: ...
    @overload
    async def run(self, message: Said, *, output: "TypeForm[T]") -> T: ...
    async def run(self, message: Said, *, output: object = None) -> object:
        """Ask, and return the answer: its visible text, or a value of the form that `output` asks for.

        `output` is a type, such as a dataclass, or a JSON Schema; then the answer is JSON.
        Cancelling it withdraws the prompt, or halts the turn if nobody else waits for it.

        Raises:
            AgentHalted: the agent stopped before it had an answer; its cause is the provider's error, if any.
            AgentClosed: the agent has ended.
            OutputError: the answer is not of the form that was asked for.
            Malformed: the message is a directive without a prompt.
            UsageError: nothing is asked, or JSON has no such output.
        """
        return await self.answer(message, output)

    @overload
    def stream(self, message: Said, *, output: None = None) -> AsyncGenerator[Message, None]: ...
    @overload
    def stream(self, message: Said, *, output: JsonObject) -> AsyncGenerator[Message | JsonValue, None]: ...
    @overload
    def stream(self, message: Said, *, output: "TypeForm[T]") -> AsyncGenerator[Message | T, None]: ...
    def stream(self, message: Said, *, output: object = None) -> AsyncGenerator[object, None]:
        """Ask, and yield everything that happens until the answer, which comes last as `run` returns it.

        Leaving it early ends the turn. Raises what `run` raises.
        """
        return self.follow(message, output)

    async def follow(self, message: Said, output: object) -> AsyncGenerator[object, None]:
        """The same, whatever the form of the answer is: `stream` says what type it has."""
        letter, form = asked(message, output)
        feed: Feed[Message] = Feed()
        await self._begin()
        deaf = self._driver.listen(feed.put)
        try:
            prompt, waiter = self._driver.post(letter)
            waiter.add_done_callback(lambda _: feed.close())
            with self._tie or ALONE:
                try:
                    async for item in feed:
                        yield item
                    answer = answer_of(waiter.result(), form, self.model.spec)
                finally:
                    if not waiter.done():
                        self._driver.abandon(prompt)
            yield answer
        finally:
            deaf()

    @overload
    def run_sync(self, message: Said, *, output: None = None) -> Text: ...
    @overload
    def run_sync(self, message: Said, *, output: JsonObject) -> JsonValue: ...
    @overload
    def run_sync(self, message: Said, *, output: "TypeForm[T]") -> T: ...
    def run_sync(self, message: Said, *, output: object = None) -> object:
        """Ask from code that is not asynchronous. Raises what `run` raises.

        Raises:
            UsageError: an event loop is running here; `await agent.run(...)` instead.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.answer(message, output))
        raise UsageError("run_sync is for code without an event loop; here, `await agent.run(...)`")

    async def run_forever(self) -> None:
        """Serve the inbox until somebody posts `Quit`; other processes of the user can write to it, too."""
        from sagent.agent.publishing import publish

        await self._begin()
        self._driver.serve()
        try:
            async with publish(self, must=False):
                await self._driver.closed()
        finally:
            self._driver.core.tireless = False

    @asynccontextmanager
    async def published(self) -> AsyncIterator[None]:
        """Inside `async with` on this, other processes of the user list it, write to it and follow it.

        Raises:
            UsageError: there is nowhere to publish it.
        """
        from sagent.agent.publishing import publish

        await self._begin()
        async with publish(self):
            yield

    def watch(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Show everything that happens to `listener`, until what is returned is called."""
        return self._driver.listen(listener)

    async def send(self, to: str, message: str, *, delay: float = 0.0, timeout: float = PATIENCE) -> Receipt:
        """Write to another agent by its name or id, to be read now or in so many seconds.

        What comes back says what became of the letter: accepted (it stands in the receiver's log), refused,
        or expired, where no answer came within `timeout`. The receiver's answers come as mail of their own.

        Raises:
            UsageError: nothing is said, or nothing can be planned for then.
        """
        await self._begin()
        return await self.post.send(to, message, delay=delay, timeout=timeout)

    def halt(self) -> None:
        """Stop calling the model, and wait for the user; from any thread."""
        self.inbox.post(Halt())

    def swap_model(self, model: Model | str) -> None:
        """Let another model take over from the next request on; words mean what they do in the command.

        Raises:
            UsageError: the words name no model that there can be, or the key of its provider is not set.
        """
        taking_over = named(model, self.model.spec)
        self._models.add(taking_over)
        self._driver.feed(Change(model=taking_over.spec))

    async def undo(
        self, extent: "Extent" = "call", *, call: str = "", redo: bool = False, dry_run: bool = False
    ) -> "Undone":
        """Take back what its tools changed in files: by the last call that did, in that turn, or all.

        `call` names another call, or an undo by its id; `redo` takes the last undo back. Nothing is done
        where a file was changed by somebody else since. The model hears of it with what it is told next.

        Raises:
            Diverged: somebody has changed a file since; its `diff` shows how.
            UsageError: there is nothing to be undone.
            ToolError: a file cannot be written; nothing was undone.
            SessionError: the log cannot be written, or a file's bytes are lost.
        """
        from sagent.tools.docket import Docket
        from sagent.tools.threads import in_thread
        from sagent.tools.undo import undo
        from sagent.tools.undoable import undoable

        self._driver.bind()
        chosen = undoable(self.messages, extent, call=call, redo=redo)
        docket = Docket(
            journal=self.journal, loop=asyncio.get_running_loop(), workspace=self.workspace, call_id=""
        )
        read = self._driver.session.read
        return await in_thread(undo, chosen, self.workspace, read, docket, dry_run=dry_run)

    async def journal(
        self, call_id: str, changes: Sequence[FileChange], undoes: Sequence[MessageId] = (), /
    ) -> MessageId:
        """Keep what a call is about to do to files, on the disk, so that it can be undone.

        Raises:
            SessionError: it cannot be kept.
            AgentClosed: the agent has ended.
        """
        return await self._driver.file(Filing(call_id=call_id, changes=changes, undoes=undoes))

    def place(self, call_id: CallId, /) -> Path:
        """Where the commands of a call start: where those before its response have ended."""
        state = self._driver.core.state
        return Path(state.places.get(call_id, state.cwd) or self.workspace)

    def detach(self, call_id: CallId, notice: str = "", deadline: float | None = 600.0, /) -> bool:
        """Let a running call go on in the background, and tell the model so; whether it does.

        With a notice an answer waits for so many seconds for its result; with None for as long as it takes.
        """
        state = self._driver.core.state
        if call_id in state.open:
            self._driver.feed(backed(Detach(content=call_id, notice=notice, deadline=deadline)))
        return call_id in state.background

    def moved(self, call_id: CallId, folder: Path, /) -> bool:
        """Let commands start there from now on, if the model waits for this call; whether they do."""
        counts = call_id in self._driver.core.state.open
        if counts:
            self._driver.feed(Moved(str(folder)))
        return counts

    async def aclose(self) -> None:
        """End the agent: what runs is ended, and the log is closed."""
        if self._tie is not None and self._session is None:
            # Its log was never opened, or cannot be: there is nothing to end but what its parent knows of it.
            self._tie.fate = "failed"
            self.inbox.close("the agent has ended and takes no more mail")
            await self._tie.end(self._tie.base)
            return
        self._driver.bind()
        if self._brood is not None:
            await self._brood.tidied()
        self._driver.feed(Quit())
        await self._driver.closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def answer(self, message: Said, output: object) -> object:
        """Ask, whatever the form of the answer is: `run` says what type it has."""
        letter, form = asked(message, output)
        await self._begin()
        driver = self._driver
        prompt, waiter = driver.post(letter)
        with self._tie or ALONE:
            try:
                resolution = await waiter
            except asyncio.CancelledError:
                driver.abandon(prompt)
                raise
            # The driver, not the agent, knows the model: where many have become idle, this one rests by now.
            return answer_of(resolution, form, self._meant(driver).spec)

    async def _begin(self) -> None:
        """Be at hand on this event loop, and known to the parent and to all others."""
        tie = self._tie
        if tie is not None:
            await tie.begin(self._setup, self.workspace)
        self._driver.bind()
        if tie is None:
            LIVE.enter(self)
        else:
            LIVE.enter(self, parent_id=tie.parent().session.session_id, call_id=tie.call_id)
        state, self._has_begun, before = self._driver.core.state, True, self._has_begun
        if state.former and not before:
            from sagent.agent.remnants import tidy

            self.children.tidying = asyncio.get_running_loop().create_task(tidy(self.children))
        if state.children:
            self.children.keeping.resume()

    def _standing(self) -> Mapping[str, str]:
        return {} if self._brood is None else self._brood.standing

    async def _part(self) -> None:
        LIVE.leave(self)
        if self._brood is not None:
            await self._brood.aclose()
        if self._tie is not None:
            # As soon as its end is noted, another child of its name may go on with its log.
            self._driver.release()
            await self._tie.end(self._driver.core.state.account.bill)

    def _new_session(self) -> Session:
        if self._tie is not None:
            return self._tie.log(self.workspace)
        return new_session(self._session_dir, self.workspace)

    @property
    def _driver(self) -> Driver:
        return self._made()

    def _made(self) -> Driver:
        """What runs it, made on first use, and when it has rested: until then nothing is opened or read."""
        if self._engine is None:
            self._session, changed = self._session or self._new_session(), False
            if isinstance(self._session, Restful) and self._session.wake():
                self._head, changed = None, True  # somebody else has gone on with it
            self._engine = self._setup.driver(
                self._session,
                self._head,
                self.inbox,
                self.purse,
                "" if self._tie is None else self._tie.conversation,
                rested=self._rested,
                changed=changed,
            )
            self._engine.idled = self._idled
            if self._nest is not None:
                self._engine.nest(self._nest)
                self._idled()
        return self._engine

    def _idled(self) -> None:
        idle(self)

    def rest(self) -> None:
        """Let go of all that the log tells, if nothing goes on and nobody watches; the next use wakes it."""
        driver = self._engine
        if driver is None or self._session is None or len(self.inbox):
            return
        nest = driver.home
        if nest is asyncio.get_running_loop() and driver.rest():
            self._engine, self._nest, self._head = None, nest, driver.core.state.head
            self._rested = driver.core.state.account.below
            self.inbox.attach(self._stir)
            if isinstance(self._session, Restful):
                self._session.rest()
            if len(self.inbox):
                self._stir()  # it came from another thread in this moment

    def _stir(self) -> None:
        """Mail has come while it rests."""
        nest = self._nest
        try:
            if nest is not None:
                nest.call_soon_threadsafe(self._rise)
        except RuntimeError:
            # The loop is closed: the mail stays in the inbox until the agent runs on another one.
            self.inbox.attach(None)

    def _rise(self) -> None:
        try:
            self._driver.bind()
        except SagentError as error:
            _log.warning("%s", error)  # whoever posted it is not here to be told


@lru_cache(maxsize=64)
def _directory(here: Path, workspace: Path | None) -> Path:
    """One object for all agents that work there."""
    return here / (workspace or "")

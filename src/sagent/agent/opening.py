"""How an agent is set up: where it keeps its log, and how it goes on from it."""

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from sagent.agent.gate import Gate, allow, definition, renewable, sweep
from sagent.agent.kin import reporter
from sagent.agent.models import Models
from sagent.agent.permit import Permit
from sagent.agent.remembering import Remembering
from sagent.agent.renewing import Renewing
from sagent.atoms import MessageId, ToolName
from sagent.children import TreeLimits
from sagent.compaction.compactor import Compactor
from sagent.inbox import Inbox
from sagent.lib.value import frozen
from sagent.loop.account import NO_BILL, Bill
from sagent.loop.change import Change
from sagent.loop.core import Core
from sagent.loop.difference import difference
from sagent.loop.driver import Driver
from sagent.loop.hooks import Hooks
from sagent.loop.purse import Purse
from sagent.loop.salvage import salvage
from sagent.loop.state import State
from sagent.messages.ids import Ids
from sagent.protocols import Session, Tool
from sagent.schema.message import AgentEnded, Kept, ToolCall
from sagent.schema.signal import Mail
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Limits

SENDS: Final = ToolName("AgentSend")
"""The tool by which a model wishes to be told of others."""

_log = logging.getLogger("sagent.agent")


def new_session(place: Path | None, workspace: Path) -> Session:
    """A log in a directory, or without one in memory.

    Raises:
        SessionError: it cannot be kept there.
    """
    if place is None:
        from sagent.sessions.memory import MemorySession

        return MemorySession()
    from sagent.sessions.shelf import Shelf

    return Shelf(place).create(workspace)


def lost(session: Session, state: State, messages: Sequence[Kept]) -> Sequence[AgentEnded]:
    """A note for each child that was at work in this log when its process ended."""
    if not state.children:
        return ()
    from sagent.agent.losses import losses

    return losses(session, state, messages)


@frozen(kw_only=True)
class Setup:
    """How an agent is to work; its log says how it has worked so far."""

    name: ToolName
    system: str
    given: Sequence[Tool]
    """The tools as they were given, serving nobody yet."""
    tools: Mapping[ToolName, Tool]
    models: Models
    limits: Limits
    max_attempts: int
    compactor: Compactor | None
    seen: Mapping[str, str]
    """A digest of each file that the agent was shown, by path."""
    workspace: Path
    renew: Callable[[], str] | None
    permit: Permit
    approve: Callable[[ToolCall], Awaitable[str | None]] | None
    hooks: Hooks
    parent: Inbox[Mail] | None
    part: Callable[[], Awaitable[None]]
    """Ends the agent's children, and takes leave of its parent."""
    stands: Callable[[], Mapping[str, str]]
    """How the children stand that serve, by their sessions."""
    tree_limits: TreeLimits

    def offered(self, off: Collection[ToolName]) -> Sequence[ToolDefinition]:
        """The tools as models are shown them, without those that are turned off."""
        return tuple(definition(tool) for name, tool in self.tools.items() if name not in off)

    def _lapsed(self, messages: Sequence[Kept]) -> Sequence[tuple[str, str]]:
        """What the model hears of its wishes to be told of others, which have ended with a process."""
        if not messages or SENDS not in self.tools:
            return ()
        from sagent.agent.wishes import lapsed

        words = lapsed(messages)
        return [(SENDS, words)] if words else ()

    def _cut_short(self, state: State, messages: Sequence[Kept]) -> Sequence[AgentEnded]:
        """A note for each agent among its tools that was at work in a call when its process ended."""
        jobs = [started.content.content for started in state.jobs.values()]
        names = {call.tool for call in (*state.open.values(), *state.detached.values(), *jobs)}
        if not names:
            return ()
        from sagent.agent.engaged import Engaged

        engaged = [tool for name, tool in self.tools.items() if name in names and isinstance(tool, Engaged)]
        return [note for tool in engaged if (note := tool.cut_short(messages)) is not None]

    async def leave(self) -> None:
        """End what tools have left running, and the children."""
        await sweep(self.tools.values())
        await self.part()

    def driver(
        self,
        session: Session,
        head: MessageId | None,
        inbox: Inbox[Mail],
        purse: Purse,
        conversation: str = "",
        *,
        rested: Bill | None = None,
        changed: bool = False,
    ) -> Driver:
        """What runs the agent, its log read and brought up to date (LOOP R18).

        Where it has only `rested`, when its children had used so much, it goes on as it is, unless somebody
        has `changed` the log.

        Raises:
            SessionError: the log has no such head.
        """
        found = salvage(session.path(head))
        for fault in found.faults:
            _log.warning("%s: %s", session.session_id, fault)
        state = found.state  # of what was found only this is kept
        core = Core(
            state,
            Ids(secrets.token_hex(3)),
            Gate(self.tools, self.permit.judge, asks=self.approve is not None, off=lambda: state.off),
            meter=self.models.tariff,
            window=self.models.window,
            cut=None if self.compactor is None else self.compactor.cut,
            renewable=renewable(self.tools),
            fallbacks=self.models.fallbacks,
            max_attempts=self.max_attempts,
            purse=purse,
            stands=self.stands,
        )
        compactor = self.compactor
        if compactor is not None:
            compactor = Remembering(compactor, lambda: driver, self.seen, self.workspace)
        if compactor is not None and self.renew is not None:
            compactor = Renewing(
                compactor,
                self.renew,
                lambda system: driver.feed(difference(core.state, Change(system=system))),
            )
        driver = Driver(
            core,
            session,
            inbox,
            model=self.models.__getitem__,
            tool=self.tools.__getitem__,
            approve=self.approve or allow,
            hooks=self.hooks,
            compactor=compactor,
            sweep=self.leave,
            report=reporter(self.name, self.parent),
            conversation=conversation,
        )
        if rested is None:
            gone = [*lost(session, state, found.messages), *self._cut_short(state, found.messages)]
            driver.perform(core.resume(time.time(), gone, self._lapsed(found.messages)))
        else:
            driver.perform(core.resume(time.time()))  # while it rests its children go on
        if changed or rested is None:
            purse.add(core.state.account.below.since(rested or NO_BILL))
            off = [name for name in core.state.turned_off if name in self.tools]
            tools = self.offered(off)
            wanted = Change(
                system=self.system, tools=tools, off=off, model=self.models.newest, limits=self.limits
            )
            driver.feed(difference(core.state, wanted))
        return driver

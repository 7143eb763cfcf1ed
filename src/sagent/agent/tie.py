"""The tie between a child and its parent: what the parent's log says of it, and where the child's lies."""

import asyncio
import logging
from asyncio import CancelledError
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sagent.agent.family import Family
from sagent.errors import AgentClosed, SagentError
from sagent.inbox import Inbox
from sagent.loop.account import NO_BILL, Bill
from sagent.loop.holding import NOTHING, Held
from sagent.loop.phase import Closed
from sagent.loop.purse import Purse
from sagent.messages.words import UNSEALED
from sagent.protocols import Session, Tool
from sagent.schema.message import AgentEnded, AgentSpawned, Kept
from sagent.schema.signal import Mail
from sagent.schema.values import Fate, Rules

if TYPE_CHECKING:
    from sagent.agent.opening import Setup
    from sagent.agent.permit import Permit
    from sagent.loop.driver import Driver
    from sagent.permissions.policy import Policy

_log = logging.getLogger("sagent.agent")


@dataclass(slots=True, kw_only=True)
class Tie:
    """What a child knows of its parent; around each of its turns, it notes how that ends."""

    parent: "Callable[[], Driver]"
    inbox: Inbox[Mail]
    """The parent's."""
    given: Sequence[Tool]
    """What the parent was given, and may give to it."""
    permit: "Permit"
    """What judges the calls of the parent, and so the child's."""
    purse: Purse
    """The parent's, which holds for the child, too."""
    family: Family
    session_id: str
    """The child's."""
    depth: int
    """How many generations it is below the first agent."""
    deepest: int
    """The last generation that there may be."""
    group: str
    """The group that it belongs to; empty for none."""
    call_id: str
    """The parent's call that it works for; empty where code has spawned it."""
    about: str
    """What it is asked to do, in its first words."""
    base: Bill
    """What it had used when it was spawned: more than nothing if it had ended before."""
    past: Sequence[Kept]
    """What its log begins with, if that is empty."""
    conversation: str
    """What names its conversation to providers; empty for its session."""
    forget: Callable[[], None]
    """Called when it has ended."""
    persistent: bool
    """Whether it goes on when its parent does, in another process."""
    noted: bool
    """Whether the parent's log says that there is such a child, or is about to."""
    fate: Fate = "answered"
    beginning: asyncio.Lock | None = None
    """Held while that is written."""
    over: bool = False
    """Whether it has ended."""

    def log(self, workspace: Path) -> Session:
        """The child's log.

        Raises:
            SessionError: it cannot be kept.
        """
        session = self.parent().session.child(self.session_id, workspace)
        if self.base is not NO_BILL:
            # It counts all that it has ever spent by itself, and this has been counted when it ended.
            counted = Held(usd=self.base.charged_usd, tokens=self.base.charged_tokens)
            self.purse.count(counted, NOTHING)
        if self.past and not session.path():
            for message in self.past:
                session.append(message)
        self.past = ()
        return session

    async def begin(self, setup: "Setup", workspace: Path) -> None:
        """Note in the parent's log that there is such a child; return when that is on the disk.

        Raises:
            AgentClosed: the parent has ended, or the child has.
            SessionError: it cannot be kept.
            UsageError: the parent is at work on another event loop.
        """
        self._check()
        if self.noted and self.beginning is None:
            return
        if self.beginning is None:
            self.beginning = asyncio.Lock()
        async with self.beginning:  # whoever comes second waits for the note, too
            if not self.noted:
                await self._note(setup, workspace)
        self.beginning = None
        self._check()  # it may have been ended meanwhile

    def _check(self) -> None:
        if self.over:
            raise AgentClosed("the agent has ended and takes no more mail")

    async def _note(self, setup: "Setup", workspace: Path) -> None:
        parent = self.parent()
        parent.bind()
        note = AgentSpawned(
            id=UNSEALED,
            parent_id=None,
            timestamp=0.0,
            content=self.session_id,
            name=setup.name,
            call_id=self.call_id,
            about=self.about,
            tools=tuple(setup.tools),
            model=setup.models.newest,
            workspace=str(workspace),
            limits=setup.limits,
            persistent=self.persistent,
            max_depth=max(0, self.deepest - self.depth),
            group=self.group,
            own_tools=tuple(tool.name for tool in setup.given if tool not in self.given) or None,
            rules=_rules(setup.permit.own),
        )
        self.noted = True
        try:
            await parent.file(note)
        except SagentError:
            self.noted = False
            raise

    def amend(self, policy: "Policy") -> None:
        """Note in the parent's log what the child's calls may do from now on, if it is noted there."""
        if not self.noted or self.over:
            return
        parent = self.parent()
        note = parent.core.state.children.get(self.session_id)
        if note is not None:
            parent.feed(replace(note, rules=_rules(policy)))

    async def end(self, bill: Bill) -> None:
        """Note in the parent's log how the child has ended, and what it has used in all."""
        self.forget()
        was_over, self.over = self.over, True
        if was_over or not self.noted or (self.persistent and isinstance(self.parent().core.phase, Closed)):
            return  # the parent goes on with it where it ends now
        try:
            await self.parent().file(ended(self.session_id, self.fate, bill.since(self.base)))
        except SagentError as error:
            # The parent's log takes no more: it has ended, and finds the child's log when it goes on.
            _log.warning("%s has ended, and its parent could not note it: %s", self.session_id, error)

    def __enter__(self) -> None:
        self.fate = "killed"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        match error:
            case None:
                self.fate = "answered"
            case AgentClosed() | CancelledError() | GeneratorExit():
                self.fate = "killed"
            case _:
                self.fate = "failed"


def _rules(policy: "Policy | None") -> Rules | None:
    if policy is None:
        return None
    return Rules(mode=policy.mode, allow=policy.allow, ask=policy.ask, deny=policy.deny)


def ended(session_id: str, fate: Fate, bill: Bill) -> AgentEnded:
    """That a child has ended, to be sealed by the one who keeps it."""
    return AgentEnded(
        id=UNSEALED,
        parent_id=None,
        timestamp=0.0,
        content=session_id,
        how=fate,
        usage=bill.usage,
        cost_usd=bill.cost_usd,
        charged_usd=bill.charged_usd,
        charged_tokens=bill.charged_tokens,
    )

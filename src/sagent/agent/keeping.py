"""Persistent children: each serves its inbox until it is ended, also when its parent goes on another day."""

import asyncio
import logging
from collections.abc import Iterable, Set
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sagent.agent.commission import Commission, errand
from sagent.agent.former import Untold
from sagent.agent.losses import unpaid
from sagent.agent.owing import owed
from sagent.agent.plans import as_before
from sagent.agent.tie import ended
from sagent.errors import AgentClosed, AgentHalted, SagentError
from sagent.loop.account import NO_BILL, Bill
from sagent.loop.phase import Closed
from sagent.loop.state import State
from sagent.schema.message import AgentSpawned, ModelResponse, Prompt, ToolResult
from sagent.schema.part import Text
from sagent.schema.signal import Letter

if TYPE_CHECKING:
    from sagent.agent.agent import Agent
    from sagent.agent.asking import Said
    from sagent.agent.children import AgentChildren

_log = logging.getLogger("sagent.agent")

AGAIN: Final = "The program was started again. Go on with what you were at."
"""What a child is told that was at work when its process ended."""


class Keeping:
    """The persistent children of one agent, each served by a task of its own."""

    def __init__(self, children: "AgentChildren") -> None:
        self._children = children
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._missing: set[str] = set()
        """Those that could not be started again, of which the parent knows."""

    def serve(self, child: "Agent", prompt: "Said | None" = None) -> None:
        """Have a child serve its inbox on this event loop; what it answers to the prompt comes by mail."""
        self._serve(child, None if prompt is None else Commission(child, errand(prompt)))

    async def begin(self, child: "Agent", prompt: "Said") -> None:
        """The same; return when its log has the prompt.

        Raises:
            SagentError: it could not begin; nobody else is told.
        """
        begun = asyncio.get_running_loop().create_future()
        self._serve(child, Commission(child, errand(prompt), begun))
        try:
            await begun
        except BaseException:
            await self.stop(child)
            raise

    def resume(self) -> None:
        """Have those serve again that did in an earlier process, or on an earlier event loop."""
        driver = self._children.driver()
        if isinstance(driver.core.phase, Closed):
            return  # nobody would end them
        for session_id, note in tuple(driver.core.state.children.items()):
            task = self._tasks.get(session_id)
            at_work = task is not None and not task.done()
            if not note.persistent or at_work or session_id in self._missing:
                continue
            try:
                self._resume(self._again(note), driver.core.state.replied)
            except Untold:
                driver.feed(ended(session_id, "lost", NO_BILL))  # so its call has failed, too
            except SagentError as error:
                _log.warning("%s is not started again: %s", note.name, error)
                self._missing.add(session_id)
                self._children.purse.add(self._unpaid(session_id))
                self._tell(note.name, f"{note.name} could not be started again: {error}")

    def _again(self, note: AgentSpawned) -> "Agent":
        """The child of a note, its log read.

        Raises:
            SagentError: it cannot go on.
        """
        for child in self._children:
            if child.session_id == note.content:
                return child
        plan = as_before(self._children, note)
        child = self._children.spawn(plan.wanted, plan)
        try:
            account = child.children.driver().core.state.account
        except SagentError:
            self._children.forget(note.content)
            raise
        self._children.purse.recall(account.bill.since(plan.base))
        return child

    def _resume(self, child: "Agent", replied: Set[str]) -> None:
        driver = child.children.driver()
        owes = owed(driver.path(), replied)
        if owes is not None and owes.answer is not None:
            self._tell(child.name, owes.answer, owes.errand)
            owes = None
        commission = None
        if _was_at_work(driver.core.state):
            again = Letter(content=(Text(content=AGAIN),), author="background", sender="")
            if owes is None:
                child.inbox.post(again)
            else:
                commission = Commission(child, replace(again, errand=owes.errand))
        self._serve(child, commission)

    def serves(self, child: "Agent") -> bool:
        """Whether this is one of them, and has not ended."""
        task = self._tasks.get(child.session_id)
        return task is not None and not task.done()

    def rouses(self, child: "Agent") -> bool:
        """Whether one of them is about to go on with what it was at."""
        idle = child.status == "idle" and self.serves(child)
        return idle and _was_at_work(child.children.driver().core.state)

    async def stop(self, child: "Agent") -> None:
        """End one, of which nobody need be told; return when it is gone."""
        task = self._tasks.pop(child.session_id, None)
        await child.aclose()
        if task is not None:
            await over([task])

    async def drop(self, name: str) -> bool:
        """Note that one has ended that could not be started again; whether there is one of this name."""
        driver = self._children.driver()
        for session_id, note in driver.core.state.children.items():
            if session_id in self._missing and name in (session_id, note.name):
                self._missing.discard(session_id)
                await driver.file(ended(session_id, "killed", self._unpaid(session_id)))
                return True
        return False

    def _unpaid(self, session_id: str) -> Bill:
        driver = self._children.driver()
        return unpaid(driver.session, driver.path(), session_id)

    async def ended(self) -> None:
        """Return when none serves any more; they have been told to end."""
        await over(self._tasks.values())

    def _serve(self, child: "Agent", commission: Commission | None) -> None:
        task = asyncio.get_running_loop().create_task(self._served(child, commission))
        self._tasks[child.session_id] = task

    async def _served(self, child: "Agent", commission: Commission | None) -> None:
        answering = None if commission is None else asyncio.create_task(self._answered(commission))
        try:
            await child.run_forever()
        except SagentError as error:
            if commission is None or not commission.fail(error):
                self._tell(child.name, f"{child.name} could not begin: {error}")
        else:
            if child.session_id in self._tasks:
                self._tell(child.name, f"{child.name} has ended")
        finally:
            if answering is not None:
                answering.cancel()
                await asyncio.wait([answering])

    async def _answered(self, commission: Commission) -> None:
        name, errand = commission.child.name, commission.letter.errand
        try:
            answer = await commission.answer()
            self._tell(name, answer or f"{name} is done, and has said nothing", errand)
        except SagentError as error:
            # Where it has halted or ended its parent hears of that anyway.
            if not (commission.fail(error) or isinstance(error, AgentClosed | AgentHalted)):
                self._tell(name, f"{name} has not answered: {error}", errand)
        finally:
            commission.fail(AgentClosed("it has ended before it was told anything"))

    def _tell(self, name: str, words: str, errand: str = "") -> None:
        if isinstance(self._children.driver().core.phase, Closed):
            return
        said = Letter(content=(Text(content=words),), author="peer", sender=name, errand=errand)
        with suppress(AgentClosed):
            self._children.inbox.post(said)


async def over(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Return when they are done; those of an event loop that has ended never will be, if they are not."""
    here = asyncio.get_running_loop()
    if at_work := [task for task in tasks if not task.done() and task.get_loop() is here]:
        await asyncio.wait(at_work)


def _was_at_work(state: State) -> bool:
    """Whether somebody is still to be heard, or to be answered."""
    waits = any(isinstance(kept, Prompt | ToolResult) for kept in state.pending.values())
    return waits or (len(state.view) > 0 and not isinstance(state.view[-1], ModelResponse))

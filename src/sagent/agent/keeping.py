"""Persistent children: each serves its inbox until it is ended, also when its parent goes on another day."""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sagent.agent.plans import as_before
from sagent.errors import AgentClosed, AgentHalted, SagentError
from sagent.loop.phase import Closed
from sagent.loop.state import State
from sagent.schema.message import ModelResponse, Prompt, ToolResult
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

    def serve(self, child: "Agent", prompt: "Said | None" = None) -> None:
        """Have a child serve its inbox on this event loop; what it answers to the prompt comes by mail."""
        self._tasks[child.session_id] = asyncio.get_running_loop().create_task(self._serve(child, prompt))

    def resume(self) -> None:
        """Have those serve again that did in an earlier process, or on an earlier event loop."""
        driver = self._children.driver()
        for session_id, note in tuple(driver.core.state.children.items()):
            task = self._tasks.get(session_id)
            if not note.persistent or (task is not None and not task.done()):
                continue
            child = next((each for each in self._children if each.session_id == session_id), None)
            try:
                if child is None:
                    plan = as_before(self._children, note)
                    child = self._children.spawn(plan.wanted, plan)
                state = child.children.driver().core.state
            except SagentError as error:
                _log.warning("%s is not started again: %s", note.name, error)
                self._tell(note.name, f"{note.name} could not be started again: {error}")
                continue
            if _was_at_work(state):
                again = Letter(content=(Text(content=AGAIN),), author="background", sender="")
                child.inbox.post(again)
            self.serve(child)

    def serves(self, child: "Agent") -> bool:
        """Whether this is one of them, and has not ended."""
        task = self._tasks.get(child.session_id)
        return task is not None and not task.done()

    async def stop(self, child: "Agent") -> None:
        """End one, of which nobody need be told; return when it is gone."""
        task = self._tasks.pop(child.session_id, None)
        await child.aclose()
        if task is not None:
            await asyncio.wait([task])

    async def ended(self) -> None:
        """Return when none serves any more; they have been told to end."""
        if tasks := [*self._tasks.values()]:
            await asyncio.wait(tasks)

    async def _serve(self, child: "Agent", prompt: "Said | None") -> None:
        asking = None if prompt is None else asyncio.create_task(self._ask(child, prompt))
        try:
            await child.run_forever()
        except SagentError as error:
            self._tell(child.name, f"{child.name} could not begin: {error}")
        else:
            if child.session_id in self._tasks:
                self._tell(child.name, f"{child.name} has ended")
        finally:
            if asking is not None:
                asking.cancel()
                await asyncio.wait([asking])

    async def _ask(self, child: "Agent", prompt: "Said") -> None:
        try:
            answer = await child.answer(prompt, None)
        except (AgentClosed, AgentHalted):
            return  # its parent hears of that anyway
        except SagentError as error:
            self._tell(child.name, f"{child.name} has not answered: {error}")
            return
        if isinstance(answer, Text):
            self._tell(child.name, answer.content)

    def _tell(self, name: str, words: str) -> None:
        if isinstance(self._children.driver().core.phase, Closed):
            return
        with suppress(AgentClosed):
            self._children.inbox.post(Letter(content=(Text(content=words),), author="peer", sender=name))


def _was_at_work(state: State) -> bool:
    """Whether somebody is still to be heard, or to be answered."""
    waits = any(isinstance(kept, Prompt | ToolResult) for kept in state.pending.values())
    return waits or (len(state.view) > 0 and not isinstance(state.view[-1], ModelResponse))

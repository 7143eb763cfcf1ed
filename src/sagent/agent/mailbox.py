"""One agent's door for mail of others: what is handed in there, from any thread, gets a receipt."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from sagent.agent.directory import LIVE
from sagent.agent.kin import ELSEWHERE
from sagent.errors import AgentClosed, InboxFull, SessionError, UsageError
from sagent.lib.value import frozen
from sagent.loop.driver import Driver
from sagent.loop.phase import Closed, HaltedFor, Idling
from sagent.loop.work import being_cancelled
from sagent.post import PATIENCE
from sagent.schema.message import Message, Prompt
from sagent.schema.part import Text
from sagent.schema.post import Accepted, Entry, Expired, Receipt, Rejected, SendLetter
from sagent.schema.signal import Letter, Schedule

if TYPE_CHECKING:
    from sagent.agent.agent import Agent

NAME: Final = 120
"""How many characters of a sender's name are shown."""

UNNAMED: Final = str.maketrans("[]", "()", "".join(map(chr, range(32))))
"""What no name has: it could look like the end of what is said of a sender."""

T = TypeVar("T")


@frozen()
class Mailbox:
    """Where others reach one agent; everything is done on the event loop that it runs on."""

    _agent: "Agent"
    _made: Callable[[], Driver]

    @property
    def _driver(self) -> Driver:
        """What runs it by now: it may have rested since this was made."""
        return self._made()

    @property
    def name(self) -> str:
        """What the agent is called."""
        return self._agent.name

    @property
    def session_id(self) -> str:
        """Its stable id."""
        return self._agent.session_id

    @property
    def is_open(self) -> bool:
        """Whether the agent can be reached: it has not ended, and an event loop runs it."""
        home = self._agent.home
        return home is not None and home.is_running() and self._agent.status != "closed"

    def entry(self) -> Entry:
        """How things stand with the agent."""
        agent, core, place = self._agent, self._driver.core, LIVE.place(self._agent)
        spec = agent.model.spec
        return Entry(
            name=agent.name,
            session_id=self.session_id,
            status=agent.status,
            doing=core.state.standing.status,
            model=f"{spec.provider}/{spec.model}",
            workspace=str(agent.workspace),
            parent=LIVE.parent(agent),
            group=agent.group,
            persistent=core.tireless,
            began=0.0 if place is None else place.began,
            pid=os.getpid(),
        )

    async def take(
        self, letters: Sequence[Letter], seconds: float | None, timeout: float
    ) -> Sequence[Receipt]:
        """Keep letters, to be read in this order, now or in so many seconds; return when the log has them."""
        planned = None if seconds is None else [Schedule(content=each, seconds=seconds) for each in letters]
        try:
            async with asyncio.timeout(timeout):
                return await self.at_home(lambda: self._deliver(planned or letters))
        except TimeoutError:
            words = f"no answer in {timeout:g} s; nobody knows whether it was kept"
            return [Expired(content=words, to=self.name)] * len(letters)
        except SessionError as error:
            # What was written and could not be flushed may be in the log all the same.
            words = f"{error}; nobody knows whether it was kept"
            return [Expired(content=words, to=self.name)] * len(letters)
        except AgentClosed as error:
            return [Rejected(content=str(error), to=self.name, why="stopped")] * len(letters)

    async def _deliver(self, mail: Sequence[Letter | Schedule]) -> Sequence[Receipt]:
        told = await self._driver.deliver(mail)
        timers, name, session_id = self._driver.core.state.timers, self.name, self.session_id
        return [
            Rejected(content=f"{kept}; try again later", to=name, why="full")
            if isinstance(kept, InboxFull)
            else Accepted(
                content=kept.accepted,
                to=name,
                session_id=session_id,
                due=timers[kept.accepted].due if kept.accepted in timers else None,
                halted=kept.halted,
            )
            for kept in told
        ]

    async def receive(self, said: SendLetter) -> Receipt:
        """Take a letter of another process, whose name for the sender must not be one of this process."""
        sender = " ".join(said.sender.translate(UNNAMED).split())[:NAME] or "somebody"
        if LIVE.find(sender):
            sender += ELSEWHERE
        letter = Letter(content=(Text(content=said.content),), author="peer", sender=sender)
        try:
            (receipt,) = await self.take((letter,), said.seconds, PATIENCE)
        except UsageError as error:
            return Rejected(content=str(error), to=self.name, why="unknown")
        return receipt

    def follow(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Show all that happens to the agent, until what is returned is called; only where it runs."""
        return self._driver.listen(listener)

    async def rest(self) -> str:
        """Return when the agent is idle, has stopped or has ended, and say in words which."""
        try:
            return await self.at_home(self._rest)
        except AgentClosed:
            return "has ended"

    async def _rest(self) -> str:
        driver, over = self._driver, asyncio.Event()

        def look(_: Message | None = None) -> None:
            if isinstance(driver.core.phase, Idling | HaltedFor | Closed):
                over.set()

        deaf = driver.listen(look)
        ended = asyncio.ensure_future(driver.closed())
        resting = asyncio.ensure_future(over.wait())
        try:
            look()
            await asyncio.wait((ended, resting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            deaf()
            for waiting in (ended, resting):
                waiting.cancel()
                with suppress(asyncio.CancelledError):
                    await waiting
        match driver.core.phase:
            case Closed():
                return "has ended"
            case HaltedFor() as halted:
                return f"has stopped, and waits for its user: {halted.text}"
            case _:  # whatever it does next, it was idle
                return "is idle"

    async def hear(self, seconds: float) -> bool:
        """Return when something that was said waits to be read, or after so many seconds; whether it does."""
        state, heard = self._driver.core.state, asyncio.Event()

        def look(_: Message | None = None) -> None:
            if any(isinstance(kept, Prompt) for kept in state.pending.values()):
                heard.set()

        deaf = self._driver.listen(look)
        try:
            look()
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), seconds)
        finally:
            deaf()
        return heard.is_set()

    async def at_home(self, work: Callable[[], Coroutine[None, None, T]]) -> T:
        """Do something on the agent's own event loop.

        Raises:
            AgentClosed: nothing runs it.
        """
        home = self._agent.home
        if home is None or not home.is_running():
            raise AgentClosed("nothing runs it now; it hears again when it is asked something")
        if home is asyncio.get_running_loop():
            return await work()
        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(), home))
        except asyncio.CancelledError:
            if being_cancelled():
                raise
            raise AgentClosed("the event loop that it ran on has ended") from None

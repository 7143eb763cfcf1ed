"""An agent that another one was given as a tool: what it uses is noted in the log of whoever pays for it."""

import logging
from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import TYPE_CHECKING

from sagent.agent.losses import billed
from sagent.agent.tie import ended
from sagent.atoms import ToolName
from sagent.errors import AgentClosed, SagentError
from sagent.lib.json import JsonObject
from sagent.lib.streams import Closing
from sagent.loop.account import NO_BILL, Bill
from sagent.loop.driver import Driver
from sagent.loop.holding import NOTHING, Held
from sagent.loop.purse import Purse
from sagent.schema.message import AgentEnded, Kept, Message, ToolCall
from sagent.schema.part import Text
from sagent.schema.values import Fate

if TYPE_CHECKING:
    from sagent.agent.agent import Agent

_log = logging.getLogger("sagent.agent")


class Engaged:
    """The tool that such an agent is."""

    __slots__ = ("_agent", "_counted", "_driver", "_purse")

    def __init__(self, agent: "Agent", driver: Callable[[], Driver], purse: Callable[[], Purse]) -> None:
        """`driver` and `purse` are those of the agent that has the tool."""
        self._agent = agent
        self._driver = driver
        self._purse = purse
        self._counted: Bill | None = None

    @property
    def name(self) -> ToolName:
        """What models call it."""
        return self._agent.name

    @property
    def tool_id(self) -> str:
        """Its MIME descriptor."""
        return self._agent.tool_id

    @property
    def description(self) -> str:
        """What it is good for."""
        return self._agent.description

    @property
    def directive_schema(self) -> JsonObject:
        """What it takes."""
        return self._agent.directive_schema

    @property
    def detachable(self) -> bool:
        """Whether nobody has to wait for it."""
        return self._agent.detachable

    async def run(self, message: ToolCall, /) -> Text:
        """Ask the agent, and return its answer. Raises what `Agent.run` raises."""
        last: object = None
        async with Closing(self.stream(message)) as items:
            async for item in items:
                last = item
        return last if isinstance(last, Text) else Text(content="")

    async def stream(self, message: ToolCall, /) -> AsyncGenerator[Message, None]:
        """Ask it, and yield all that happens; last its answer. Raises what `Agent.stream` raises."""
        self._begin()
        how: Fate = "failed"
        try:
            async with Closing(self._agent.stream(message)) as items:
                async for item in items:
                    yield item
            how = "answered"
        except (AgentClosed, CancelledError, GeneratorExit):
            how = "killed"
            raise
        finally:
            await self._note(how)

    def _begin(self) -> None:
        """What was noted of it in earlier processes is counted already; its own log tells all of it again."""
        if self._counted is None:
            driver = self._driver()
            self._counted = billed(driver.path(), self._agent.session_id)
            if self._counted != NO_BILL and self._pays:
                counted = Held(usd=self._counted.charged_usd, tokens=self._counted.charged_tokens)
                self._purse().count(counted, NOTHING)

    def cut_short(self, messages: Iterable[Kept]) -> AgentEnded | None:
        """What it has used in calls that ended with the process of this log, as far as its own log tells."""
        try:
            bill = self._agent.bill
        except SagentError as error:
            _log.warning("what %s has used is unknown: %s", self._agent.name, error)
            return None
        if not self._pays:
            return None
        used, self._counted = bill.since(billed(messages, self._agent.session_id)), bill
        self._purse().count(Held(usd=bill.charged_usd, tokens=bill.charged_tokens), NOTHING)
        return None if used == NO_BILL else ended(self._agent.session_id, "lost", used)

    @property
    def _pays(self) -> bool:
        return self._agent.purse.parent is self._purse()

    async def _note(self, how: Fate) -> None:
        bill, before = self._agent.bill, self._counted or NO_BILL
        used = bill.since(before)
        if not self._pays or used == NO_BILL:
            return
        self._counted = bill
        try:
            await self._driver().file(ended(self._agent.session_id, how, used))
        except SagentError as error:
            _log.warning("what %s has used could not be noted: %s", self._agent.name, error)

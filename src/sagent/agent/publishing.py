"""Publishing agents: while they are, other processes of the user list them, write to them and follow them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from sagent.errors import UsageError

if TYPE_CHECKING:
    from sagent.agent.agent import Agent
    from sagent.agent.mailbox import Mailbox
    from sagent.exchange.station import Station

_log = logging.getLogger("sagent.agent")


class _Stand:
    """The agents of one event loop that are published, and the socket that serves them."""

    def __init__(self) -> None:
        self.opening = asyncio.Lock()
        self.station: Station | None = None
        self.agents: dict[str, list[Agent]] = {}
        """Each as often as it is published."""

    def find(self, session_id: str) -> "Mailbox | None":
        agents = self.agents.get(session_id)
        return agents[0].mailbox if agents else None

    def every(self) -> "list[Mailbox]":
        return [agents[0].mailbox for agents in self.agents.values()]


_stands: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, _Stand]] = WeakKeyDictionary()


@asynccontextmanager
async def publish(agent: "Agent", *, must: bool = True) -> AsyncIterator[None]:
    """Let other processes of the user reach an agent inside the block, on the event loop that it runs on.

    Raises:
        UsageError: there is nowhere to publish it; only if it `must` be.
    """
    from sagent.exchange.station import Station

    stand = _stands.setdefault(asyncio.get_running_loop(), _Stand())
    agents = stand.agents.setdefault(agent.session_id, [])
    agents.append(agent)
    try:
        async with stand.opening:
            if stand.station is None:
                station = Station(stand.find, stand.every)
                try:
                    await station.open()
                except UsageError as error:
                    if must:
                        raise
                    _log.warning("%s", error)
                else:
                    stand.station = station
        yield
    finally:
        agents.remove(agent)
        if not agents:
            del stand.agents[agent.session_id]
        if not stand.agents and stand.station is not None:
            station, stand.station = stand.station, None
            await station.close()

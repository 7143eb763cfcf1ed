"""Whom a name means: an agent of this process, one that another process has published, or a group."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from sagent.agent.directory import LIVE
from sagent.schema.post import Entry, Receipt, Rejected
from sagent.schema.signal import Letter

if TYPE_CHECKING:
    from sagent.agent.agent import Agent

NAMED: Final = 5
"""How many agents of one name are told apart in a refusal."""


class Box(Protocol):
    """Where one agent is reached, wherever it runs."""

    @property
    def name(self) -> str:
        """What the agent is called."""
        ...

    @property
    def session_id(self) -> str:
        """Its stable id."""
        ...

    async def take(
        self, letters: Sequence[Letter], seconds: float | None, timeout: float, /
    ) -> Sequence[Receipt]:
        """Keep letters, to be read in this order, now or in so many seconds; a receipt for each."""
        ...

    async def rest(self) -> str:
        """Return when the agent has nothing to do, and say in words why."""
        ...


@dataclass(slots=True)
class Addresses:
    """Looks names up for one agent; what other processes say is asked once."""

    _agent: "Agent"
    _distant: Sequence[tuple[Entry, Box]] | None = field(default=None, init=False)

    async def one(self, name: str) -> Box | Rejected:
        """The agent that is meant, or why there is none."""
        found: Sequence[Box] = [agent.mailbox for agent in LIVE.find(name, self._agent)]
        if not found:
            found = [box for entry, box in await self._others() if name in (entry.session_id, entry.name)]
        match found:
            case [box]:
                return box
            case []:
                return await self._nobody(name)
            case _:  # several
                return _several(name, found)

    async def all(self, name: str) -> Sequence[Box] | Rejected:
        """The agent that is meant, or all others of the group that is called so, or why there is none."""
        one = await self.one(name)
        if not isinstance(one, Rejected):
            return [one]
        return await self._group(name) or one

    async def entries(self) -> Sequence[Entry]:
        """All live agents."""
        return [*(agent.mailbox.entry() for agent in LIVE), *(entry for entry, _ in await self._others())]

    async def _others(self) -> Sequence[tuple[Entry, Box]]:
        if self._distant is None:
            from sagent.exchange.calling import published

            self._distant = [(distant.entry, distant) for distant in await published()]
        return self._distant

    async def _group(self, name: str) -> Sequence[Box]:
        near = [agent.mailbox for agent in LIVE if agent.group == name and agent is not self._agent]
        far = [box for entry, box in await self._others() if entry.group == name]
        return [*near, *far] if name else ()

    async def _nobody(self, name: str) -> Rejected:
        if group := await self._group(name):
            words = f"that is a group, and one agent is to be named; it has {_listed(group)}"
            return Rejected(content=words, to=name, why="unknown")
        if LIVE.has_ended(name):
            return Rejected(content="it has ended, and takes no more mail", to=name, why="stopped")
        near = sorted({agent.name for agent in LIVE if agent is not self._agent})
        there = f"; there are {', '.join(near[:NAMED])}" if near else ""
        return Rejected(content=f"no live agent or group is called so{there}", to=name, why="unknown")


def _several(name: str, found: Sequence[Box]) -> Rejected:
    words = f"{len(found)} agents are called so; write to one by its id: {_listed(found)}"
    return Rejected(content=words, to=name, why="unknown")


def _listed(found: Sequence[Box]) -> str:
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return ", ".join(box.session_id for box in found[:NAMED]) + more

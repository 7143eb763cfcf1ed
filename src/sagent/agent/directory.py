"""The live agents of this process, by name and by id; it keeps none of them alive."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import ref

if TYPE_CHECKING:
    from sagent.agent.agent import Agent

REMEMBERED: Final = 1_000
"""Of how many agents that have ended it is still known that they did."""


class Place(ref["Agent"]):
    """Where one agent stands among the others."""

    __slots__ = ("began", "call_id", "name", "parent_id", "session_id")

    name: str
    session_id: str
    parent_id: str
    """The id of the agent that it works for; empty for none."""
    call_id: str
    """That one's call inside which it runs; empty for none."""
    began: float


class Directory:
    """Agents enter it when they first run, and leave it at their end; from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._places: dict[str, Place] = {}
        self._named: dict[str, dict[str, None]] = {}
        self._ended: dict[str, str] = {}
        # Garbage may be collected at any point, so that whoever was held by nobody is only noted then.
        self._lost: deque[ref[Agent]] = deque()

    def enter(self, agent: "Agent", *, parent_id: str = "", call_id: str = "") -> None:
        """An agent is there from now on; it works for the one of this id, inside that one's `call_id`."""
        session_id = agent.session_id
        known = self._places.get(session_id)
        if known is not None and known() is agent:
            return
        place = Place(agent, self._lost.append)
        place.name, place.session_id, place.began = agent.name, session_id, time.time()
        place.parent_id, place.call_id = parent_id, call_id
        with self._lock:
            self._sweep()
            if (before := self._places.get(session_id)) is not None:
                self._forget(before)
            self._ended.pop(session_id, None)
            self._places[session_id] = place
            self._named.setdefault(place.name, {})[session_id] = None

    def leave(self, agent: "Agent") -> None:
        """An agent has ended."""
        with self._lock:
            place = self._places.get(agent.session_id)
            if place is not None and place() is agent:
                self._forget(place)
                self._ended[place.session_id] = place.name
                while len(self._ended) > REMEMBERED:
                    del self._ended[next(iter(self._ended))]

    def find(self, name_or_id: str, near: "Agent | None" = None) -> Sequence["Agent"]:
        """The agents that are meant, one by its id, or several by name: kin before strangers.

        One that nothing runs is meant where nobody else can be.
        """
        with self._lock:
            self._sweep()
            one = self._places.get(name_or_id)
            places = [one] if one else [self._places[each] for each in self._named.get(name_or_id, ())]
        own = None if near is None else self._places.get(near.session_id)
        others = [place for place in places if place is not own]
        kin = [place for place in others if own is not None and _are_kin(own, place)]
        for nearest in (kin, others, places):
            if found := self._alive(nearest):
                return found
        return [agent for place in places if (agent := place()) is not None and agent.status != "closed"]

    def is_alone(self, agent: "Agent") -> bool:
        """Whether no other live agent has its name."""
        with self._lock:
            self._sweep()
            places = [self._places[each] for each in self._named.get(agent.name, ())]
        others = (other for place in places if (other := place()) is not None and other is not agent)
        return not any(other.mailbox.is_open for other in others)  # the first that is found is enough

    def place(self, agent: "Agent") -> Place | None:
        """Where an agent stands; None for one that is not there."""
        place = self._places.get(agent.session_id)
        return place if place is not None and place() is agent else None

    def call_between(self, agent: "Agent", ancestor: str) -> str:
        """The call of the agent of this id inside which a descendant runs; empty where it is none."""
        place = self._places.get(agent.session_id)
        passed: set[str] = set()
        while place is not None and place.session_id not in passed:
            if place.parent_id == ancestor:
                return place.call_id
            passed.add(place.session_id)
            place = self._places.get(place.parent_id)
        return ""

    def parent(self, agent: "Agent") -> str:
        """The name of the agent that it works for; empty for none."""
        place = self.place(agent)
        above = None if place is None else self._places.get(place.parent_id)
        return "" if above is None else above.name

    def has_ended(self, name_or_id: str) -> bool:
        """Whether an agent of this name or id has ended, as far as that is remembered."""
        with self._lock:
            return name_or_id in self._ended or name_or_id in self._ended.values()

    def __iter__(self) -> Iterator["Agent"]:
        """The live agents, in the order in which they came."""
        with self._lock:
            self._sweep()
            places = tuple(self._places.values())
        yield from self._alive(places)

    def _alive(self, places: Sequence[Place]) -> Sequence["Agent"]:
        """The agents at these places that can be reached; whoever turns out to have ended leaves."""
        found = [agent for place in places if (agent := place()) is not None]
        for agent in found:
            if agent.status == "closed":
                self.leave(agent)
        return [agent for agent in found if agent.mailbox.is_open]

    def _forget(self, place: Place) -> None:
        del self._places[place.session_id]
        named = self._named[place.name]
        del named[place.session_id]
        if not named:
            del self._named[place.name]

    def _sweep(self) -> None:
        """Forget those that nobody held any more."""
        while self._lost:
            lost = self._lost.popleft()
            if isinstance(lost, Place) and self._places.get(lost.session_id) is lost:
                self._forget(lost)


LIVE: Final = Directory()
"""The agents of this process."""


def _are_kin(one: Place, other: Place) -> bool:
    """Whether one is the other's parent or child, or they have a parent in common."""
    parents = {one.parent_id, other.parent_id}
    return (
        one.session_id == other.parent_id
        or other.session_id == one.parent_id
        or (len(parents) == 1 and "" not in parents)
    )

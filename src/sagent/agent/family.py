"""What all agents of one tree share: how far it may grow, and how many may be at work at once."""

import asyncio
from collections import deque

from sagent.children import TreeLimits
from sagent.errors import ToolError


class Seat:
    """The right of one agent to be at work; while it waits for its children, one of them may have it."""

    __slots__ = ("lender", "lent")

    def __init__(self, lender: "Seat | None") -> None:
        self.lender: Seat | None = lender
        self.lent: bool = False


class Family:
    """One tree of agents. Whoever has a seat can come to an end, so those who wait get theirs."""

    def __init__(self, limits: TreeLimits) -> None:
        self.limits: TreeLimits = limits
        self._spawned = 0
        self._free = limits.max_running
        self._waiting: deque[tuple[Seat | None, bool, asyncio.Future[Seat]]] = deque()

    def admit(self, depth: int, deepest: int, count: int = 1) -> None:
        """Count agents that a model spawns, so many generations below the first.

        Raises:
            ToolError: the tree may not grow so far.
        """
        most = self.limits.max_children
        if depth > deepest:
            raise ToolError(
                f"nothing is spawned: it would be {depth} generations below the first agent, and {deepest} "
                "are allowed here; do it yourself"
            )
        if self._spawned + count > most:
            raise ToolError(
                f"nothing is spawned: {self._spawned} agents have been spawned in all, and {most} are "
                "allowed; do it yourself"
            )
        self._spawned += count

    def seat(self, parent: Seat | None, *, waits: bool) -> Seat | None:
        """A seat for a child of whoever has that one, and `waits` for it; None where one has to wait.

        A parent that goes on meanwhile lends its own only where none is free: in the end it waits, too.
        """
        lends = parent is not None and not parent.lent
        if self._free > 0 and not (lends and waits):
            self._free -= 1
            return Seat(None)
        if parent is not None and lends:
            parent.lent = True
            return Seat(parent)
        return None

    async def turn(self, parent: Seat | None, *, waits: bool) -> Seat:
        """The same, when there is one."""
        future: asyncio.Future[Seat] = asyncio.get_running_loop().create_future()
        waiter = (parent, waits, future)
        self._waiting.append(waiter)
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.leave(future.result())
            raise
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    def leave(self, seat: Seat) -> None:
        """Give a seat back, for whoever has waited longest and may have it."""
        if seat.lender is None:
            self._free += 1
        else:
            seat.lender.lent = False
        for waiter in tuple(self._waiting):
            parent, waits, future = waiter
            given = None if future.done() else self.seat(parent, waits=waits)
            if given is not None:
                self._waiting.remove(waiter)
                future.set_result(given)

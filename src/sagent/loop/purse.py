"""The ledger of a tree of agents: what each and all beneath it have spent and set aside (LOOP R15)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.loop.account import Account, Bill
from sagent.loop.holding import NOTHING, Held, held_by
from sagent.loop.spending import earlier
from sagent.schema.values import Limits

# All agents of a tree run on one event loop, so nothing here is locked: a change is whole, up to the root,
# before anybody else can look. Who waits is rung, not called back into: its core takes that as an alarm.

UNLIMITED: Final = Limits(max_tool_call_rounds=None, max_budget_usd=None, max_budget_tokens=None)
"""Nothing stops it."""


@frozen(kw_only=True)
class Room:
    """What one budget leaves to a request of an agent that it holds for."""

    purse: "Purse"
    """Whose budget it is."""
    is_own: bool
    """Whether it is that of the agent itself."""
    usd: float | None
    """What is left in dollars; None where that is not limited."""
    tokens: int | None
    """The same in tokens."""
    others: Held
    """What it holds for others; of what they have set aside they will give something back."""
    shared: bool
    """Whether others want something of it too."""

    def fits(self, usd: float, tokens: int, *, at_best: bool = False) -> bool:
        """Whether so much is left, now or, at best, when others have given back all that they set aside."""
        back_usd = self.others.aside_usd if at_best else 0.0
        back_tokens = self.others.aside_tokens if at_best else 0
        return (self.usd is None or self.usd + back_usd >= usd) and (
            self.tokens is None or self.tokens + back_tokens >= tokens
        )


@frozen()
class _Waiter:
    usd: float
    tokens: int
    ring: Callable[[], None]


class Purse:
    """One agent's place in the ledger: its own limits, and what it and its descendants hold."""

    __slots__ = ("_account", "_below", "_limits", "_told", "_waiting", "name", "parent")

    def __init__(self, parent: "Purse | None" = None, name: str = "") -> None:
        """An agent of this name that spends what `parent` has, if it has one."""
        self.parent: Purse | None = parent
        self.name: str = name
        self._limits: Limits = UNLIMITED
        self._account: Account | None = None
        self._told: Held = NOTHING  # what those above count of this agent alone
        self._below: Held | None = None  # what its descendants hold; None while there was nothing
        self._waiting: Sequence[_Waiter] = ()

    @property
    def limits(self) -> Limits:
        """The agent's own limits; those of its ancestors hold beside them."""
        return self._limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._limits = limits
        self._ring(len(self._waiting))

    @property
    def held(self) -> Held:
        """What the agent and all its descendants hold."""
        held = Held()
        held.shift(NOTHING, held_by(self._account))
        held.shift(NOTHING, self._below or NOTHING)
        return held

    @property
    def left(self) -> tuple[float | None, int | None]:
        """What may still be spent in dollars and tokens, by the narrowest budget; None where none holds."""
        rooms = self.rooms()
        usd = [room.usd for room in rooms if room.usd is not None]
        tokens = [room.tokens for room in rooms if room.tokens is not None]
        return min(usd, default=None), min(tokens, default=None)

    def rooms(self) -> Sequence[Room]:
        """What each budget that holds leaves to a request of the agent, its own first."""
        own, rooms = held_by(self._account), list[Room]()
        purse: Purse | None = self
        while purse is not None:
            limits = purse.limits
            if limits.max_budget_usd is not None or limits.max_budget_tokens is not None:
                rooms.append(purse.room(own, is_own=purse is self))
            purse = purse.parent
        return rooms

    def room(self, own: Held, *, is_own: bool) -> Room:
        """What this budget leaves beside what the asker, one of those that it holds for, has set aside."""
        others, usd, tokens = self.held, self._limits.max_budget_usd, self._limits.max_budget_tokens
        others.aside_usd, others.requests = others.aside_usd - own.aside_usd, others.requests - own.requests
        others.aside_tokens -= own.aside_tokens
        return Room(
            purse=self,
            is_own=is_own,
            usd=None if usd is None else usd - others.usd - others.aside_usd,
            tokens=None if tokens is None else tokens - others.tokens - others.aside_tokens,
            others=others,
            shared=not is_own or others.requests > 0 or bool(self._waiting),
        )

    def join(self, parent: "Purse") -> None:
        """The agent belongs to another one from now on, who pays for what it has spent before, too.

        Raises:
            UsageError: it belongs to one already, or is that one's ancestor.
        """
        above: Purse | None = parent
        while above is not None and above is not self:
            above = above.parent
        if self.parent is not None or above is self:
            raise UsageError(
                f"{self.name} belongs to another agent already, and can have but one budget above"
            )
        self.parent, self._told = parent, held_by(self._account)
        parent.count(NOTHING, self.held)

    def balance(self, account: Account) -> None:
        """What the agent has spent and set aside is this by now; all above it count that in."""
        is_first, self._account = self._account is None, account
        self._wake()
        if self.parent is not None:
            before, self._told = self._told, held_by(account)
            if is_first:  # it has been here before: what its log tells is counted, but was not spent now
                before = replace(before, spending=self._told.spending)
            self.parent.count(before, self._told)

    def leave(self) -> None:
        """The agent has ended: what is still set aside for it does not come back."""
        own = held_by(self._account)
        if own.requests:
            usd, tokens = own.usd + own.aside_usd, own.tokens + own.aside_tokens
            self.balance(Account(models=own.spending.models, charged_usd=usd, charged_tokens=tokens))

    def add(self, bill: Bill) -> None:
        """Descendants of an earlier process have spent this; one that goes on in its log counts itself.

        Of what was consumed those above know from their own logs.
        """
        self.count(NOTHING, Held(usd=bill.charged_usd, tokens=bill.charged_tokens))
        self.recall(bill)

    def recall(self, bill: Bill) -> None:
        """The same of one that counts itself by now: what it consumed in an earlier process is told here."""
        self._below = self._below or Held()
        self._below.spending = self._below.spending.plus(earlier(bill.usage, bill.cost_usd))

    def count(self, before: Held, after: Held) -> None:
        """What one of the descendants holds has become something else."""
        self._below = self._below or Held()
        self._below.shift(before, after)
        self._wake()
        if self.parent is not None:
            self.parent.count(before, after)

    def wait(self, usd: float, tokens: int, ring: Callable[[], None]) -> None:
        """Ring once so much may be left here, or nothing is set aside that could come back."""
        self._waiting = (*self._waiting, _Waiter(usd, tokens, ring))
        self._wake()

    def _wake(self) -> None:
        """Ring those for whom there is enough, first come first served; all where no more will come back."""
        if not self._waiting:
            return
        room, enough, usd, tokens = self.room(NOTHING, is_own=True), 0, 0.0, 0
        for waiter in self._waiting:
            usd, tokens = usd + waiter.usd, tokens + waiter.tokens
            if room.others.requests and not room.fits(usd, tokens):
                break
            enough += 1
        self._ring(enough)

    def _ring(self, number: int) -> None:
        rung, self._waiting = self._waiting[:number], self._waiting[number:]
        for waiter in rung:
            waiter.ring()

"""The way to one account, shared by all agents of the process: it narrows where the provider wants that."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from time import monotonic, time
from typing import Final
from weakref import WeakSet, WeakValueDictionary

from sagent.errors import LONGEST_ASKED
from sagent.providers.renewal import windows

UNSAID: Final = 0.5
"""For how many seconds nobody sets out where the provider is too busy and does not say for how long."""

PEACE: Final = 120.0
"""After how many seconds without a complaint a lane is as wide as it was before the first one."""


LOOK: Final = 1.0
"""Seconds after which who is to set out next looks again: nobody wakes it if an event loop stands still."""


class Lane:
    """Lets requests pass: all of them at once, until the provider complains.

    Then no more are under way at once than half of what was too much, one more for each round that goes well
    (additive increase, multiplicative decrease), and none before the time that the provider names. Whoever
    has to wait stands in one queue: first come, first served. Agents of all threads and event loops share it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        # What is lost with its event loop leaves by itself.
        self._busy: WeakSet[Pass] = WeakSet()
        self._queue: OrderedDict[Pass, None] = OrderedDict()
        self._width: float | None = None
        self._opens = 0.0
        self._number = 0
        self._narrowed = (0, 0.0)

    def enter(self) -> "Pass":
        """Line up for one request."""
        return Pass(self)

    def admit(self, one: "Pass") -> bool:
        """Whether it may set out now; if not, it stands in the queue."""
        with self._lock:
            if one in self._busy:
                return True
            if not self._is_free() or (self._queue and self._head() is not one):
                self._queue[one] = None
                return False
            self._queue.pop(one, None)
            self._number += 1
            one.number = self._number
            self._busy.add(one)
            self._wake()
            return True

    def pause(self, one: "Pass") -> float | None:
        """For how many seconds nobody sets out; None for who has only to wait for others.

        Who is the first in the queue looks now and then whether those under way still move.
        """
        with self._lock:
            if self._head() is not one:
                return None
            closed = self._opens - monotonic()
            return closed if closed > 0 else LOOK

    def ahead(self, one: "Pass") -> tuple[int, float]:
        """How many stand before it in the queue, and for how many seconds nobody sets out."""
        with self._lock:
            before = list(self._queue).index(one) if one in self._queue else 0
            return before, max(0.0, self._opens - monotonic())

    def hear(self, one: "Pass", headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Learn from the head of an answer how much may still be asked."""
        named = {
            name.lower().decode("latin-1"): value.decode("latin-1")
            for name, value in headers
            if b"ratelimit" in name.lower()
        }
        with self._lock:
            one.answered = True
            for window in windows(named, time()) if named else ():
                # What is counted in tokens cannot be foreseen: there the provider's refusal tells.
                if "request" not in window.of or window.left > len(self._busy):
                    continue
                if window.left > self._unheard():  # which takes longer to tell
                    continue
                wait = window.seconds
                if window.fills and window.limit is not None and window.limit > window.left:
                    wait /= window.limit - window.left  # one more request is allowed by then
                self._close(wait)

    def narrow(self, one: "Pass", seconds: float | None) -> None:
        """The provider refused a request as too much, and may have said for how long."""
        with self._lock:
            now = monotonic()
            self._close(UNSAID if seconds is None else seconds)
            if one.number > self._narrowed[0]:  # the others of one burst tell nothing new
                self._width = max(1.0, (self._width or len(self._busy)) / 2)
                self._narrowed = self._number, now
            else:
                self._narrowed = self._narrowed[0], now

    def widen(self) -> None:
        """A request went well."""
        with self._lock:
            if self._width is not None:
                self._width += 1 / self._width
                if not self._queue and monotonic() - self._narrowed[1] > PEACE:
                    self._width = None

    def leave(self, one: "Pass") -> None:
        """It is over, or given up."""
        with self._lock:
            self._busy.discard(one)
            self._queue.pop(one, None)
            self._wake()

    def _unheard(self) -> int:
        """How many are under way of whose answer nothing has come."""
        return sum(not one.answered for one in self._busy)

    def _close(self, seconds: float) -> None:
        if seconds <= LONGEST_ASKED:  # a longer one is a stop, which each hears for itself
            self._opens = max(self._opens, monotonic() + seconds)

    def _is_free(self) -> bool:
        if monotonic() < self._opens:
            return False
        # What stands still with its event loop keeps nobody waiting.
        return self._width is None or sum(not one.lost for one in self._busy) < int(self._width)

    def _head(self) -> "Pass | None":
        while self._queue:
            one = next(iter(self._queue))
            if not one.lost:
                return one
            del self._queue[one]
            _ = one.wake()  # where its loop goes on, it lines up again
        return None

    def _wake(self) -> None:
        while (one := self._head()) is not None and not one.wake():
            del self._queue[one]


class Pass:
    """One request on its way through a lane."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._woken: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.number: int = 0
        """The place among all that set out."""
        self.answered: bool = False
        """Whether the head of its answer has come."""

    @property
    def lost(self) -> bool:
        """Whether its event loop has ended, or stands still."""
        return self._loop is not None and not self._loop.is_running()

    def begin(self) -> bool:
        """Set out, if the way is free; if not, stand in the queue."""
        self._loop = _loop()
        return self._lane.admit(self)

    @property
    def outlook(self) -> tuple[int, float]:
        """How many stand before it, and for how many seconds nobody sets out."""
        return self._lane.ahead(self)

    async def wait(self) -> None:
        """Return when it is worth while to ask again whether the way is free."""
        self._woken = asyncio.get_running_loop().create_future()
        # Whether the way became free before the line above is asked once more.
        if self._lane.admit(self):
            return
        await asyncio.wait((self._woken,), timeout=self._lane.pause(self))

    def wake(self) -> bool:
        """Have it look again; False if nobody is there any more."""
        woken = self._woken
        if woken is None:
            return True  # it is about to look by itself
        try:
            woken.get_loop().call_soon_threadsafe(_set, woken)
        except RuntimeError:  # its event loop was closed in this moment
            return False
        return True

    def heard(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """The head of the answer has come."""
        self._lane.hear(self, headers)

    def refused(self, seconds: float | None) -> None:
        """The provider is too busy, for so many seconds if it says so."""
        self._lane.narrow(self, seconds)

    def passed(self) -> None:
        """The answer has come whole."""
        self._lane.widen()

    def leave(self) -> None:
        """It is over."""
        self._lane.leave(self)


def lane(host: str, secret: str) -> Lane:
    """The lane to a host with a key; the key is kept as a digest only."""
    import hashlib

    account = host, hashlib.blake2b(secret.encode(), digest_size=16).digest()
    with _LOCK:
        found = _LANES.get(account)
        if found is None:
            found = _LANES[account] = Lane()
        return found


def _loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs here, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _set(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


_LOCK: Final = Lock()
_LANES: Final[WeakValueDictionary[tuple[str, bytes], Lane]] = WeakValueDictionary()

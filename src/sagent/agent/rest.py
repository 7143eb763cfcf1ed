"""Rest: of the idle agents of an event loop only the last few stay awake; its log wakes any other."""

import asyncio
from collections import OrderedDict
from typing import Final
from weakref import WeakKeyDictionary, ref

from typing_extensions import Protocol, runtime_checkable

AWAKE: Final = 100
"""How many idle agents of one event loop stay awake: to wake one takes as long as to read its log."""


@runtime_checkable
class Restful(Protocol):
    """A session that can let go of its medium for a while."""

    def rest(self) -> None:
        """Let go of the medium until `wake`; what was kept can still be read."""
        ...

    def wake(self) -> bool:
        """Take hold of it again; whether somebody else has written there meanwhile.

        Raises:
            SessionError: somebody else holds it, or it cannot be opened.
        """
        ...


class Idler(Protocol):
    """Whoever can rest."""

    def rest(self) -> None:
        """Let go of what the log tells, if nothing goes on."""
        ...


class Idlers:
    """The idle agents of one event loop, by when they became idle; none is kept alive by being here."""

    __slots__ = ("_most", "_planned", "_waiting")

    def __init__(self, most: int = AWAKE) -> None:
        self._most = most
        self._waiting: OrderedDict[ref[Idler], None] = OrderedDict()
        self._planned = False

    def add(self, idler: Idler, loop: asyncio.AbstractEventLoop) -> None:
        """One has become idle; if too many are, the first of them rest soon."""
        who = ref(idler)
        self._waiting.pop(who, None)
        self._waiting[who] = None
        if len(self._waiting) > self._most and not self._planned:
            self._planned = True
            loop.call_soon(self._thin)

    def _thin(self) -> None:
        self._planned = False
        while len(self._waiting) > self._most:
            who, _ = self._waiting.popitem(last=False)
            idler = who()
            if idler is not None:
                idler.rest()


def idle(idler: Idler) -> None:
    """Note that one has become idle; where no event loop runs, nobody rests."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    _OF.setdefault(loop, Idlers()).add(idler, loop)


_OF: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Idlers]] = WeakKeyDictionary()

"""The one door at which ids are made: by time, maker and count, so that they sort and never collide."""

from typing import Final

from sagent.atoms import CallId, MessageId

MOST_IN_A_MILLISECOND: Final = 0xFFFF
"""A fifth digit of the count would not sort; what comes then is dated a millisecond later."""


class Ids:
    """Makes the ids of one agent in one process; equal makers asked at equal times make equal ids."""

    __slots__ = ("_count", "_maker", "_millisecond", "_stem")

    def __init__(self, maker: str) -> None:
        self._maker = maker
        self._begin(0)

    def _begin(self, millisecond: int) -> None:
        self._millisecond = millisecond
        self._stem = f"{millisecond:011x}-"
        self._count = 0

    def message(self, now: float) -> MessageId:
        """A new message id, greater than all before it."""
        return MessageId(self._next("m", now))

    def call(self, now: float) -> CallId:
        """A new call id, of a shape that every provider takes: under 40 letters, digits and dashes."""
        return CallId(self._next("c", now))

    def _next(self, kind: str, now: float) -> str:
        millisecond = int(now * 1000)
        if millisecond > self._millisecond:
            self._begin(millisecond)
        elif self._count < MOST_IN_A_MILLISECOND:
            self._count += 1
        else:
            self._begin(self._millisecond + 1)
        return f"{kind}{self._stem}{self._count:04x}-{self._maker}"

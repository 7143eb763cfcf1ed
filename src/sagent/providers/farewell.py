"""The end of an answer: what stands behind it is not waited for as long as the answer itself."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final

GRACE: Final = 2.0
"""For how many seconds in all whatever still comes is waited for: what was used, and the end of the body.

Usage may stand behind the reason why a model stopped, and only where the body has ended can the connection be
used again.
"""


class Farewell:
    """What comes once the model has said that it is done."""

    def __init__(self, batches: AsyncGenerator[Sequence[str]]) -> None:
        self._batches = batches
        self._end: float | None = None

    async def next(self) -> Sequence[str] | None:
        """What comes next within the grace; None if the request is over: its connection is closed then."""
        self._end = self._end or asyncio.get_running_loop().time() + GRACE
        try:
            async with asyncio.timeout_at(self._end):
                return await anext(self._batches, None)
        except TimeoutError:
            return None

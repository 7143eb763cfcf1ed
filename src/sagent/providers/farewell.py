"""The end of an answer: what stands behind it is not waited for as long as the answer itself."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final

GRACE: Final = 2.0
"""For how many seconds whatever comes next is waited for: what was used, and the end of the body.

Usage may stand behind the reason why a model stopped, and only where the body has ended can the connection be
used again.
"""


async def soon(batches: AsyncGenerator[Sequence[str]]) -> Sequence[str] | None:
    """What comes next within the grace; nothing if the request is over, and then its connection is closed."""
    try:
        async with asyncio.timeout(GRACE):
            return await anext(batches, None)
    except TimeoutError:
        return None

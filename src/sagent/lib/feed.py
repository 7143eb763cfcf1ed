"""A line of items from callbacks to one asynchronous reader."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Feed(Generic[T]):
    """Putting never waits; reading ends when the feed is closed and empty. For one event loop."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._closed = False
        self._waiting: asyncio.Future[None] | None = None

    def put(self, item: T) -> None:
        """Add an item at the end."""
        self._items.append(item)
        self._wake()

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            while self._items:
                yield self._items.popleft()
            if self._closed:
                return
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting

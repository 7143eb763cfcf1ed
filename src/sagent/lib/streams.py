"""Leaving an asynchronous iterator early without leaving it running."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Closing(Generic[T]):
    """Iterate inside the block; a generator is closed when the block is left, however it is left."""

    __slots__ = ("_items",)

    def __init__(self, items: AsyncIterator[T]) -> None:
        self._items = items

    async def __aenter__(self) -> AsyncIterator[T]:
        return self._items

    async def __aexit__(self, *_: object) -> None:
        if isinstance(self._items, AsyncGenerator):
            await self._items.aclose()

"""Leaving an iterator early closes it."""

from collections.abc import AsyncIterator

import pytest
from typing_extensions import override

from sagent.lib.streams import Closing


async def counted(diary: list[str]) -> AsyncIterator[int]:
    try:
        yield 1
        yield 2
    finally:
        diary.append("closed")


async def test_a_generator_is_closed_when_the_block_is_left_early() -> None:
    diary: list[str] = []

    async with Closing(counted(diary)) as numbers:
        first = await anext(numbers)

    assert (first, diary) == (1, ["closed"])


async def test_a_generator_is_closed_when_the_block_raises() -> None:
    diary: list[str] = []

    async def broken() -> None:
        async with Closing(counted(diary)) as numbers:
            await anext(numbers)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()

    assert diary == ["closed"]


class Endless(AsyncIterator[int]):
    """An iterator that is no generator and has nothing to close."""

    @override
    async def __anext__(self) -> int:
        return 1


async def test_an_iterator_that_cannot_be_closed_is_simply_left() -> None:
    async with Closing(Endless()) as numbers:
        assert await anext(numbers) == 1

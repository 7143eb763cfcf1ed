"""A feed gives its reader everything, in order, and then ends."""

import asyncio

from sagent.lib.feed import Feed


async def test_what_was_put_before_reading_is_read_in_order() -> None:
    feed: Feed[int] = Feed()
    for number in range(3):
        feed.put(number)
    feed.close()

    assert [number async for number in feed] == [0, 1, 2]


async def test_a_reader_waits_for_what_comes_later() -> None:
    feed: Feed[int] = Feed()
    loop = asyncio.get_running_loop()
    loop.call_soon(feed.put, 1)
    loop.call_soon(feed.put, 2)
    loop.call_soon(feed.close)

    assert [number async for number in feed] == [1, 2]


async def test_closing_ends_a_reader_that_waits() -> None:
    feed: Feed[int] = Feed()
    reading = asyncio.create_task(anext(aiter(feed), None))

    asyncio.get_running_loop().call_soon(feed.close)

    assert await asyncio.wait_for(reading, 1.0) is None


async def test_a_reader_that_leaves_can_be_followed_by_another() -> None:
    feed: Feed[int] = Feed()
    feed.put(1)
    feed.put(2)
    first = await anext(aiter(feed))
    feed.close()

    rest = [number async for number in feed]

    assert (first, rest) == (1, [2])


async def test_a_reader_that_was_cancelled_loses_nothing() -> None:
    feed: Feed[int] = Feed()
    reading = asyncio.create_task(anext(aiter(feed), None))
    started = asyncio.Event()
    asyncio.get_running_loop().call_soon(started.set)
    await started.wait()
    reading.cancel()

    feed.put(1)
    feed.close()

    assert [number async for number in feed] == [1]

"""One lane for all requests with one key: open until the provider complains, then a fair queue."""

import asyncio
import json
import threading
import time
from collections.abc import Sequence

import pytest

from sagent.errors import Overloaded
from sagent.protocols import Chunk, Reply
from sagent.providers import Google
from sagent.providers.lane import Lane, Pass, lane
from sagent.schema.event import Retry
from tests.providers.conversation import prompt, request
from tests.providers.loopback import Line, serving, whole

DONE = json.dumps(
    {
        "candidates": [{"content": {"parts": [{"text": "x"}], "role": "model"}, "finishReason": "STOP"}],
        "modelVersion": "gemini-2.5-flash",
    }
)
BUSY = whole("429 Slow", b'{"error": {"code": 429, "message": "slow"}}', "retry-after: 0.1")


def through(road: Lane, count: int) -> Sequence[Pass]:
    """So many requests that want to set out."""
    return [road.enter() for _ in range(count)]


def test_nobody_waits_where_nothing_was_learned() -> None:
    road = Lane()

    assert all(one.begin() for one in through(road, 1000))


def test_after_a_complaint_half_as_many_are_under_way_and_the_others_wait_in_order() -> None:
    road = Lane()
    first = through(road, 8)
    under_way = [one.begin() for one in first]
    for one in first:
        one.refused(0.0)
        one.leave()

    later = through(road, 6)
    found = [one.begin() for one in later]

    assert under_way == [True] * 8
    assert found == [True] * 4 + [False] * 2
    assert [one.outlook[0] for one in later[4:]] == [0, 1]
    later[0].leave()
    assert [one.begin() for one in (later[5], later[4])] == [False, True]


def test_one_burst_of_complaints_narrows_once_and_the_next_one_again() -> None:
    road = Lane()
    for count in (8, 4):
        burst = through(road, count)
        for one in burst:
            assert one.begin()
        for one in burst:
            one.refused(0.0)
            one.leave()

    later = through(road, 4)

    assert [one.begin() for one in later] == [True, True, False, False]


def test_each_round_that_goes_well_makes_room_for_one_more() -> None:
    road = Lane()
    burst = through(road, 4)
    for one in burst:
        assert one.begin()
    burst[0].refused(0.0)
    for one in burst:
        one.leave()
    for one in through(road, 2):
        assert one.begin()
        one.passed()
        one.leave()
    for one in through(road, 2):
        assert one.begin()
        one.passed()
        one.leave()

    later = through(road, 4)

    assert [one.begin() for one in later].count(True) == 3


async def test_nobody_sets_out_before_the_time_that_the_provider_names() -> None:
    road = Lane()
    first = road.enter()
    assert first.begin()
    first.refused(0.1)
    first.leave()
    began = time.monotonic()

    second = road.enter()
    while not second.begin():
        await second.wait()

    assert time.monotonic() - began >= 0.09


async def test_who_gives_up_makes_room_for_the_next_in_the_queue() -> None:
    road = Lane()
    first = road.enter()
    assert first.begin()
    first.refused(0.05)
    second, third = through(road, 2)
    assert not second.begin()
    waiting = asyncio.create_task(second.wait())
    assert not third.begin()
    following = asyncio.create_task(third.wait())

    waiting.cancel()
    await asyncio.wait((waiting,))
    second.leave()
    first.leave()
    await asyncio.wait_for(following, 20)
    while not third.begin():
        await third.wait()


def test_what_is_left_of_an_allowance_paces_the_next_request() -> None:
    road = Lane()
    one = road.enter()
    assert one.begin()
    one.heard(
        [
            (b"X-RateLimit-Limit-Requests", b"60"),
            (b"X-RateLimit-Remaining-Requests", b"0"),
            (b"X-RateLimit-Reset-Requests", b"60s"),
        ]
    )
    one.leave()

    free, (_, seconds) = (second := road.enter()).begin(), second.outlook

    assert not free
    assert 0.5 < seconds <= 1.0


@pytest.mark.parametrize(
    "headers",
    [
        [(b"x-ratelimit-remaining-requests", b"5"), (b"x-ratelimit-reset-requests", b"60s")],
        [(b"x-ratelimit-remaining-tokens", b"0"), (b"x-ratelimit-reset-tokens", b"60s")],
        [(b"ratelimit", b'"day";r=0;t=36000')],
        [(b"content-type", b"text/event-stream")],
    ],
    ids=["enough", "tokens", "a stop and no wait", "nothing"],
)
def test_headers_that_ask_nobody_to_wait_make_nobody_wait(headers: Sequence[tuple[bytes, bytes]]) -> None:
    road = Lane()
    one = road.enter()
    assert one.begin()

    one.heard(headers)

    assert road.enter().begin()


def test_a_key_and_a_host_have_one_lane_and_others_their_own() -> None:
    mine = lane("h", "key")

    assert lane("h", "key") is mine
    assert lane("h", "other") is not mine
    assert lane("i", "key") is not mine


def test_who_waited_on_an_event_loop_that_ended_is_in_nobodys_way() -> None:
    road = Lane()
    first = road.enter()
    assert first.begin()
    first.refused(0.05)
    lost = road.enter()

    async def waits() -> None:
        assert not lost.begin()
        task = asyncio.create_task(lost.wait())
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(waits())
    first.leave()

    async def passes() -> bool:
        one = road.enter()
        while not one.begin():
            await one.wait()
        return one.begin()

    assert asyncio.run(passes())


def test_who_waits_on_an_event_loop_that_stands_still_holds_up_nobody_and_lines_up_again() -> None:
    road = Lane()
    first = road.enter()
    assert first.begin()
    first.refused(0.05)
    still = asyncio.new_event_loop()

    async def passes() -> bool:
        one = road.enter()
        while not one.begin():
            await one.wait()
        one.leave()
        return True

    waiting = still.create_task(passes())
    still.run_until_complete(asyncio.sleep(0))
    first.leave()

    meanwhile = asyncio.run(asyncio.wait_for(passes(), 20))
    later = still.run_until_complete(asyncio.wait_for(waiting, 20))
    still.close()

    assert (meanwhile, later) == (True, True)


def test_who_is_under_way_on_an_event_loop_that_stands_still_keeps_nobody_waiting() -> None:
    road = Lane()
    still = asyncio.new_event_loop()
    held = road.enter()

    async def sets_out() -> bool:
        return held.begin()

    began = still.run_until_complete(sets_out())
    held.refused(0.0)

    async def passes() -> bool:
        one = road.enter()
        while not one.begin():
            await one.wait()
        one.leave()
        return True

    passed = asyncio.run(asyncio.wait_for(passes(), 20))
    still.close()

    assert (began, passed) == (True, True)


def test_who_is_first_in_the_queue_sees_that_an_event_loop_has_come_to_stand_still() -> None:
    road = Lane()
    still = asyncio.new_event_loop()
    begun, queued = threading.Event(), threading.Event()

    async def sets_out() -> Pass:
        held = road.enter()
        assert held.begin()
        held.refused(0.0)
        begun.set()
        await asyncio.to_thread(queued.wait)
        return held

    async def passes() -> bool:
        one = road.enter()
        assert not one.begin()
        queued.set()
        while not one.begin():
            await one.wait()
        return True

    held: list[Pass] = []
    thread = threading.Thread(target=lambda: held.append(still.run_until_complete(sets_out())))
    thread.start()
    begun.wait(20)
    passed = asyncio.run(asyncio.wait_for(passes(), 20))
    thread.join(20)
    still.run_until_complete(still.shutdown_default_executor())
    still.close()

    assert (passed, len(held)) == (True, 1)


def test_agents_of_two_threads_share_one_queue() -> None:
    road = Lane()
    first = road.enter()
    assert first.begin()
    first.refused(0.0)
    done: list[int] = []

    def passes(number: int) -> None:
        async def main() -> None:
            one = road.enter()
            while not one.begin():
                await one.wait()
            done.append(number)
            one.leave()

        asyncio.run(main())

    threads = [threading.Thread(target=passes, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    waited = list(done)
    first.leave()
    for thread in threads:
        thread.join(20)

    assert (waited, sorted(done)) == ([], list(range(8)))


async def answers(url: str, key: str) -> Sequence[Chunk]:
    model = Google.from_key(key, base_url=url).model()
    return [chunk async for chunk in model.stream(request([prompt("hi")]))]


async def test_a_refused_request_holds_up_all_agents_of_its_key_and_no_others() -> None:
    came: list[str] = []

    async def busy(line: Line) -> None:
        await line.send(BUSY.replace(b"0.1", b"1.5"))

    async def fine(line: Line) -> None:
        came.append("mine" if b"x-goog-api-key: mine" in line.head else "other")
        await line.stream(DONE)

    async with serving(busy, fine, fine) as server:
        refused = Google.from_key("mine", base_url=server.url).model()
        with pytest.raises(Overloaded):
            await anext(refused.stream(request([prompt("hi")])))
        mine, other = await asyncio.gather(answers(server.url, "mine"), answers(server.url, "other"))

    assert came == ["other", "mine"]
    assert [type(chunk) for chunk in other][-1] is Reply
    told = mine[0]
    assert isinstance(told, Retry)
    assert (told.attempt, 1 < told.seconds <= 1.5) == (0, True)
    assert told.content == (
        f"Google gemini-2.5-flash at {server.url.removeprefix('http://')} "
        "wants fewer requests with this key: this one waits"
    )


async def test_a_hundred_agents_at_a_limit_of_eight_all_come_through() -> None:
    at_once = most = refusals = 0

    async def limited(line: Line) -> None:
        nonlocal at_once, most, refusals
        if at_once >= 8:
            refusals += 1
            await line.send(BUSY)
            return
        at_once += 1
        most = max(most, at_once)
        await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.01)
        at_once -= 1
        await line.stream(DONE)

    async with serving(*[limited] * 2000) as server:
        model = Google.from_key("limited", base_url=server.url).model()

        async def agent() -> int:
            for attempt in range(1, 100):
                try:
                    async for _ in model.stream(request([prompt("hi")])):
                        pass
                except Overloaded:
                    continue
                return attempt
            return 100

        attempts = await asyncio.gather(*(agent() for _ in range(100)))

    assert most == 8
    assert max(attempts) <= 20
    assert refusals < 400

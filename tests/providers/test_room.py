"""How many requests to one host are under way at once."""

import asyncio

from sagent.providers.direct import Direct
from sagent.providers.room import MOST, Room
from sagent.providers.transport import Call
from tests.providers.loopback import Line, serving


async def asked(url: str) -> list[str]:
    batches = Direct().stream(Call(url=url, headers={}, body=b"{}"))
    return [data async for batch in batches for data in batch]


async def test_a_host_that_is_slow_keeps_nobody_waiting_who_asks_another() -> None:
    let_go = asyncio.Event()

    async def slow(line: Line) -> None:
        await let_go.wait()
        await line.stream("x")

    many = [slow] * (MOST + 1)
    async with serving(*many) as here, serving(lambda line: line.stream("y")) as there, asyncio.timeout(60):
        waiting = [asyncio.create_task(asked(here.url)) for _ in many]
        found = await asked(there.url)
        let_go.set()
        ended = await asyncio.gather(*waiting)

    assert (found, ended) == (["y"], [["x"]] * len(many))
    assert here.connections <= MOST


async def test_a_host_that_nobody_asks_is_forgotten() -> None:
    rooms = Room(most=1)
    async with rooms.to("a:1"):
        held = (rooms.to("a:1").locked(), rooms.to("b:1").locked())

    assert (held, rooms.to("a:1").locked()) == ((True, False), False)

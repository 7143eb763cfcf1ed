"""The ways out of an event loop."""

import asyncio

from sagent.providers.connections import Connections
from sagent.providers.ways import Way, way


async def test_all_models_of_an_event_loop_go_the_same_way() -> None:
    first, second = await asyncio.gather(way(proxied=False), way(proxied=False))

    assert first is second


def test_another_event_loop_has_a_way_of_its_own() -> None:
    async def once() -> Way:
        return await way(proxied=False)

    ways = [asyncio.run(once()), asyncio.run(once())]

    assert ways[0] is not ways[1]
    assert all(isinstance(each, Connections) for each in ways)

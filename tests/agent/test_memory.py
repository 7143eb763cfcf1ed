"""How much memory an agent takes, counted: in flight, and when it rests."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from sagent.agent import Agent
from sagent.lib.json import EMPTY
from sagent.messages.usage import NOTHING_SPENT
from sagent.protocols import Chunk, ModelLimits, Reply, Request
from sagent.schema.part import Text
from sagent.schema.values import ModelSpec
from tests.agent.props import Trick, echo

COUNT = 300


class Patient:
    """A model that answers everybody alike, when it is let."""

    spec = ModelSpec(provider="test", dialect="test", endpoint="", model="patient", options=EMPTY)
    limits = ModelLimits()

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.asked_by_all = asyncio.Event()
        self._asked = 0

    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        self._asked += 1
        if self._asked > COUNT:
            self.asked_by_all.set()
        await self.let.wait()
        said = (Text(content="It is done."),)
        yield Reply(content=said, model="patient", stop="end", usage=NOTHING_SPENT, cost_usd=0.0, native=())


@contextmanager
def counted() -> Iterator[list[float]]:
    """How many bytes each agent has taken since, noted in the list at the end."""
    sizes: list[float] = []
    gc.collect()
    tracemalloc.start(1)
    try:
        yield sizes
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0] / COUNT)
    finally:
        tracemalloc.stop()


async def test_an_agent_in_flight_takes_less_than_twenty_kilobytes_and_one_that_rests_less_than_six() -> None:
    model, tools = Patient(), [Trick("echo", echo)]
    warm = asyncio.create_task(Agent(model, tools=tools).run("warm up"))

    with counted() as flying:
        agents = [Agent(model, tools=tools) for _ in range(COUNT)]
        runs = [asyncio.create_task(agent.run("please do it")) for agent in agents]
        await model.asked_by_all.wait()
    model.let.set()
    await asyncio.gather(warm, *runs)
    del runs, agents, warm
    with counted() as resting:
        agents = [Agent(model, tools=tools) for _ in range(COUNT)]
        await asyncio.gather(*(agent.run("please do it") for agent in agents))
        for agent in agents:
            agent.rest()

    assert flying[0] < 20_000
    assert resting[0] < 6_000

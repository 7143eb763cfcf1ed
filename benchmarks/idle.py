"""What ten thousand conversations cost that have had a short turn and wait for the next one."""

import asyncio
import gc
import os
import sys
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

from sagent.agent import Agent
from sagent.messages.usage import NOTHING_SPENT
from sagent.protocols import Chunk, Model, ModelLimits, Reply, Request
from sagent.schema.part import Text
from sagent.schema.values import ModelSpec
from sagent.tools import tool

COUNT = 10_000
AT_ONCE = 250


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    for where, told in (("memory", "in memory"), ("disk", "in files")):
        held, descriptors, again = map(float, _measured(where).split())
        yield f"{COUNT:,} idle conversations {told}", f"{held:.1f} KB", "each; goal 8 KB"
        yield "descriptors of them", f"{descriptors:.0f}", ""
        yield "processor time of a second turn, which wakes one", f"{again:.2f} ms", ""


def _measured(where: str) -> str:
    command = [sys.executable, "-m", "benchmarks.idle", where]
    return run(command, capture_output=True, text=True, check=True).stdout


class Curt:
    """A model that says the same to everybody, at once."""

    spec = ModelSpec(provider="bench", dialect="bench", endpoint="here", model="curt", options={})
    limits = ModelLimits(context_window=100_000)

    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        said = (Text(content="It is done."),)
        yield Reply(content=said, model="curt", stop="end", usage=NOTHING_SPENT, cost_usd=0.0, native=())


@tool
async def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


async def main(where: str) -> None:
    """Have all talk; print kilobytes of each, descriptors of all, and milliseconds of another turn."""
    model: Model = Curt()
    with TemporaryDirectory() as folder:
        place = Path(folder) if where == "disk" else None
        await _talk([Agent(model, tools=[add], session_dir=place) for _ in range(500)])
        tracemalloc.start(1)
        held, descriptors = _held(), _descriptors()
        agents = [Agent(model, tools=[add], session_dir=place) for _ in range(COUNT)]
        await _talk(agents)
        held = _held() - held
        tracemalloc.stop()
        seconds = _seconds()
        await _talk(agents[:1000])
        print(held / COUNT / 1000, _descriptors() - descriptors, (_seconds() - seconds))


async def _talk(agents: list[Agent]) -> None:
    for start in range(0, len(agents), AT_ONCE):
        await asyncio.gather(*(agent.run("please do it") for agent in agents[start : start + AT_ONCE]))
    await asyncio.sleep(0.01)


def _held() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _descriptors() -> int:
    return len([*Path("/dev/fd").iterdir()])


def _seconds() -> float:
    times = os.times()
    return times.user + times.system


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

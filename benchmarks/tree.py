"""A tree of agents: each has four children do its work, down to those that have none."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from subprocess import run
from typing import Final

from benchmarks.memory import peak
from sagent.agent import Agent
from sagent.children import TreeLimits
from sagent.messages.words import plain
from sagent.protocols import Chunk, Model, ModelLimits, Reply, Request
from sagent.schema.message import Prompt, ResponsePart, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.schema.values import ModelSpec, Usage
from sagent.testing.script import call
from sagent.tools.agent_spawn import AgentSpawn

DEPTH: Final = 6
BRANCHES: Final = 4
COUNT: Final = sum(BRANCHES**level for level in range(DEPTH + 1))
REQUESTS: Final = 2 * COUNT - BRANCHES**DEPTH
USED: Final = Usage(
    input_tokens=200,
    cache_read_tokens=0,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=100,
    reasoning_tokens=0,
)
"""What each request uses."""
BUDGET: Final = 2 * REQUESTS * 300
"""Tokens for the whole tree: twice what it uses."""


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    done = run([sys.executable, "-m", "benchmarks.tree"], capture_output=True, text=True, check=True)
    processor, wall, memory, used, left = map(float, done.stdout.split())
    what = f"{COUNT:,} agents, {DEPTH} generations of {BRANCHES} each"
    yield what, f"{processor:.1f} ms", "of processor time an agent"
    yield "until the first has all answers, in order", f"{wall:.0f} s", ""
    yield "memory at its peak", f"{memory:.0f} KB", "an agent"
    yield "of the budget used; tasks left", f"{used:.0%}; {left:.0f}", "goal 50%; 0"


class Delegating:
    """A model that hands on what it is asked, down to the last generation, and joins the answers."""

    spec = ModelSpec(provider="bench", dialect="bench", endpoint="here", model="tree", options={})
    limits = ModelLimits(context_window=100_000, max_output=100)

    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        content = _said(request)
        stop = "tool_calls" if isinstance(content[0], ToolCall) else "end"
        yield Reply(content=content, model="tree", stop=stop, usage=USED, cost_usd=0.0, native=())


def _said(request: Request) -> Sequence[ResponsePart]:
    came = [entry for entry in request.view if isinstance(entry, ToolResult)]
    if came:
        return (Text(content=" ".join("".join(map(plain, result.content)) for result in came)),)
    (asked,) = [entry for entry in request.view if isinstance(entry, Prompt)]
    path = "".join(map(plain, asked.content))
    if len(path) > DEPTH:
        return (Text(content=path),)
    return tuple(call("AgentSpawn", prompt=f"{path}{number}") for number in range(BRANCHES))


def leaves(path: str) -> Iterator[str]:
    """What those below are asked, in order."""
    if len(path) > DEPTH:
        yield path
        return
    for number in range(BRANCHES):
        yield from leaves(f"{path}{number}")


async def main() -> None:
    """Print milliseconds, seconds of all, kilobytes, the share of the budget, and tasks left."""
    model: Model = Delegating()
    limits = TreeLimits(max_depth=DEPTH, max_children=COUNT - 1)
    root = Agent(model, tools=[AgentSpawn()], max_budget_tokens=BUDGET, tree_limits=limits)
    memory, processor, wall = peak(), time.process_time(), time.perf_counter()
    answer = await root.run("/")
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    memory = (peak() - memory) / 1024
    if answer != Text(content=" ".join(leaves("/"))):
        raise AssertionError(f"the answers are not all there, or not in order: {answer.content[:200]}")
    tokens = root.purse.held.tokens
    await root.aclose()
    await asyncio.sleep(0)
    left = len(asyncio.all_tasks()) - 1
    print(processor / COUNT * 1000, wall, memory / COUNT, tokens / BUDGET, left)


if __name__ == "__main__":
    asyncio.run(main())

"""What a thousand agents at once cost in one process, beside requests of the same number without agents."""

import asyncio
import gc
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from benchmarks.answering import LATENCY, ROUNDS

COUNT = 1000
REQUESTS = ROUNDS + 1


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    what = f"{COUNT:,} agents, {ROUNDS} rounds of calls, {LATENCY * 1000:.0f} ms an answer"
    alone = _measured("requests")
    agents = _measured("agents")
    yield what, f"{agents[0]:.1f} ms", "of processor time an agent; goal 6 ms"
    yield "the same requests by httpx2 alone, in 25 clients", f"{alone[0]:.1f} ms", ""
    yield "agents done in a second", f"{COUNT / agents[1]:.0f}", "goal 150"
    yield "memory at its peak", f"{agents[2]:.0f} KB", "an agent; goal 30 KB"
    yield "memory of the requests alone", f"{alone[2]:.0f} KB", ""


def _measured(what: str) -> tuple[float, float, float]:
    """Processor milliseconds, wall seconds and kilobytes, measured in a process of its own."""
    with _serving() as port:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.fleet", what, port], capture_output=True, text=True, check=True
        )
    processor, wall, memory = map(float, done.stdout.split())
    return processor, wall, memory


@contextmanager
def _serving() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.answering"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.stdin.close()


async def main(what: str, url: str) -> None:
    """Measure one of the two, after a few to warm up."""
    one = await {"agents": agents, "requests": requests}[what](url)
    await asyncio.gather(*(one() for _ in range(5)))
    gc.collect()
    memory, processor, wall = _peak(), time.process_time(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(COUNT)))
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    print(processor / COUNT * 1000, wall, (_peak() - memory) / COUNT)


def _peak() -> int:
    """The most memory that the process ever had, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)


async def agents(url: str) -> Callable[[], Awaitable[object]]:
    """What makes an agent and has it answer."""
    from sagent.agent import Agent
    from sagent.providers import OpenAI
    from sagent.tools import tool

    @tool
    async def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    model = OpenAI.from_key("bench", base_url=url).model("gpt-5.2", stream=False, dialect="openai_chat")
    return lambda: Agent(model, tools=[add]).run("add them all")


async def requests(url: str) -> Callable[[], Awaitable[object]]:
    """What sends as many requests, and reads the answers."""
    import httpx2

    limits = httpx2.Limits(max_connections=10, max_keepalive_connections=10)
    clients = [httpx2.AsyncClient(limits=limits, timeout=None) for _ in range(25)]
    turn = iter(range(1 << 30))

    async def one() -> object:
        client = clients[next(turn) % len(clients)]
        said: list[object] = [{"role": "user", "content": "add them all"}]
        for _ in range(REQUESTS):
            response = await client.post(f"{url}/chat/completions", json={"model": "m", "messages": said})
            said.append(response.json()["choices"][0]["message"])
            said.append({"role": "tool", "content": "1"})
        return said

    return one


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], f"http://127.0.0.1:{sys.argv[2]}"))

"""What a thousand agents at once cost in one process, beside requests of the same number without agents."""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from benchmarks.answering import LATENCY, ROUNDS
from benchmarks.memory import peak

COUNT = 1000
REQUESTS = ROUNDS + 1


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    what = f"{COUNT:,} agents, {ROUNDS} rounds of calls, {LATENCY * 1000:.0f} ms an answer"
    alone, floor = _measured("requests"), _measured("sockets")
    agents = _measured("agents")
    yield what, f"{agents[0]:.1f} ms", "of processor time an agent; goal 6 ms"
    yield "the same requests by httpx2 alone, in 25 clients", f"{alone[0]:.1f} ms", ""
    yield "the same bytes over bare sockets of asyncio", f"{floor[0]:.1f} ms", ""
    yield "agents done in a second", f"{COUNT / agents[1]:.0f}", "goal 150"
    yield "memory at its peak", f"{agents[2]:.0f} KB", "an agent; goal 30 KB"
    yield "memory of the requests by httpx2, and of the bytes", f"{alone[2]:.0f}, {floor[2]:.0f} KB", ""


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
    """Measure one of the three, after a few to warm up."""
    one = await {"agents": agents, "requests": requests, "sockets": sockets}[what](url)
    await asyncio.gather(*(one() for _ in range(5)))
    gc.collect()
    memory, processor, wall = peak(), time.process_time(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(COUNT)))
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    print(processor / COUNT * 1000, wall, (peak() - memory) / COUNT / 1024)


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


async def sockets(url: str) -> Callable[[], Awaitable[object]]:
    """What sends as many bytes over at most 250 connections, and looks at nothing but the length."""
    host, _, port = url.removeprefix("http://").partition(":")
    free, kept = asyncio.Semaphore(250), list[Exchange]()

    async def one() -> object:
        said = b""
        for _ in range(REQUESTS):
            async with free:
                exchange = kept.pop() if kept else await Exchange.to(host, int(port))
                body = b'{"model": "m", "messages": [%s]}' % said
                answer = await exchange.ask(
                    b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
                )
                kept.append(exchange)
            said += answer + b'{"role":"tool"},'
        return said

    return one


class Exchange(asyncio.Protocol):
    """A connection that knows of HTTP what is needed here."""

    @classmethod
    async def to(cls, host: str, port: int) -> "Exchange":
        exchange = cls()
        exchange.way, _ = await asyncio.get_running_loop().create_connection(lambda: exchange, host, port)
        return exchange

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer."""
        self.came, self.answer = b"", asyncio.get_running_loop().create_future()
        self.way.write(request)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        self.came += data
        head, blank, body = self.came.partition(b"\r\n\r\n")
        if blank and len(body) == int(head.rpartition(b":")[2]):
            self.answer.set_result(body)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], f"http://127.0.0.1:{sys.argv[2]}"))

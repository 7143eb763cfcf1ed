"""How many letters ten agents of one process accept in a second, with their logs on the disk."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

from sagent.agent import Agent
from sagent.messages.usage import NOTHING_SPENT
from sagent.post import Post
from sagent.protocols import Chunk, Model, ModelLimits, Reply, Request
from sagent.schema.message import Message, Prompt
from sagent.schema.part import Text
from sagent.schema.post import Accepted
from sagent.schema.signal import Letter
from sagent.schema.values import ModelSpec
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf

AGENTS = 10
BATCH = 100
BATCHES = 7
WARMING = 2


WORDS = "The build of yesterday has passed, and what is left to do stands in the list."


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    command = [sys.executable, "-m", "benchmarks.mail"]
    done = [run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(3)]
    posted, posted_wall, sent, sent_wall = (max(map(float, each)) for each in zip(*done, strict=True))
    many = f"{BATCH} at once, to {AGENTS} agents"
    yield f"letters posted, {many}", f"{posted_wall:,.0f}", "a second; goal 30,000"
    yield "the same in a second of processor time", f"{posted:,.0f}", ""
    yield f"letters sent, with receipts, {many}", f"{sent_wall:,.0f}", "a second; goal 30,000"
    yield "the same in a second of processor time", f"{sent:,.0f}", ""


class Busy:
    """A model that is at work until it is let."""

    spec = ModelSpec(provider="bench", dialect="bench", endpoint="here", model="busy", options={})
    limits = ModelLimits()

    def __init__(self) -> None:
        self.let = asyncio.Event()

    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        await self.let.wait()
        said = (Text(content="It is done."),)
        yield Reply(content=said, model="busy", stop="end", usage=NOTHING_SPENT, cost_usd=0.0, native=())


class Receiver:
    """One agent, and how much of its mail is in its log."""

    def __init__(self, folder: Path) -> None:
        self.model = Busy()
        self.session: JsonlSession = Shelf(folder).create(folder)
        model: Model = self.model
        self.agent = Agent(model, session=self.session)
        self._missing = 0
        self._all = asyncio.Event()
        self.agent.watch(self._hear)

    def _hear(self, message: Message) -> None:
        if isinstance(message, Prompt):
            self._missing -= 1
            if not self._missing:
                self._all.set()

    def send(self, letters: list[Letter]) -> None:
        """Post all of these."""
        self._missing += len(letters)
        self._all.clear()
        for letter in letters:
            self.agent.inbox.post(letter)

    async def accepted(self) -> None:
        """Return when all of them are on the disk."""
        await self._all.wait()
        await self.session.flush()


async def _post(_: Post, receiver: Receiver) -> None:
    letters = [Letter(content=(Text(content=WORDS),), author="peer", sender="Ann") for _ in range(BATCH)]
    receiver.send(letters)
    await receiver.accepted()


async def _send(post: Post, receiver: Receiver) -> None:
    receipts = await post.send_all(receiver.agent.session_id, [WORDS] * BATCH)
    assert all(isinstance(receipt, Accepted) for receipt in receipts)


async def _figures(batch: Callable[[Post, Receiver], Awaitable[None]]) -> tuple[float, float]:
    """How many are accepted in a second, of processor time and of the clock's."""

    async def sender(receiver: Receiver, batches: int) -> None:
        for _ in range(batches):
            await batch(receivers[0].agent.post, receiver)

    with TemporaryDirectory() as folder:
        receivers = [Receiver(Path(folder)) for _ in range(AGENTS)]
        runs = [asyncio.ensure_future(each.agent.run("wait for mail")) for each in receivers]
        await asyncio.sleep(0.1)
        await asyncio.gather(*(sender(each, WARMING) for each in receivers))
        before, began = time.process_time(), time.perf_counter()
        await asyncio.gather(*(sender(each, BATCHES) for each in receivers))
        processor, wall = time.process_time() - before, time.perf_counter() - began
        for each in receivers:
            each.model.let.set()
        await asyncio.gather(*runs)
        letters = AGENTS * BATCH * BATCHES
        return letters / processor, letters / wall


async def main() -> None:
    """Print the figures of letters that are posted, and of such as have receipts."""
    print(*await _figures(_post), *await _figures(_send))


if __name__ == "__main__":
    asyncio.run(main())

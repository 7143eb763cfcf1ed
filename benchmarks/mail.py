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
ROUNDS = 9
WARMING = 2


WORDS = "The build of yesterday has passed, and what is left to do stands in the list."


def report() -> Iterator[tuple[str, str, str]]:
    """What, the figure, and the goal."""
    command = [sys.executable, "-m", "benchmarks.mail"]
    done = [run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(3)]
    posted, posted_wall, sent, sent_wall = (max(map(float, each)) for each in zip(*done, strict=True))
    each = f"to each of {AGENTS} agents, {BATCH} at once"
    yield f"letters posted {each}, accepted", f"{posted_wall:,.0f}", "a second; goal 30,000"
    yield "the same in a second of processor time", f"{posted:,.0f}", ""
    yield f"letters sent with send_all {each}, receipted", f"{sent_wall:,.0f}", "a second; goal 30,000"
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


async def _posted(receivers: list[Receiver]) -> None:
    letters = [Letter(content=(Text(content=WORDS),), author="peer", sender="Ann") for _ in range(BATCH)]
    for each in receivers:
        each.send(letters)
    await asyncio.gather(*(each.accepted() for each in receivers))


async def _sent(receivers: list[Receiver]) -> None:
    post = receivers[0].agent.post
    ids = [each.agent.session_id for each in receivers]
    told = await asyncio.gather(*(post.send_all(each, [WORDS] * BATCH) for each in ids))
    assert all(isinstance(receipt, Accepted) for receipts in told for receipt in receipts)


async def _figures(round_of: Callable[[list[Receiver]], Awaitable[None]]) -> tuple[float, float]:
    """How many are accepted in a second, of processor time and of the clock's."""
    with TemporaryDirectory() as folder:
        receivers = [Receiver(Path(folder)) for _ in range(AGENTS)]
        runs = [asyncio.ensure_future(each.agent.run("wait for mail")) for each in receivers]
        await asyncio.sleep(0.1)
        processor, wall = 0.0, 0.0
        for count in range(ROUNDS):
            before, began = time.process_time(), time.perf_counter()
            await round_of(receivers)
            if count >= WARMING:
                processor += time.process_time() - before
                wall += time.perf_counter() - began
        for each in receivers:
            each.model.let.set()
        await asyncio.gather(*runs)
        letters = AGENTS * BATCH * (ROUNDS - WARMING)
        return letters / processor, letters / wall


async def main() -> None:
    """Print the figures of letters that are posted, and of such as have receipts."""
    print(*await _figures(_posted), *await _figures(_sent))


if __name__ == "__main__":
    asyncio.run(main())

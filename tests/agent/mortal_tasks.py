"""A life in the background, and processes that kill themselves at each of its appends."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from sagent.agent import Agent
from sagent.protocols import Request, Session, Tool
from sagent.schema.event import Done
from sagent.schema.message import ToolCall
from sagent.schema.signal import Kill
from sagent.testing import Scripted, call
from sagent.tools import BackgroundTask
from tests.agent.mortal import SYSTEM, Diary, Moment, Mortal, answer, begun, die_everywhere, noting
from tests.agent.props import Gated, Trick, seen


def starts(tool: str, delay: float = 0.0) -> ToolCall:
    return call("BackgroundTask", action="start", tool=tool, delay=delay)


class Life:
    """An agent that has much done in the background, in the same order each time."""

    def __init__(self, session: Session, diary: Diary) -> None:
        self.build = Gated()
        model = Scripted(
            starts("build"),
            "it builds",
            "it is built",
            starts("build", delay=0.01),
            "it will be done",
            "it was done",
            starts("fast", delay=7200.0),
            self.cancel,
            "it will not be done",
            starts("fast", delay=7200.0),
            "it will be done much later",
            starts("build"),
            "it builds again",
            "it was killed",
        )
        self.agent = Agent(model, SYSTEM, tools_of(diary, self.build), session=session)

    def cancel(self, request: Request) -> ToolCall:
        """End the task that is planned."""
        (task,) = self.agent.tasks
        return call("BackgroundTask", action="cancel", id=task.call_id)

    async def held(self, words: str) -> None:
        """Ask, and return when the model has answered, and its answer waits for what is built."""
        self.build.begun.clear()
        self.build.let.clear()
        answered = seen(self.agent, Done)
        self.asking = asyncio.create_task(self.agent.run(words))
        await asyncio.gather(answered.wait(), self.build.begun.wait())

    async def live(self) -> None:
        """From the first task to the end, with one that is still planned."""
        for words in ("build it", "build it soon"):
            await self.held(words)
            self.build.let.set()
            await self.asking
        for words in ("do it later, or rather not", "do it later"):
            await self.agent.run(words)
        await self.held("build it again")
        self.agent.inbox.post(Kill(content=self.agent.running[-1]))
        await self.asking
        await self.agent.aclose()


def tools_of(diary: Diary, build: Gated) -> Sequence[Tool]:
    """What the agent can do; whatever it does is in the diary first."""
    return BackgroundTask(), Trick("build", noting(diary, build)), Trick("fast", noting(diary, answer))


async def lived(folder: Path, moment: Moment, last: int) -> int:
    """Live until the end, and say how many appends that took."""
    diary = Diary(folder / "diary.txt")
    session = Mortal(begun(folder), diary, moment, last)
    await asyncio.wait_for(Life(session, diary).live(), 20.0)
    return session.appended


if __name__ == "__main__":
    die_everywhere(Path(sys.argv[1]), lived, ["after"])

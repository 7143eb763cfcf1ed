"""A life with children, and processes that kill themselves at each append to any of the logs."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from sagent.agent import Agent
from sagent.messages.words import plain
from sagent.protocols import Request, Session, Tool
from sagent.schema.message import Kept, Message, Prompt, ToolResult
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Replying, Scripted, always, call
from sagent.tools import AgentSpawn
from tests.agent.mortal import SYSTEM, Diary, Moment, Mortal, answer, begun, die, die_everywhere, noting
from tests.agent.props import Trick

SPAWNS: Mapping[str, Mapping[str, object]] = {
    "one": {"prompt": "work", "name": "scout"},
    "many": {"prompts": ["work", "work"], "name": "pair"},
    "keep": {"prompt": "work", "name": "clerk", "persistent": True},
    "again": {"prompt": "work", "name": "scout"},
}


class Related(Mortal):
    """A session that dies at append number `last` to it or to one of those below it."""

    def __init__(self, session: JsonlSession, diary: Diary, moment: Moment, last: int) -> None:
        super().__init__(session, diary, moment, last)
        self.log = session
        self.diary, self.moment, self.last = diary, moment, last
        self.root: Related = self

    @override
    def append(self, message: Kept, /) -> None:
        self.log.append(message)
        if self.root.appended == self.last:
            die()
        self.root.appended += 1

    @override
    def child(self, session_id: str, workspace: Path | None = None, /) -> Session:
        below = Related(self.log.child(session_id, workspace), self.diary, self.moment, self.last)
        below.root = self.root
        return below


def plays(request: Request) -> Replying:
    """The parent spawns what it is told to, its children call a tool and answer."""
    said = [" ".join(map(plain, entry.content)) for entry in request.view if isinstance(entry, Prompt)]
    answered = isinstance(request.view[-1], ToolResult)
    if said[-1] in SPAWNS and not answered:
        return call("AgentSpawn", **SPAWNS[said[-1]])
    if said[-1] == "work" and not answered:
        return call("fast")
    return "done"


def tools_of(diary: Diary) -> Sequence[Tool]:
    """What parent and children can do; whatever a tool does is in the diary first."""
    return AgentSpawn(), Trick("fast", noting(diary, answer))


async def lived(folder: Path, moment: Moment, last: int) -> int:
    """Live until the end, and say how many appends that took."""
    diary = Diary(folder / "diary.txt")
    session = Related(begun(folder), diary, moment, last)
    agent = Agent(Scripted(always(plays)), SYSTEM, tools_of(diary), session=session)
    told = asyncio.Event()

    def look(message: Message) -> None:
        if isinstance(message, Prompt) and message.sender == "clerk":
            told.set()

    agent.watch(look)
    for words in ("one", "many", "keep"):
        await agent.run(words)
    await told.wait()
    await agent.run("again")
    await agent.aclose()
    return session.appended


if __name__ == "__main__":
    die_everywhere(Path(sys.argv[1]), lived, ["after"])

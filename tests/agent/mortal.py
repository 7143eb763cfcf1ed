"""An agent's life in which everything happens, and processes that kill themselves at each of its appends."""

import asyncio
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from sagent.agent import Agent
from sagent.atoms import MessageId
from sagent.errors import AgentHalted
from sagent.lib.blob import Blob
from sagent.messages.words import letter
from sagent.protocols import Answer, Session
from sagent.schema.event import Done, Halted
from sagent.schema.message import Cleared, Kept, Prompt, ToolCall, ToolResult, Withdrawn
from sagent.schema.part import Image, Text
from sagent.schema.session import SessionHeader
from sagent.schema.signal import Clear, Detach, Letter, Withdraw
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.records import written
from sagent.testing import Scripted, call, hold
from tests.agent.props import Gated, Trick, seen
from tests.samples import PNG as PICTURE

Moment: TypeAlias = Literal["before", "within", "after"]
"""When the process dies: before a line is written, in the middle of it, or when it is whole."""

MOMENTS: Final[Sequence[Moment]] = get_args(Moment)

SYSTEM: Final = "You are mortal."


class Diary:
    """What must be known after a death: each line is on the disk before anything goes on."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, verb: str, what: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{verb} {what}\n")
            file.flush()
            os.fsync(file.fileno())

    def noted(self, verb: str) -> Sequence[str]:
        if not self._path.exists():
            return ()
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [what for noted, _, what in (line.partition(" ") for line in lines) if noted == verb]


class Mortal:
    """A session that dies with its process at append number `last`, counted from 0."""

    def __init__(self, session: JsonlSession, diary: Diary, moment: Moment, last: int) -> None:
        self._session = session
        self._diary = diary
        self._moment = moment
        self._last = last
        self._unsure: list[MessageId] = []
        self.appended = 0

    @property
    def session_id(self) -> str:
        return self._session.session_id

    @property
    def dirty(self) -> bool:
        return self._session.dirty

    def append(self, message: Kept, /) -> None:
        fatal = self.appended == self._last
        if fatal and self._moment == "before":
            die()
        if fatal and self._moment == "within":
            line = written(message)
            with self._session.file.open("ab") as file:
                file.write(line[: len(line) // 2])
            die()
        self._session.append(message)
        if fatal:
            die()
        self.appended += 1
        if isinstance(message, Prompt):
            self._unsure.append(message.id)

    async def flush(self) -> None:
        flushed, self._unsure = self._unsure, []
        await self._session.flush()
        for prompt in flushed:
            self._diary.note("accepted", prompt)

    def path(self, head: MessageId | None = None, /) -> Sequence[Kept]:
        return self._session.path(head)

    def read(self, blob: Blob, /) -> bytes:
        return self._session.read(blob)

    def child(self, session_id: str, workspace: Path | None = None, /) -> Session:
        return self._session.child(session_id, workspace)

    def close(self) -> None:
        self._session.close()


def die() -> None:
    """End as a process ends that somebody kills: at once, and without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def noting(
    diary: Diary, deed: Callable[[ToolCall], Awaitable[Answer]]
) -> Callable[[ToolCall], Awaitable[Answer]]:
    """The same deed, which first writes down that it is done."""

    async def noted(asked: ToolCall) -> Answer:
        diary.note("ran", asked.call_id)
        return await deed(asked)

    return noted


async def answer(asked: ToolCall) -> Answer:
    return Text(content="done")


async def picture(asked: ToolCall) -> Answer:
    return Image(descriptor="image/png", content=Blob.of(PICTURE))


class Life:
    """An agent, and all that happens to it, in the same order each time."""

    def __init__(self, session: Session, diary: Diary) -> None:
        self.slow, self.build = Gated(), Gated()
        self.midway, self.again, self.story, self.release = (asyncio.Event() for _ in range(4))
        old = Scripted(
            "hello yourself",
            [call("slow"), call("fast"), call("nothing")],
            "seen both",
            call("build"),
            "still building",
            "built",
            ["once upon ", call("fast"), hold(asyncio.Event(), reached=self.story)],
            model="old",
        )
        self.new = Scripted(
            "a new voice",
            ["let me see ", hold(self.release, reached=self.midway), call("picture")],
            "a fine picture",
            call("build"),
            "building again",
            call("slow"),
            "yes",
            model="new",
        )
        tools = tools_of(diary, slow=self.slow, build=self.build)
        self.agent = Agent(old, SYSTEM, tools, session=session)
        self.agent._driver.core.grace = 0.0

    async def live(self) -> None:
        """From the first question to the end."""
        await self.agent.run("hello")
        await self.parallel_calls()
        await self.a_detached_call()
        await self.a_halt()
        self.agent.swap_model(self.new)
        await self.agent.run("and who are you?")
        await self.a_withdrawn_prompt_and_a_picture()
        await self.clears_with_work_in_flight()
        await self.agent.run("still there?")
        await self.agent.aclose()

    async def parallel_calls(self) -> None:
        """The second of two calls ends first."""
        first = seen_result(self.agent, "fast")
        asking = asyncio.create_task(self.agent.run("look at both"))
        await first.wait()
        self.slow.let.set()
        await asking

    async def a_detached_call(self) -> None:
        """The user speaks while a call runs; its result is delivered later."""
        asking = asyncio.create_task(self.agent.run("build it"))
        await self.build.begun.wait()
        await asyncio.gather(asking, self.agent.run("and meanwhile?"))
        built = seen(self.agent, Done)
        self.build.let.set()
        await built.wait()

    async def a_halt(self) -> None:
        """A response is broken off, with a whole call in it and a peer's mail waiting behind it."""
        asking = asyncio.create_task(self.agent.run("tell me a story"))
        await self.story.wait()
        self.agent.inbox.post(Letter(content=(Text(content="psst"),), author="peer", sender="Bob"))
        halted = seen(self.agent, Halted)
        self.agent.halt()
        await halted.wait()
        with suppress(AgentHalted):
            await asking

    async def a_withdrawn_prompt_and_a_picture(self) -> None:
        """Of two prompts that wait for the model one is taken back; a tool answers with a file."""
        asking = asyncio.create_task(self.agent.run("show me"))
        await self.midway.wait()
        for words in ("never mind", "and be quick"):
            heard = seen(self.agent, Prompt)
            self.agent.inbox.post(letter(words))
            await heard.wait()
        withdrawn = seen(self.agent, Withdrawn)
        self.agent.inbox.post(Withdraw(content=next(iter(self.agent._driver.core.state.pending))))
        await withdrawn.wait()
        self.release.set()
        await asking

    async def clears_with_work_in_flight(self) -> None:
        """Once with a detached call, whose outcome comes after it, and once with a call that is awaited."""
        self.slow.begun.clear()
        self.slow.let.clear()
        self.build.begun.clear()
        self.build.let.clear()
        asking = asyncio.create_task(self.agent.run("build it again"))
        await self.build.begun.wait()
        self.agent.inbox.post(Detach(content=next(iter(self.agent._driver.core.state.open))))
        await asking
        await self.clear()
        late = seen_result(self.agent, "build")
        self.build.let.set()
        await late.wait()
        asking = asyncio.create_task(self.agent.run("look again"))
        await self.slow.begun.wait()
        ended = seen_result(self.agent, "slow")
        await self.clear()
        await ended.wait()
        with suppress(AgentHalted):
            await asking

    async def clear(self) -> None:
        cleared = seen(self.agent, Cleared)
        self.agent.inbox.post(Clear())
        await cleared.wait()


def tools_of(diary: Diary, *, slow: Gated, build: Gated) -> Sequence[Trick]:
    """What the agent can do; whatever it does is in the diary first."""
    return (
        Trick("fast", noting(diary, answer)),
        Trick("slow", noting(diary, slow)),
        Trick("build", noting(diary, build), detachable=True),
        Trick("picture", noting(diary, picture)),
    )


def seen_result(agent: Agent, tool: str) -> asyncio.Event:
    """Set when the next result of a tool is in the log."""
    event = asyncio.Event()
    agent.watch(
        lambda message: event.set() if isinstance(message, ToolResult) and message.tool == tool else None
    )
    return event


def begun(folder: Path) -> JsonlSession:
    """A new session in a folder."""
    header = SessionHeader(version=1, session_id="life", workspace="/work", timestamp=1.0)
    return JsonlSession.create(folder / "life.jsonl", header)


Living: TypeAlias = Callable[[Path, Moment, int], Coroutine[None, None, int]]
"""Live in a folder until append number so and so, and say how many appends a whole life takes."""


async def lived(folder: Path, moment: Moment, last: int) -> int:
    """Live until the end, and say how many appends that took."""
    diary = Diary(folder / "diary.txt")
    session = Mortal(begun(folder), diary, moment, last)
    await asyncio.wait_for(Life(session, diary).live(), 20.0)
    return session.appended


def die_everywhere(folder: Path, living: Living = lived, moments: Sequence[Moment] = MOMENTS) -> None:
    """One process for each death: its log and its diary stay behind, in a folder named by it."""
    # This one survives; what it has imported and compiled the others need not import and compile again.
    appends = asyncio.run(living(folder / "whole", "after", -1))
    for last in range(appends):
        for moment in moments:
            killed(folder / f"{moment}-{last}", moment, last, living)


def die_at_any_time(folder: Path, count: int, seed: int) -> None:
    """So many processes, each killed from outside at an instant of its own; the last few may have ended."""
    whole = 0.0
    for name in ("first", "whole"):  # the first also imports and compiles what no other life has to
        began = time.perf_counter()
        asyncio.run(lived(folder / name, "after", -1))
        whole = time.perf_counter() - began
    chance = random.Random(seed)
    for number in range(count):
        child = os.fork()
        if child == 0:
            asyncio.run(lived(folder / f"instant-{number}", "after", -1))
            os._exit(0)
        threading.Event().wait(chance.uniform(0.0, whole))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def killed(folder: Path, moment: Moment, last: int, living: Living) -> None:
    """Live until this death.

    Raises:
        RuntimeError: it did not come.
    """
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(living(folder, moment, last))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
        raise RuntimeError(f"the life in {folder} ended with status {status}, and not by being killed")


if __name__ == "__main__":
    if sys.argv[2:]:
        die_at_any_time(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    else:
        die_everywhere(Path(sys.argv[1]))

"""Trees of agents to which everything happens at random, in processes of which most are killed."""

import asyncio
import random
import time
import traceback
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from sagent.agent import Agent
from sagent.children import TREE_LIMITS, TreeLimits
from sagent.errors import AgentClosed, AgentHalted, Overloaded, Refused, ToolError
from sagent.protocols import Answer, Model, Request, Tool
from sagent.schema.message import Prompt, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.schema.post import Accepted
from sagent.schema.session import SessionHeader
from sagent.schema.signal import (
    Clear,
    Compact,
    Detach,
    Halt,
    Kill,
    Undetach,
    Withdraw,
)
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import MemorySession, Scripted, always, call
from sagent.testing.script import Replying
from sagent.tools import AgentSelf, AgentSend, AgentSpawn, BackgroundTask
from tests.agent.props import Trick
from tests.agent.swarm_replies import NAMES, further

ROOTS: Final = 3
STEPS: Final = 60
"""How often something happens in one life."""

CALM: Final = 25.0
"""Seconds in which all must have come to rest once nothing happens any more; then somebody waits for ever."""


class Diary:
    """What is known outside of the logs: a line is written before anything else is done."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def note(self, *words: str) -> None:
        self._file.write(f"{' '.join(words)}\n".encode())


class Swarm:
    """Some trees of agents, in one process."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.calm = False
        self.loops: list[asyncio.AbstractEventLoop] = []
        """Those that they have lived on."""
        self._folder = folder
        self._seed = seed
        self._diary = Diary(folder / "diary.txt")
        self._serial = 0
        self._work: set[asyncio.Task[object]] = set()
        self._models: Sequence[Model] = [Scripted(always(self._reply), model=name) for name in ("old", "new")]
        self.roots = [self._root(number) for number in range(ROOTS)]
        self._began = time.time()
        """When their logs had been read, and what the last life left open was closed."""

    def _root(self, number: int) -> Agent:
        file = self._folder / f"root{number}.jsonl"
        if file.exists() and b"\n" in file.read_bytes()[:1000]:
            session = JsonlSession.open(file)
        else:
            file.unlink(missing_ok=True)  # it was killed before it had a header
            header = SessionHeader(version=1, session_id=file.stem, workspace="/work", timestamp=1.0)
            session = JsonlSession.create(file, header)
        tools: Sequence[Tool] = [
            Trick("slow", self._deed, detachable=True),
            Trick("edit", self._deed),
            AgentSpawn(),
            AgentSelf(),
            AgentSend(),
            BackgroundTask(),
            Agent(self._models[0], name="helper", session=MemorySession(f"{self._seed}-helper{number}")),
        ]
        agent = Agent(
            self.chance.choice(self._models),
            "You swarm.",
            tools,
            name=f"root{number}",
            session=session,
            max_attempts=1,
            approve=self._approve if number == 1 else None,
            group="swarm" if number else "",
            tree_limits=TREE_LIMITS if number else TreeLimits(max_depth=2, max_running=2, max_children=9),
        )
        agent._driver.core.grace = 0.02
        agent._driver.crew.kill_patience = 0.5
        return agent

    # What agents do.

    def _reply(self, request: Request) -> Replying:
        if self.calm:
            return "calm"
        spawned = call("AgentSpawn", prompt=self._words(), name=self.chance.choice(NAMES))
        replies: Sequence[Replying] = [
            "said",
            "said",
            ["said", call("slow")],
            [call("edit"), call("slow"), call("nope")],
            [spawned, call("AgentSpawn", prompt=self._words()), call("edit")],
            [spawned],
            [call("AgentSpawn", prompt=self._words(), name=self.chance.choice(NAMES), persistent=True)],
            [call("AgentSpawn", stop=self.chance.choice(NAMES))],
            [call("AgentSelf", status=self._words())],
            [call("AgentSelf", context={"action": "clear", "guidance": "go on"}), call("slow")],
            [call("AgentSelf", context={"action": "compact"})],
            [call("AgentSend", to=self.chance.choice((*NAMES, "root0", "root1")), message=self._words())],
            further(self.chance, self._words, request),
            ["half", Overloaded("busy")],
            Refused("no"),
        ]
        return self.chance.choice(replies)

    def _delay(self) -> float:
        return self.chance.choice((0.01, 0.1, 5.0))

    async def _deed(self, asked: ToolCall) -> Answer:
        self._diary.note("ran", asked.call_id)
        if not self.calm:
            seconds = self.chance.choice((0.0, 0.0, 0.01, 0.05, 0.2))
            with suppress(TimeoutError):
                async with asyncio.timeout(self.chance.choice((0.0, 0.01, 9.0))):
                    await asyncio.sleep(seconds)
            if self.chance.random() < 0.1:
                raise ToolError("it did not work")
        return Text(content=f"done {self._words()}")

    async def _approve(self, asked: ToolCall) -> str | None:
        await self._while()
        return self.chance.choice([None, None, "no"])

    # What happens to them.

    async def storm(self) -> None:
        """Let things happen, and leave off in the midst of them."""
        self.loops.append(asyncio.get_running_loop())
        for _ in range(STEPS):
            self._happen()
            await self._while()

    async def live(self) -> None:
        """Let things happen, then let all come to rest, and end all.

        Raises:
            RuntimeError: somebody waits for ever, or something is left.
            TimeoutError: somebody does not end.
        """
        for agent in self.everybody():
            agent._driver.bind()  # what an earlier event loop left undone goes on
        await self.storm()
        self.calm = True
        try:
            async with asyncio.timeout(CALM):
                await self._rest()
        except TimeoutError as error:
            raise RuntimeError(f"no rest: {self._restless()}") from error
        self._diary.note("calm", str(self._seed))
        async with asyncio.timeout(CALM):
            await asyncio.gather(*(root.aclose() for root in self.roots))
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            raise RuntimeError(f"tasks are left: {left}")

    async def _while(self) -> None:
        if not self.calm:
            await asyncio.sleep(self.chance.choice((0.0, 0.0, 0.0, 0.001, 0.01)))

    def _happen(self) -> None:
        with suppress(AgentClosed):  # it ends just now
            self._strike(self.chance.choice(self.everybody()))

    def _strike(self, agent: Agent) -> None:
        core = agent._driver.core
        calls = [*core.state.open, *core.state.background]
        match self.chance.randrange(26):
            case 0 | 1 | 2 | 3:
                self._start(self._ask(agent))
            case 4 | 5 | 6:
                self._start(self._send(agent, 0.0))
            case 7 | 8:
                self._start(self._send(agent, self._delay()))
            case 9:
                for other in self.everybody():
                    self._start(self._send(other, 0.0))
            case 10 | 11 if calls:
                verb = self.chance.choice([Kill, Detach, Undetach])
                agent.inbox.post(verb(content=self.chance.choice(calls)))
            case 12 if self._work:
                self.chance.choice([*self._work]).cancel()
            case 13:
                agent.swap_model(self.chance.choice(self._models))
            case 14:
                agent.inbox.post(Halt())
            case 15 if self.chance.random() < 0.4:
                agent.inbox.post(Clear())
            case 16 | 17:
                self._start(self._spawn(agent))
            case 18:
                agent.inbox.post(Compact())
            case 19 if core.state.pending:
                agent.inbox.post(Withdraw(content=self.chance.choice([*core.state.pending])))
            case 20 if len(agent.children) < 2:
                child = agent.spawn(name=self.chance.choice(NAMES), persistent=True)
                agent.children.serve(child, self._words())
            case 21 if serving := [each for each in agent.children if each._driver.core.tireless]:
                self._start(self.chance.choice(serving).aclose())
            case 22:
                self._start(agent.post.broadcast(["root1", *NAMES], "hear all", delay=self._delay()))
            case 23:
                self._start(agent.post.notify(self.chance.choice(self.everybody()).session_id))
            case 24:
                self._start(agent.map([self._words(), self._words()], concurrency=2))
            case 25 if agent._driver.home is not None:
                with suppress(ToolError):  # it has turned that off
                    agent.tasks.start("slow", {}, delay=self._delay() * self.chance.randrange(2))
            case _:
                pass

    def everybody(self) -> Sequence[Agent]:
        """Those that have not ended, parents first."""
        everybody = list(self.roots)
        for agent in everybody:
            everybody.extend(agent.children)
        return everybody

    def _start(self, work: "Awaitable[object]") -> None:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Future[object]") -> None:
        self._work.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, AgentHalted | AgentClosed):
            self._diary.note("wrong", repr(error).replace("\n", " "))
            traceback.print_exception(error)

    async def _ask(self, agent: Agent) -> None:
        words = self._words()
        self._diary.note("asked", agent.session_id, words)
        await agent.run(words)
        self._diary.note("answered", agent.session_id, words)

    async def _send(self, agent: Agent, seconds: float) -> None:
        words = self._words()
        sender = self.chance.choice(self.everybody())
        self._diary.note("sent", agent.session_id, words)
        receipt = await sender.post.send(agent.session_id, words, delay=seconds)
        if isinstance(receipt, Accepted):
            self._diary.note("accepted", receipt.session_id, words, receipt.content)

    async def _spawn(self, agent: Agent) -> None:
        child = agent.spawn(name=self.chance.choice(NAMES))
        async with child:
            for _ in range(self.chance.randrange(3)):
                await self._ask(child)
                await self._while()

    def _words(self) -> str:
        self._serial += 1
        return f"w{self._seed}-{self._serial}"

    # How it ends.

    async def _rest(self) -> None:
        """Return when nobody is at work any more, and nobody's mail waits.

        Raises:
            RuntimeError: somebody is idle, and has mail.
        """
        while self._work or any(agent.status not in {"idle", "halted"} for agent in self.everybody()):
            await (asyncio.wait(self._work) if self._work else asyncio.sleep(0.01))
        for agent in self.everybody():
            # What an earlier process left unread is read when somebody asks, and not before.
            waiting = [
                kept
                for kept in agent._driver.core.state.pending.values()
                if isinstance(kept, Prompt | ToolResult) and kept.timestamp > self._began
            ]
            if agent.status == "idle" and waiting:
                raise RuntimeError(f"{agent.session_id} is idle, and has mail: {waiting}")

    def _restless(self) -> Sequence[object]:
        """Who is at work, and at what."""
        drivers = [agent._driver for agent in self.everybody() if agent.status not in {"idle", "halted"}]
        at_work = [
            (
                driver.core.phase,
                driver.core.state.open,
                driver.core.running,
                driver._queue,
                driver.crew._tasks,
            )
            for driver in drivers
        ]
        return [*self._work, *at_work]

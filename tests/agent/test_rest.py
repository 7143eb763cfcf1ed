"""Agents that rest: what they let go of, what of them stays, and what wakes them."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from weakref import ref

import pytest
from typing_extensions import override

from sagent.agent import Agent
from sagent.agent.directory import LIVE
from sagent.agent.rest import AWAKE, Idlers
from sagent.errors import SessionError
from sagent.loop.driver import Driver
from sagent.messages.words import letter
from sagent.protocols import ModelLimits, Request
from sagent.schema.message import Message, Prompt, Summary
from sagent.schema.part import Text
from sagent.schema.post import Accepted
from sagent.schema.signal import Letter
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import MemorySession, Scripted, always, call
from sagent.tools import AgentSpawn
from tests.agent.props import Gated, Trick, echo


def engines(*agents: Agent) -> int:
    """How many of these agents have a driver in memory."""
    gc.collect()
    sessions = {agent.session_id for agent in agents}
    alive = [each for each in gc.get_objects() if type(each) is Driver]
    return sum(driver.session.session_id in sessions for driver in alive)


def heard(request: Request) -> Text:
    """What has been said to the model so far."""
    said = [part for entry in request.view if isinstance(entry, Prompt) for part in entry.content]
    return Text(content=", ".join(part.content for part in said if isinstance(part, Text)))


async def test_of_many_idle_agents_only_the_last_few_keep_more_than_their_log() -> None:
    agents = [
        Agent(Scripted("done"), session=MemorySession(f"crowd-{number}")) for number in range(AWAKE + 40)
    ]

    await asyncio.gather(*(agent.run("go") for agent in agents))
    await asyncio.sleep(0)

    assert engines(*agents) == AWAKE
    assert [agent.status for agent in agents] == ["idle"] * len(agents)


async def test_an_agent_that_rested_goes_on_as_if_it_had_not() -> None:
    agent = Agent(Scripted(heard, heard), "Be brief.", [Trick("echo", echo)], session=MemorySession("one"))
    await agent.run("first")
    before = (agent.session_id, agent.usage, agent.messages, agent.model.spec, agent.total_cost_usd)

    agent.rest()

    assert engines(agent) == 0
    assert agent.status == "idle"
    assert (agent.session_id, agent.usage, agent.messages, agent.model.spec, agent.total_cost_usd) == before
    assert await agent.run("second") == Text(content="first, second")


async def test_an_agent_whose_conversation_was_condensed_rests_as_any_other() -> None:
    model = Scripted("one", "two", "we spoke of tea", "three", limits=ModelLimits(context_window=8_200))
    agent = Agent(model, session=MemorySession("condensed"))
    for _ in range(3):
        await agent.run("tea " * 2_000)
    assert any(isinstance(kept, Summary) for kept in agent.messages)

    agent.rest()

    assert engines(agent) == 0


async def test_what_an_agent_has_changed_of_itself_holds_after_its_rest() -> None:
    agent = Agent(Scripted("done", "done"), "Be brief.", [Trick("echo", echo), Trick("work", echo)])
    await agent.run("go")
    await agent.control.change({"status": "resting", "tools": {"off": ("work",)}})
    await agent.run("on")
    before = agent.messages

    agent.rest()

    assert agent.control.standing.status == "resting"
    assert agent.control.diagnostics()["tools_off"] == ("work",)
    assert agent.messages == before


async def test_mail_wakes_an_agent_that_rests_and_is_answered() -> None:
    answered = asyncio.Event()

    def second(request: Request) -> Text:
        answered.set()
        return heard(request)

    agent = Agent(Scripted("done", second, heard))
    await agent.run("first")
    agent.rest()

    await asyncio.to_thread(agent.inbox.post, letter("second"))
    await answered.wait()

    assert await agent.run("third") == Text(content="first, second, third")


async def test_a_letter_of_another_agent_wakes_one_that_rests_and_who_lists_agents_does_not() -> None:
    agent = Agent(Scripted("done", "read"), name="Sleeper", session=MemorySession("sleeper"))
    sender = Agent(Scripted("done"), name="Sender", session=MemorySession("sender"))
    await asyncio.gather(agent.run("go"), sender.run("go"))
    agent.rest()

    assert agent in [*LIVE]
    assert engines(agent) == 0
    (receipt,) = await sender.post.broadcast(["Sleeper"], "are you there?")
    assert isinstance(receipt, Accepted)


async def test_an_agent_that_is_watched_or_has_a_plan_or_works_does_not_rest() -> None:
    gate = Gated()
    watched, planned, working = (
        Agent(
            Scripted("done", call("work"), always("done")),
            tools=[Trick("work", gate)],
            session=MemorySession(name),
        )
        for name in ("watched", "planned", "working")
    )
    for agent in (watched, planned, working):
        await agent.run("go")
    shown: list[Message] = []
    deaf = watched.watch(shown.append)
    planned.tasks.start("work", {}, delay=60)
    task = asyncio.create_task(working.run("work"))
    await gate.begun.wait()

    for agent in (watched, planned, working):
        agent.rest()

    assert engines(watched, planned, working) == 3
    gate.let.set()
    await task
    deaf()
    watched.rest()
    del deaf  # it holds what it was given by
    assert engines(watched) == 0


async def test_an_agent_that_rests_lets_go_of_its_file_and_takes_hold_of_it_again(tmp_path: Path) -> None:
    agent = Agent(Scripted("done", heard), session_dir=tmp_path)
    await agent.run("first")
    (log,) = tmp_path.glob("*.jsonl")
    with pytest.raises(SessionError, match="in use"):
        JsonlSession.open(log)

    agent.rest()
    other = JsonlSession.open(log)

    with pytest.raises(SessionError, match="in use"):
        await agent.run("while another has it")
    other.close()
    assert await agent.run("second") == Text(content="first, second")


async def test_an_agent_goes_on_from_what_another_has_written_while_it_rested(tmp_path: Path) -> None:
    agent = Agent(Scripted("done", heard), session_dir=tmp_path)
    await agent.run("first")
    agent.rest()
    (log,) = tmp_path.glob("*.jsonl")
    async with Agent(Scripted("done"), session=JsonlSession.open(log)) as other:
        await other.run("between")

    answer = await agent.run("second")

    assert answer == Text(content="first, between, second")


async def test_a_resting_agent_that_nobody_holds_is_forgotten() -> None:
    agent = Agent(Scripted("done"))
    await agent.run("go")
    agent.rest()
    forgotten = ref(agent)

    del agent
    gc.collect()

    assert forgotten() is None


class Sleeper:
    """Somebody who can rest, and notes it."""

    def __init__(self, name: str, note: Callable[[str], None]) -> None:
        self._name = name
        self._note = note

    def rest(self) -> None:
        self._note(self._name)


async def test_who_has_been_idle_longest_rests_first_and_who_works_again_is_young() -> None:
    rested: list[str] = []
    idlers, loop = Idlers(2), asyncio.get_running_loop()
    sleepers = [Sleeper(name, rested.append) for name in "abcd"]
    for sleeper in (*sleepers[:2], sleepers[0], *sleepers[2:]):
        idlers.add(sleeper, loop)

    await asyncio.sleep(0)

    assert rested == ["b", "a"]


async def test_letters_that_come_at_once_wake_an_agent_once() -> None:
    woken: list[None] = []
    agent = Agent(Scripted("done"))
    agent.inbox.attach(lambda: woken.append(None))

    for number in range(10):
        agent.inbox.post(Letter(content=(Text(content=str(number)),), author="peer", sender="Ann"))

    assert len(woken) == 1
    assert len(agent.inbox.collect()) == 10


async def test_what_children_have_used_while_it_rested_counts_against_its_budget(tmp_path: Path) -> None:
    def lead(session: JsonlSession | None) -> Agent:
        model = Scripted(call("AgentSpawn", prompt="look", name="scout"), "seen", "done")
        tools = [AgentSpawn()]
        return Agent(model, tools=tools, session=session, session_dir=tmp_path, max_budget_tokens=1_000_000)

    async with lead(None) as agent:
        await agent.run("go")
        agent.rest()
        (log,) = tmp_path.glob("*.jsonl")
        async with lead(JsonlSession.open(log)) as other:
            await other.run("go on")
            spent = other.purse.held.tokens

        assert len(agent.messages) == len(other.messages)
        assert agent.purse.held.tokens == spent


class Lost(MemorySession):
    """A session of somebody else's making that breaks when it is to wake, as those of its children do."""

    def rest(self) -> None:
        """Let go of nothing."""

    def wake(self) -> bool:
        """Break, unless it is the first."""
        if self.session_id != "first":
            raise RuntimeError("the medium is lost")
        return False

    @override
    def child(self, session_id: str, workspace: Path | None = None, /) -> "Lost":
        return Lost(session_id)


async def test_a_child_that_breaks_at_its_end_keeps_nobody_waiting_for_that_of_its_parent() -> None:
    agent = Agent(Scripted(always("hi")), session=Lost("first"))
    child = agent.spawn()
    with pytest.raises(RuntimeError):
        await child.run("go")

    await asyncio.wait_for(agent.aclose(), 20)

    assert agent.status == "closed"

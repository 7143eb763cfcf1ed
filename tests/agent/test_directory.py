"""Who is found under a name, and who no longer is."""

import asyncio
import gc
from collections.abc import Sequence
from contextlib import AsyncExitStack

from sagent.agent import Agent
from sagent.agent.directory import LIVE, Directory
from sagent.sessions.memory import MemorySession
from sagent.testing import Scripted, always


def agent_called(name: str, group: str = "") -> Agent:
    return Agent(Scripted(always("ok")), name=name, group=group)


async def running(stack: AsyncExitStack, *names: str) -> Sequence[Agent]:
    """Agents of these names, which have run once."""
    agents = [await stack.enter_async_context(agent_called(name)) for name in names]
    for agent in agents:
        await agent.run("hello")
    return agents


async def test_an_agent_is_there_from_its_first_run_to_its_end() -> None:
    agent = agent_called("Dora")

    before = list(LIVE.find("Dora"))
    await agent.run("hello")
    during = LIVE.find("Dora"), LIVE.find(agent.session_id), agent in list(LIVE)
    await agent.aclose()

    assert before == []
    assert during == ([agent], [agent], True)
    assert (list(LIVE.find("Dora")), agent in list(LIVE), LIVE.has_ended("Dora")) == ([], False, True)


async def test_an_agent_that_nobody_holds_is_let_go_and_forgotten() -> None:
    async def lives_and_is_dropped() -> str:
        agent = agent_called("Mayfly")
        await agent.run("hello")
        return agent.session_id

    session_id = await lives_and_is_dropped()
    gc.collect()

    assert (list(LIVE.find("Mayfly")), list(LIVE.find(session_id))) == ([], [])
    assert not LIVE.has_ended("Mayfly")


async def test_an_agent_that_goes_on_with_the_log_of_one_that_is_gone_takes_its_place() -> None:
    session, directory = MemorySession(), Directory()
    first = Agent(Scripted(always("ok")), session=session, name="Heir")
    directory.enter(first)
    del first
    gc.collect()

    async with Agent(Scripted(always("ok")), session=session, name="Heir") as second:
        await second.run("hello")
        directory.enter(second)
        third = Agent(Scripted(always("ok")), session=session, name="Usurper")
        directory.enter(third)

        assert (list(directory.find("Heir")), list(directory.find("Usurper"))) == ([], [third])


async def test_of_several_agents_of_one_name_all_are_found_and_each_by_its_id() -> None:
    async with AsyncExitStack() as stack:
        one, other = await running(stack, "Twin", "Twin")

        assert list(LIVE.find("Twin")) == [one, other]
        assert list(LIVE.find("Twin", one)) == [other]
        assert list(LIVE.find(other.session_id)) == [other]


async def test_kin_are_meant_before_strangers() -> None:
    directory = Directory()
    async with AsyncExitStack() as stack:
        parent, child, sibling, stranger, strange_child = await running(stack, *["Kin"] * 5)
        directory.enter(parent)
        directory.enter(stranger)
        directory.enter(child, parent_id=parent.session_id, call_id="c1")
        directory.enter(sibling, parent_id=parent.session_id, call_id="c2")
        directory.enter(strange_child, parent_id=stranger.session_id, call_id="c1")

        assert list(directory.find("Kin", child)) == [parent, sibling]
        assert list(directory.find("Kin", parent)) == [child, sibling]
        assert list(directory.find("Kin", stranger)) == [strange_child]
        assert directory.parent(child) == "Kin"


async def test_a_descendant_runs_inside_the_call_of_whoever_is_below_its_ancestor() -> None:
    directory = Directory()
    async with AsyncExitStack() as stack:
        top, child, grandchild = await running(stack, "Top", "Child", "Grandchild")
        directory.enter(top)
        directory.enter(child, parent_id=top.session_id, call_id="c1")
        directory.enter(grandchild, parent_id=child.session_id, call_id="c2")

        assert directory.call_between(grandchild, top.session_id) == "c1"
        assert directory.call_between(grandchild, child.session_id) == "c2"
        assert directory.call_between(top, grandchild.session_id) == ""


def test_an_agent_whose_event_loop_has_ended_is_only_found_where_nobody_else_is_meant() -> None:
    ghost = agent_called("Ghost")
    ghost.run_sync("hello")

    async def main() -> tuple[Sequence[Agent], Sequence[Agent], bool]:
        alone = LIVE.find("Ghost")
        async with AsyncExitStack() as stack:
            (other,) = await running(stack, "Ghost")
            return alone, [agent for agent in LIVE.find("Ghost") if agent is other], ghost in list(LIVE)

    alone, found, listed = asyncio.run(main())

    assert (list(alone), len(found), listed) == ([ghost], 1, False)


async def test_an_agent_that_runs_again_keeps_its_place() -> None:
    directory = Directory()
    async with agent_called("Again") as agent, agent_called("Parent") as parent:
        directory.enter(agent, parent_id=parent.session_id, call_id="c1")
        first = directory.place(agent)
        directory.enter(agent)

        assert first is not None
        assert directory.place(agent) is first
        assert first.parent_id == parent.session_id


def test_of_agents_that_have_ended_only_the_last_are_remembered() -> None:
    directory = Directory()

    async def live_and_end(number: int) -> None:
        agent = agent_called(f"Ended{number}")
        directory.enter(agent)
        directory.leave(agent)

    async def main() -> None:
        for number in range(1_001):
            await live_and_end(number)

    asyncio.run(main())

    assert [directory.has_ended(f"Ended{number}") for number in (0, 1, 1_000)] == [False, True, True]

"""What an agent does where everything that runs is cancelled, as at the end of an event loop."""

import asyncio
from collections.abc import Sequence

from typing_extensions import override

from sagent.agent import Agent
from sagent.protocols import Answer
from sagent.schema.event import TextDelta
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.signal import Letter
from sagent.testing import MemorySession, Scripted, always, call, hold
from sagent.testing.script import Replying
from tests.agent.props import Gated, Trick, seen


def in_the_midst(number: int) -> Agent:
    """An agent whose model, or whose tool, never comes to an end by itself."""
    silent = hold(asyncio.Event())
    beginnings: Sequence[Replying] = [["begin", silent], ["begin", call("slow")]]

    async def slow(asked: ToolCall) -> Answer:
        await asyncio.Event().wait()
        return Text(content="never")

    return Agent(
        Scripted(beginnings[number % 2], ["on", silent], always("fine")),
        tools=[Trick("slow", slow)],
        session=MemorySession(str(number)),
    )


async def at_work(agents: Sequence[Agent]) -> asyncio.AbstractEventLoop:
    """Leave agents at work, each with somebody who waits for it, and mail that is read after that."""
    for agent in agents:
        begun = seen(agent, TextDelta)
        waiting = asyncio.create_task(agent.run("go"))
        await begun.wait()
        agent.inbox.post(Letter(content=(Text(content="and then?"),), author="background", sender=""))
        for _ in range(9):
            await asyncio.sleep(0)  # its tool begins
        assert not waiting.done()
    return asyncio.get_running_loop()


def test_what_was_not_begun_on_an_event_loop_that_ended_goes_on_on_the_next() -> None:
    agents = [in_the_midst(number) for number in range(20)]

    async def ask() -> Sequence[Text]:
        return await asyncio.gather(*(agent.run("so?") for agent in agents))

    asyncio.run(at_work(agents))
    for agent in agents:
        agent.swap_model(Scripted(always("fine")))
    answers = asyncio.run(asyncio.wait_for(ask(), 20.0))

    assert answers == [Text(content="fine")] * 20


def test_a_tool_that_cleans_up_where_the_event_loop_ends_is_not_broken_off() -> None:
    cleaned: list[int] = []

    async def slow(asked: ToolCall) -> Answer:
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(9):
                await asyncio.sleep(0)
            cleaned.append(1)
        return Text(content="never")

    agents = [Agent(Scripted(["begin", call("slow")]), tools=[Trick("slow", slow)]) for _ in range(20)]

    asyncio.run(at_work(agents))

    assert len(cleaned) == len(agents)


async def test_whoever_cancels_all_tasks_and_lives_on_can_end_and_ask_its_agents() -> None:
    ended, asked = agents = [in_the_midst(0), in_the_midst(1)]
    await at_work(agents)

    await cancel_all()
    await asyncio.wait_for(ended.aclose(), 20.0)
    asked.swap_model(Scripted(always("fine")))
    answer = await asyncio.wait_for(asked.run("so?"), 20.0)

    assert (ended.status, answer) == ("closed", Text(content="fine"))
    await asked.aclose()


async def cancel_all() -> None:
    """Cancel whatever else runs, as an event loop does that ends, and live on."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_a_job_that_somebody_else_has_cancelled_keeps_no_answer_waiting() -> None:
    deed = Gated()
    async with Agent(Scripted("so it is", "lost, then"), tools=[Trick("echo", deed)]) as agent:
        agent.tasks.start("echo", {})
        await deed.begun.wait()

        await cancel_all()
        answer = await asyncio.wait_for(agent.run("so?"), 20.0)

        assert (answer.content, deed.cancelled) == ("lost, then", True)
        assert [task.state for task in agent.tasks] == []


async def test_an_agent_goes_on_after_somebody_else_has_cancelled_the_flush_of_its_log() -> None:
    session = Slow()
    async with Agent(Scripted(always("fine")), session=session) as agent:
        asking = asyncio.create_task(agent.run("go"))
        await session.begun.wait()

        await cancel_all()
        session.let.set()
        answer = await asyncio.wait_for(agent.run("so?"), 20.0)

        assert (answer.content, asking.cancelled()) == ("fine", True)


class Slow(MemorySession):
    """A session whose disk takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.let = asyncio.Event()

    @property
    @override
    def dirty(self) -> bool:
        return not self.let.is_set()

    @override
    async def flush(self) -> None:
        self.begun.set()
        await self.let.wait()

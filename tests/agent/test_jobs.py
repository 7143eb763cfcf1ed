"""Work in the background and delayed mail, on a real event loop (LOOP R17, R20)."""

import asyncio
from pathlib import Path

from sagent.agent import Agent
from sagent.atoms import ToolName
from sagent.errors import Refused
from sagent.inbox import Inbox
from sagent.lib.json import freeze_object
from sagent.messages.words import letter
from sagent.protocols import Answer
from sagent.schema.event import Done, Halted
from sagent.schema.message import JobStarted, Prompt, Scheduled, ToolCall
from sagent.schema.part import Text
from sagent.schema.signal import Letter, Mail, Quit, Schedule, Start
from sagent.sessions.shelf import Shelf
from sagent.testing import Scripted, always, call
from tests.agent.props import Gated, Trick, seen

ECHO = Start(tool=ToolName("echo"), content=freeze_object({"text": "x"}))


async def test_an_answer_waits_for_a_job_and_tells_of_its_outcome() -> None:
    deed = Gated()
    agent = Agent(Scripted("begun", "it is done"), tools=[Trick("echo", deed)])
    answered = seen(agent, Done)
    agent.inbox.post(ECHO)

    asking = asyncio.create_task(agent.run("go"))
    await answered.wait()
    held = not asking.done()
    deed.let.set()

    assert await asking == Text(content="it is done")
    assert held
    await agent.aclose()


async def test_ending_an_agent_ends_its_jobs() -> None:
    deed = Gated()
    agent = Agent(Scripted(always("ok")), tools=[Trick("echo", deed)])
    serving = asyncio.create_task(agent.run_forever())
    agent.inbox.post(ECHO)
    await deed.begun.wait()

    agent.inbox.post(Quit())
    await serving

    assert deed.cancelled


async def test_delayed_mail_of_a_process_that_is_gone_comes_in_the_next(tmp_path: Path) -> None:
    first = Agent(Scripted(), session=Shelf(tmp_path).create(tmp_path))
    planned = seen(first, Scheduled)
    serving = asyncio.create_task(first.run_forever())
    first.inbox.post(Schedule(content=letter("water the plants"), seconds=0.2))
    await planned.wait()
    name = first.session_id
    first.inbox.post(Quit())
    await serving

    second = Agent(Scripted("watered"), session=Shelf(tmp_path).open(name))
    answered = seen(second, Done)
    serving = asyncio.create_task(second.run_forever())
    await asyncio.wait_for(answered.wait(), 20.0)
    second.inbox.post(Quit())
    await serving

    assert [m.content for m in second.messages if isinstance(m, Prompt)] == [
        (Text(content="water the plants"),)
    ]


async def test_a_job_begins_after_its_delay() -> None:
    deed = Gated()
    deed.let.set()
    agent = Agent(Scripted("begun", "it is done"), tools=[Trick("echo", deed)])
    agent.inbox.post(Start(tool=ECHO.tool, content=ECHO.content, seconds=0.05))

    answer = await asyncio.wait_for(agent.run("go"), 20.0)

    assert answer == Text(content="it is done")
    assert [type(m) for m in agent.messages if isinstance(m, Scheduled | JobStarted)] == [
        Scheduled,
        JobStarted,
    ]


async def test_a_parent_hears_by_mail_that_its_agent_has_halted() -> None:
    mail: Inbox[Mail] = Inbox()
    agent = Agent(Scripted(Refused("no such model")), name="child", parent=mail)
    halted = seen(agent, Halted)
    serving = asyncio.create_task(agent.run_forever())
    agent.inbox.post(letter("go"))
    await halted.wait()
    agent.inbox.post(Quit())
    await serving

    said = Text(content="child has halted (error): no such model")
    assert mail.collect() == [Letter(content=(said,), author="peer", sender="child")]


async def test_a_child_that_writes_to_its_parent_from_inside_its_call_is_answered() -> None:
    deed = Gated()

    async def child(asked: ToolCall) -> Answer:
        question = Text(content="which colour?")
        agent.inbox.post(Letter(content=(question,), author="peer", sender="child", call_id=asked.call_id))
        return await deed(asked)

    agent = Agent(Scripted(call("child"), "blue", "painted"), tools=[Trick("child", child, detachable=True)])
    agent._driver.core.grace = 0.0

    first = await asyncio.wait_for(agent.run("paint it"), 20.0)
    answered = seen(agent, Done)
    deed.let.set()
    await asyncio.wait_for(answered.wait(), 20.0)

    assert first == Text(content="blue")
    assert [m.author for m in agent._driver.core.state.view if isinstance(m, Prompt)] == [
        "user",
        "peer",
        "background",
    ]

"""Work in the background and delayed mail, on a real event loop (LOOP R17, R20)."""

import asyncio
import math
import time
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.atoms import ToolName
from sagent.errors import AgentClosed, AgentHalted, Refused, UsageError
from sagent.inbox import Inbox
from sagent.lib.blob import Blob
from sagent.lib.json import freeze_object
from sagent.messages.words import letter
from sagent.protocols import Answer, Tariff
from sagent.schema.event import Done, Halted
from sagent.schema.message import (
    JobStarted,
    ModelResponse,
    Prompt,
    Quarantined,
    Scheduled,
    ToolCall,
    ToolResult,
)
from sagent.schema.part import Image, Text
from sagent.schema.signal import Kill, Letter, Mail, Quit, Schedule, Start
from sagent.sessions.shelf import Shelf
from sagent.testing import Scripted, always, call, hold
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


async def test_a_parent_hears_by_mail_what_its_agent_has_put_aside_and_the_agent_goes_on() -> None:
    mail: Inbox[Mail] = Inbox()
    model = Scripted("ok", Refused("not that"), "still here")
    agent = Agent(model, name="child", parent=mail)
    serving = asyncio.create_task(agent.run_forever())
    await agent.run("go")
    put_aside = seen(agent, Quarantined)
    agent.inbox.post(Letter(content=(Text(content="poison"),), author="peer", sender="kim"))
    await put_aside.wait()

    answer = await agent.run("are you there?")

    why = "since no request went through with it: not that"
    said = Text(content=f"child has put aside what kim said, {why}")
    assert mail.collect() == [Letter(content=(said,), author="peer", sender="child")]
    assert answer == Text(content="still here")
    assert [type(entry) for entry in model.requests[-1].view] == [Prompt, ModelResponse, Prompt]
    agent.inbox.post(Quit())
    await serving


async def test_whoever_wrote_what_is_put_aside_hears_of_it_as_of_a_task() -> None:
    kim = Agent(Scripted("hi", always("noted")), name="kim")
    await kim.run("hi")
    heard = seen(kim, Done)
    agent = Agent(Scripted(Refused("not that")), name="child")
    serving = asyncio.create_task(agent.run_forever())
    agent.inbox.post(Letter(content=(Text(content="poison"),), author="peer", sender="kim"))
    await heard.wait()

    told = [kept for kept in kim.messages if isinstance(kept, Prompt)][-1]
    assert (told.author, told.sender) == ("background", "child")
    assert told.content == (
        Text(content="child has put aside what kim said, since no request went through with it: not that"),
    )
    agent.inbox.post(Quit())
    await serving
    await kim.aclose()


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


PICTURE = Image(descriptor="image/png", content=Blob.of(b"png"))
HOLLOW = Image(descriptor="image/png", content=Blob(digest="0" * 64, size=3))


async def test_a_picture_in_delayed_mail_survives_the_process(tmp_path: Path) -> None:
    first = Agent(Scripted(), session=Shelf(tmp_path).create(tmp_path))
    planned = seen(first, Scheduled)
    serving = asyncio.create_task(first.run_forever())
    first.inbox.post(Schedule(content=letter("look", PICTURE), seconds=0.0))
    await planned.wait()
    name = first.session_id
    first.inbox.post(Quit())
    await serving

    second = Agent(Scripted(always("a picture")), session=Shelf(tmp_path).open(name))
    answer = await asyncio.wait_for(second.run("well?"), 20.0)

    assert answer == Text(content="a picture")
    assert second.status != "closed"
    await second.aclose()


@pytest.mark.parametrize(
    "mail",
    [
        Start(tool=ToolName("my tool"), content=ECHO.content),
        Start(tool=ECHO.tool, content=ECHO.content, seconds=-1),
        Start(tool=ECHO.tool, content=ECHO.content, deadline=math.inf),
        Schedule(content=letter("later"), seconds=math.nan),
        Schedule(
            content=letter(Image(descriptor="image/png", content=Blob(digest="0" * 64, size=3))), seconds=1
        ),
    ],
)
async def test_mail_that_asks_for_what_cannot_be_is_refused_and_hurts_nobody(
    mail: Start | Schedule, caplog: pytest.LogCaptureFixture
) -> None:
    agent = Agent(Scripted("ok"), tools=[Trick("echo", Gated())])
    agent.inbox.post(mail)

    answer = await agent.run("go")

    assert answer == Text(content="ok")
    assert len(caplog.records) == 1
    assert not any(isinstance(m, Scheduled | JobStarted) for m in agent.messages)


async def test_an_agent_with_a_timer_may_be_looked_at_before_any_event_loop_runs(tmp_path: Path) -> None:
    first = Agent(Scripted("ok"), "Be brief.", session=Shelf(tmp_path).create(tmp_path))
    first.inbox.post(Schedule(content=letter("water the plants"), seconds=0.2))
    await first.run("go")
    name = first.session_id
    await first.aclose()

    def look() -> Agent:
        agent = Agent(Scripted(always("watered")), "Be kind.", session=Shelf(tmp_path).open(name))
        assert agent.session_id == name
        return agent

    second = await asyncio.to_thread(look)
    answered = seen(second, Done)
    serving = asyncio.create_task(second.run_forever())
    await asyncio.wait_for(answered.wait(), 20.0)
    second.inbox.post(Quit())
    await serving

    assert second._driver.core.state.system == "Be kind."


async def test_a_parent_that_has_ended_keeps_nobody_waiting() -> None:
    mail: Inbox[Mail] = Inbox()
    mail.close("over")
    agent = Agent(Scripted(Refused("no")), parent=mail)
    serving = asyncio.create_task(agent.run_forever())

    with pytest.raises(AgentHalted):
        await asyncio.wait_for(agent.run("go"), 20.0)

    agent.inbox.post(Quit())
    await serving


@pytest.mark.parametrize("budget", [math.inf, math.nan, 0.0, -1.0])
def test_a_budget_that_is_none_is_refused(budget: float) -> None:
    with pytest.raises(UsageError, match="max_budget_usd"):
        Agent(Scripted(), max_budget_usd=budget)


async def test_a_model_that_cannot_say_what_it_costs_has_no_known_price(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Confused(Scripted):
        def tariff(self, size: int, /) -> Tariff:
            raise RuntimeError("no table")

    agent = Agent(Confused("ok"), max_budget_usd=1.0)

    with pytest.raises(AgentHalted, match="is unknown"):
        await agent.run("go")

    assert [record.name for record in caplog.records] == ["sagent.agent"]
    await agent.aclose()


async def test_a_killed_call_says_how_long_it_had_run() -> None:
    deed = Gated()
    agent = Agent(Scripted(call("echo"), "ok"), tools=[Trick("echo", deed)])
    asking = asyncio.create_task(agent.run("go"))
    await deed.begun.wait()
    began = time.monotonic()
    sum(range(2_000_000))  # some time passes
    passed = time.monotonic() - began

    agent.inbox.post(Kill(content=agent.running[0]))
    await asking

    (result,) = [m for m in agent.messages if isinstance(m, ToolResult)]
    assert result.seconds >= passed


async def test_quitting_while_the_model_writes_leaves_its_call_in_the_log() -> None:
    reached = asyncio.Event()
    agent = Agent(Scripted([hold(asyncio.Event(), reached=reached)]))
    asking = asyncio.create_task(agent.run("go"))
    await reached.wait()

    await agent.aclose()

    with pytest.raises(AgentClosed):
        await asking
    assert [m.stop for m in agent.messages if isinstance(m, ModelResponse)] == ["interrupted"]
    assert agent.total_cost_usd is None

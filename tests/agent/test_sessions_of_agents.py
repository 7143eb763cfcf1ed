"""An agent and its log: what is written before what is done, and what happens when it cannot be (R1, R21)."""

import asyncio

import pytest

from sagent.agent import Agent
from sagent.atoms import MessageId
from sagent.errors import AgentClosed, SessionError
from sagent.messages.words import letter
from sagent.protocols import Answer
from sagent.schema.message import ModelResponse, Prompt, System, ToolCall
from sagent.schema.part import Text
from sagent.schema.signal import Halt
from sagent.testing import MemorySession, Scripted, call, hold
from tests.agent.props import FullDisk, Gated, LostDisk, Recorder, Trick, echo, seen


async def test_everything_is_written_and_flushed_before_it_is_done() -> None:
    diary: list[str] = []

    async def deed(asked: ToolCall) -> Answer:
        diary.append("the tool runs")
        return Text(content="ok")

    model = Scripted(
        lambda request: noted(diary, call("work")),
        lambda request: noted(diary, Text(content="done")),
    )
    agent = Agent(model, tools=[Trick("work", deed)], session=Recorder(diary))

    await agent.run("go")

    assert diary == [
        "ToolsChanged",
        "ModelChanged",
        "Prompt",
        "Drained",
        "flush",
        "the model is asked",
        "ModelResponse",
        "flush",
        "the tool runs",
        "ToolResult",
        "flush",
        "the model is asked",
        "ModelResponse",
    ]


def noted(diary: list[str], part: Text | ToolCall) -> Text | ToolCall:
    """The part, and a line in the diary."""
    diary.append("the model is asked")
    return part


async def test_the_log_can_be_read_at_any_moment_also_while_what_comes_next_waits_for_the_disk() -> None:
    agent = Agent(Scripted("one", "two"), session=Recorder([]))
    read: list[int] = []

    asked = asyncio.gather(agent.run("a"), agent.run("b"))
    while not asked.done():
        await asyncio.sleep(0)
        read.append(len(agent.messages))

    assert read == sorted(read)
    assert read[-1] == len(agent.messages)


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("error", [SessionError("the disk is full"), OSError("the disk is on fire")])
async def test_an_append_that_fails_closes_the_agent_and_tells_whoever_waits(
    number: int, error: Exception
) -> None:
    agent = Agent(
        Scripted(call("echo", text="x"), "ok"),
        tools=[Trick("echo", echo)],
        session=FullDisk(number, error),
    )

    with pytest.raises(AgentClosed, match="the disk is"):
        await asyncio.wait_for(agent.run("go"), 20.0)

    assert agent.status == "closed"
    await asyncio.wait_for(agent.aclose(), 20.0)


def test_a_log_that_fails_before_any_event_loop_runs_is_told_to_the_first_who_asks() -> None:
    agent = Agent(Scripted("never"), session=FullDisk(0))

    assert agent.session_id.startswith("memory-")

    with pytest.raises(AgentClosed, match="the disk is full"):
        agent.run_sync("hi")


async def test_nothing_is_run_after_an_append_that_failed() -> None:
    ran: list[str] = []

    async def deed(asked: ToolCall) -> Answer:
        ran.append("ran")
        return Text(content="ok")

    agent = Agent(Scripted(call("work")), tools=[Trick("work", deed)], session=FullDisk(4))

    with pytest.raises(AgentClosed):
        await asyncio.wait_for(agent.run("go"), 20.0)

    assert ran == []


async def test_a_flush_that_fails_closes_the_agent_before_the_model_is_asked() -> None:
    model = Scripted("never")
    agent = Agent(model, session=LostDisk([]))

    with pytest.raises(AgentClosed, match="the disk is gone"):
        await asyncio.wait_for(agent.run("go"), 20.0)

    assert model.requests == ()


async def test_an_agent_that_is_closed_while_its_disk_fails_ends_all_the_same() -> None:
    agent = Agent(Scripted("never"), session=LostDisk([]))
    asking = asyncio.create_task(agent.run("go"))
    heard = seen(agent, Prompt)
    await heard.wait()

    await asyncio.wait_for(agent.aclose(), 20.0)

    with pytest.raises(AgentClosed):
        await asyncio.wait_for(asking, 20.0)


async def test_a_halt_that_overtakes_the_request_leaves_it_unsent() -> None:
    model = Scripted("never")
    agent = Agent(model, session=Recorder([]))
    halted = asyncio.create_task(agent.run("go"))
    heard = seen(agent, Prompt)
    await heard.wait()

    agent._driver.feed(Halt())

    with pytest.raises(Exception, match="halted"):
        await asyncio.wait_for(halted, 20.0)
    assert model.requests == ()


async def test_a_log_is_continued_by_another_agent() -> None:
    session = MemorySession()
    await Agent(Scripted("one"), "Be brief.", session=session).run("a")
    model = Scripted("two")

    await Agent(model, "Be brief.", session=session).run("b")

    assert len(model.requests[0].view) == 3
    assert sum(isinstance(message, System) for message in session.messages) == 1


async def test_a_system_prompt_that_differs_from_the_log_is_a_change() -> None:
    session = MemorySession()
    await Agent(Scripted("one"), "Be brief.", session=session).run("a")
    model = Scripted("two")

    await Agent(model, "Be verbose.", session=session).run("b")

    (asked,) = model.requests
    assert asked.system == "Be verbose."
    assert [type(entry) for entry in asked.view] == [Prompt, ModelResponse, Prompt, System]


async def test_an_older_message_is_the_head_of_a_fork() -> None:
    session = MemorySession()
    agent = Agent(Scripted("one", "two"), session=session)
    await agent.run("a")
    head: MessageId = agent.messages[-1].id
    await agent.run("b")
    model = Scripted("another two")

    fork = Agent(model, session=session, head=head)
    await fork.run("c")

    assert [m.content[0] for m in fork.messages if isinstance(m, Prompt)] == [
        Text(content="a"),
        Text(content="c"),
    ]
    assert len(model.requests[0].view) == 3


async def test_a_log_whose_process_died_while_a_tool_ran_is_continued() -> None:
    session, copy = MemorySession(), MemorySession()
    gated = Gated()
    agent = Agent(Scripted(call("work")), tools=[Trick("work", gated)], session=session)
    agent.inbox.post(letter("go"))
    serving = asyncio.create_task(agent.run_forever())
    await gated.begun.wait()
    for message in session.messages:
        copy.append(message)
    model = Scripted("I see")

    await Agent(model, tools=[Trick("work", gated)], session=copy).run("what happened?")
    await agent.aclose()
    await serving

    lost = "the process ended before this finished; it may have partly run"
    assert model.requests[0].view[2].content == (Text(content=lost),)


async def test_making_an_agent_writes_and_asks_nothing() -> None:
    diary: list[str] = []

    Agent(Scripted(), "Be brief.", session=Recorder(diary))

    assert diary == []


async def test_text_shown_before_a_crash_of_the_connection_is_in_the_log() -> None:
    reached = asyncio.Event()
    agent = Agent(Scripted(["half", hold(asyncio.Event(), reached=reached)]))
    asking = asyncio.create_task(agent.run("go"))
    await reached.wait()

    asking.cancel()
    stopped = seen(agent, ModelResponse)
    await asyncio.wait_for(stopped.wait(), 20.0)

    assert [m.content for m in agent.messages if isinstance(m, ModelResponse)] == [(Text(content="half"),)]

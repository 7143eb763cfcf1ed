"""Hooks around calls: they can refuse and add words, and lose nothing (LOOP R3, R9)."""

import asyncio

import pytest

from sagent.agent import Agent
from sagent.errors import ToolError
from sagent.protocols import Answer
from sagent.schema.event import Notice
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import ErrorText, Text
from sagent.schema.signal import Kill
from sagent.testing import Scripted, call
from tests.agent.props import Gated, Trick, echo


def told(agent: Agent) -> list[tuple[bool, list[str]]]:
    """Whether each result in the log failed, and what it says."""
    return [
        (message.failed, [part.content for part in message.content if isinstance(part, Text | ErrorText)])
        for message in agent.messages
        if isinstance(message, ToolResult)
    ]


async def test_a_hook_before_a_call_may_let_it_run_and_one_behind_it_sees_what_came_of_it() -> None:
    seen: list[tuple[str, object]] = []

    async def before(question: ToolCall) -> str | None:
        seen.append(("before", question.content["text"]))
        return None

    async def after(question: ToolCall, result: ToolResult) -> str | None:
        seen.append(("after", (question.call_id == result.call_id, result.failed, result.content)))
        return None

    agent = Agent(
        Scripted(call("echo", text="x"), "ok"),
        tools=[Trick("echo", echo)],
        before_tool=before,
        after_tool=after,
    )

    await agent.run("go")

    assert seen == [("before", "x"), ("after", (True, False, (Text(content="x"),)))]
    assert told(agent) == [(False, ["x"])]


async def test_a_hook_before_a_call_may_say_why_not() -> None:
    behind: list[ToolResult] = []

    async def before(question: ToolCall) -> str | None:
        return "not in this branch"

    async def after(question: ToolCall, result: ToolResult) -> str | None:
        behind.append(result)
        return None

    agent = Agent(
        Scripted(call("echo", text="x"), "ok"),
        tools=[Trick("echo", echo)],
        before_tool=before,
        after_tool=after,
    )

    await agent.run("go")

    assert told(agent) == [(True, ["not run: not in this branch"])]
    assert behind == []


async def test_words_of_a_hook_stand_behind_the_result_of_a_failed_call_too() -> None:
    async def broken(question: ToolCall) -> Answer:
        raise ToolError("there is no such file")

    async def after(question: ToolCall, result: ToolResult) -> str | None:
        return f"failed: {result.failed}"

    agent = Agent(
        Scripted([call("echo", text="x"), call("broken")], "ok"),
        tools=[Trick("echo", echo), Trick("broken", broken)],
        after_tool=after,
    )

    await agent.run("go")

    assert sorted(told(agent)) == [
        (False, ["x", "failed: False"]),
        (True, ["there is no such file", "failed: True"]),
    ]


@pytest.mark.parametrize("error", [RuntimeError("no disk"), asyncio.CancelledError()])
async def test_a_hook_that_fails_refuses_before_a_call_and_is_told_behind_it(error: BaseException) -> None:
    async def before(question: ToolCall) -> str | None:
        if question.tool == "first":
            raise error
        return None

    async def after(question: ToolCall, result: ToolResult) -> str | None:
        raise error

    agent = Agent(
        Scripted(call("first", text="x"), call("second", text="y"), "ok"),
        tools=[Trick("first", echo), Trick("second", echo)],
        before_tool=before,
        after_tool=after,
    )

    await asyncio.wait_for(agent.run("go"), 20.0)

    (refused, (words,)), (failed, (result, note)) = told(agent)
    assert (refused, failed, result) == (True, False, "y")
    assert words.startswith("not run: the hook before it ")
    assert note.startswith("[the hook behind it ")


async def test_what_is_no_word_is_not_put_behind_a_result() -> None:
    async def after(question: ToolCall, result: ToolResult) -> str | None:
        return {"formatted": True}  # type: ignore[return-value]  # the point of this test

    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Trick("echo", echo)], after_tool=after)
    notices: list[str] = []
    agent.watch(lambda message: notices.append(message.content) if isinstance(message, Notice) else None)

    await agent.run("go")

    words = "[the hook behind it answered with dict, which is neither words nor None]"
    assert told(agent) == [(False, ["x", words])]
    assert notices == [f"echo: {words}"]


async def test_a_call_that_is_killed_while_a_hook_thinks_has_not_run() -> None:
    thinking, ran = Gated(), list[ToolCall]()

    async def before(question: ToolCall) -> str | None:
        await thinking(question)
        return None

    async def deed(question: ToolCall) -> Answer:
        ran.append(question)
        return Text(content="done")

    agent = Agent(Scripted(call("deed"), "ok"), tools=[Trick("deed", deed)], before_tool=before)
    running = asyncio.create_task(agent.run("go"))
    await thinking.begun.wait()

    agent.inbox.post(Kill(content=agent.running[0]))
    await asyncio.wait_for(running, 20.0)

    assert (thinking.cancelled, ran) == (True, [])
    assert told(agent) == [(True, ["killed by the user; it may have partly run"])]


async def test_what_came_of_a_call_is_not_lost_when_it_is_killed_in_the_hook_behind_it() -> None:
    listening = Gated()

    async def after(question: ToolCall, result: ToolResult) -> str | None:
        await listening(question)
        return None

    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Trick("echo", echo)], after_tool=after)
    running = asyncio.create_task(agent.run("go"))
    await listening.begun.wait()

    agent.inbox.post(Kill(content=agent.running[0]))
    await asyncio.wait_for(running, 20.0)

    assert told(agent) == [(False, ["x", "[the hook behind it was stopped]"])]

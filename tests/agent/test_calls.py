"""Calls on a real event loop: leave, failure, detachment, death (LOOP R3, R5, R9)."""

import asyncio
import threading

import pytest

from sagent.agent import Agent
from sagent.atoms import CallId, ToolName
from sagent.errors import ToolError
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.words import letter, tool_result
from sagent.protocols import Answer
from sagent.schema.event import Done, Halted, TextDelta, ToolLabel
from sagent.schema.message import Detached, Message, Prompt, ToolCall, ToolResult
from sagent.schema.part import ErrorText, Part, Text
from sagent.schema.signal import Clear, Kill
from sagent.testing import Scripted, always, call, hold
from sagent.tools.threads import in_thread
from tests.agent.props import Gated, Shouting, Stubborn, Trick, echo, seen


def results(agent: Agent) -> list[tuple[bool, str]]:
    """Whether each result in the log failed, and what it says."""
    return [(m.failed, said(m.content[0])) for m in agent.messages if isinstance(m, ToolResult)]


def said(part: Part) -> str:
    """The words of a part."""
    assert isinstance(part, Text | ErrorText)
    return part.content


def running(agent: Agent) -> CallId:
    """The call that runs."""
    (call_id,) = agent._driver.core.state.open
    return call_id


async def test_whoever_approves_may_allow_a_call() -> None:
    asked: list[ToolCall] = []

    async def approve(question: ToolCall) -> str | None:
        asked.append(question)
        return None

    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Trick("echo", echo)], approve=approve)

    await agent.run("go")

    assert [question.content for question in asked] == [{"text": "x"}]
    assert results(agent) == [(False, "x")]


async def test_whoever_approves_may_say_why_not() -> None:
    async def approve(question: ToolCall) -> str | None:
        return "not on a Sunday"

    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Trick("echo", echo)], approve=approve)

    await agent.run("go")

    assert results(agent) == [(True, "not run: not on a Sunday")]


@pytest.mark.parametrize("error", [RuntimeError("no terminal"), asyncio.CancelledError()])
async def test_a_call_is_refused_if_asking_for_leave_fails(error: BaseException) -> None:
    async def approve(question: ToolCall) -> str | None:
        raise error

    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Trick("echo", echo)], approve=approve)

    await asyncio.wait_for(agent.run("go"), 20.0)

    ((failed, told),) = results(agent)
    assert failed
    assert told.startswith("not run: asking for leave ")


async def test_a_question_is_taken_back_when_the_user_speaks_instead() -> None:
    asking = Gated()

    async def approve(question: ToolCall) -> str | None:
        await asking(question)
        return None

    agent = Agent(Scripted(call("echo"), "ok"), tools=[Trick("echo", echo)], approve=approve)
    agent._driver.core.grace = 0.0
    first = asyncio.create_task(agent.run("go"))
    await asking.begun.wait()

    await agent.run("no, wait")

    assert asking.cancelled
    assert (await first).content == "ok"
    assert results(agent) == [(True, "not run: the user spoke instead")]


async def test_an_agent_can_be_closed_while_a_question_waits() -> None:
    asking = Gated()

    async def approve(question: ToolCall) -> str | None:
        await asking(question)
        return None

    agent = Agent(Scripted(call("echo")), tools=[Trick("echo", echo)], approve=approve)
    agent.inbox.post(letter("go"))
    serving = asyncio.create_task(agent.run_forever())
    await asking.begun.wait()

    await asyncio.wait_for(agent.aclose(), 20.0)
    await serving

    assert asking.cancelled


async def test_a_tool_that_cannot_do_it_says_why() -> None:
    async def deed(asked: ToolCall) -> Answer:
        raise ToolError("there is no such file")

    agent = Agent(Scripted(call("read"), "I see"), tools=[Trick("read", deed)])

    await agent.run("go")

    assert results(agent) == [(True, "there is no such file")]


async def test_a_bug_in_a_tool_is_told_to_the_model() -> None:
    async def deed(asked: ToolCall) -> Answer:
        raise ZeroDivisionError("oops")

    agent = Agent(Scripted(call("divide"), "I see"), tools=[Trick("divide", deed)])

    await agent.run("go")

    assert results(agent) == [(True, "the tool broke: ZeroDivisionError: oops")]


async def test_a_tool_whose_own_task_was_cancelled_leaves_nobody_waiting() -> None:
    async def deed(asked: ToolCall) -> Answer:
        inner = asyncio.get_running_loop().create_future()
        inner.cancel()
        await inner
        return Text(content="never")

    agent = Agent(Scripted(call("wait"), "I see"), tools=[Trick("wait", deed)])

    await asyncio.wait_for(agent.run("go"), 20.0)

    assert results(agent) == [(True, "the tool broke: something that it waited for was cancelled")]


async def test_a_tool_may_answer_with_a_whole_result() -> None:
    async def deed(asked: ToolCall) -> Answer:
        return tool_result(asked, "one", "two", failed=True)

    agent = Agent(Scripted(call("both"), "ok"), tools=[Trick("both", deed)])

    await agent.run("go")

    (result,) = [m for m in agent.messages if isinstance(m, ToolResult)]
    assert (result.content, result.failed) == ((Text(content="one"), Text(content="two")), True)


async def test_an_unknown_tool_is_answered_with_the_names_of_those_there_are() -> None:
    agent = Agent(Scripted(call("ehco"), "oh"), tools=[Trick("echo", echo)])

    await agent.run("go")

    assert results(agent) == [(True, "not run: there is no tool 'ehco'; there are echo")]


async def test_a_directive_that_does_not_fit_its_schema_is_not_run() -> None:
    agent = Agent(Scripted(call("echo", text=5), "oh"), tools=[Trick("echo", echo)])

    await agent.run("go")

    ((failed, told),) = results(agent)
    assert failed
    assert told.startswith("not run: the directive does not fit the schema of echo: at $.text:")


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"required": 5}, {"properties": [1]}])
async def test_a_tool_with_a_broken_schema_is_not_run_and_leaves_nobody_waiting(schema: JsonObject) -> None:
    tool = Trick("echo", echo)
    tool.directive_schema = freeze_object(schema)
    agent = Agent(Scripted(call("echo"), "oh"), tools=[tool])

    await asyncio.wait_for(agent.run("go"), 20.0)

    ((failed, told),) = results(agent)
    assert failed
    assert "the schema itself is broken" in told


class Mumbling(Trick):
    """A tool that cannot say what it is about to do."""

    def summary(self, asked: ToolCall, /) -> str:
        raise RuntimeError("no words")


async def test_a_tool_whose_summary_raises_is_run_all_the_same() -> None:
    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Mumbling("echo", echo)])

    shown: list[Message] = []
    agent.watch(shown.append)
    await asyncio.wait_for(agent.run("go"), 20.0)

    assert [m.content for m in shown if isinstance(m, ToolLabel)] == ["echo"]
    assert results(agent) == [(False, "x")]


async def test_a_user_who_speaks_while_a_tool_runs_is_heard_and_gets_the_result_later() -> None:
    gated = Gated()
    model = Scripted(call("build"), "still building", "it is built")
    agent = Agent(model, tools=[Trick("build", gated, detachable=True)])
    agent._driver.core.grace = 0.0
    first = asyncio.create_task(agent.run("build it"))
    await gated.begun.wait()

    second = await agent.run("how is it going?")
    shared = await first
    told = seen(agent, Done)
    gated.let.set()
    await asyncio.wait_for(told.wait(), 20.0)

    assert (second.content, shared.content) == ("still building", "still building")
    assert [type(entry) for entry in model.requests[1].view[2:]] == [Detached, Prompt]
    delivered = model.requests[2].view[-1]
    assert isinstance(delivered, Prompt)
    assert (delivered.author, delivered.content[-1]) == ("background", Text(content="done"))


async def test_a_killed_call_says_who_killed_it() -> None:
    gated = Gated()
    agent = Agent(Scripted(call("build"), "oh"), tools=[Trick("build", gated)])
    asking = asyncio.create_task(agent.run("go"))
    await gated.begun.wait()

    agent.inbox.post(Kill(content=running(agent)))
    await asyncio.wait_for(asking, 20.0)

    assert gated.cancelled
    assert results(agent) == [(True, "killed by the user; it may have partly run")]


async def test_a_call_that_takes_no_notice_is_abandoned_and_its_late_result_thrown_away() -> None:
    stubborn = Stubborn()
    agent = Agent(Scripted(call("build"), "oh", "later"), tools=[Trick("build", stubborn)])
    agent._driver.crew.kill_patience = 0.01
    asking = asyncio.create_task(agent.run("go"))
    await stubborn.begun.wait()

    agent.inbox.post(Kill(content=running(agent)))
    await asyncio.wait_for(asking, 20.0)
    stubborn.let.set()
    await agent.run("and now?")

    ((failed, told),) = results(agent)
    assert failed
    assert told.endswith("was abandoned, still running")


async def test_a_blocking_call_in_a_thread_is_abandoned_too() -> None:
    begun, let = threading.Event(), threading.Event()

    def block() -> str:
        begun.set()
        let.wait(5.0)
        return "done"

    async def deed(asked: ToolCall) -> Answer:
        return Text(content=await in_thread(block))

    agent = Agent(Scripted(call("block"), "oh"), tools=[Trick("block", deed)])
    agent._driver.crew.kill_patience = 0.01
    shown = seen(agent, ToolLabel)
    asking = asyncio.create_task(agent.run("go"))
    await shown.wait()

    agent.inbox.post(Kill(content=running(agent)))
    await asyncio.wait_for(asking, 20.0)
    let.set()

    ((_, told),) = results(agent)
    assert told.endswith("was abandoned, still running")


async def test_killing_twice_waits_for_the_end_all_the_same() -> None:
    stubborn = Stubborn()
    agent = Agent(Scripted(call("build"), "oh"), tools=[Trick("build", stubborn)])
    agent._driver.crew.kill_patience = 0.05
    asking = asyncio.create_task(agent.run("go"))
    await stubborn.begun.wait()

    agent.inbox.post(Kill(content=running(agent)))
    agent.inbox.post(Kill(content=running(agent)))
    await asyncio.wait_for(asking, 20.0)
    stubborn.let.set()

    ((_, told),) = results(agent)
    assert told.endswith("was abandoned, still running")


async def test_closing_an_agent_ends_what_runs() -> None:
    gated = Gated()
    agent = Agent(Scripted(call("build")), tools=[Trick("build", gated)])
    agent.inbox.post(letter("go"))
    serving = asyncio.create_task(agent.run_forever())
    await gated.begun.wait()

    await asyncio.wait_for(agent.aclose(), 20.0)
    await serving

    assert gated.cancelled


async def test_an_agent_can_be_closed_although_a_tool_takes_no_notice() -> None:
    stubborn = Stubborn()
    agent = Agent(Scripted(call("build")), tools=[Trick("build", stubborn)])
    agent._driver.crew.kill_patience = 0.01
    agent.inbox.post(letter("go"))
    serving = asyncio.create_task(agent.run_forever())
    await stubborn.begun.wait()

    await asyncio.wait_for(agent.aclose(), 20.0)
    await serving
    stubborn.let.set()

    assert agent.status == "closed"


async def test_halting_lets_a_tool_go_on_and_its_result_is_there_for_the_next_prompt() -> None:
    gated = Gated()
    model = Scripted(call("build"), "I see")
    agent = Agent(model, tools=[Trick("build", gated)])
    halted = seen(agent, Halted)
    agent.inbox.post(letter("go"))
    serving = asyncio.create_task(agent.run_forever())
    await gated.begun.wait()
    agent.halt()
    await asyncio.wait_for(halted.wait(), 20.0)

    ended = seen(agent, ToolResult)
    gated.let.set()
    await asyncio.wait_for(ended.wait(), 20.0)
    answer = await agent.run("so?")
    await agent.aclose()
    await serving

    assert answer.content == "I see"
    assert len(model.requests) == 2


async def test_clearing_ends_running_calls_and_begins_anew() -> None:
    gated = Gated()
    model = Scripted(call("build"), "new")
    agent = Agent(model, tools=[Trick("build", gated)])
    asking = asyncio.create_task(agent.run("go"))
    await gated.begun.wait()

    agent.inbox.post(Clear())
    with pytest.raises(Exception, match="cleared"):
        await asyncio.wait_for(asking, 20.0)
    answer = await agent.run("hi")

    assert answer.content == "new"
    assert len(model.requests[1].view) == 1


def test_a_call_whose_event_loop_ended_is_a_failed_call() -> None:
    model = Scripted(call("build"), always("I see"))
    gated: list[Gated] = []

    async def deed(asked: ToolCall) -> Answer:
        gated.append(Gated())
        return await gated[-1](asked)

    agent = Agent(model, tools=[Trick("build", deed)])

    async def leave() -> None:
        begun = seen(agent, ToolLabel)
        agent.inbox.post(letter("go"))
        serving = asyncio.create_task(agent.run_forever())
        await begun.wait()
        assert not serving.done()

    asyncio.run(leave())
    answer = asyncio.run(asyncio.wait_for(agent.run("so?"), 20.0))

    ((failed, told),) = results(agent)
    assert (answer.content, failed) == ("I see", True)
    assert told.startswith("the event loop that this ran on has ended")


def test_a_question_whose_event_loop_ended_is_a_refusal() -> None:
    async def approve(question: ToolCall) -> str | None:
        asked.set()
        await asyncio.Event().wait()
        return None

    agent = Agent(Scripted(call("echo"), always("I see")), tools=[Trick("echo", echo)], approve=approve)
    asked = asyncio.Event()

    async def leave() -> None:
        agent.inbox.post(letter("go"))
        serving = asyncio.create_task(agent.run_forever())
        await asked.wait()
        assert not serving.done()

    asyncio.run(leave())
    answer = asyncio.run(asyncio.wait_for(agent.run("so?"), 20.0))

    ((failed, told),) = results(agent)
    assert (answer.content, failed) == ("I see", True)
    assert told == "not run: the event loop that leave was asked for on has ended"


def test_an_alarm_is_set_again_on_the_next_event_loop() -> None:
    stubborn = Gated()
    agent = Agent(Scripted(call("echo"), always("I see")), tools=[Trick("echo", stubborn, detachable=True)])
    agent._driver.core.grace = 0.02

    async def leave() -> None:
        begun = seen(agent, ToolLabel)
        agent.inbox.post(letter("go"))
        serving = asyncio.create_task(agent.run_forever())
        await begun.wait()
        heard = seen(agent, Prompt)
        agent.inbox.post(letter("hm"))
        await heard.wait()
        assert not serving.done()

    asyncio.run(leave())

    assert asyncio.run(asyncio.wait_for(agent.run("so?"), 20.0)) == Text(content="I see")


async def test_the_text_of_a_halted_response_is_what_was_shown() -> None:
    shown: list[str] = []
    reached, never = asyncio.Event(), asyncio.Event()
    agent = Agent(Scripted(["half of it", hold(never, reached=reached), call("echo")]))
    agent.watch(lambda message: shown.append(message.content) if isinstance(message, TextDelta) else None)
    asking = asyncio.create_task(agent.run("go"))
    await reached.wait()

    agent.halt()
    with pytest.raises(Exception, match="halted"):
        await asyncio.wait_for(asking, 20.0)

    assert "".join(shown) == "half of it"
    assert agent._driver.core.state.view[-1].content == (Text(content="half of it"),)


def test_the_name_of_a_tool_is_a_word_of_its_own() -> None:
    assert Trick("echo", echo).name == ToolName("echo")


async def test_a_tool_is_asked_what_it_is_about_only_where_somebody_watches() -> None:
    tool = Shouting("echo", echo)
    agent = Agent(Scripted(call("echo", text="x"), "ok", call("echo", text="y"), "ok"), tools=[tool])
    shown: list[Message] = []

    await agent.run("unwatched")
    unwatched = tool.asked
    agent.watch(shown.append)
    await agent.run("watched")

    assert (unwatched, tool.asked) == (0, 1)
    assert [m.content for m in shown if isinstance(m, ToolLabel)] == ["ECHO"]

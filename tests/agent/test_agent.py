"""Asking an agent: the ways in, the ways out, and what is seen on the way."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Sequence
from typing import cast

import pytest
from typing_extensions import override

from sagent.agent import Agent
from sagent.atoms import CallId, ToolName
from sagent.errors import (
    AgentClosed,
    AgentHalted,
    Malformed,
    MissingKey,
    Overflow,
    Overloaded,
    ProviderError,
    Refused,
    UsageError,
)
from sagent.lib.blob import Blob
from sagent.lib.json import json_freeze
from sagent.messages.words import letter
from sagent.protocols import Answer, Chunk, Request
from sagent.providers import Google
from sagent.schema.event import Done, Halted, Progress, Retry, TextDelta, ToolLabel
from sagent.schema.message import Message, ModelResponse, Prompt, ToolCall, ToolResult
from sagent.schema.part import ErrorText, Image, Text
from sagent.schema.signal import Halt, Kill, Quit, Withdraw
from sagent.testing import MemorySession, Scripted, Status, WireServer, always, call, hold, reply
from sagent.tools import Read
from tests.agent.props import Gated, Ticker, Trick, echo, seen


def names(messages: Sequence[Message]) -> Sequence[str]:
    return [type(message).__name__ for message in messages]


async def collected(agent: Agent, words: str) -> Sequence[Message]:
    return [message async for message in agent.stream(words)]


async def test_words_are_answered_with_the_visible_text() -> None:
    agent = Agent(Scripted("hello"))

    answer = await agent.run("hi")

    assert answer == Text(content="hello")


@pytest.mark.parametrize(
    "message",
    [
        "hi",
        Text(content="hi"),
        letter("hi"),
        json_freeze({"prompt": "hi"}),
        {"prompt": "hi"},
        ToolCall(
            call_id=CallId("c"), vendor_id="", tool=ToolName("Agent"), content=json_freeze({"prompt": "hi"})
        ),
    ],
    ids=lambda message: type(message).__name__,
)
async def test_an_agent_can_be_asked_in_every_shape(message: str) -> None:
    model = Scripted("hello")
    agent = Agent(model)

    await agent.run(message)

    (asked,) = model.requests
    (prompt,) = asked.view
    assert isinstance(prompt, Prompt)
    assert prompt.content == (Text(content="hi"),)


async def test_all_requests_of_a_session_name_the_same_conversation_and_no_other_session_does() -> None:
    names: list[str] = []

    def answer(request: Request) -> str:
        names.append(request.conversation)
        return "ok"

    for session_id in ("first", "first", "second"):
        agent = Agent(Scripted(always(answer)), session=MemorySession(session_id))
        await agent.run("one")
        await agent.run("two")

    first, second = names[0], names[4]
    assert names == [first] * 4 + [second] * 2
    assert first != second
    assert "first" not in first


@pytest.mark.parametrize("directive", [{}, {"prompt": 5}, {"text": "hi"}])
async def test_a_directive_without_a_prompt_is_refused_before_anything_happens(
    directive: dict[str, int | str],
) -> None:
    model = Scripted()
    agent = Agent(model)

    with pytest.raises(Malformed, match=r"\$\.prompt"):
        await agent.run(directive)

    assert model.requests == ()
    assert agent.status == "idle"


async def test_a_stream_shows_everything_in_order_and_ends_with_the_answer() -> None:
    agent = Agent(Scripted(call("echo", text="x"), "all done"), tools=[Trick("echo", echo)])

    shown = await collected(agent, "go")

    assert names(shown) == [
        "Prompt",
        "Drained",
        "ModelResponse",
        "ToolLabel",
        "ToolResult",
        "TextDelta",
        "TextDelta",
        "ModelResponse",
        "Done",
        "Text",
    ]
    assert shown[-1] == Text(content="all done")
    assert "".join(m.content for m in shown if isinstance(m, TextDelta)) == "all done"


async def test_a_tool_that_streams_shows_its_progress() -> None:
    agent = Agent(Scripted(call("tick"), "ok"), tools=[Ticker()])

    shown = await collected(agent, "go")

    (result,) = [message for message in shown if isinstance(message, ToolResult)]
    assert [m.content for m in shown if isinstance(m, Progress)] == ["one", "two"]
    assert (result.content, result.failed) == ((Text(content="counted"),), False)


async def test_leaving_a_stream_early_ends_the_turn() -> None:
    never, reached = asyncio.Event(), asyncio.Event()
    agent = Agent(Scripted(["begin ", hold(never, reached=reached), "end"], "again"))

    halted = seen(agent, Halted)
    stream = agent.stream("go")
    async for message in stream:
        if isinstance(message, TextDelta):
            break
    await stream.aclose()
    await asyncio.wait_for(halted.wait(), 20.0)

    assert await agent.run("more") == Text(content="again")
    assert [m.stop for m in agent.messages if isinstance(m, ModelResponse)] == ["interrupted", "end"]


def test_an_agent_outlives_its_event_loops() -> None:
    model = Scripted("one", "two")
    agent = Agent(model)

    first = asyncio.run(agent.run("a"))
    second = asyncio.run(agent.run("b"))

    assert (first.content, second.content) == ("one", "two")
    assert len(model.requests[-1].view) == 3


def test_an_agent_can_be_asked_without_an_event_loop() -> None:
    agent = Agent(Scripted("one", "two"))

    answers = [agent.run_sync("a"), agent.run_sync("b")]

    assert answers == [Text(content="one"), Text(content="two")]


async def test_asking_without_an_event_loop_is_refused_where_there_is_one() -> None:
    agent = Agent(Scripted("one"))

    with pytest.raises(UsageError, match=r"await agent\.run"):
        agent.run_sync("a")


def test_a_loop_that_ends_in_mid_turn_leaves_an_agent_that_can_be_asked_again() -> None:
    model = Scripted(["begin", hold(asyncio.Event())], "fine")
    agent = Agent(model)

    async def leave() -> None:
        begun = seen(agent, TextDelta)
        task = asyncio.create_task(agent.run("go"))
        await begun.wait()
        assert not task.done()

    asyncio.run(leave())

    assert asyncio.run(asyncio.wait_for(agent.run("again"), 20.0)) == Text(content="fine")


async def test_letters_may_be_posted_from_any_thread() -> None:
    session = MemorySession()
    agent = Agent(Scripted(always("ok")), session=session)
    serving = asyncio.create_task(agent.run_forever())
    answered = seen(agent, Done)

    threads = [threading.Thread(target=agent.inbox.post, args=(letter(str(n)),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    await asyncio.wait_for(answered.wait(), 20.0)
    agent.inbox.post(Quit())
    await asyncio.wait_for(serving, 20.0)

    assert sum(isinstance(message, Prompt) for message in session.messages) == 4
    assert agent.status == "closed"


async def test_mail_posted_before_the_first_run_is_heard() -> None:
    model = Scripted("to the letter", "to the question")
    agent = Agent(model)
    agent.inbox.post(letter("before"))

    answer = await agent.run("hi")

    assert answer == Text(content="to the question")
    assert len(model.requests[1].view) == 3


async def test_watching_begins_before_the_first_run_and_ends_when_told() -> None:
    agent = Agent(Scripted("one", "two"))
    seen: list[Message] = []
    deaf = agent.watch(seen.append)
    await agent.run("a")
    heard = len(seen)

    deaf()
    await agent.run("b")

    assert heard > 3
    assert len(seen) == heard


async def test_a_watcher_that_raises_does_not_disturb_the_agent() -> None:
    agent = Agent(Scripted("fine"))

    def broken(message: Message) -> None:
        raise RuntimeError("a bug in the watcher")

    agent.watch(broken)

    assert await asyncio.wait_for(agent.run("hi"), 20.0) == Text(content="fine")


async def test_an_agent_as_a_context_is_closed_at_its_end() -> None:
    async with Agent(Scripted("hello")) as agent:
        await agent.run("hi")

    assert agent.status == "closed"
    with pytest.raises(AgentClosed):
        await agent.run("still there?")


async def test_closing_twice_is_the_same_as_once() -> None:
    agent = Agent(Scripted())

    await agent.aclose()
    await asyncio.wait_for(agent.aclose(), 20.0)

    assert agent.status == "closed"


def test_closing_again_on_another_loop_returns() -> None:
    agent = Agent(Scripted())
    asyncio.run(agent.aclose())

    asyncio.run(asyncio.wait_for(agent.aclose(), 20.0))

    assert agent.status == "closed"


async def test_letters_behind_a_quit_are_refused_and_the_rest_goes_on() -> None:
    agent = Agent(Scripted())
    agent.inbox.post(Quit())
    agent.inbox.post(letter("too late"))

    await asyncio.wait_for(agent.run_forever(), 20.0)

    assert agent.status == "closed"


async def test_quitting_tells_whoever_waits_for_an_answer() -> None:
    reached = asyncio.Event()
    agent = Agent(Scripted([hold(asyncio.Event(), reached=reached)]))
    asking = asyncio.create_task(agent.run("hi"))
    await reached.wait()

    await asyncio.wait_for(agent.aclose(), 20.0)

    with pytest.raises(AgentClosed):
        await asking


async def test_two_who_ask_in_one_turn_share_its_answer_and_a_later_one_gets_its_own() -> None:
    gated = Gated()
    agent = Agent(Scripted(call("wait"), "to both", "to the third"), tools=[Trick("wait", gated)])
    first = asyncio.create_task(agent.run("one"))
    await gated.begun.wait()
    heard = seen(agent, Prompt)
    second = asyncio.create_task(agent.run("two"))
    await heard.wait()

    gated.let.set()
    shared = await first, await second
    third = await agent.run("three")

    assert shared == (Text(content="to both"), Text(content="to both"))
    assert third == Text(content="to the third")


async def test_cancelling_one_of_two_does_not_disturb_the_other() -> None:
    gated = Gated()
    agent = Agent(Scripted(call("wait"), "fine"), tools=[Trick("wait", gated)])
    first = asyncio.create_task(agent.run("one"))
    await gated.begun.wait()
    heard = seen(agent, Prompt)
    second = asyncio.create_task(agent.run("two"))
    await heard.wait()

    second.cancel()
    gated.let.set()

    assert await first == Text(content="fine")
    assert sum(isinstance(message, Prompt) for message in agent.messages) == 2


async def test_cancelling_the_only_one_halts_the_turn_and_ends_its_calls() -> None:
    gated = Gated()
    agent = Agent(Scripted(call("wait"), "next"), tools=[Trick("wait", gated)])
    asking = asyncio.create_task(agent.run("one"))
    await gated.begun.wait()

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    answer = await asyncio.wait_for(agent.run("two"), 20.0)

    assert gated.cancelled
    assert answer == Text(content="next")


async def test_a_run_that_is_cancelled_at_once_leaves_an_agent_that_goes_on() -> None:
    agent = Agent(Scripted("one", "two"))
    heard = seen(agent, Prompt)
    asking = asyncio.create_task(agent.run("never mind"))
    await heard.wait()

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert (await asyncio.wait_for(agent.run("hi"), 20.0)).content in ("one", "two")


async def test_halting_a_stream_raises_with_what_was_said() -> None:
    reached = asyncio.Event()
    agent = Agent(Scripted(["so far ", hold(asyncio.Event(), reached=reached)]))
    asking = asyncio.create_task(agent.run("hi"))
    await reached.wait()

    agent.halt()

    with pytest.raises(AgentHalted) as halted:
        await asyncio.wait_for(asking, 20.0)
    assert (halted.value.reason, halted.value.partial) == ("user", "so far ")


async def test_a_model_that_takes_no_notice_of_halt_is_left_behind() -> None:
    model = Deaf()
    agent = Agent(model)
    agent._driver.crew.kill_patience = 0.01
    asking = asyncio.create_task(agent.run("hi"))
    await model.begun.wait()

    agent.halt()
    with pytest.raises(AgentHalted):
        await asyncio.wait_for(asking, 20.0)
    model.let.set()
    await asyncio.wait_for(model.over.wait(), 20.0)

    assert agent.status == "halted"
    assert not any(isinstance(m, ModelResponse) for m in agent.messages)


class Deaf(Scripted):
    """A model that does not stop when it is cancelled."""

    def __init__(self) -> None:
        super().__init__("late")
        self.begun = asyncio.Event()
        self.let = asyncio.Event()
        self.over = asyncio.Event()

    @override
    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        self.begun.set()
        while not self.let.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.let.wait()
        async for chunk in super().stream(request):
            yield chunk
        self.over.set()


async def test_an_agent_that_served_forever_is_an_ordinary_one_afterwards() -> None:
    agent = Agent(Scripted("ok"))
    serving = asyncio.create_task(agent.run_forever())
    await agent.run("hi")

    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving

    assert not agent._driver.core.tireless


async def test_withdrawn_words_are_told_to_whoever_waits() -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    agent = Agent(Scripted([hold(release, reached=reached), "ok"]))
    first = asyncio.create_task(agent.run("one"))
    await reached.wait()
    heard = seen(agent, Prompt)
    second = asyncio.create_task(agent.run("two"))
    await heard.wait()
    (slip,) = agent._driver.core.state.pending

    agent.inbox.post(Withdraw(content=slip))
    with pytest.raises(AgentHalted, match="withdrawn"):
        await asyncio.wait_for(second, 20.0)
    release.set()

    assert await first == Text(content="ok")


async def test_a_swap_in_mid_stream_takes_over_at_the_next_request() -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    old = Scripted([hold(release, reached=reached), call("echo", text="x")], model="old")
    new = Scripted("from the new one", model="new")
    agent = Agent(old, tools=[Trick("echo", echo)])
    asking = asyncio.create_task(agent.run("hi"))
    await reached.wait()

    agent.swap_model(new)
    release.set()

    assert await asking == Text(content="from the new one")
    assert [m.origin.model for m in agent.messages if isinstance(m, ModelResponse)] == ["old", "new"]
    assert [type(entry).__name__ for entry in new.requests[0].view[2:]] == ["ToolResult", "ModelChanged"]


async def test_a_swap_while_a_tool_runs_takes_over_after_it() -> None:
    gated = Gated()
    new = Scripted("from the new one", model="new")
    agent = Agent(Scripted(call("wait")), tools=[Trick("wait", gated)])
    asking = asyncio.create_task(agent.run("hi"))
    await gated.begun.wait()

    agent.swap_model(new)
    gated.let.set()

    assert await asking == Text(content="from the new one")


async def test_a_failed_request_is_announced_and_tried_again() -> None:
    agent = Agent(Scripted(["half", Overloaded("busy", retry_after=0.001)], "whole"))

    shown = await collected(agent, "hi")

    assert [m for m in shown if isinstance(m, Retry)] == [Retry(content="busy", attempt=1, seconds=0.001)]
    assert shown[-1] == Text(content="whole")


@pytest.mark.parametrize("error", [Refused("no"), Overflow("no, too long", status=413)])
async def test_a_provider_that_says_no_is_the_cause_of_the_halt(error: ProviderError) -> None:
    agent = Agent(Scripted(error, "yes"))

    with pytest.raises(AgentHalted, match="no") as halted:
        await agent.run("hi")

    cause = halted.value.__cause__
    assert isinstance(cause, type(error))
    assert (str(cause), cause.status) == (str(halted.value), error.status)
    assert await agent.run("please") == Text(content="yes")


async def test_a_bug_in_a_model_halts_and_leaves_nobody_waiting() -> None:
    agent = Agent(Scripted(ZeroDivisionError("oops"), "better"))

    with pytest.raises(AgentHalted, match="ZeroDivisionError: oops"):
        await asyncio.wait_for(agent.run("hi"), 20.0)

    assert await agent.run("again") == Text(content="better")


async def test_a_model_that_cancels_itself_leaves_nobody_waiting() -> None:
    def gone(request: Request) -> str:
        raise asyncio.CancelledError

    agent = Agent(Scripted(gone), max_attempts=1)

    with pytest.raises(AgentHalted, match="cancelled from within"):
        await asyncio.wait_for(agent.run("hi"), 20.0)


async def test_the_rounds_of_calls_can_be_limited() -> None:
    agent = Agent(
        Scripted(always(call("echo", text="x"))), tools=[Trick("echo", echo)], max_tool_call_rounds=2
    )

    with pytest.raises(AgentHalted) as halted:
        await agent.run("go")

    assert halted.value.reason == "rounds"
    assert sum(isinstance(m, ToolResult) and not m.failed for m in agent.messages) == 2


async def test_usage_and_cost_are_counted_over_all_calls() -> None:
    agent = Agent(Scripted(reply("a", cost_usd=0.25), reply("b", cost_usd=0.5), "unpriced"))

    await agent.run("one")
    await agent.run("two")
    priced = agent.total_cost_usd
    await agent.run("three")

    assert priced == 0.75
    assert agent.total_cost_usd is None


async def test_an_agent_is_a_tool_of_another_and_shows_its_words_as_progress() -> None:
    child = Agent(Scripted("the child says"), name="Child")
    parent = Agent(Scripted(call("Child", prompt="speak"), "done"), tools=[child])

    shown = await collected(parent, "go")

    (result,) = [message for message in shown if isinstance(message, ToolResult)]
    assert "".join(m.content for m in shown if isinstance(m, Progress)) == "the child says"
    assert result.content == (Text(content="the child says"),)
    assert [m.content for m in shown if isinstance(m, ToolLabel)] == ["Child"]


async def test_a_child_that_halts_is_a_failed_call_of_its_parent() -> None:
    child = Agent(Scripted(Refused("no")), name="Child")
    parent = Agent(Scripted(call("Child", prompt="speak"), "I see"), tools=[child])

    answer = await parent.run("go")

    (result,) = [message for message in parent.messages if isinstance(message, ToolResult)]
    assert (answer.content, result.failed) == ("I see", True)


async def test_cancelling_a_parent_halts_its_child() -> None:
    reached = asyncio.Event()
    child = Agent(Scripted([hold(asyncio.Event(), reached=reached)]), name="Child")
    parent = Agent(Scripted(call("Child", prompt="speak")), tools=[child])
    asking = asyncio.create_task(parent.run("go"))
    await reached.wait()
    halted = seen(child, Halted)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    await asyncio.wait_for(halted.wait(), 20.0)


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="two tools are called echo"):
        Agent(Scripted(), tools=[Trick("echo", echo), Trick("echo", echo)])


async def test_halting_an_idle_agent_changes_nothing() -> None:
    agent = Agent(Scripted("fine"))
    agent.inbox.post(Halt())

    assert await agent.run("hi") == Text(content="fine")


async def test_mail_for_an_agent_that_has_ended_is_refused_where_it_is_posted() -> None:
    agent = Agent(Scripted())
    await agent.aclose()

    with pytest.raises(AgentClosed):
        agent.inbox.post(letter("hello?"))


async def test_a_picture_without_its_bytes_is_refused_and_the_agent_goes_on() -> None:
    bare = Blob(digest="0" * 64, size=3)
    agent = Agent(Scripted("fine"))

    with pytest.raises(UsageError, match=r"without its bytes; make it with Blob\.of\(data\)"):
        await agent.run(Image(descriptor="image/png", content=bare))

    assert await agent.run("hi") == Text(content="fine")


async def test_a_tool_that_gives_a_picture_without_its_bytes_has_failed() -> None:
    async def paint(message: ToolCall) -> Answer:
        return Image(descriptor="image/png", content=Blob(digest="0" * 64, size=3))

    agent = Agent(Scripted(call("paint"), "a pity"), tools=[Trick("paint", paint)])

    answer = await agent.run("paint")

    (result,) = [message for message in agent.messages if isinstance(message, ToolResult)]
    assert (answer.content, result.failed) == ("a pity", True)


async def test_an_answer_that_was_filtered_says_why() -> None:
    reason = ErrorText(content="the provider stopped the answer: SAFETY")
    agent = Agent(Scripted(reply(reason, stop="filter")))

    assert await agent.run("hi") == Text(content="[the provider stopped the answer: SAFETY]")


async def test_a_user_who_waits_is_heard_after_the_limit_of_rounds() -> None:
    gate = Gated()
    agent = Agent(
        Scripted(call("wait"), call("wait"), "heard"), tools=[Trick("wait", gate)], max_tool_call_rounds=1
    )
    first = asyncio.create_task(agent.run("go"))
    await gate.begun.wait()
    agent._driver.core.grace = 60.0
    heard = seen(agent, Prompt)
    second = asyncio.create_task(agent.run("and now?"))
    await heard.wait()
    gate.let.set()

    assert [(await first).content, (await second).content] == ["heard", "heard"]


@pytest.mark.parametrize("nothing", ["", "  \n", Text(content="")])
async def test_nothing_cannot_be_asked(nothing: str | Text) -> None:
    agent = Agent(Scripted("fine"))

    with pytest.raises(UsageError, match="there is nothing to ask"):
        await agent.run(nothing)

    assert (await agent.run("hi")).content == "fine"


async def test_what_is_no_prompt_is_refused_by_its_type() -> None:
    untyped = cast("str", 5)

    with pytest.raises(UsageError, match="not with int"):
        await Agent(Scripted()).run(untyped)


async def test_half_a_surrogate_pair_does_not_reach_the_log() -> None:
    agent = Agent(Scripted("fine"))

    await agent.run("h\udcff")

    assert [m.content for m in agent.messages if isinstance(m, Prompt)] == [(Text(content="h\ufffd"),)]


def test_an_agent_at_work_on_one_event_loop_is_refused_on_another() -> None:
    reached = threading.Event()
    agent = Agent(Scripted())

    async def serve_it() -> None:
        serving = asyncio.create_task(agent.run_forever())
        await asyncio.sleep(0)
        reached.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve_it()))
    thread.start()
    assert reached.wait(5)

    with pytest.raises(UsageError, match="at work on another event loop"):
        agent.run_sync("hi")

    agent.inbox.post(Quit())
    thread.join(5)
    assert not thread.is_alive()


async def test_a_tool_that_ends_the_program_ends_only_its_call() -> None:
    async def leave(message: ToolCall) -> Answer:
        raise SystemExit(3)

    agent = Agent(Scripted(call("leave"), "still here"), tools=[Trick("leave", leave)])

    answer = await agent.run("go")

    (result,) = [message for message in agent.messages if isinstance(message, ToolResult)]
    assert (answer.content, result.content) == (
        "still here",
        (ErrorText(content="the tool tried to end the program (exit code 3)"),),
    )


async def test_the_calls_that_run_can_be_asked_for_and_killed() -> None:
    gate = Gated()
    agent = Agent(Scripted(call("wait"), "stopped"), tools=[Trick("wait", gate)])
    asking = asyncio.create_task(agent.run("go"))
    await gate.begun.wait()

    (running,) = agent.running
    agent.inbox.post(Kill(content=running))

    assert (await asking).content == "stopped"
    assert agent.running == ()


async def test_words_for_a_model_mean_what_they_do_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOONSHOT_API_KEY", "a-key")
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    agent = Agent(Scripted("hello"))

    agent.swap_model("kimi-k3.1-pro")
    told = agent.model.spec
    agent.swap_model("Moonshot/kimi-k2.6")

    assert (told.provider, told.model) == ("Moonshot", "kimi-k3.1-pro")
    assert agent.model.spec.model == "kimi-k2.6"
    with pytest.raises(MissingKey, match="MISTRAL_API_KEY"):
        agent.swap_model("devstral-medium")


def test_words_that_do_not_say_whose_model_they_mean_are_refused_with_what_can_be_said() -> None:
    agent = Agent(Scripted("never"))

    with pytest.raises(UsageError, match=r"'words' does not say whose model it is.*say PROVIDER/ID.*Google"):
        agent.swap_model("words")
    with pytest.raises(
        UsageError, match=r"'openia/gpt-6' is no provider's \(did you mean OpenAI\?\), and Scripted"
    ):
        agent.swap_model("openia/gpt-6")


@pytest.mark.parametrize("model", ["gemini-2.5-flash", None, Google.from_key("k")], ids=str)
def test_what_is_no_model_is_refused_with_how_to_make_one(model: object) -> None:
    with pytest.raises(UsageError, match=r"is no model; a provider makes one: Google\.from_env\(\)\.model\("):
        Agent(cast("Scripted", model))


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (Read, "tools: Read is a class; a tool is one of it: Read()"),
        ("Read", "tools: 'Read' is no tool; those that come along are in sagent.tools"),
        (len, "tools: <built-in function len> is no tool; `@tool` makes one of a function"),
    ],
    ids=["class", "name", "function"],
)
def test_what_is_no_tool_is_refused_with_what_is_meant(given: object, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        Agent(Scripted("x"), tools=cast("Sequence[Read]", [given]))

    assert str(refused.value) == complaint


async def test_an_agent_that_waits_for_its_turn_says_so_and_halts_at_once() -> None:
    busy = Status(429, headers={"retry-after": "60"})
    async with WireServer(busy, always("hello")) as server:
        first, second = (
            Agent(Google.from_key(server.key, base_url=server.base_url).model(), max_attempts=1)
            for _ in range(2)
        )
        with pytest.raises(AgentHalted, match=r"^Google gemini-2\.5-flash at 127\.0\.0\.1:"):
            await first.run("go")
        told: list[Message] = []
        second.watch(told.append)
        second.watch(lambda message: second.halt() if isinstance(message, Retry) else None)
        with pytest.raises(AgentHalted) as caught:
            await second.run("go")

        waits = [message for message in told if isinstance(message, Retry)]
        assert [(wait.attempt, 59 < wait.seconds <= 60) for wait in waits] == [(0, True)]
        assert (caught.value.reason, caught.value.partial) == ("user", "")
        assert len(server.requests) == 1
        del first

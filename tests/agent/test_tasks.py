"""What goes on in an agent's background, started, looked after and ended by its model."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.atoms import CallId, ToolName
from sagent.errors import AgentClosed, AgentHalted, ToolError
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.words import letter, plain
from sagent.protocols import Answer, Request, Tool
from sagent.schema.event import Done, Event, Halted, Notice, Progress, TextDelta, ToolLabel
from sagent.schema.message import (
    Cleared,
    Detached,
    JobStarted,
    Message,
    Prompt,
    Scheduled,
    ToolCall,
    ToolResult,
)
from sagent.schema.part import Text
from sagent.schema.signal import Clear, Detach
from sagent.testing import MemorySession, Scripted, always, call
from sagent.testing.script import Always, Replying
from sagent.tools import BackgroundTask, Bash
from tests.agent.props import Gated, Stubborn, Trick, seen

PATIENCE = 20.0


def starts(tool: str, *, delay: float = 0, promises: bool = True, **directive: object) -> ToolCall:
    """A call that starts another one in the background."""
    return call(
        "BackgroundTask",
        action="start",
        tool=tool,
        directive=directive,
        delay=delay,
        promises=promises,
    )


class Watched:
    """An agent whose background can be named while its script is played."""

    def __init__(self, *tools: Tool, session: MemorySession | None = None) -> None:
        self._tools = (BackgroundTask(), *tools)
        self._session = session or MemorySession()

    def plays(self, *script: Replying | Callable[[Request], Replying] | Always[Replying]) -> Agent:
        """Make the agent, whose model says this."""
        self.model = Scripted(*script)
        self.agent = Agent(self.model, tools=self._tools, session=self._session)
        return self.agent

    def does(self, action: str, **more: object) -> Callable[[Request], ToolCall]:
        """A call about the one task there is."""
        return lambda _: call("BackgroundTask", action=action, id=self.task, **more)

    @property
    def task(self) -> CallId:
        """The only one that goes on."""
        (task,) = self.agent.tasks
        return task.call_id

    @property
    def told(self) -> list[str]:
        """What the model was told by its tool."""
        return [
            " ".join(plain(part) for part in kept.content)
            for kept in self.agent.messages
            if isinstance(kept, ToolResult) and kept.tool == "BackgroundTask"
        ]

    async def until_told(self, times: int) -> None:
        """Wait until the tool has answered so often."""
        while len(self.told) < times:
            await asyncio.wait_for(seen(self.agent, ToolResult).wait(), PATIENCE)

    @property
    def delivered(self) -> list[str]:
        """What came as mail."""
        view = self.agent._driver.core.state.view
        return [
            " ".join(plain(part) for part in entry.content)
            for entry in view
            if isinstance(entry, Prompt) and entry.author == "background"
        ]


class Narrator:
    """A tool that tells a story in pieces, and then waits to be let."""

    name = ToolName("tell")
    tool_id = "application/x-tool-tell"
    description = "Tells."
    directive_schema: JsonObject = freeze_object({"type": "object"})

    def __init__(self, *news: Progress | TextDelta) -> None:
        self.news = news
        self.told = asyncio.Event()
        self.let = asyncio.Event()

    async def run(self, message: ToolCall, /) -> AsyncIterator[Event | Answer]:
        for item in self.news:
            yield item
        self.told.set()
        await self.let.wait()
        yield Text(content="told")


async def test_a_task_is_started_the_answer_waits_and_the_result_comes_once() -> None:
    build = Gated()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build"), "it builds", "it is built")

    answered = seen(watched.agent, Done)
    asking = asyncio.create_task(watched.agent.run("build it"))
    await answered.wait()
    name, held = watched.task, not asking.done()
    build.let.set()

    assert await asyncio.wait_for(asking, PATIENCE) == Text(content="it is built")
    assert held
    assert watched.told == [
        f"build call {name} runs in the background; its result comes as a message of its own."
    ]
    (told,) = watched.delivered
    assert told.startswith(f"[build call {name}, in the background, finished")
    assert told.endswith("] done")
    await watched.agent.aclose()


@pytest.mark.parametrize(
    ("started", "told"),
    [
        (starts("nothing"), "not run: there is no tool 'nothing'; there are BackgroundTask, build"),
        (starts("build", text=7), "not run: the directive does not fit the schema of build: at $.text: "),
        (starts("BackgroundTask", action="list"), "BackgroundTask starts other tools, not itself"),
        (starts("build", delay=1e9), "not run: the directive does not fit the schema of BackgroundTask"),
    ],
)
async def test_a_task_that_cannot_be_is_refused_at_once(started: ToolCall, told: str) -> None:
    watched = Watched(Trick("build", Gated()))
    watched.plays(started, "I see")

    await watched.agent.run("build it")

    assert watched.told[0].startswith(told)
    assert not any(isinstance(kept, JobStarted | Scheduled) for kept in watched.agent.messages)
    await watched.agent.aclose()


async def test_a_task_that_is_refused_leave_fails_by_mail() -> None:
    async def approve(asked: ToolCall) -> str | None:
        return "not today" if asked.tool == "build" else None

    told = asyncio.Event()

    def last(request: Request) -> str:
        if "not run: not today" in repr(request.view[-1]):
            told.set()
        return "it may not be"

    model = Scripted(starts("build"), always(last))
    agent = Agent(model, tools=[BackgroundTask(), Trick("build", Gated())], approve=approve)

    answer = await asyncio.wait_for(agent.run("build it"), PATIENCE)

    assert answer == Text(content="it may not be")
    await asyncio.wait_for(told.wait(), PATIENCE)
    await agent.aclose()


async def test_a_call_that_was_detached_is_listed_beside_what_is_planned() -> None:
    build = Gated()
    watched = Watched(Trick("build", build, detachable=True), Trick("water", Gated()))
    listing = call("BackgroundTask", action="list")
    watched.plays(call("build"), [starts("water", delay=900), listing], "so it is", always("ok"))

    asking = asyncio.create_task(watched.agent.run("build it"))
    await build.begun.wait()
    detached = seen(watched.agent, Detached)
    (running,) = watched.agent.running
    watched.agent.inbox.post(Detach(content=running))
    await detached.wait()
    await asyncio.wait_for(asking, PATIENCE)

    first, second = watched.told[-1].split("\n")
    assert first.startswith(f"{running}  build  running for 0.")
    assert "  water  begins in 900 s, no answer waits for it  {}" in second
    await watched.agent.aclose()


async def test_what_a_task_tells_can_be_read_while_it_runs_and_its_result_when_it_was_told() -> None:
    news = Progress(call_id=CallId("any"), content="50 %")
    narrator = Narrator(TextDelta(content="once upon "), TextDelta(content="a time"), news)
    watched = Watched(narrator)
    name = CallId("")

    def read(_: Request) -> ToolCall:
        nonlocal name
        name = watched.task
        return call("BackgroundTask", action="read", id=name)

    def read_again(_: Request) -> ToolCall:
        return call("BackgroundTask", action="read", id=name, offset=1)

    watched.plays(starts("tell"), "it tells", read, "I have read", read_again, "so it ends")
    answered = seen(watched.agent, Done)
    asking = asyncio.create_task(watched.agent.run("tell me"))
    await answered.wait()
    await narrator.told.wait()
    answered = seen(watched.agent, Done)
    watched.agent.inbox.post(letter("what does it say?"))
    await answered.wait()
    narrator.let.set()
    await asyncio.wait_for(asking, PATIENCE)

    assert watched.told[1].endswith("its output so far: 0 to 21 of 21 characters]\nonce upon a time\n50 %")
    assert watched.told[2].endswith("; its result: 1 to 4 of 4 characters]\nold")
    assert not watched.agent._driver.tellings
    await watched.agent.aclose()


async def test_the_output_of_a_command_is_read_from_where_it_goes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    watched = Watched(Bash())
    command = f"echo hello; cat {tmp_path}/gate; echo bye"
    watched.plays(starts("Bash", command=command), "it runs", watched.does("read"), "hello it says", "bye")
    told = seen(watched.agent, Progress)
    answered = seen(watched.agent, Done)
    asking = asyncio.create_task(watched.agent.run("greet"))
    await asyncio.gather(answered.wait(), told.wait())
    answered = seen(watched.agent, Done)
    watched.agent.inbox.post(letter("what does it say?"))
    await answered.wait()
    (tmp_path / "gate").write_text("world\n")

    assert await asyncio.wait_for(asking, PATIENCE) == Text(content="bye")
    assert watched.told[1].endswith("; its output so far: 0 to 6 of 6 bytes]\nhello")
    assert watched.delivered[0].endswith("] hello\nworld\nbye")
    await watched.agent.aclose()


async def test_waiting_returns_when_a_task_has_ended_and_its_result_is_the_next_message() -> None:
    build = Gated()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build"), watched.does("wait"), "it is built")
    waits = seen_call(watched.agent, "wait")
    asking = asyncio.create_task(watched.agent.run("build it"))
    await waits.wait()
    build.let.set()

    assert await asyncio.wait_for(asking, PATIENCE) == Text(content="it is built")
    assert ", its result is the next message" in watched.told[1]
    assert [entry.descriptor for entry in watched.model.requests[-1].view[-2:]] == [
        "multipart/x-tool-result",
        "multipart/x-prompt",
    ]
    await watched.agent.aclose()


async def test_whoever_waits_for_a_task_hears_the_user_at_once() -> None:
    build = Gated()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build"), watched.does("wait", timeout=600), "yes?", "built")
    waits = seen_call(watched.agent, "wait")
    asking = asyncio.create_task(watched.agent.run("build it"))
    await waits.wait()
    answered = seen(watched.agent, Done)
    watched.agent.inbox.post(letter("are you there?"))
    await asyncio.wait_for(answered.wait(), PATIENCE)
    build.let.set()
    await asyncio.wait_for(asking, PATIENCE)

    assert "build  running for" in watched.told[1]
    assert not any(isinstance(kept, Detached) for kept in watched.agent.messages)
    await watched.agent.aclose()


async def test_a_halt_while_a_task_is_waited_for_calls_no_model_when_it_ends() -> None:
    build = Gated()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build"), watched.does("wait", timeout=600), "go on, then")
    waits = seen_call(watched.agent, "wait")
    asking = asyncio.create_task(watched.agent.run("build it"))
    await waits.wait()
    halted = seen(watched.agent, Halted)
    watched.agent.halt()
    await halted.wait()
    with pytest.raises(AgentHalted):
        await asking
    build.let.set()
    await watched.until_told(2)
    asked, status = len(watched.model.requests), watched.agent.status

    answer = await asyncio.wait_for(watched.agent.run("and now?"), PATIENCE)

    assert (asked, status) == (2, "halted")
    assert answer == Text(content="go on, then")
    assert len(watched.delivered) == 1
    await watched.agent.aclose()


async def test_a_cancelled_task_is_gone_and_its_outcome_says_by_whom_once() -> None:
    build = Gated()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build"), watched.does("cancel"), "it is off")

    answer = await asyncio.wait_for(watched.agent.run("build it, or not"), PATIENCE)

    assert answer == Text(content="it is off")
    assert build.cancelled
    assert "failed after 0." in watched.told[1]
    (told,) = watched.delivered
    assert told.endswith("] cancelled by the model; it may have partly run")
    await watched.agent.aclose()


async def test_a_task_that_does_not_end_is_abandoned_and_that_is_said() -> None:
    build = Stubborn()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build"), watched.does("cancel"), "it is off")
    watched.agent._driver.crew.kill_patience = 0.01

    await asyncio.wait_for(watched.agent.run("build it, or not"), PATIENCE)

    assert "abandoned, still running" in watched.delivered[0]
    build.let.set()
    await watched.agent.aclose()


async def test_a_planned_task_that_is_cancelled_never_begins_and_that_comes_as_its_outcome() -> None:
    build = Gated()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build", delay=60), watched.does("cancel"), "it is off")

    answer = await asyncio.wait_for(watched.agent.run("build it, or not"), PATIENCE)

    assert answer == Text(content="it is off")
    assert not build.begun.is_set()
    assert watched.delivered[0].endswith(", failed] not run: cancelled by the model")
    assert list(watched.agent.tasks) == []
    await watched.agent.aclose()


async def test_a_task_in_the_foreground_is_waited_for_without_a_model_call() -> None:
    build = Gated()
    watched = Watched(Trick("build", build))
    watched.plays(starts("build"), watched.does("foreground"), "it is built")
    waits = seen_call(watched.agent, "foreground")
    asking = asyncio.create_task(watched.agent.run("build it"))
    await waits.wait()
    await watched.until_told(2)
    asked, status = len(watched.model.requests), watched.agent.status
    build.let.set()

    assert await asyncio.wait_for(asking, PATIENCE) == Text(content="it is built")
    assert (asked, status) == (2, "gathering")
    assert watched.told[1].startswith("You go on when build call")
    await watched.agent.aclose()


async def test_a_service_holds_no_answer_and_ends_with_its_agent_which_says_so() -> None:
    server = Gated()
    watched = Watched(Trick("server", server))
    watched.plays(starts("server", promises=False, text="8000"), "it serves")
    notices: list[str] = []

    answer = await asyncio.wait_for(watched.agent.run("serve"), PATIENCE)
    name = watched.task
    watched.agent.watch(lambda said: notices.append(said.content) if isinstance(said, Notice) else None)
    await watched.agent.aclose()

    assert answer == Text(content="it serves")
    assert notices == [f'ended with the agent: server call {name} with {{"text":"8000"}}']
    assert server.cancelled


async def test_a_task_from_before_a_clear_is_still_listed_and_nobody_waits_for_it() -> None:
    build = Gated()
    agent = Agent(Scripted("begun"), tools=[Trick("build", build)])
    name = agent.tasks.start("build", {})
    cleared = seen(agent, Cleared)
    agent.inbox.post(Clear())
    await cleared.wait()

    answer = await asyncio.wait_for(agent.run("what runs?"), PATIENCE)

    (task,) = agent.tasks
    assert answer == Text(content="begun")
    assert (task.call_id, task.state, task.promises) == (name, "running", False)
    await agent.aclose()


async def test_a_task_may_be_started_and_ended_from_python_too() -> None:
    build = Gated()
    agent = Agent(Scripted("never mind"), tools=[Trick("build", build)])
    heard = seen(agent, Done)

    name = agent.tasks.start("build", {"text": "all"})
    (task,) = agent.tasks
    await build.begun.wait()
    agent.tasks.kill(name)
    await asyncio.wait_for(heard.wait(), PATIENCE)

    assert (task.call_id, task.tool, task.state) == (name, "build", "running")
    found = agent.tasks.find(name)
    assert found is not None
    assert found.told
    assert found.result is not None
    assert plain(found.result.content[0]) == "killed by the user; it may have partly run"
    await agent.aclose()
    with pytest.raises(AgentClosed):
        agent.tasks.start("build", {})


async def test_what_cannot_be_started_from_python_is_a_tool_error() -> None:
    agent = Agent(Scripted(), tools=[Trick("build", Gated())])

    with pytest.raises(ToolError, match="there is no tool 'make'; there are build"):
        agent.tasks.start("make", {})

    assert not any(isinstance(kept, JobStarted) for kept in agent.messages)
    await agent.aclose()


def seen_call(agent: Agent, action: str) -> asyncio.Event:
    """Set when the model has asked for this, and it has begun."""
    event = asyncio.Event()

    def look(message: Message) -> None:
        if isinstance(message, ToolLabel) and message.content.lower().startswith(action):
            event.set()

    agent.watch(look)
    return event

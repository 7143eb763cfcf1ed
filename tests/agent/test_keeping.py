"""Persistent children: they serve their inboxes until they are stopped, also in another process."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import copytree

import pytest

from sagent.agent import Agent
from sagent.errors import AgentClosed
from sagent.lib.json import json_text
from sagent.loop.state import AGENTS, fold
from sagent.messages.words import letter, plain
from sagent.protocols import Request, Tool
from sagent.schema.message import AgentEnded, AgentSpawned, Message, ModelResponse, Prompt
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf
from sagent.testing import Replying, Scripted, WireServer, always, call, hold
from sagent.tools import AgentSpawn
from tests.agent.props import Gated, Stubborn, Trick, echo, seen
from tests.agent.test_children import births, results
from tests.agent.test_errands import MODELS


def words(prompt: Prompt) -> str:
    return " ".join(map(plain, prompt.content))


def heard(agent: Agent, said: str) -> asyncio.Event:
    """Set when somebody says this to an agent."""
    event = asyncio.Event()

    def look(message: Message) -> None:
        if isinstance(message, Prompt) and said in words(message):
            event.set()

    agent.watch(look)
    return event


def answered(agent: Agent) -> asyncio.Event:
    """Set when an agent's model next answers."""
    event = asyncio.Event()
    agent.watch(lambda message: event.set() if isinstance(message, ModelResponse) else None)
    return event


def leading(request: Request) -> Replying:
    """Spawns a watcher when told to, stops it when told to; the watcher repeats what it hears."""
    said = [words(entry) for entry in request.view if isinstance(entry, Prompt)]
    last = request.view[-1]
    if said[0] not in {"watch", "stop"}:
        return f"heard {said[-1]}"
    if isinstance(last, Prompt) and words(last) == "watch":
        return call("AgentSpawn", prompt="look out", name="watcher", persistent=True)
    if isinstance(last, Prompt) and words(last) == "stop":
        return call("AgentSpawn", stop="watcher")
    return "ok"


async def test_a_persistent_child_answers_by_mail_and_works_on_until_it_is_stopped() -> None:
    agent = Agent(Scripted(always(leading)), tools=[AgentSpawn()], name="Lead")
    mail = heard(agent, "heard look out")

    await agent.run("watch")
    await mail.wait()
    watcher = agent.children["watcher"]
    again = answered(watcher)
    watcher.inbox.post(letter("anything new?"))
    await again.wait()
    await agent.run("stop")

    begun, stopped = results(agent)
    assert begun[0].startswith(f"watcher is at work until you stop it (its id is {watcher.session_id}).")
    assert stopped == ("watcher has ended.", False)
    mailed = [kept for kept in agent.messages if isinstance(kept, Prompt) and kept.author == "peer"]
    assert [(kept.sender, words(kept)) for kept in mailed] == [("watcher", "heard look out")]
    assert births(agent.messages) == ["watcher spawned", "answered"]
    assert list(agent.children) == []
    await agent.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_it_ends_with_its_parent_and_goes_on_with_it_in_another_process(tmp_path: Path) -> None:
    agent = Agent(
        Scripted(always(leading)),
        tools=[AgentSpawn()],
        session=Shelf(tmp_path).create(tmp_path, session_id="s"),
    )
    mail = heard(agent, "heard look out")
    await agent.run("watch")
    await mail.wait()
    await agent.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert births(agent.messages) == ["watcher spawned"]

    again = Agent(
        Scripted(always(leading)), tools=[AgentSpawn()], session=JsonlSession.open(tmp_path / "s.jsonl")
    )
    await again.run("go on")
    watcher = again.children["watcher"]
    told = answered(watcher)
    watcher.inbox.post(letter("still there?"))
    await told.wait()

    assert births(again.messages) == ["watcher spawned"]
    assert [words(kept) for kept in watcher.messages if isinstance(kept, Prompt)] == [
        "look out",
        "still there?",
    ]
    await watcher.aclose()
    assert births(again.messages) == ["watcher spawned", "answered"]
    assert fold(again.messages).children == {}
    await again.aclose()


async def test_one_that_was_at_work_when_the_process_died_is_told_to_go_on(tmp_path: Path) -> None:
    build, told = Gated(), asyncio.Event()

    def on_it(request: Request) -> Replying:
        return [hold(told), "on it"] if "build it" in repr(request.view[0]) else "on it"

    model = Scripted(
        call("AgentSpawn", prompt="build it", name="builder", persistent=True),
        always(lambda request: call("build") if len(request.view) == 1 else "ok"),
    )
    agent = Agent(
        model,
        tools=[AgentSpawn(), Trick("build", build)],
        session=Shelf(tmp_path / "now").create(tmp_path, session_id="s"),
    )
    await agent.run("go")
    await build.begun.wait()
    copytree(tmp_path / "now", tmp_path / "then")  # as a process leaves it that is killed here
    await agent.aclose()

    again = Agent(
        Scripted(always(on_it)),
        tools=[AgentSpawn(), Trick("build", build)],
        session=JsonlSession.open(tmp_path / "then" / "s.jsonl"),
    )
    await again.run("and now?")
    notes = [words(kept) for kept in again.messages if isinstance(kept, Prompt) and kept.sender == AGENTS]
    builder = again.children["builder"]
    told.set()
    while sum(isinstance(kept, ModelResponse) for kept in builder.messages) < 2:
        await asyncio.wait_for(answered(builder).wait(), 10)

    said = [words(kept) for kept in builder.messages if isinstance(kept, Prompt)]
    assert said == ["build it", "The program was started again. Go on with what you were at."]
    assert notes == [f"Your agents that serve: builder ({builder.session_id}, at work)."]
    assert [kept for kept in again.messages if isinstance(kept, AgentEnded)] == []
    await again.aclose()


async def test_one_that_halts_tells_its_parent() -> None:
    spawn = call("AgentSpawn", prompt="look out", name="watcher", persistent=True)

    def blind(request: Request) -> Replying:
        said = [words(entry) for entry in request.view if isinstance(entry, Prompt)]
        return RuntimeError("blind") if said[0] == "look out" else "ok"

    agent = Agent(Scripted(spawn, always(blind)), tools=[AgentSpawn()])
    mail = heard(agent, "watcher has halted")

    await agent.run("go")
    await mail.wait()

    assert [child.name for child in agent.children] == ["watcher"]
    await agent.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_code_keeps_a_child_at_work_too() -> None:
    agent = Agent(Scripted(always(leading)), name="Lead")
    mail = heard(agent, "heard hello")

    child = agent.spawn(name="clerk", persistent=True)
    agent.children.serve(child, "hello")
    await mail.wait()

    (note,) = [kept for kept in agent.messages if isinstance(kept, AgentSpawned)]
    assert (note.name, note.persistent) == ("clerk", True)
    await agent.aclose()


def test_one_that_served_on_an_event_loop_that_has_ended_ends_on_the_next_with_its_own_children() -> None:
    agent = Agent(Scripted(always("ok")), name="Lead")

    async def first() -> None:
        child = agent.spawn(name="clerk", persistent=True)
        agent.children.serve(child, "hello")
        await heard(agent, "ok").wait()
        below = child.spawn(name="below", persistent=True)
        child.children.serve(below, "hello")
        await heard(child, "ok").wait()

    async def second() -> None:
        await agent.children.stop("clerk")
        await agent.aclose()

    asyncio.run(first())
    asyncio.run(second())

    assert births(agent.messages) == ["clerk spawned", "answered"]
    assert [*agent.children] == []


async def test_one_that_is_ended_while_its_birth_is_noted_serves_nobody(tmp_path: Path) -> None:
    agent = Agent(Scripted(always("ok")), session=Shelf(tmp_path).create(tmp_path))
    await agent.run("hi")
    child = agent.spawn(name="clerk", persistent=True)
    noted = seen(agent, AgentSpawned)
    agent.children.serve(child, "hello")
    await noted.wait()

    await asyncio.gather(child.aclose(), child.aclose())
    await agent.aclose()

    assert births(agent.messages) == ["clerk spawned", "failed"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_agent_that_is_ending_starts_none_of_its_agents_again(tmp_path: Path) -> None:
    agent = Agent(Scripted(always("ok")), session=Shelf(tmp_path).create(tmp_path, session_id="s"))
    watcher = agent.spawn(name="watcher", persistent=True)
    before = asyncio.all_tasks()
    agent.children.serve(watcher, "hello")
    (serving,) = asyncio.all_tasks() - before
    await heard(agent, "ok").wait()
    work = Stubborn()
    slow = agent.spawn(name="slow", tools=[Trick("work", work)])
    slow.swap_model(Scripted(call("work"), always("ok")))
    working = asyncio.create_task(slow.run("work"))
    await work.begun.wait()

    ending = asyncio.create_task(agent.aclose())
    await asyncio.wait([serving])
    with pytest.raises(AgentClosed):
        await agent.run("go on")
    work.let.set()
    await ending
    await asyncio.wait([working])

    assert [*agent.children] == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("wire", MODELS)
async def test_a_hot_child_goes_on_in_the_next_process_with_the_cached_prefix_of_its_parent(
    wire: str, tmp_path: Path
) -> None:
    spawn = call("AgentSpawn", prompt="look out", name="watcher", hot=True, persistent=True)

    def lead(server: WireServer) -> Agent:
        log = tmp_path / "s.jsonl"
        session = JsonlSession.open(log) if log.exists() else Shelf(tmp_path).create(tmp_path, session_id="s")
        tools: Sequence[Tool] = [AgentSpawn(), Trick("echo", echo)]
        return Agent(MODELS[wire](server), "You lead.", tools, session=session)

    async with WireServer(call("echo", text="x"), spawn, *["ok"] * 9) as server:
        agent = lead(server)
        mail = heard(agent, "ok")
        await agent.run("go")
        await mail.wait()
        await agent.aclose()
        again = lead(server)
        await again.run("go on")
        watcher = again.children["watcher"]
        told = answered(watcher)
        watcher.inbox.post(letter("still there?"))
        await told.wait()
        await again.aclose()

    field = "messages" if wire == "anthropic" else "input"
    asked = [request.body for request in server.requests if isinstance(request.body, Mapping)]
    before, after = [body for body in asked if "From here on you are" in json_text(body[field])]
    assert "still there?" in json_text(after[field])
    for earlier, later in ((asked[1], before), (before, after)):
        assert json_text(later[field]).startswith(json_text(earlier[field])[:-1].removesuffix("]}"))
        assert {**later, field: ()} == {**earlier, field: ()}
    assert server.complaints == ()

"""Children: agents that an agent has spawned, at work below it and ended with it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from shutil import copytree

import pytest

from sagent.agent import Agent
from sagent.atoms import CallId
from sagent.children import TreeLimits
from sagent.errors import AgentClosed, AgentHalted, SessionError, UsageError
from sagent.loop.account import NO_BILL
from sagent.loop.state import fold
from sagent.messages.words import plain
from sagent.permissions.policy import Policy
from sagent.schema.event import Progress
from sagent.schema.message import AgentEnded, AgentSpawned, Kept, Message, ToolResult
from sagent.schema.signal import Kill
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.memory import MemorySession
from sagent.sessions.shelf import Shelf
from sagent.testing import Scripted, always, call, hold, reply
from sagent.tools import AgentSpawn
from tests.agent.props import Gated, Trick, echo


def results(agent: Agent) -> list[tuple[str, bool]]:
    """What the calls in an agent's log gave, and whether they failed."""
    return [
        (" ".join(map(plain, kept.content)), kept.failed)
        for kept in agent.messages
        if isinstance(kept, ToolResult)
    ]


def births(log: Sequence[Kept]) -> list[str]:
    """What a log says of children."""
    said = []
    for kept in log:
        if isinstance(kept, AgentSpawned):
            said.append(f"{kept.name} spawned")
        elif isinstance(kept, AgentEnded):
            said.append(kept.how)
    return said


def spawned(agent: Agent) -> AgentSpawned:
    """The only child that an agent ever had."""
    (note,) = [kept for kept in agent.messages if isinstance(kept, AgentSpawned)]
    return note


async def test_a_child_does_a_task_and_its_answer_is_the_result_of_the_call() -> None:
    model = Scripted(call("AgentSpawn", prompt="look at it", name="scout"), "all is well", "it is well")
    agent = Agent(model, "You lead.", [AgentSpawn()])

    answer = await agent.run("is it well?")

    assert answer.content == "it is well"
    assert results(agent) == [("all is well", False)]
    assert births(agent.messages) == ["scout spawned", "answered"]
    assert [len(asked.view) for asked in model.requests] == [1, 1, 3]
    assert list(agent.children) == []


async def test_what_a_child_says_and_does_is_shown_under_the_call_of_its_parent() -> None:
    model = Scripted(
        call("AgentSpawn", prompt="say it", tools=["echo"]), call("echo", text="hey"), "it said hey", "done"
    )
    agent = Agent(model, tools=[AgentSpawn(), Trick("echo", echo)])
    shown: list[tuple[CallId, str]] = []

    def look(item: Message) -> None:
        if isinstance(item, Progress):
            shown.append((item.call_id, item.content))

    agent.watch(look)

    await agent.run("go")

    (note,) = [kept for kept in agent.messages if isinstance(kept, AgentSpawned)]
    assert {call_id for call_id, _ in shown} == {note.call_id}
    assert "".join(words for _, words in shown) == "echoit said hey"


async def test_the_log_of_a_child_lies_below_that_of_its_parent_and_no_list_shows_it(tmp_path: Path) -> None:
    agent = Agent(
        Scripted(call("AgentSpawn", prompt="look"), "seen", "ok"), tools=[AgentSpawn()], session_dir=tmp_path
    )

    await agent.run("go")
    await agent.aclose()

    file = tmp_path / agent.session_id / f"{spawned(agent).content}.jsonl"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [listing.session_id for listing in Shelf(tmp_path).list()] == [agent.session_id]
    assert Shelf(tmp_path).newest(None) == tmp_path / f"{agent.session_id}.jsonl"


async def test_a_deleted_session_takes_its_children_along_unless_one_is_in_use(tmp_path: Path) -> None:
    agent = Agent(
        Scripted(call("AgentSpawn", prompt="look"), "seen", "ok"), tools=[AgentSpawn()], session_dir=tmp_path
    )
    await agent.run("go")
    await agent.aclose()
    file = tmp_path / f"{agent.session_id}.jsonl"
    child = JsonlSession.open(tmp_path / agent.session_id / f"{spawned(agent).content}.jsonl")
    with pytest.raises(SessionError, match=r"in use|using"):
        Shelf(tmp_path).delete(file)
    child.close()

    Shelf(tmp_path).delete(file)

    assert list(tmp_path.iterdir()) == []


async def test_a_child_that_halts_gives_a_failed_result_with_what_it_had_said() -> None:
    model = Scripted(
        [call("AgentSpawn", prompt="look", name="scout")],
        ["I see ", RuntimeError("the line is dead")],
        "a pity",
    )
    agent = Agent(model, tools=[AgentSpawn()])

    await agent.run("go")

    ((told, failed),) = results(agent)
    note = spawned(agent)
    assert failed
    assert told.startswith("scout has not answered: ")
    assert note.content in told
    assert told.endswith("It had said:\nI see ")
    assert births(agent.messages) == ["scout spawned", "failed"]


async def test_killing_the_call_ends_the_child_and_its_child_and_their_tools_before_it_is_answered() -> None:
    build = Gated()
    model = Scripted(
        call("AgentSpawn", prompt="deeper", name="mother"),
        call("AgentSpawn", prompt="build it", name="daughter"),
        call("build"),
        "what a pity",
    )
    agent = Agent(model, tools=[AgentSpawn(), Trick("build", build)])
    running = asyncio.create_task(agent.run("go"))
    await build.begun.wait()
    before = asyncio.all_tasks()

    agent.inbox.post(Kill(content=agent.running[0]))
    await running

    assert build.cancelled
    assert births(agent.messages) == ["mother spawned", "killed"]
    assert list(agent.children) == []
    assert asyncio.all_tasks() < before
    assert len(asyncio.all_tasks()) == 1


async def test_an_agent_that_ends_takes_all_its_children_with_it() -> None:
    build = Gated()
    agent = Agent(Scripted(call("build")), tools=[Trick("build", build)])
    child = agent.spawn(name="builder")
    running = asyncio.create_task(child.run("build it"))
    await build.begun.wait()

    await agent.aclose()

    with pytest.raises(AgentClosed):
        await running
    assert build.cancelled
    assert births(agent.messages) == ["builder spawned", "killed"]
    assert fold(agent.messages).children == {}
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_child_is_as_its_parent_but_for_what_is_said_of_it(tmp_path: Path) -> None:
    model, other = Scripted("hey"), Scripted("ho", model="other")
    agent = Agent(
        model,
        "You lead.",
        [Trick("echo", echo)],
        workspace=tmp_path,
        permissions=Policy(mode="full", deny=("rm",)),
    )

    alike, another = (
        agent.spawn(),
        agent.spawn(name="other", system="You follow.", tools=(), model=other, group="g"),
    )
    async with alike, another:
        await alike.run("a")
        await another.run("b")

    assert (alike.name, alike.workspace, alike.permissions) == ("Agent-1", tmp_path, agent.permissions)
    assert (alike.group, another.group) == ("", "g")
    (asked,), (asked_other,) = model.requests, other.requests
    assert (asked.system, [tool.name for tool in asked.tools]) == ("You lead.", ["echo"])
    assert (asked_other.system, asked_other.tools) == ("You follow.", ())
    assert births(agent.messages) == ["Agent-1 spawned", "other spawned", "answered", "answered"]


async def test_a_policy_that_changes_holds_for_children_too() -> None:
    agent = Agent(Scripted(always(call("echo", text="x"))), tools=[Trick("echo", echo)])
    child = agent.spawn(max_tool_call_rounds=1)

    agent.permissions = Policy(mode="full", deny=("echo",))
    with pytest.raises(AgentHalted):
        await child.run("say x")

    assert [failed for _, failed in results(child)] == [True, True]
    await agent.aclose()


async def test_a_child_gets_no_tool_that_its_parent_has_not_or_has_turned_off() -> None:
    agent = Agent(Scripted(call("AgentSpawn", prompt="x", tools=["Bash"]), "ok"), tools=[AgentSpawn()])

    await agent.run("go")

    assert results(agent) == [("nothing is spawned: it cannot be given Bash; you have AgentSpawn", True)]
    assert births(agent.messages) == []


async def test_agents_below_agents_end_at_the_depth_that_is_allowed() -> None:
    model = Scripted(
        *[call("AgentSpawn", prompt="deeper")] * TreeLimits().max_depth,
        call("AgentSpawn", prompt="too deep"),
        *["up"] * (TreeLimits().max_depth + 1),
    )
    agent = Agent(model, tools=[AgentSpawn()])

    answer = await agent.run("go")

    assert answer.content == "up"
    assert [len(asked.tools) for asked in model.requests] == [1, 1, 1, 0, 0, 1, 1, 1]
    assert model.left == 0


async def test_more_agents_than_a_tree_may_have_are_refused_with_the_reason() -> None:
    most = TreeLimits().max_children
    model = Scripted(
        [call("AgentSpawn", prompt=f"task {number}") for number in range(most + 1)], *["done"] * (most + 1)
    )
    agent = Agent(model, tools=[AgentSpawn()])

    await agent.run("go")

    failures = [told for told, failed in results(agent) if failed]
    assert failures == [
        f"nothing is spawned: {most} agents have been spawned in all, and {most} are allowed; do it yourself"
    ]


async def test_a_child_at_work_when_the_process_ends_is_lost_with_what_its_log_says_it_used(
    tmp_path: Path,
) -> None:
    reached = asyncio.Event()
    model = Scripted(
        call("AgentSpawn", prompt="look", name="scout"),
        reply(call("echo", text="x"), cost_usd=0.25),
        ["so far ", hold(asyncio.Event(), reached=reached)],
    )
    session = Shelf(tmp_path / "now").create(tmp_path, session_id="s")
    agent = Agent(model, tools=[AgentSpawn(), Trick("echo", echo)], session=session)
    running = asyncio.create_task(agent.run("go"))
    await reached.wait()
    copytree(tmp_path / "now", tmp_path / "then")  # as a process leaves it that is killed here
    running.cancel()
    await agent.aclose()

    again = Agent(Scripted("on we go"), session=JsonlSession.open(tmp_path / "then" / "s.jsonl"))
    await again.run("and now?")

    ended = [kept for kept in again.messages if isinstance(kept, AgentEnded)]
    state = fold(again.messages)
    assert [(note.how, note.cost_usd) for note in ended] == [("lost", 0.25)]
    assert (state.children, state.account.below.cost_usd) == ({}, 0.25)
    await again.aclose()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_child_that_was_noted_but_had_no_time_for_its_first_line_is_lost_and_cost_nothing() -> None:
    session = MemorySession()
    agent = Agent(Scripted("hey"), session=session)
    child = agent.spawn()
    tie = child._tie
    assert tie is not None
    await tie.begin(child._setup, child.workspace)

    again = Agent(Scripted("on we go"), session=session)
    await again.run("and now?")

    assert births(again.messages) == ["Agent-1 spawned", "lost"]
    assert fold(again.messages).account.below == NO_BILL


async def test_nothing_is_noted_of_a_child_that_was_never_asked() -> None:
    agent = Agent(Scripted("hey"))

    async with agent.spawn():
        assert len(agent.children) == 1

    assert len(agent.children) == 0
    assert births(agent.messages) == []


async def test_a_child_of_a_parent_that_has_ended_is_refused_each_time_it_is_asked() -> None:
    agent = Agent(Scripted(always("hi")))
    await agent.aclose()
    child = agent.spawn()

    for _ in range(2):
        with pytest.raises(AgentClosed):
            await child.run("go")


async def test_a_child_that_was_ended_before_it_was_asked_leaves_no_log_and_takes_no_prompt(
    tmp_path: Path,
) -> None:
    agent = Agent(Scripted(always("hi")), session=Shelf(tmp_path).create(tmp_path))
    child = agent.spawn()

    await child.aclose()

    assert not [*tmp_path.glob("*/*.jsonl")]
    assert [*agent.children] == []
    with pytest.raises(AgentClosed):
        await child.run("go")
    await agent.aclose()


async def test_a_child_whose_log_cannot_be_kept_fails_its_call_and_keeps_nobody_from_the_end(
    tmp_path: Path,
) -> None:
    log = Shelf(tmp_path).create(tmp_path)
    log.file.with_suffix("").write_text("stands where the folder would be")
    agent = Agent(Scripted(call("AgentSpawn", prompt="go"), "done"), tools=[AgentSpawn()], session=log)

    answer = await agent.run("go")
    several = await agent.map(["one", "two"])
    await asyncio.wait_for(agent.aclose(), 20)

    assert answer.content == "done"
    ((told, failed),) = results(agent)
    assert failed
    assert "cannot be made" in told
    assert [type(each) for each in several] == [SessionError, SessionError]
    assert sorted(how.split()[-1] for how in births(agent.messages)) == ["failed"] * 3 + ["spawned"] * 3
    assert agent.status == "closed"


async def test_a_child_that_cannot_be_ended_keeps_nobody_from_the_end(tmp_path: Path) -> None:
    agent = Agent(Scripted(always("hi")), session=Shelf(tmp_path).create(tmp_path))
    child = agent.spawn()
    await child.run("go")
    child.rest()
    (file,) = tmp_path.glob("*/*.jsonl")
    other = JsonlSession.open(file)

    await asyncio.wait_for(agent.aclose(), 20)
    other.close()

    assert agent.status == "closed"


async def test_a_model_that_is_none_spawns_nothing() -> None:
    agent = Agent(Scripted("hey"))

    with pytest.raises(UsageError):
        agent.spawn(model="no such model")

    assert len(agent.children) == 0
    assert agent._driver.core.state.account.below == NO_BILL


def test_a_session_in_memory_keeps_its_children_and_knows_no_others() -> None:
    session = MemorySession()
    child = session.child("c1", Path("/work"))
    child.close()

    assert session.child("c1") is child
    with pytest.raises(SessionError, match="no child c2"):
        session.child("c2")


async def test_a_child_that_has_ended_is_not_noted_as_one_that_begins() -> None:
    agent = Agent(Scripted("late"))
    child = agent.spawn(name="scout")
    await child.aclose()

    with pytest.raises(AgentClosed):
        await child.run("look")

    assert births(agent.messages) == []


async def test_a_child_of_one_that_is_ending_is_not_noted_as_one_that_ended() -> None:
    agent = Agent(Scripted("late"))
    ending = asyncio.create_task(agent.aclose())
    await asyncio.sleep(0)
    child = agent.spawn(name="scout")

    with pytest.raises(AgentClosed):
        await child.run("look")
    await child.aclose()
    await ending

    assert births(agent.messages) == []


async def test_when_the_end_of_a_child_is_noted_another_may_go_on_with_its_log(tmp_path: Path) -> None:
    agent = Agent(Scripted("seen"), session_dir=tmp_path)
    opened: list[str] = []

    def look(message: Message) -> None:
        if isinstance(message, AgentEnded):
            JsonlSession.open(tmp_path / agent.session_id / f"{message.content}.jsonl").close()
            opened.append(message.content)

    agent.watch(look)

    async with agent.spawn(name="scout") as child:
        await child.run("look")

    assert opened == [child.session_id]
    await agent.aclose()

"""What a child may do that goes on in another process: no more than it might before."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sagent.agent import Agent
from sagent.atoms import CallId, ToolName
from sagent.lib.json import freeze_object
from sagent.permissions.policy import Policy
from sagent.protocols import Answer, Tool
from sagent.schema.message import AgentSpawned, ToolCall
from sagent.schema.part import Text
from sagent.schema.values import Limits
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf
from sagent.testing import Scripted, always, call
from sagent.tools import AgentSpawn
from tests.agent.props import Trick, echo
from tests.agent.test_children import births, results
from tests.agent.test_errands import Tuned
from tests.agent.test_keeping import heard


async def loud(call: ToolCall) -> Answer:
    """Does more than it should."""
    return Text(content="LOUD")


def parent(folder: Path, tools: Sequence[Tool] = (), model: Scripted | None = None) -> Agent:
    """An agent whose log lies there, from its beginning or going on."""
    log = folder / "s.jsonl"
    session = JsonlSession.open(log) if log.exists() else Shelf(folder).create(folder, session_id="s")
    return Agent(model or Scripted(always("ok")), "You lead.", tools, session=session, workspace=folder)


async def test_a_persistent_child_may_do_no_more_in_the_next_process_than_it_might_before(
    tmp_path: Path,
) -> None:
    place = tmp_path / "inside"
    place.mkdir()
    agent = parent(tmp_path, [Trick("echo", echo), Trick("own", loud), AgentSpawn()])
    lent, own = agent.children.setup.given[0], Trick("own", echo)
    child = agent.spawn(
        name="clerk",
        group="clerks",
        system="You write.",
        tools=[lent, own],
        workspace=place,
        persistent=True,
        max_tool_call_rounds=3,
        max_budget_usd=0.5,
        max_budget_tokens=900,
    )
    child.permissions = Policy(mode="read-only", deny=("echo",))
    agent.children.serve(child, "hello")
    await heard(agent, "ok").wait()
    await agent.aclose()

    again = parent(tmp_path, [Trick("echo", echo), Trick("own", loud), AgentSpawn()])
    await again.run("go on")
    clerk = again.children["clerk"]

    setup = clerk.children.setup
    assert (clerk.group, setup.system, [tool.name for tool in setup.given]) == (
        "clerks",
        "You write.",
        ["echo"],
    )
    assert (clerk.workspace, setup.limits) == (
        place,
        Limits(max_tool_call_rounds=3, max_budget_usd=0.5, max_budget_tokens=900),
    )
    assert clerk.permissions == Policy(mode="read-only", deny=("echo",))
    assert again.permissions == Policy(mode="full")
    await again.aclose()


async def test_a_policy_that_a_child_was_given_while_it_served_holds_in_the_next_process(
    tmp_path: Path,
) -> None:
    agent = parent(tmp_path)
    child = agent.spawn(name="clerk", persistent=True)
    agent.children.serve(child, "hello")
    await heard(agent, "ok").wait()
    child.permissions = Policy(mode="read-only")
    await agent.aclose()

    again = parent(tmp_path)
    await again.run("go on")

    assert again.children["clerk"].permissions == Policy(mode="read-only")
    assert births(agent.messages) == ["clerk spawned", "clerk spawned"]
    await again.aclose()


async def test_a_child_that_goes_on_may_do_nothing_that_its_parent_may_not(
    tmp_path: Path,
) -> None:
    agent = parent(tmp_path, [Trick("echo", echo)])
    child = agent.spawn(name="clerk", persistent=True)
    child.permissions = Policy(mode="full", ask=("Write",))
    agent.children.serve(child, "hello")
    await heard(agent, "ok").wait()
    await agent.aclose()

    again = parent(tmp_path, [Trick("echo", echo)])
    again.permissions = Policy(mode="full", deny=("echo",))
    await again.run("go on")
    clerk = again.children["clerk"]
    call_of_echo, call_of_write = (
        ToolCall(call_id=CallId("c"), vendor_id="", tool=ToolName(name), content=freeze_object({}))
        for name in ("echo", "Write")
    )
    denied = [each.judge(call_of_echo).effect for each in (clerk, clerk.spawn(name="boy"))]
    asked = clerk.judge(call_of_write).effect
    clerk.permissions = Policy(mode="full")

    assert (denied, asked) == (["deny", "deny"], "ask")
    assert clerk.judge(call_of_echo).effect == "allow"
    await again.aclose()


async def test_how_many_generations_there_may_be_below_a_child_still_holds_in_the_next_process(
    tmp_path: Path,
) -> None:
    spawn = call("AgentSpawn", prompt="look out", name="watcher", persistent=True, max_depth=1)
    agent = parent(tmp_path, [AgentSpawn()], Scripted(spawn, always("ok")))
    mail = heard(agent, "ok")
    await agent.run("go")
    await mail.wait()
    await agent.aclose()

    again = parent(
        tmp_path, [AgentSpawn()], Scripted("ok", call("AgentSpawn", prompt="deeper"), always("ok"))
    )
    await again.run("go on")
    watcher = again.children["watcher"]
    await watcher.run("go deeper")

    assert results(watcher) == [("ok", False)]
    assert [note.tools for note in watcher.messages if isinstance(note, AgentSpawned)] == [()]
    await again.aclose()


async def test_a_persistent_child_has_the_effort_that_it_had_though_its_parent_has_another_one(
    tmp_path: Path,
) -> None:
    spawn = call("AgentSpawn", prompt="look out", name="watcher", persistent=True, effort="high")
    agent = parent(tmp_path, [AgentSpawn()], Tuned(spawn, always("ok")))
    mail = heard(agent, "thought hard")
    await agent.run("go")
    await mail.wait()
    await agent.aclose()

    again = parent(tmp_path, [AgentSpawn()], Tuned(always("ok")))
    await again.run("go on")

    assert again.model.spec.options == {"effort": "low"}
    assert again.children["watcher"].model.spec.options == {"effort": "high"}
    await again.aclose()


async def test_a_persistent_child_whose_directory_is_gone_is_not_let_into_that_of_its_parent(
    tmp_path: Path,
) -> None:
    place = tmp_path / "inside"
    place.mkdir()
    agent = parent(tmp_path)
    agent.children.serve(agent.spawn(name="clerk", workspace=place, persistent=True), "hello")
    await heard(agent, "ok").wait()
    await agent.aclose()
    place.rmdir()

    again = parent(tmp_path)
    told = heard(again, f"the directory {place}, in which it worked, is gone")
    await again.run("go on")
    await asyncio.wait_for(told.wait(), 10)

    assert [*again.children] == []
    assert (
        again.purse.held.tokens
        == agent.purse.held.tokens + again.usage.input_tokens + again.usage.output_tokens
    )
    await again.children.stop("clerk")
    assert births(again.messages) == ["clerk spawned", "killed"]
    await again.aclose()


async def test_no_other_child_takes_the_name_and_the_log_of_one_that_serves_and_does_not_run(
    tmp_path: Path,
) -> None:
    place = tmp_path / "inside"
    place.mkdir()
    first = call("AgentSpawn", prompt="hello", name="clerk", workspace="inside")
    second = call("AgentSpawn", prompt="hello", name="clerk", workspace="inside", persistent=True)
    agent = parent(tmp_path, [AgentSpawn()], Scripted(first, "ok", second, always("ok")))
    await agent.run("go")
    await agent.aclose()
    place.rmdir()

    again = parent(
        tmp_path, [AgentSpawn()], Scripted(call("AgentSpawn", prompt="on", name="clerk"), always("ok"))
    )
    await again.run("go on")

    assert births(again.messages) == ["clerk spawned", "answered", "clerk spawned"]
    assert results(again)[-1] == (
        "nothing is spawned: clerk is at work already; choose another name",
        True,
    )
    await again.aclose()

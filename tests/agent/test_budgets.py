"""A budget holds for an agent and for all that work for it (LOOP R15)."""

import asyncio
from pathlib import Path
from shutil import copytree

from sagent.agent import Agent
from sagent.loop.spending import UNSPENT
from sagent.schema.event import Notice
from sagent.schema.message import AgentEnded, Message, ToolResult
from sagent.schema.part import Text
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf
from sagent.testing import Scripted, call, hold
from tests.agent.props import Trick, echo


async def test_what_an_agent_spends_as_a_tool_counts_against_the_budget_of_its_caller() -> None:
    helper = Agent(Scripted("found"), name="Helper")
    lead = Agent(
        Scripted(call("Helper", prompt="look"), "done"),
        tools=[helper],
        name="Lead",
        max_budget_tokens=100_000,
    )

    await lead.run("go")

    helper_spent = helper.purse.held.tokens
    assert helper.purse.parent is lead.purse
    assert helper_spent > 0
    assert lead.purse.held.tokens > helper_spent


async def test_an_agent_beneath_a_budget_that_is_used_up_says_whose_it_is() -> None:
    helper = Agent(Scripted("found"), "Be thorough. " * 1_000, name="Helper")
    lead = Agent(
        Scripted(call("Helper", prompt="look"), "done"),
        tools=[helper],
        name="Lead",
        max_budget_tokens=5_000,
    )

    await lead.run("go")

    (result,) = [message for message in lead.messages if isinstance(message, ToolResult)]
    assert result.failed
    assert "the budget of Lead does not allow another request" in str(result.content)


async def test_agents_that_wait_for_each_others_money_all_end() -> None:
    """Ten at once on a budget that holds two requests at a time."""
    told: list[Message] = []
    lead = Agent(Scripted(), name="Lead", max_budget_tokens=2_600)
    team = [Agent(Scripted("done"), name=f"Worker{number}") for number in range(10)]
    for worker in team:
        worker.purse.join(lead.purse)
        worker.watch(told.append)

    answers = await asyncio.gather(*(worker.run("go") for worker in team))

    assert [answer.content for answer in answers] == ["done"] * 10
    waited = [message.content for message in told if isinstance(message, Notice)]
    assert len(waited) == 8
    assert lead.purse.held.requests == 0


async def test_what_children_spend_counts_for_their_parent_also_when_it_goes_on_in_another_process(
    tmp_path: Path,
) -> None:
    session = Shelf(tmp_path).create(tmp_path, session_id="lead")
    lead = Agent(Scripted("one", "two"), name="Lead", session=session, max_budget_tokens=100_000)

    answers = await lead.map(["look here", "look there"])
    held = lead.purse.held
    await lead.aclose()
    spent = lead.spent
    again = Agent(Scripted(), name="Lead", session=Shelf(tmp_path).open("lead"), max_budget_tokens=100_000)
    await again.aclose()

    assert {answer.content for answer in answers if isinstance(answer, Text)} == {"one", "two"}
    assert held.tokens > 0
    assert (again.purse.held.usd, again.purse.held.tokens) == (held.usd, held.tokens)
    assert [(each.name, each.requests) for each in again.spent.models] == [("agents of earlier processes", 0)]
    assert (again.spent.usage, again.spent.cost_usd) == (spent.usage, spent.cost_usd)
    assert again.spent.plus(again.spent, -1) == UNSPENT


async def test_what_was_spent_is_told_for_the_agent_alone_and_with_all_beneath_it() -> None:
    helper = Agent(Scripted("found", model="small"), name="Helper")
    lead = Agent(Scripted(call("Helper", prompt="look"), "done", model="large"), tools=[helper])

    await lead.run("go")

    assert [(spent.model, spent.requests) for spent in lead.spent.models] == [("large", 2), ("small", 1)]
    assert lead.spent.usage.input_tokens == lead.usage.input_tokens + helper.usage.input_tokens
    assert lead.total_cost_usd is None
    assert helper.spent.requests == 1


async def test_the_figures_of_an_agent_name_the_models_of_those_beneath_it() -> None:
    helper = Agent(Scripted("found", model="small"), name="Helper")
    lead = Agent(
        Scripted(call("Helper", prompt="look"), "done", model="large"),
        tools=[helper],
        max_budget_tokens=50_000,
    )

    await lead.run("go")

    figures = lead.control.diagnostics()
    beneath = figures["with_agents_beneath"]
    assert isinstance(beneath, tuple)
    assert [each["model"] for each in beneath] == ["Scripted large", "Scripted small"]
    assert (
        figures["budget_left_tokens"]
        == 50_000 - lead.spent.usage.input_tokens - lead.spent.usage.output_tokens
    )


async def test_an_agent_that_is_a_tool_of_two_spends_what_the_first_has() -> None:
    helper = Agent(Scripted("found"), name="Helper")

    first = Agent(Scripted(), tools=[helper])
    Agent(Scripted(), tools=[helper])

    assert helper.purse.parent is first.purse


async def test_what_an_agent_spends_as_a_tool_counts_for_its_caller_in_the_next_process_too(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path)

    def lead(*sessions: JsonlSession) -> tuple[Agent, Agent]:
        helper = Agent(Scripted("found"), name="Helper", session=sessions[1])
        script = Scripted(call("Helper", prompt="look"), "done")
        return Agent(script, tools=[helper], name="Lead", session=sessions[0]), helper

    first, helper = lead(*(shelf.create(tmp_path, session_id=name) for name in ("lead", "helper")))
    await first.run("go")
    held, spent = first.purse.held.tokens, first.spent.usage.output_tokens
    await first.aclose()
    await helper.aclose()

    again, helper = lead(shelf.open("lead"), shelf.open("helper"))
    before = again.spent.usage.output_tokens, again.purse.held.tokens
    await again.run("go")

    notes = [kept.usage.output_tokens for kept in again.messages if isinstance(kept, AgentEnded)]
    assert before == (spent, held)
    assert notes == [2, 2]
    assert again.purse.held.tokens == again.bill.charged_tokens
    await again.aclose()
    await helper.aclose()


async def test_what_an_agent_spent_in_a_call_that_was_killed_with_the_process_counts_for_its_caller(
    tmp_path: Path,
) -> None:
    reached = asyncio.Event()

    def lead(folder: Path) -> tuple[Agent, Agent]:
        shelf = Shelf(folder)
        new = not folder.exists()
        logs = [
            shelf.create(tmp_path, session_id=name) if new else shelf.open(name)
            for name in ("lead", "helper")
        ]
        script = (call("echo", text="x"), [hold(asyncio.Event(), reached=reached), "y"]) if new else ("ok",)
        helper = Agent(Scripted(*script), tools=[Trick("echo", echo)], name="Helper", session=logs[1])
        asks = call("Helper", prompt="look")
        model = Scripted(asks, "done") if new else Scripted("ok", asks, "done")
        return Agent(model, tools=[helper], name="Lead", session=logs[0]), helper

    first, helper = lead(tmp_path / "now")
    running = asyncio.create_task(first.run("go"))
    await reached.wait()
    copytree(tmp_path / "now", tmp_path / "then")  # as a process leaves it that is killed here
    spent = helper.bill.charged_tokens
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await first.aclose()
    await helper.aclose()
    noted = [note.how for note in first.messages if isinstance(note, AgentEnded)]

    again, helper = lead(tmp_path / "then")
    at_once = again.bill.charged_tokens, again.purse.held.tokens
    await again.run("go on")
    await again.run("again")

    own = sum(each.charged_tokens for each in again.messages if isinstance(each, AgentEnded))
    assert noted == ["killed"]
    assert spent > 0
    assert at_once[0] == at_once[1]
    assert at_once[0] >= spent
    assert own == helper.bill.charged_tokens
    assert again.purse.held.tokens == again.bill.charged_tokens
    assert [note.how for note in again.messages if isinstance(note, AgentEnded)] == ["lost", "answered"]
    await again.aclose()
    await helper.aclose()

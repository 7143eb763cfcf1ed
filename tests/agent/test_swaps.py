"""Whole agents over real HTTP: windows that overflow, swaps at every moment, and what their logs allow."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from sagent.agent import Agent
from sagent.errors import Overflow
from sagent.protocols import Model, ModelLimits
from sagent.providers import Anthropic, Google, OpenAI, OpenAICompat
from sagent.schema.message import Detached, ModelResponse, Summary, ToolResult
from sagent.schema.part import Text, Thinking
from sagent.schema.signal import Compact
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import WireReplying, WireServer, always, call
from sagent.testing.server import ScriptItem
from tests.agent.props import Gated, Trick, echo

LONG = "tea " * 2_000
THOUGHT = Thinking(content="let me see")


class Small(OpenAICompat):
    """A server whose model has a small window."""

    model_limits: ClassVar[Mapping[str, ModelLimits]] = {"local-model": ModelLimits(context_window=8_200)}


MODELS: Mapping[str, Callable[[WireServer], Model]] = {
    "anthropic": lambda server: Anthropic.from_env(server.environment).model("claude-sonnet-5-5"),
    "google": lambda server: Google.from_env(server.environment).model("gemini-3.5-flash"),
    "openai_responses": lambda server: OpenAI.from_env(server.environment).model("gpt-6.1-sol", effort="low"),
    "openai_chat": lambda server: OpenAICompat.from_env(server.environment).model("local-model"),
}
"""A model of each wire."""

PAIRS = [(old, new) for old in MODELS for new in MODELS if old != new]


def resumed(place: Path, model: Model, *tools: Trick) -> Agent:
    """An agent that goes on with the one log that there is."""
    (log,) = place.rglob("*.jsonl")
    return Agent(model, "Be brief.", tools, session=JsonlSession.open(log))


def answered(agent: Agent) -> Sequence[str]:
    """Which wires have answered, in order."""
    return [each.origin.dialect for each in agent.messages if isinstance(each, ModelResponse)]


def summaries(agent: Agent) -> int:
    return sum(isinstance(each, Summary) for each in agent.messages)


@pytest.mark.parametrize("wire", MODELS)
async def test_a_window_that_overflows_is_mended_by_one_summary_on_every_wire(
    wire: str, tmp_path: Path
) -> None:
    script: Sequence[ScriptItem] = (
        [THOUGHT, "one"],
        Overflow("too long"),
        "we spoke of tea",
        [THOUGHT, "two"],
        "three",
    )
    async with WireServer(*script) as server:
        model = MODELS[wire](server)
        async with Agent(model, "Be brief.", session_dir=tmp_path) as agent:
            await agent.run(LONG)
            answer = await agent.run("and coffee?")
            condensed = summaries(agent)
        async with resumed(tmp_path, model) as again:
            later = await again.run("and milk?")

    assert (answer, later) == (Text(content="two"), Text(content="three"))
    assert (condensed, server.complaints, server.left) == (1, (), 0)


@pytest.mark.parametrize("wire", MODELS)
async def test_a_swap_to_a_smaller_window_condenses_first_with_the_model_before(
    wire: str, tmp_path: Path
) -> None:
    script: Sequence[ScriptItem] = (
        [THOUGHT, "one"],
        [THOUGHT, "two"],
        "we spoke of tea",
        [THOUGHT, "three"],
        "four",
    )
    async with WireServer(*script) as server:
        before, after = MODELS[wire](server), Small.from_env(server.environment).model("local-model")
        async with Agent(before, "Be brief.", session_dir=tmp_path) as agent:
            for question in (LONG, LONG):
                await agent.run(question)
            agent.swap_model(after)
            answer = await agent.run(LONG)
            wrote = [each.model for each in agent.messages if isinstance(each, Summary)]
            spoke = answered(agent)
        async with resumed(tmp_path, after) as again:
            later = await again.run("and milk?")

    assert (answer, later) == (Text(content="three"), Text(content="four"))
    assert (wrote, spoke) == ([before.spec.model], [wire, wire, "openai_chat"])
    assert (server.complaints, server.left) == ((), 0)


@pytest.mark.parametrize(("old", "new"), PAIRS)
async def test_a_conversation_that_was_condensed_can_be_handed_on_and_back(
    old: str, new: str, tmp_path: Path
) -> None:
    script: Sequence[ScriptItem] = (
        [THOUGHT, "I look", call("look", text="a"), call("look", text="b")],
        [THOUGHT, "one"],
        "two",
        "we spoke of tea",
        "three",
        [THOUGHT, call("look", text="c")],
        [THOUGHT, "four"],
        [THOUGHT, "five"],
    )
    look = Trick("look", echo)
    async with WireServer(*script) as server:
        before, after = MODELS[old](server), MODELS[new](server)
        async with Agent(before, "Be brief.", [look], session_dir=tmp_path) as agent:
            for question in (LONG, LONG):
                await agent.run(question)
            agent.inbox.post(Compact(content="the leaves"))
            await agent.run("and?")
            agent.swap_model(after)
            await agent.run("look again")
            condensed, spoke = summaries(agent), answered(agent)
        async with resumed(tmp_path, before, look) as again:
            later = await again.run("and milk?")

    assert later == Text(content="five")
    assert (condensed, spoke[-2:]) == (1, [new, new])
    assert (server.complaints, server.left) == ((), 0)


@pytest.mark.parametrize(("old", "new"), PAIRS)
async def test_a_swap_in_the_midst_of_calls_of_which_one_goes_on_by_itself_is_legal_after_a_resume_too(
    old: str, new: str, tmp_path: Path
) -> None:
    gated = Gated()
    build, look = Trick("build", gated, detachable=True), Trick("look", echo)
    begun: WireReplying = [THOUGHT, "I begin", call("look", text="a"), call("build"), call("look", text="b")]
    then: WireReplying = [THOUGHT, "it goes on"]
    async with WireServer(begun, always(then)) as server:
        before, after = MODELS[old](server), MODELS[new](server)
        async with Agent(before, "Be brief.", [build, look], session_dir=tmp_path) as agent:
            agent._driver.core.grace = 0.0
            first = asyncio.create_task(agent.run("build it"))
            await gated.begun.wait()
            agent.swap_model(after)
            answer = await agent.run("how is it going?")
            await first
            spoke = answered(agent)
            stubs = [each.call_id for each in agent.messages if isinstance(each, Detached)]
        async with resumed(tmp_path, after, build, look) as again:
            later = await again.run("and now?")
            came = [each.call_id for each in again.messages if isinstance(each, ToolResult)]

    assert (answer, later) == (Text(content="it goes on"), Text(content="it goes on"))
    assert (spoke[:2], len(stubs)) == ([old, new], 1)
    assert came.count(stubs[0]) == 1
    assert server.complaints == ()

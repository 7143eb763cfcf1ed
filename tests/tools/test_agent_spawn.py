"""The tool that spawns agents: what its directive becomes."""

from pathlib import Path

import pytest

from sagent.abilities import Reach
from sagent.children import Errand
from sagent.errors import ToolError
from sagent.lib.json import json_text
from sagent.testing import call
from sagent.tools import AgentSpawn
from tests.tools.calls import Desk, Nursery, said


async def test_a_directive_becomes_an_errand_and_its_answer_the_answer(tmp_path: Path) -> None:
    nursery = Nursery()
    tool = AgentSpawn().hosted_by(Desk(tmp_path, children=nursery))

    answer = await said(tool, prompt="look", name="scout", tools=["Read"], model="other")

    assert answer == "done: look"
    assert nursery.errands == [Errand(prompts=("look",), name="scout", tools=("Read",), model="other")]


async def test_without_an_agent_there_is_nobody_to_spawn_for() -> None:
    with pytest.raises(ToolError, match="only an agent can spawn agents"):
        await said(AgentSpawn(), prompt="look")


def test_it_needs_no_leave_unless_another_model_is_to_work() -> None:
    tool = AgentSpawn()

    directives: list[dict[str, str]] = [{"prompt": "x"}, {"prompt": "x", "model": "y"}]

    reaches = [tool.reach(call("AgentSpawn", **directive)) for directive in directives]

    assert reaches == [Reach(), None]


def test_a_person_reads_who_is_to_do_what() -> None:
    spawned = call("AgentSpawn", prompt="Review\nthe diff.", name="reviewer")

    assert AgentSpawn().summary(spawned) == "Spawn reviewer: Review the diff."


def test_what_a_model_reads_of_it_is_short() -> None:
    tool = AgentSpawn()

    shown = f"{tool.name} {tool.description} {json_text(tool.directive_schema)}"

    assert len(shown) / 4 < 600

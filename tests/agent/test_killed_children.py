"""An agent that is killed with its children goes on: none is forgotten, and none works twice (R18)."""

import asyncio
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.loop.salvage import salvage
from sagent.loop.state import fold
from sagent.messages.view import View
from sagent.schema.message import AgentEnded, AgentSpawned, Prompt
from sagent.schema.part import Text
from sagent.sessions.descent import logs_below
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Scripted, always
from tests.agent.mortal import SYSTEM, Diary
from tests.agent.mortal_children import tools_of
from tests.agent.test_killed import log_of
from tests.loop.test_invariants import legal


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lives that ended in every way left behind: a folder for each."""
    folder = tmp_path_factory.mktemp("lives")
    program = [sys.executable, "-W", "error", "-m", "tests.agent.mortal_children", str(folder)]
    subprocess.run(program, check=True, timeout=58, cwd=Path(__file__).parents[2])
    return folder


def deaths(lives: Path) -> Iterator[Path]:
    return (folder for folder in sorted(lives.iterdir()) if folder.name != "whole")


async def resumed(file: Path, diary: Diary) -> None:
    """Go on with a log and those below it, and see that all of them are whole."""
    before = log_of(file)
    model = Scripted(always("here I am"))
    agent = Agent(model, SYSTEM, tools_of(diary), session=JsonlSession.open(file))

    answer = await asyncio.wait_for(agent.run("are you there?"), 20.0)
    await asyncio.wait_for(replied(agent), 20.0)
    log, state = agent.messages, agent._driver.core.state
    await asyncio.wait_for(agent.aclose(), 20.0)

    spawned = Counter(kept.content for kept in log if isinstance(kept, AgentSpawned))
    ended = Counter(kept.content for kept in log if isinstance(kept, AgentEnded))
    persistent = {kept.content for kept in log if isinstance(kept, AgentSpawned) and kept.persistent}
    lasting = persistent - ended.keys()
    replies = [kept.sender for kept in log if isinstance(kept, Prompt) and kept.errand]
    assert answer == Text(content="here I am")
    assert tuple(log[: len(before)]) == tuple(before)
    assert spawned - ended == Counter(lasting)
    assert state.children.keys() == lasting
    assert replies == ["clerk"] * len(lasting)
    assert all(legal(View(asked.view)) for asked in model.requests), "I1"
    assert fold(log) == fold(log_of(file)[: len(log)]), "I8"
    assert {below.stem for below in logs_below(file)} <= spawned.keys()
    for below in logs_below(file):
        found = salvage(log_of(below))
        assert (list(found.faults), legal(View(found.state.view)) or found.state.open != {}) == ([], True)
    assert set(Counter(diary.noted("ran")).values()) <= {1}, "I5"
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def replied(agent: Agent) -> None:
    """Return when each persistent child has answered what it was asked."""
    while any(note.persistent for note in agent._driver.core.state.children.values()):
        if agent._driver.core.state.replied and agent.status == "idle":
            return
        await asyncio.sleep(0)


def test_the_life_that_is_cut_short_has_every_kind_of_child_in_it(lives: Path) -> None:
    file = lives / "whole" / "life.jsonl"

    notes = [kept for kept in log_of(file) if isinstance(kept, AgentSpawned)]

    assert [note.name for note in notes].count("scout") == 2
    assert sorted({note.name for note in notes}) == ["clerk", "pair-1", "pair-2", "scout"]
    assert [note.name for note in fold(log_of(file)).children.values()] == ["clerk"]
    assert len(list(logs_below(file))) == 4
    assert len(list(deaths(lives))) > 60


@pytest.mark.parametrize("part", range(8))
async def test_a_process_killed_behind_any_append_to_any_log_goes_on_in_the_next(
    lives: Path, tmp_path: Path, part: int
) -> None:
    for folder in list(deaths(lives))[part::8]:
        shutil.copytree(folder, tmp_path / folder.name)

        await resumed(tmp_path / folder.name / "life.jsonl", Diary(tmp_path / folder.name / "diary.txt"))

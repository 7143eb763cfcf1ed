"""An agent that is killed with work in its background tells of all of it, once (R7, R17, R18)."""

import asyncio
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.atoms import CallId
from sagent.loop.state import fold
from sagent.messages.view import View
from sagent.schema.message import Drained, Job, JobStarted, Kept, Scheduled, ToolResult
from sagent.schema.part import Text
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Scripted, always
from tests.agent.mortal import SYSTEM, Diary
from tests.agent.mortal_tasks import tools_of
from tests.agent.props import Gated
from tests.agent.test_killed import log_of
from tests.loop.test_invariants import legal

APPENDS = 47
"""How many messages the life in `mortal_tasks` keeps."""


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lives that ended in every way left behind: a folder for each."""
    folder = tmp_path_factory.mktemp("lives")
    program = [sys.executable, "-W", "error", "-m", "tests.agent.mortal_tasks", str(folder)]
    subprocess.run(program, check=True, timeout=50, cwd=Path(__file__).parents[2])
    return folder


def jobs_of(log: Sequence[Kept]) -> set[CallId]:
    """The calls that were to run in the background, now or later."""
    kept = (message.content for message in log if isinstance(message, JobStarted | Scheduled))
    return {job.content.call_id for job in kept if isinstance(job, Job)}


def told_in(log: Sequence[Kept]) -> Counter[CallId]:
    """How often the model was told the outcome of each."""
    drained = Counter(entered for note in log if isinstance(note, Drained) for entered in note.content)
    told = Counter[CallId]()
    for message in log:
        if isinstance(message, ToolResult):
            told[message.call_id] += drained[message.id]
    return told


async def resumed(file: Path, diary: Diary) -> None:
    """Go on with a log in this process, and see that each outcome is told once, and nothing runs twice."""
    before = log_of(file)
    session = JsonlSession.open(file)
    model = Scripted(always("here I am"))
    build = Gated()
    build.let.set()
    agent = Agent(model, SYSTEM, tools_of(diary, build), session=session)

    answer = await asyncio.wait_for(agent.run("are you there?"), 20.0)

    log, state = session.path(), agent._driver.core.state
    planned = {job.content.call_id for job in state.planned}
    told = told_in(log)
    assert answer == Text(content="here I am")
    assert tuple(log[: len(before)]) == tuple(before)
    assert {call_id: told[call_id] for call_id in jobs_of(log)} == {
        call_id: int(call_id not in planned) for call_id in jobs_of(log)
    }
    assert all(legal(View(asked.view)) for asked in model.requests), "I1"
    assert fold(log) == state, "I8"
    assert set(Counter(diary.noted("ran")).values()) <= {1}, "I5"
    await asyncio.wait_for(agent.aclose(), 20.0)
    assert fold(log_of(file)).planned == state.planned


def test_the_life_that_is_cut_short_has_every_kind_of_task_in_it(lives: Path) -> None:
    log = log_of(lives / "whole" / "life.jsonl")

    started = [message.scheduled != "" for message in log if isinstance(message, JobStarted)]
    assert len(log) == APPENDS
    assert started == [False, True, False]
    assert len(jobs_of(log)) == 5
    assert len(fold(log).planned) == 1


@pytest.mark.parametrize("last", range(APPENDS))
async def test_a_process_killed_behind_any_append_tells_of_its_tasks_in_the_next(
    lives: Path, tmp_path: Path, last: int
) -> None:
    shutil.copytree(lives / f"after-{last}", tmp_path, dirs_exist_ok=True)

    await resumed(tmp_path / "life.jsonl", Diary(tmp_path / "diary.txt"))

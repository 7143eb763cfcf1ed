"""A disk that fills up ends the agent loudly, before anything is done that is not in the log (R21, I7)."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.errors import AgentClosed
from sagent.messages.words import letter
from sagent.testing import Scripted
from tests.agent.props import FullDisk
from tests.sessions.full_disk import Kind, Report

ROOT = Path(__file__).parents[2]

MOUNTED = (
    "unshare",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs -o size=1m none "$0" && exec "$@"',
)
"""Runs a command with a small disk of its own at the place that comes first."""

DEEDS = [
    "System",
    "ToolsChanged",
    "ModelChanged",
    "Prompt",
    "Drained",
    "the model is asked",
    "ModelResponse",
    "wait runs",
    "work runs",
    "ToolResult",
    "ToolResult",
    "the model is asked",
    "ModelResponse",
    "draw runs",
    "ToolResult",
    "the model is asked",
    "ModelResponse",
]
"""What is kept and done, in order, where there is room."""

APPENDS = [place for place, deed in enumerate(DEEDS) if " " not in deed]


def may_mount(place: Path) -> bool:
    try:
        return subprocess.run([*MOUNTED, place, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture(
    scope="module",
    params=[("limit", 0), ("limit", 100), ("device", 0), ("device", 8192)],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def reports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Report]:
    """What becomes of agents whose disk fills up at each of their appends; the last one's never does."""
    place = tmp_path_factory.mktemp("disk")
    kind: Kind = request.param[0]
    if kind == "device" and not may_mount(place):
        pytest.skip("a disk of one's own cannot be mounted here; the limit on file sizes stands for it")
    mounted = [*MOUNTED, str(place)] if kind == "device" else []
    program = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tests.sessions.full_disk",
        kind,
        str(place),
        str(request.param[1]),
    ]

    ended = subprocess.run(
        [*mounted, *program], capture_output=True, text=True, check=True, timeout=50, cwd=ROOT
    )

    assert ended.stderr == ""
    found: Sequence[Report] = json.loads(ended.stdout)
    return found


def test_where_there_is_room_everything_is_done(reports: Sequence[Report]) -> None:
    *full, roomy = reports

    assert len(full) == len(APPENDS)
    assert (roomy["trace"], roomy["told"], roomy["logged"]) == (DEEDS, "", [])


def test_nothing_behind_the_append_that_failed_is_done(reports: Sequence[Report]) -> None:
    for last, report in enumerate(reports[:-1]):
        ends = len(report["trace"])

        assert report["trace"] == DEEDS[:ends]
        # Of a device the log's last page may have room for a little more.
        assert ends in (APPENDS[last:] if report["kind"] == "device" else [APPENDS[last]])
        assert report["at_rest"]


def test_whoever_asked_is_told_once_which_file_and_what_to_do(reports: Sequence[Report]) -> None:
    for last, report in enumerate(reports[:-1]):
        (logged,) = report["logged"]

        file, reason = logged.split(" cannot be written ")
        assert Path(file).name == "s1.jsonl" or Path(file).parent.name == "blobs"
        assert Path(file).parent.name == str(last) or Path(file).parent.parent.name == str(last)
        assert reason in {
            "(File too large); free some space, then resume the session",
            "(No space left on device); free some space, then resume the session",
        }
        assert logged in report["told"]


def test_while_the_disk_is_full_the_next_agent_is_told_the_same(reports: Sequence[Report]) -> None:
    for report in reports[:-1]:
        assert "s1.jsonl cannot be written" in report["between"]


def test_nothing_torn_is_left_and_the_log_is_gone_on_from_when_there_is_room(
    reports: Sequence[Report],
) -> None:
    for report in reports:
        assert (report["whole"], report["answer"], report["true"]) == (True, "here I am", True)


@pytest.mark.parametrize("way", ["aclose", "run_forever"])
@pytest.mark.parametrize("number", [0, 1])
async def test_an_agent_whose_log_broke_before_it_served_ends_all_the_same(number: int, way: str) -> None:
    agent = Agent(Scripted("never"), "Be brief.", session=FullDisk(number))
    assert agent.session_id.startswith("memory-")
    await asyncio.sleep(0)

    await asyncio.wait_for(agent.aclose() if way == "aclose" else agent.run_forever(), 20.0)

    assert agent.status == "closed"


@pytest.mark.parametrize("way", ["aclose", "run_forever", "run"])
@pytest.mark.parametrize("same", [True, False], ids=["the same loop", "another loop"])
def test_an_agent_whose_log_broke_while_no_loop_ran_ends_on_the_next_one(way: str, same: bool) -> None:
    session = FullDisk(4)
    agent = Agent(Scripted("hello"), session=session)

    async def ended() -> None:
        if way == "run":
            with pytest.raises(AgentClosed, match="the disk is full"):
                await agent.run("still there?")
        await asyncio.wait_for(agent.aclose() if way == "aclose" else agent.run_forever(), 20.0)

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(agent.run("hi"))
        agent.swap_model(Scripted("never", model="another"))

        with pytest.raises(AgentClosed):
            agent.inbox.post(letter("anybody?"))
        (first if same else second).run(ended())

    assert agent.status == "closed"

"""An agent that is killed anywhere goes on from its log (R1, R18, I1, I3 to I8, scene 15)."""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from sagent.agent import Agent
from sagent.atoms import CallId, MessageId
from sagent.lib.json import JsonObject, freeze_object
from sagent.loop.state import fold
from sagent.messages.view import View
from sagent.messages.words import calls_of, letter
from sagent.protocols import Request
from sagent.providers import Anthropic, Google, OpenAI
from sagent.schema.event import Done
from sagent.schema.message import (
    Cleared,
    Detached,
    Drained,
    Kept,
    ModelResponse,
    Prompt,
    ToolResult,
    Withdrawn,
)
from sagent.schema.part import Text
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import (
    Asked,
    Scripted,
    anthropic_complaints,
    call,
    google_complaints,
    openai_chat_complaints,
    openai_responses_complaints,
)
from tests.agent.mortal import MOMENTS, SYSTEM, Diary, Moment, tools_of
from tests.agent.props import Gated, Recorder, seen
from tests.loop.test_invariants import legal
from tests.samples import PNG as PICTURE

APPENDS = 55
"""How many messages the life in `mortal` keeps."""

KILLS = int(os.environ.get("SAGENT_KILLS", "100"))
"""At how many instants a process is killed that nobody has chosen."""

MODELS = (
    Anthropic.from_key("key").model(),
    Google.from_key("key").model("gemini-2.5-flash"),
    Google.from_key("key").model("gemini-3-flash-preview"),
    OpenAI.from_key("key").model(),
    OpenAI.from_key("key").model(dialect="openai_chat"),
)

JUDGES: Mapping[str, Callable[[JsonObject, str], Sequence[str]]] = {
    "anthropic": anthropic_complaints,
    "google": google_complaints,
    "openai_chat": openai_chat_complaints,
    "openai_responses": openai_responses_complaints,
}


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lives that ended in every way left behind: a folder for each."""
    folder = tmp_path_factory.mktemp("lives")
    program = [sys.executable, "-W", "error", "-m", "tests.agent.mortal", str(folder)]
    subprocess.run(program, check=True, timeout=150, cwd=Path(__file__).parents[2])
    return folder


def log_of(file: Path) -> Sequence[Kept]:
    session = JsonlSession.open(file)
    try:
        return session.path()
    finally:
        session.close()


def waiting_in(log: Sequence[Kept]) -> set[MessageId]:
    """The mail and the outcomes in a log that have not been heard."""
    return {kept.id for kept in fold(log).pending.values() if isinstance(kept, Prompt | ToolResult)}


async def resumed(file: Path, diary: Diary) -> None:
    """Go on with a log in this process, work a little, and see that nothing is lost, doubled or illegal."""
    before = log_of(file)
    session = JsonlSession.open(file)
    model = Scripted(call("fast"), "here I am", model="next")
    agent = Agent(model, SYSTEM, tools_of(diary, slow=Gated(), build=Gated()), session=session)

    answer = await asyncio.wait_for(agent.run("are you there?"), 20.0)

    log, state = session.path(), agent._driver.core.state
    assert answer == Text(content="here I am")
    assert tuple(log[: len(before)]) == tuple(before)
    assert waiting_in(before) <= {entry.id for entry in model.requests[0].view}
    for asked in model.requests:
        assert legal(View(asked.view)), "I1"
        assert refusals(asked, session) == []
    assert fold(log) == state, "I8"
    assert waiting_in(log) == set()
    assert set(diary.noted("accepted")) <= {message.id for message in log}
    assert mail_that_did_not_end_once(log) == [], "I3"
    assert stubs_without_one_outcome(log) == [], "I4"
    assert set(Counter(diary.noted("ran")).values()) == {1}, "I5"
    assert set(diary.noted("ran")) <= runnable(log), "I7"
    await asyncio.wait_for(agent.aclose(), 20.0)
    assert fold(log_of(file)) == state, "I8"


def refusals(asked: Asked, session: JsonlSession) -> Sequence[str]:
    """What each of four vendors would say against a request, if it went to one of its models."""
    request = Request(
        system=asked.system,
        tools=asked.tools,
        view=View(asked.view),
        trusted=asked.trusted,
        read=session.read,
    )
    return [
        complaint
        for model in MODELS
        for complaint in JUDGES[model.spec.dialect](
            freeze_object(json.loads(model._dialect.scribe().body(request))), model.spec.model
        )
    ]


def mail_that_did_not_end_once(log: Sequence[Kept]) -> Sequence[MessageId]:
    """The prompts that were neither heard nor withdrawn, or more than once."""
    ends = Counter[MessageId]()
    for message in log:
        if isinstance(message, Drained):
            ends.update(message.content)
        elif isinstance(message, Withdrawn):
            ends[message.content] += 1
    return [message.id for message in log if isinstance(message, Prompt) and ends[message.id] != 1]


def stubs_without_one_outcome(log: Sequence[Kept]) -> Sequence[CallId]:
    """The detached calls that have no outcome or several, or one that should have been delivered."""
    drained = Counter(entered for note in log if isinstance(note, Drained) for entered in note.content)
    wrong: list[CallId] = []
    for place, stub in enumerate(log):
        if isinstance(stub, Detached):
            later = log[place:]
            told = [kept for kept in later if isinstance(kept, ToolResult) and kept.call_id == stub.call_id]
            cleared = any(isinstance(kept, Cleared) for kept in later)
            if len(told) != 1 or (drained[told[0].id] != 1 and not cleared):
                wrong.append(stub.call_id)
    return wrong


def runnable(log: Sequence[Kept]) -> set[str]:
    """The calls in the log's whole responses; only what is written there may have run."""
    return {
        asked.call_id
        for message in log
        if isinstance(message, ModelResponse) and message.stop == "tool_calls"
        for asked in calls_of(message)
    }


def test_the_life_that_is_cut_short_has_everything_in_it(lives: Path) -> None:
    log = log_of(lives / "whole" / "life.jsonl")

    assert len(log) == APPENDS
    assert {type(message).__name__ for message in log} == {
        "Cleared",
        "Detached",
        "Drained",
        "ModelChanged",
        "ModelResponse",
        "Prompt",
        "System",
        "ToolResult",
        "ToolsChanged",
        "Withdrawn",
    }
    assert {message.stop for message in log if isinstance(message, ModelResponse)} == {
        "end",
        "interrupted",
        "tool_calls",
    }
    assert [path.read_bytes() for path in (lives / "whole" / "blobs").iterdir()] == [PICTURE]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("last", range(APPENDS))
async def test_a_process_killed_at_any_append_is_gone_on_from(
    lives: Path, tmp_path: Path, last: int, moment: Moment
) -> None:
    shutil.copytree(lives / f"{moment}-{last}", tmp_path, dirs_exist_ok=True)

    lines = (tmp_path / "life.jsonl").read_bytes().count(b"\n")

    assert lines == 1 + last + (moment == "after")
    await resumed(tmp_path / "life.jsonl", Diary(tmp_path / "diary.txt"))


@pytest.mark.parametrize("last", range(APPENDS))
async def test_a_process_killed_while_it_goes_on_is_gone_on_from_as_well(
    lives: Path, tmp_path: Path, last: int
) -> None:
    shutil.copytree(lives / f"before-{last}", first := tmp_path / "first")
    died_with = (first / "life.jsonl").read_bytes().count(b"\n")
    await resumed(first / "life.jsonl", Diary(tmp_path / "unread.txt"))
    lines = (first / "life.jsonl").read_bytes().splitlines(keepends=True)

    for kept in range(died_with, len(lines)):
        shutil.copytree(first, again := tmp_path / f"again-{kept}")
        (again / "life.jsonl").write_bytes(b"".join(lines[:kept]))
        await resumed(again / "life.jsonl", Diary(again / "diary.txt"))


def test_a_process_killed_at_an_instant_that_nobody_chose_is_gone_on_from(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder, seed = tmp_path_factory.mktemp("instants"), random.randrange(1 << 30)
    program = (sys.executable, "-W", "error", "-m", "tests.agent.mortal", str(folder), str(KILLS), str(seed))
    subprocess.run(program, check=True, timeout=50 + KILLS, cwd=Path(__file__).parents[2])

    begun = [life for life in sorted(folder.glob("instant-*")) if (life / "life.jsonl").exists()]
    lengths = Counter((life / "life.jsonl").read_bytes().count(b"\n") for life in begun)
    print(f"seed {seed}: of {KILLS} lives {len(begun)} had begun; they ended at {len(lengths)} lengths")
    for life in begun:
        if (
            (life / "life.jsonl").read_bytes().count(b"\n")
        ):  # else there is no header yet, and nothing accepted
            asyncio.run(resumed(life / "life.jsonl", Diary(life / "diary.txt")))

    assert len(lengths) > min(KILLS // 5, 20), "they ended at different places"


def test_a_log_cut_at_any_byte_keeps_its_whole_lines_and_no_more(lives: Path, tmp_path: Path) -> None:
    header, *lines = (lives / "whole" / "life.jsonl").read_bytes().splitlines(keepends=True)
    file, whole = tmp_path / "life.jsonl", header
    file.write_bytes(whole)

    for line in lines:
        for length in range(len(line)):
            with file.open("ab") as torn:
                torn.write(line[:length])
            JsonlSession.open(file).close()
            assert file.stat().st_size == len(whole)
        whole += line
        file.write_bytes(whole)

    assert len(log_of(file)) == APPENDS


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_log_cut_at_any_byte_is_gone_on_from(
    lives: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    shutil.copytree(lives / "whole", folder, dirs_exist_ok=True)
    whole = (folder / "life.jsonl").read_bytes()
    length = data.draw(st.integers(whole.index(b"\n") + 1, len(whole)))

    (folder / "life.jsonl").write_bytes(whole[:length])

    asyncio.run(resumed(folder / "life.jsonl", Diary(folder / "new.txt")))


class Stuck(Recorder):
    """A session whose first flush does not come to an end."""

    def __init__(self) -> None:
        super().__init__([])
        self._stuck = True

    @override
    async def flush(self) -> None:
        if self._stuck:
            self._stuck = False
            await asyncio.Event().wait()
        await super().flush()


def test_what_waits_for_the_disk_when_its_event_loop_ends_goes_on_with_the_next_one() -> None:
    agent = Agent(Scripted("here I am"), session=Stuck())

    async def cut_short() -> None:
        heard = seen(agent, Prompt)
        serving = asyncio.create_task(agent.run_forever())
        agent.inbox.post(letter("are you there?"))
        await heard.wait()
        assert not serving.done()

    async def served() -> None:
        answered = seen(agent, Done)
        serving = asyncio.create_task(agent.run_forever())
        await asyncio.wait_for(answered.wait(), 20.0)
        await agent.aclose()
        await serving

    asyncio.run(cut_short())
    asyncio.run(served())

    assert [message.content for message in agent.messages if isinstance(message, ModelResponse)] == [
        (Text(content="here I am"),)
    ]

"""A fleet: prompts go to agents side by side, and answers come back in order."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from sagent import Text
from sagent.agent import Agent, Fleet
from sagent.errors import OutputError, SagentError, UsageError
from sagent.messages.words import plain
from sagent.protocols import Request
from sagent.schema.message import AgentEnded, AgentSpawned, Prompt
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Replying, Scripted, always, as_json, call
from tests.agent.props import Gated, Trick


@dataclass(frozen=True)
class Size:
    """How long something is."""

    length: int


def echoing(request: Request) -> Replying:
    """Answers with the last words that were said."""
    (prompt,) = [entry for entry in request.view if isinstance(entry, Prompt)]
    said = " ".join(map(plain, prompt.content))
    return RuntimeError("no such word") if said == "broken" else f"{said}!"


def measuring(request: Request) -> Replying:
    """Answers with how long the words are, as JSON; of long ones it does not know."""
    prompt = next(entry for entry in request.view if isinstance(entry, Prompt))
    length = len(plain(prompt.content[0]))
    return as_json({"length": length if length < 5 else "long"})


async def test_answers_come_in_order_and_a_failure_stands_in_its_place() -> None:
    agent = Agent(Scripted(always(echoing)))

    first, second, third = await agent.map(["a", "broken", "c"])

    assert (first, third) == (Text(content="a!"), Text(content="c!"))
    assert isinstance(second, SagentError)
    assert len(agent.children) == 0


async def test_answers_of_a_type_are_values_of_it() -> None:
    async with Fleet(Scripted(always(measuring))) as fleet:
        short, long = await fleet.map(["abc", "abcdefg"], output=Size)

    assert short == Size(length=3)
    assert isinstance(long, OutputError)


async def test_no_more_are_at_work_at_once_than_was_said() -> None:
    most, now = [0], [0]

    async def counted(_: object) -> Text:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await asyncio.sleep(0)
        now[0] -= 1
        return Text(content="done")

    def calling(request: Request) -> Replying:
        return call("count") if len(request.view) == 1 else "ok"

    async with Fleet(Scripted(always(calling)), tools=[Trick("count", counted)]) as fleet:
        answers = await fleet.map([str(number) for number in range(20)], concurrency=3)

    assert answers == (Text(content="ok"),) * 20
    assert most == [3]


async def test_nobody_at_work_at_once_is_refused() -> None:
    async with Fleet(Scripted()) as fleet:
        with pytest.raises(UsageError, match="concurrency is 0"):
            await fleet.map(["a"], concurrency=0)


async def test_a_cancelled_map_leaves_nothing_running() -> None:
    build = Gated()
    async with Fleet(Scripted(always(call("build"))), tools=[Trick("build", build)]) as fleet:
        mapping = asyncio.create_task(fleet.map(["a", "b"]))
        await build.begun.wait()
        mapping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await mapping

        assert len(fleet.children) == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}
    assert build.cancelled


async def test_leaving_a_fleet_ends_its_children_and_its_log_says_so(tmp_path: Path) -> None:
    build = Gated()
    async with Fleet(
        Scripted(always(call("build"))), tools=[Trick("build", build)], session_dir=tmp_path
    ) as fleet:
        session_id = fleet.session_id
        running = asyncio.create_task(fleet.spawn(name="one").run("go"))
        await build.begun.wait()

    with pytest.raises(SagentError):
        await running
    log = JsonlSession.open(tmp_path / f"{session_id}.jsonl").path()
    births = [kept for kept in log if isinstance(kept, AgentSpawned | AgentEnded)]
    spawned, ended = births
    assert isinstance(spawned, AgentSpawned)
    assert isinstance(ended, AgentEnded)
    assert (spawned.name, ended.how) == ("one", "killed")
    assert len(list((tmp_path / session_id).glob("*.jsonl"))) == 1

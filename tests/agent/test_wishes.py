"""A wish to be told of another agent ends with the process, and whoever had it is told that."""

import asyncio
from pathlib import Path

from sagent.agent import Agent
from sagent.messages.words import plain
from sagent.schema.message import Message, Prompt
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf
from sagent.testing import Replying, Scripted, always, call, hold
from sagent.tools import AgentSend

LAPSED = "You wanted to be told when these are idle: Busy. Nobody will any more; ask again if you like."


def ann(folder: Path, *script: Replying) -> Agent:
    """An agent that can write to others, from its beginning or going on."""
    log = folder / "s.jsonl"
    session = JsonlSession.open(log) if log.exists() else Shelf(folder).create(folder, session_id="s")
    return Agent(Scripted(*script, always("ok")), tools=[AgentSend()], name="Ann", session=session)


def told(agent: Agent) -> list[tuple[str, str]]:
    """What AgentSend has told it beside its results."""
    return [
        (kept.author, " ".join(map(plain, kept.content)))
        for kept in agent.messages
        if isinstance(kept, Prompt) and kept.sender == "AgentSend"
    ]


async def test_a_wish_that_ended_with_its_process_is_told_of_once(
    tmp_path: Path,
) -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    busy = Agent(Scripted([hold(release, reached=reached), "x"]), name="Busy")
    working = asyncio.create_task(busy.run("work"))
    await reached.wait()
    async with ann(tmp_path, call("AgentSend", action="notify", to="Busy, Eve")) as first:
        await first.run("tell me when Busy is idle")

    async with ann(tmp_path) as second:
        await second.run("go on")
        once = told(second)
    async with ann(tmp_path) as third:
        await third.run("and on")

        assert once == told(third) == [("system", LAPSED)]
    release.set()
    await working
    await busy.aclose()


async def test_nothing_is_said_of_a_wish_that_was_granted_or_refused(tmp_path: Path) -> None:
    async with Agent(Scripted("x"), name="Busy") as busy:
        await busy.run("work")
        wishes = call("AgentSend", action="notify", to="Busy"), call("AgentSend", action="notify", to="Eve")
        async with ann(tmp_path, *wishes) as first:
            heard = asyncio.Event()

            def look(message: Message) -> None:
                if isinstance(message, Prompt) and message.author == "background":
                    heard.set()

            first.watch(look)
            await first.run("tell me when Busy is idle, or Eve")
            await asyncio.wait_for(heard.wait(), 10)

        async with ann(tmp_path) as second:
            await second.run("go on")

            assert told(second) == [("background", f"Busy ({busy.session_id}) is idle.")]

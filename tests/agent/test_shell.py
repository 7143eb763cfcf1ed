"""Commands of an agent: where they start, what becomes of long ones, and what ends with it."""

import asyncio
import os
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.errors import SagentError
from sagent.messages.words import plain
from sagent.schema.event import Done, Notice
from sagent.schema.message import Cleared, Detached, Prompt, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.schema.signal import Clear
from sagent.sessions.shelf import Shelf
from sagent.testing import Scripted, call
from sagent.tools import Bash
from tests.agent.props import Gated, Stubborn, Trick, echo, seen
from tests.tools.calls import taken


def results(agent: Agent) -> list[str]:
    """What the results in the log say."""
    return [plain(m.content[0]) for m in agent.messages if isinstance(m, ToolResult)]


async def test_a_directory_that_commands_have_moved_to_survives_the_process(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    log = Shelf(tmp_path / "shelf").create(tmp_path)
    first = Agent(
        Scripted(call("Bash", command="cd sub"), "moved"), tools=[Bash()], session=log, workspace=tmp_path
    )
    await first.run("go")
    await first.aclose()

    second = Agent(
        Scripted(call("Bash", command="pwd"), "there"),
        tools=[Bash()],
        session=Shelf(tmp_path / "shelf").open(log.session_id),
        workspace=tmp_path,
    )
    before = second.cwd
    await second.run("where?")

    assert before == (tmp_path / "sub").resolve()
    assert results(second)[-1] == str(before)
    await second.aclose()


async def test_an_agent_that_has_not_moved_is_in_its_workspace(tmp_path: Path) -> None:
    agent = Agent(Scripted("ok"), tools=[Bash()], workspace=tmp_path)

    await agent.run("go")

    assert agent.cwd == tmp_path


async def test_a_long_command_goes_on_and_its_result_comes_before_the_answer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "sub").mkdir()
    command = "echo begun; cd sub; read < ../pipe; echo built"
    agent = Agent(
        Scripted(call("Bash", command=command, timeout=300), "it takes long", "it is built"),
        tools=[Bash()],
        workspace=tmp_path,
    )
    answered = seen(agent, Done)
    running = asyncio.create_task(agent.run("build it"))
    await answered.wait()
    held = not running.done()

    await asyncio.to_thread((tmp_path / "pipe").write_text, "\n")
    answer = await running

    (stub,) = [m for m in agent.messages if isinstance(m, Detached)]
    heard = [m for m in agent._driver.core.state.view if isinstance(m, Prompt) and m.author == "background"]
    assert held
    assert answer == Text(content="it is built")
    assert stub.content.startswith("still running after 0.3 s, so it goes on in the background")
    assert [plain(m.content[1]) for m in heard] == ["begun\nbuilt"]
    assert agent.cwd == tmp_path
    taken(Path(stub.content.partition("goes to ")[2].partition(")")[0]))
    await agent.aclose()


async def test_what_commands_leave_running_ends_with_the_agent(tmp_path: Path) -> None:
    agent = Agent(
        Scripted(call("Bash", command="setsid sleep 600 & echo $! > pid"), "started"),
        tools=[Bash()],
        workspace=tmp_path,
    )
    await agent.run("start it")
    process = os.pidfd_open(int((tmp_path / "pid").read_text()))

    await agent.aclose()

    asyncio.get_running_loop().add_reader(process, (ended := asyncio.Event()).set)
    await asyncio.wait_for(ended.wait(), 20.0)
    asyncio.get_running_loop().remove_reader(process)
    os.close(process)


class Careless(Trick):
    """A tool that cannot end what it has left running."""

    async def sweep(self) -> None:
        raise RuntimeError("no idea where it is")


async def test_an_agent_ends_though_a_tool_cannot_end_what_it_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agent = Agent(
        Scripted(call("Bash", command="sleep 600 & echo $! > pid"), "started"),
        tools=[Careless("careless", echo), Bash()],
        workspace=tmp_path,
    )
    await agent.run("start it")

    await agent.aclose()

    number = (tmp_path / "pid").read_text().strip()
    assert [record.getMessage() for record in caplog.records] == [
        "the tool careless could not end what it has left running"
    ]
    assert agent.status == "closed"
    assert not Path(f"/proc/{number}/exe").exists()


async def test_a_command_that_began_in_the_background_needs_no_leave_to_go_on_there() -> None:
    gated = Gated()
    agent = Agent(Scripted("ok"), tools=[Trick("build", gated, detachable=True)])
    notices: list[str] = []
    agent.watch(lambda message: notices.append(message.content) if isinstance(message, Notice) else None)
    job = agent.tasks.start("build", {})
    await gated.begun.wait()

    goes_on = agent.detach(job, "still running after its timeout")

    assert (goes_on, notices) == (True, [])
    await agent.aclose()


async def test_a_call_that_was_cleared_away_moves_nobody(tmp_path: Path) -> None:
    moves: list[bool] = []

    async def late(call: ToolCall) -> Text:
        await gated(call)
        moves.append(agent.moved(call.call_id, tmp_path / "sub"))
        return Text(content="too late")

    gated = Stubborn()
    agent = Agent(Scripted(call("late"), "ok"), tools=[Trick("late", late)], workspace=tmp_path)
    running = asyncio.create_task(agent.run("go"))
    await gated.begun.wait()
    cleared = seen(agent, Cleared)
    agent.inbox.post(Clear())
    await cleared.wait()

    gated.let.set()
    with pytest.raises(SagentError, match="cleared"):
        await running
    await agent.aclose()

    assert moves == [False]
    assert agent.cwd == tmp_path

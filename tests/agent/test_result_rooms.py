"""What tools give back fits the window of the model that is shown it, whatever the tool."""

import re
from pathlib import Path

import pytest
from typing_extensions import override

from sagent.agent import Agent
from sagent.lib.outputs import gap
from sagent.loop.trimming import weight
from sagent.protocols import ModelLimits
from sagent.schema.message import Kept, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.sessions.memory import MemorySession
from sagent.testing import Scripted, call
from sagent.tools import Bash, Read
from tests.agent.props import Trick

SMALL = ModelLimits(context_window=32_000)
"""A result may have 12,000 bytes, all of a response 24,000."""

OWN = gap(7, 700, "/var/all-of-it.txt")
"""What a tool says that has cut its result itself."""

PATH = r"all output: (/\S+)\]"


class Watched(MemorySession):
    """A session that looks, for each result, whether what it names can be read already."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[bool] = []

    @override
    def append(self, message: Kept, /) -> None:
        if isinstance(message, ToolResult):
            self.found += [Path(path).is_file() for path in re.findall(PATH, said(message))]
        super().append(message)


def said(result: ToolResult) -> str:
    return "\n".join(part.content for part in result.content if isinstance(part, Text))


def results(agent: Agent) -> list[ToolResult]:
    return [message for message in agent.messages if isinstance(message, ToolResult)]


async def flood(call: ToolCall) -> Text:
    return Text(content="".join(f"{call.content.get('text')} {number}\n" for number in range(20_000)))


async def test_the_file_is_there_before_the_log_tells_of_it() -> None:
    session = Watched()
    agent = Agent(
        Scripted(call("flood", text="x"), "ok", limits=SMALL), tools=[Trick("flood", flood)], session=session
    )

    await agent.run("go")

    (result,) = results(agent)
    assert session.found == [True]
    assert 11_000 < weight(result.content) <= 12_000


async def test_results_of_one_response_share_its_room() -> None:
    calls = [call("flood", text=f"{number}") for number in range(6)]
    agent = Agent(Scripted(calls, "ok", limits=SMALL), tools=[Trick("flood", flood)])

    await agent.run("go")

    sizes = [weight(result.content) for result in results(agent)]
    assert len(sizes) == 6
    assert all(2_000 < size <= 12_000 for size in sizes)
    assert sum(sizes) <= 24_000


async def test_what_read_shows_is_never_cut_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(f"größe {number}\n" for number in range(20_000)))
    agent = Agent(
        Scripted(call("Read", file_path="a"), "ok", limits=SMALL), tools=[Read()], workspace=tmp_path
    )

    await agent.run("go")

    (result,) = results(agent)
    assert re.search(r"\[\d+ more lines not shown; read on with offset=\d+\]$", said(result))
    assert "omitted" not in said(result)
    assert 11_000 < weight(result.content) <= 12_000


@pytest.mark.parametrize(
    ("command", "written"),
    [
        ("seq 1 20000", "".join(f"{number}\n" for number in range(1, 20_001)).encode()),
        ("head -c 40000 /dev/zero | tr '\\0' '\\377'", b"\xff" * 40_000),
    ],
)
async def test_what_bash_shows_is_never_cut_again(tmp_path: Path, command: str, written: bytes) -> None:
    agent = Agent(
        Scripted(call("Bash", command=f"cd sub; {command}"), "ok", limits=SMALL),
        tools=[Bash()],
        workspace=tmp_path,
    )
    (tmp_path / "sub").mkdir()

    await agent.run("go")
    await agent.aclose()

    (result,) = results(agent)
    (path,) = re.findall(PATH, said(result))
    assert Path(path).read_bytes() == written
    assert weight(result.content) <= 12_000


async def test_where_a_tool_keeps_its_output_is_still_told_when_its_result_is_cut_again() -> None:
    async def shorten(call: ToolCall) -> Text:
        return Text(content="\n".join(("a\n" * 9_000, OWN, "b\n" * 9_000)))

    agent = Agent(Scripted(call("shorten", text="x"), "ok", limits=SMALL), tools=[Trick("shorten", shorten)])

    await agent.run("go")

    (result,) = results(agent)
    assert OWN in said(result)
    assert len(re.findall(PATH, said(result))) == 2
    assert weight(result.content) <= 12_000


async def test_all_of_it_is_read_by_its_lines(tmp_path: Path) -> None:
    agent = Agent(
        Scripted(
            call("flood", text="x"),
            lambda request: call("Read", file_path=named(request.view[-1]), offset=9_999, limit=1),
            "ok",
            limits=SMALL,
        ),
        tools=[Trick("flood", flood), Read()],
        workspace=tmp_path,
    )

    await agent.run("go")

    assert said(results(agent)[-1]).startswith("  9999\tx 9998\n")


def named(entry: object) -> str:
    assert isinstance(entry, ToolResult)
    found = re.search(PATH, said(entry))
    assert found is not None
    return found[1]

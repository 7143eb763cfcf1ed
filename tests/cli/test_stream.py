"""A run that another program follows line by line, and steers while it lasts."""

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typing_extensions import override

from sagent.agent import Agent
from sagent.atoms import ToolName
from sagent.cli.approval import Approval
from sagent.cli.headless import Run
from sagent.cli.intake import Intake
from sagent.cli.stream import Stream
from sagent.errors import Overflow, ProviderError, Refused, SessionError, Unauthorized
from sagent.lib.feed import Feed
from sagent.lib.json import freeze_object
from sagent.messages.words import letter
from sagent.permissions.policy import Policy
from sagent.protocols import Tool
from sagent.schema.cli import Result, StreamLine
from sagent.schema.codec import decode_result, decode_stream_line
from sagent.schema.message import Kept, ToolCall
from sagent.schema.part import Text
from sagent.testing import MemorySession, Scripted, call, hold, serve
from sagent.tools import Bash, List
from tests.cli.command import Place
from tests.cli.published import complaints

PAGE = Path(__file__).parent.parent.parent / "docs" / "cli.md"
LINE = "cli.json#/$defs/StreamLine"
PATIENCE = 20.0


class Page(io.StringIO):
    """What has been written, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, object]] = []
        self.turned = asyncio.Event()

    @override
    def write(self, text: str) -> int:
        self.lines.append(json.loads(text))
        self.turned.set()
        return len(text)

    async def until(self, kind: str, count: int = 1) -> dict[str, object]:
        """Wait for so many lines of a kind; give the last."""
        while len(found := [line for line in self.lines if line["descriptor"] == kind]) < count:
            self.turned.clear()
            await self.turned.wait()
        return found[-1]


@dataclass
class Peer:
    """A program at the other end of a stream."""

    page: Page
    agent: Agent
    descriptor: int
    running: asyncio.Task[Run] | None = field(default=None)

    def write(self, *lines: object) -> None:
        os.write(self.descriptor, "".join(f"{json.dumps(line)}\n" for line in lines).encode())

    async def end(self) -> Run:
        """Say no more; give what became of it."""
        os.close(self.descriptor)
        assert self.running is not None
        return await self.running


def say(words: str) -> dict[str, object]:
    return {"descriptor": "text/plain", "content": words}


def verdict(call_id: object, **decided: object) -> dict[str, object]:
    return {"descriptor": "application/x-verdict", "call_id": call_id, **decided}


@asynccontextmanager
async def stream(
    model: Scripted,
    *,
    tools: Sequence[Tool] = (),
    asks: bool = False,
    policy: Policy | None = None,
    session: MemorySession | None = None,
    first: str = "",
) -> AsyncIterator[Peer]:
    reading, writing = os.pipe()
    lines: Feed[StreamLine] = Feed()
    approval = Approval() if asks else None
    agent = Agent(model=model, tools=tools, session=session, permissions=policy, approve=approval)
    names = [ToolName(tool.name) for tool in tools]
    talk = Stream(agent, names, lines, intake=Intake(reading), approval=approval)
    peer = Peer(page=Page(), agent=agent, descriptor=writing)
    async with asyncio.timeout(PATIENCE):
        opening = letter(first) if first else None
        peer.running = asyncio.create_task(talk.run(opening, peer.page))
        yield peer
        await peer.running
    os.close(reading)
    assert [complaints(LINE, line) for line in peer.page.lines] == [[] for _ in peer.page.lines]


def kinds(peer: Peer) -> list[object]:
    return [line["descriptor"] for line in peer.page.lines]


async def test_each_line_is_answered_and_the_end_of_the_input_ends_it_all() -> None:
    async with stream(Scripted("One.", "Two."), first="zero") as peer:
        await peer.page.until("application/x-done")
        peer.write(say("second"))
        done = await peer.end()

    assert (done.answer, done.error, done.tally.usage.output_tokens > 1) == ("Two.", None, True)
    assert kinds(peer)[0] == "application/x-begun"
    assert kinds(peer).count("application/x-done") == 2


async def test_a_prompt_that_comes_while_the_agent_works_steers_it() -> None:
    reached, go = asyncio.Event(), asyncio.Event()
    model = Scripted(["I look.", hold(go, reached=reached), call("List", path=".")], "I heard you.")
    async with stream(model, tools=[List()]) as peer:
        peer.write(say("first"))
        await reached.wait()
        peer.write(say("no, second"))
        await peer.page.until("multipart/x-prompt", 2)
        go.set()
        done = await peer.end()

    assert (done.answer, len(model.requests)) == ("I heard you.", 2)


async def test_a_halt_stops_the_agent_and_a_prompt_lets_it_go_on() -> None:
    reached, never = asyncio.Event(), asyncio.Event()
    async with stream(Scripted(["Half", hold(never, reached=reached)], "Well.")) as peer:
        peer.write(say("go"))
        await reached.wait()
        peer.write({"descriptor": "application/x-halt"})
        halted = await peer.page.until("application/x-halted")
        peer.write(say("go on"))
        done = await peer.end()

    assert halted["reason"] == "user"
    assert (done.answer, done.error, done.tally.cost_usd) == ("Well.", None, None)


async def test_a_line_that_is_nothing_gets_one_line_and_all_others_hold() -> None:
    async with stream(Scripted("Yes.")) as peer:
        os.write(peer.descriptor, b'nonsense\n\n{"descriptor": "text/plain"}\n')
        peer.write(say(" "), verdict("c1", allow=True), say("hello"))
        peer.write({"descriptor": "application/x-say", "content": "see", "files": ["none.png"]})
        done = await peer.end()

    misread = [line for line in peer.page.lines if line["descriptor"] == "application/x-misread"]
    assert [(line["line"], str(line["content"]).partition(":")[0]) for line in misread] == [
        (1, "this is no JSON"),
        (3, "StreamInput"),
        (4, "there is nothing to ask"),
        (5, "no call c1 waits for leave"),
        (7, "none.png cannot be read"),
    ]
    assert done.answer == "Yes."


async def test_calls_run_with_leave_and_the_model_is_told_why_others_do_not() -> None:
    model = Scripted([call("List", path="."), call("List", path="..")], "As you wish.")
    async with stream(model, tools=[List()], asks=True, first="look around") as peer:
        await peer.page.until("application/x-asked", 2)
        asked = {str(line["content"]): line["call_id"] for line in peer.page.lines if "call_id" in line}
        peer.write(verdict(asked["{'path': '.'}"], allow=True))
        peer.write(verdict(asked["{'path': '..'}"], allow=False, reason="that is not yours"))
        await peer.page.until("application/x-done")
        done = await peer.end()

    results = {line["call_id"]: line for line in peer.page.lines if "failed" in line}
    assert results[asked["{'path': '.'}"]]["failed"] is False
    assert "that is not yours" in str(results[asked["{'path': '..'}"]]["content"])
    assert done.answer == "As you wish."


async def test_only_what_the_policy_asks_about_is_asked_and_always_holds_for_what_is_like_it() -> None:
    calls = [call("Bash", command="true"), call("Bash", command="exit 3")]
    model = Scripted(calls, call("Bash", command="exit 4"), "Well.")
    async with stream(model, tools=[Bash()], asks=True, policy=Policy(), first="go") as peer:
        asked = await peer.page.until("application/x-asked")
        peer.write(verdict(asked["call_id"], allow=True, always=True))
        await peer.page.until("application/x-done")
        done = await peer.end()

    questions = [line for line in peer.page.lines if line["descriptor"] == "application/x-asked"]
    assert [(line["content"], line["reason"]) for line in questions] == [
        ({"command": "exit 3"}, "the command is not allowed by any rule: exit 3")
    ]
    assert done.answer == "Well."


async def test_after_the_end_of_the_input_nobody_gives_leave() -> None:
    async with stream(Scripted([call("List", path=".")], "Well."), tools=[List()], asks=True) as peer:
        peer.write(say("look"))
        await peer.page.until("application/x-asked")
        done = await peer.end()

    assert "nobody is left to give it" in str(peer.page.lines)
    assert done.answer == "Well."


async def test_a_call_is_killed_by_its_id_and_a_quit_ends_everything() -> None:
    tool = Endless()
    async with stream(Scripted([call("Endless")], "It was killed.", "never"), tools=[tool]) as peer:
        peer.write(say("go"))
        await tool.began.wait()
        peer.write({"descriptor": "application/x-kill", "content": peer.agent.running[0]})
        await peer.page.until("application/x-done")
        peer.write({"descriptor": "application/x-quit"}, say("too late"))
        done = await peer.end()

    assert (done.answer, done.error, peer.agent.status) == ("It was killed.", None, "closed")


async def test_an_id_that_names_nothing_is_told_in_a_line() -> None:
    async with stream(Scripted("One.")) as peer:
        peer.write({"descriptor": "application/x-kill", "content": "c9"}, say("go"))
        done = await peer.end()

    told = [line["content"] for line in peer.page.lines if line["descriptor"] == "application/x-notice"]
    assert told == ["nothing is killed: no call c9 runs"]
    assert done.answer == "One."


class Endless:
    """A tool that runs until it is stopped."""

    name = ToolName("Endless")
    description = "Runs until it is stopped."
    tool_id = "application/x-tool-endless"

    def __init__(self) -> None:
        self.directive_schema = freeze_object({"type": "object"})
        self.began = asyncio.Event()

    async def run(self, message: ToolCall, /) -> Text:
        self.began.set()
        await asyncio.Event().wait()
        return Text(content="never")


async def test_words_that_are_taken_back_are_no_failure() -> None:
    reached, go = asyncio.Event(), asyncio.Event()
    async with stream(Scripted(["One.", hold(go, reached=reached)])) as peer:
        peer.write(say("first"))
        await reached.wait()
        peer.write(say("second"))
        second = await peer.page.until("multipart/x-prompt", 2)
        peer.write({"descriptor": "application/x-withdraw", "content": second["id"]})
        await peer.page.until("application/x-withdrawn")
        go.set()
        done = await peer.end()

    assert (done.answer, done.error) == ("One.", None)


async def test_an_error_is_told_and_what_is_said_next_is_answered() -> None:
    async with stream(Scripted(Refused("not today"), "Well, then.")) as peer:
        peer.write(say("please"))
        await peer.page.until("application/x-halted")
        peer.write(say("please!"))
        done = await peer.end()

    assert (done.answer, done.error) == ("Well, then.", None)


@pytest.mark.parametrize(
    ("failure", "kind", "message"),
    [
        (Unauthorized("the key is wrong"), "Unauthorized", "the key is wrong"),
        (
            Overflow("no"),
            "Overflow",
            "no; the conversation is too short to be compacted: swap to a model with ",
        ),
    ],
)
async def test_the_last_error_is_the_result(failure: ProviderError, kind: str, message: str) -> None:
    async with stream(Scripted(failure), first="hello") as peer:
        done = await peer.end()

    problem = done.result("s1").error
    assert problem is not None
    assert (problem.kind, problem.message[: len(message)]) == (kind, message)


async def test_a_log_that_cannot_be_kept_ends_it_though_the_input_goes_on() -> None:
    class Full(MemorySession):
        @override
        def append(self, message: Kept, /) -> None:
            if len(self.messages) >= 3:
                raise SessionError("the disk is full")
            super().append(message)

    async with stream(Scripted("too much to keep"), session=Full(), first="hello") as peer:
        assert peer.running is not None
        done = await peer.running
        os.close(peer.descriptor)

    assert "the disk is full" in str(done.error)


async def test_an_output_that_takes_nothing_ends_the_agent_though_the_input_goes_on() -> None:
    class Full(io.StringIO):
        @override
        def write(self, text: str) -> int:
            if "x-drained" in text:
                raise BrokenPipeError
            return len(text)

    reading, writing = os.pipe()
    lines: Feed[StreamLine] = Feed()
    agent = Agent(model=Scripted("never read"))
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(BrokenPipeError):
            await Stream(agent, [], lines, intake=Intake(reading)).run(letter("hello"), Full())

    os.close(writing)
    assert agent.status == "closed"


# The real command.

FLAGS = ("--input-format", "stream-json", "--output-format", "stream-json")


def test_every_line_is_what_the_published_schema_says_and_the_last_is_the_result(place: Place) -> None:
    (place.work / "poem.txt").write_text("roses\n")
    reads = call("Read", file_path="poem.txt"), call("Read", file_path="prose.txt")
    with serve(["I look.", *reads], "Red.") as served:
        ended = place.run(served, "-p", "--output-format", "stream-json", "which colour?")

    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [complaints(LINE, line) for line in lines] == [[] for _ in lines]
    result = decode_stream_line(lines[-1])
    assert isinstance(result, Result)
    assert (ended.code, ended.err, result.answer, result.error) == (0, "", "Red.", None)
    assert result.session_id == lines[0]["session_id"] == place.logs()[0].stem
    assert {line["descriptor"] for line in lines} >= {
        "application/x-begun",
        "multipart/x-prompt",
        "text/x-delta",
        "multipart/x-model-response",
        "text/x-tool-label",
        "multipart/x-tool-result",
        "application/x-done",
    }


def begin(place: Place, environment: dict[str, str], *flags: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "sagent", *FLAGS, *flags],
        cwd=place.work,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(command: "subprocess.Popen[str]", kind: str) -> dict[str, object]:
    """Read lines up to one of a kind."""
    assert command.stdout is not None
    for line in command.stdout:
        document: dict[str, object] = json.loads(line)
        if document["descriptor"] == kind:
            return document
    raise AssertionError(f"there was no {kind}")


def test_a_program_asks_gives_leave_and_asks_again_over_pipes(place: Place) -> None:
    with serve(call("Bash", command="echo $((6*7)) > answer"), "Done.", "Gladly.") as served:
        with begin(place, dict(place.environ(served)), "--ask") as command:
            assert command.stdin is not None
            print(json.dumps(say("work it out")), file=command.stdin, flush=True)
            asked = until(command, "application/x-asked")
            before = (place.work / "answer").exists()
            print(json.dumps(verdict(asked["call_id"], allow=True)), file=command.stdin, flush=True)
            until(command, "application/x-done")
            print(json.dumps(say("and again")), file=command.stdin, flush=True)
            command.stdin.close()
            result = decode_result(until(command, "application/x-result"))

        assert served.complaints == ()
    assert (command.returncode, result.answer, result.error) == (0, "Gladly.", None)
    assert (before, (place.work / "answer").read_text()) == (False, "42\n")


def test_the_program_on_the_page_runs_as_it_stands(place: Place) -> None:
    (example,) = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    (place.work / "poem.txt").write_text("roses are red\n")
    script = (
        call("Read", file_path="poem.txt"),
        call("Write", file_path="colour.txt", content="red"),
        "They are red; I was not allowed to write it down.",
    )
    with serve(*script) as served:
        (place.home / "sagent").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sagent "$@"\n')
        (place.home / "sagent").chmod(0o755)
        path = f"{place.home}:{os.environ['PATH']}"
        done = subprocess.run(
            [sys.executable, "-c", example],
            cwd=place.work,
            env={**place.environ(served), "PATH": path},
            capture_output=True,
            text=True,
            check=True,
        )

        assert "nothing may be written here" in str(served.requests[-1].body)
    assert (done.stdout, done.stderr) == (f"{script[-1]}\n", "")
    assert not (place.work / "colour.txt").exists()


def test_control_c_stops_it_all_though_the_input_goes_on(place: Place) -> None:
    with serve(call("Bash", command="sleep 600"), "never") as served:
        with begin(place, dict(place.environ(served))) as command:
            assert command.stdin is not None
            print(json.dumps(say("go")), file=command.stdin, flush=True)
            until(command, "text/x-tool-label")
            print(json.dumps(say("and then?")), file=command.stdin, flush=True)
            until(command, "multipart/x-prompt")
            command.send_signal(signal.SIGINT)
            result = decode_result(until(command, "application/x-result"))
            assert command.stderr is not None
            err = command.stderr.read()

        assert served.left == 1
    assert (command.returncode, err.splitlines()[0]) == (130, "interrupted")
    assert result.error is not None
    assert result.error.kind == "AgentHalted"


@pytest.mark.parametrize("flags", [(), ("--tools", "bogus")], ids=["no prompt", "no tool"])
def test_where_nothing_can_be_asked_the_result_says_so(place: Place, flags: tuple[str, ...]) -> None:
    with serve() as served:
        ended = place.run(served, *FLAGS, *flags, stdin="")

    result = decode_result(json.loads(ended.out.splitlines()[-1]))
    assert (ended.code, place.logs()) == (2, [])
    assert result.error is not None
    assert result.error.kind == "UsageError"
    assert result.session_id is None

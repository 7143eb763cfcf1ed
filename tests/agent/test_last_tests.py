"""How the tests ended that were run last, as an agent is told beside a summary."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sagent.agent import Agent
from sagent.agent.last_tests import LastTests
from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.json import freeze_object
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.words import plain
from sagent.schema.message import (
    FilesChanged,
    Job,
    JobStarted,
    Kept,
    ModelResponse,
    Prompt,
    ToolCall,
    ToolResult,
)
from sagent.schema.part import Text
from sagent.schema.signal import Compact
from sagent.schema.values import FileChange, Origin
from sagent.testing import Scripted, call
from sagent.tools import AgentSelf, Bash, Write

NOW = 10_000.0
LONG = "tea " * 2_000


def asked(name: str, tool: str = "Bash", **directive: str) -> ToolCall:
    """A call."""
    return ToolCall(call_id=CallId(name), vendor_id="", tool=ToolName(tool), content=freeze_object(directive))


def response(*calls: ToolCall) -> ModelResponse:
    """A response with these calls."""
    return ModelResponse(
        id=MessageId("m"),
        parent_id=None,
        timestamp=0.0,
        content=calls,
        stop="tool_calls",
        native=(),
        model="m",
        usage=NOTHING_SPENT,
        cost_usd=None,
        origin=Origin(provider="P", dialect="", endpoint="", model="m"),
    )


def result(name: str, text: str, *, failed: bool = False, tool: str = "Bash", ago: float = 300) -> ToolResult:
    """What came of a call, so many seconds before now."""
    return ToolResult(
        id=MessageId("m"),
        parent_id=None,
        timestamp=NOW - ago,
        call_id=CallId(name),
        tool=ToolName(tool),
        content=(Text(content=text),),
        failed=failed,
        seconds=1.0,
    )


def changed() -> FilesChanged:
    """A note that a file was changed."""
    change = FileChange(path="a.py", before=None, after=None)
    return FilesChanged(
        id=MessageId("f"), parent_id=None, timestamp=0.0, content=(change,), call_id="", undoes=()
    )


def told(*log: Kept) -> Sequence[str]:
    """What is told of a log."""
    tests = LastTests()
    for message in log:
        tests.hear(message)
    return tests.told(NOW)


def test_of_several_runs_the_last_one_is_told_with_its_exit_its_age_and_its_last_lines() -> None:
    log = (
        response(asked("a", command="pytest"), asked("b", command="cd x && pytest -q | tail -2")),
        result("a", "1 passed"),
        result("b", "F.\n\nFAILED a.py::b\n1 failed, 1 passed\n[took 12 s]\nexit code 1", failed=True),
        response(asked("c", command="ls")),
        result("c", "a.py"),
    )

    head = "the last tests (5 min ago): `cd x && pytest -q | tail -2`, exit code 1"
    assert told(*log) == (f"{head}\n    F.\n    FAILED a.py::b\n    1 failed, 1 passed",)


def test_a_change_of_files_behind_the_tests_is_told_with_them() -> None:
    log = response(asked("a", command="make test")), result("a", "ok", ago=7_300), changed()

    assert told(*log) == (
        "the last tests (2 h ago; files were changed since): `make test`, exit code 0\n    ok",
    )


def test_a_change_that_was_announced_and_then_not_made_is_not_told_with_them() -> None:
    void = replace(changed(), id=MessageId("v"), content=(), undoes=(MessageId("f"),))

    (fact,) = told(response(asked("a", command="make test")), result("a", "ok"), changed(), void)

    assert "files were changed since" not in fact


@pytest.mark.parametrize(
    ("text", "exit_"),
    [
        ("exit code 2", "exit code 2"),
        ("F\nexit code 2 after 12 s\n[working directory: /tmp]", "exit code 2"),
        ("F\nkilled by signal 9", "killed by signal 9"),
        ("F\nstopped after the timeout of 20 ms", "stopped after the timeout of 20 ms"),
        ("the process ended before this tool finished", "failed"),
    ],
)
def test_how_a_run_that_failed_has_ended_is_told_in_the_words_of_its_tool(text: str, exit_: str) -> None:
    (fact,) = told(response(asked("a", command="tox")), result("a", text, failed=True))

    assert fact.split("\n")[0] == f"the last tests (5 min ago): `tox`, {exit_}"


def test_tests_that_were_not_run_after_all_and_those_that_still_run_are_not_told() -> None:
    log = (
        response(asked("a", command="tox"), asked("b", command="tox -p")),
        result("a", "not run: Bash is turned off", failed=True),
    )

    assert told(*log) == ()


def test_a_run_in_the_background_is_told_as_soon_as_it_has_ended() -> None:
    job = Job(content=asked("a", command="go test ./..."), promises=True, deadline=None)
    started = JobStarted(id=MessageId("m"), parent_id=None, timestamp=0.0, content=job)

    assert told(started, result("a", "ok x 0.1s", ago=9)) == (
        "the last tests (9 s ago): `go test ./...`, exit code 0\n    ok x 0.1s",
    )


def test_in_a_terminal_it_is_told_what_was_last_seen_of_them() -> None:
    begun = asked("a", "Terminal", action="start", session="t", command="npm test")
    later = asked("b", "Terminal", action="read", session="t")
    other = asked("c", "Terminal", action="read")
    log: list[Kept] = [
        response(begun),
        result("a", "1 of 2\n[t: 80x24, cursor at 1, 2]", tool="Terminal"),
        response(later, other),
        result("b", "2 of 2\n[t: 80x24, the program has ended with exit code 1]", tool="Terminal"),
        result("c", "$\n[main: 80x24, cursor at 1, 2]", tool="Terminal"),
    ]

    assert told(*log[:2]) == ("the last tests (5 min ago): `npm test`, not seen to its end\n    1 of 2",)
    assert told(*log) == ("the last tests (5 min ago): `npm test`, exit code 1\n    2 of 2",)


def test_of_long_lines_and_long_commands_no_more_is_told_than_there_is_room_for() -> None:
    text = "\n".join(["a" * 500, "b" * 550, "c" * 40])
    one = result("a", text)
    (fact,) = told(response(asked("a", command=f"pytest {'x' * 300}")), one)
    (other,) = told(response(asked("a", command="pytest")), replace(one, content=(Text(content="d" * 999),)))

    head, *lines = fact.split("\n    ")
    assert lines == ["b" * 550, "c" * 40]
    assert head == f"the last tests (5 min ago): `pytest {'x' * 192}…`, exit code 0"
    assert other.split("\n    ")[1] == f"…{'d' * 599}"


async def test_behind_two_summaries_in_a_row_stand_the_tests_and_what_was_noted_as_done_and_left(
    tmp_path: Path,
) -> None:
    test = "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.fail('cold')\n"
    model = Scripted(
        call("Write", file_path="test_tea.py", content=test),
        call("Bash", command=f"{sys.executable} -m unittest"),
        call("AgentSelf", checkpoint={"progress": "the kettle", "pending": "the cups"}),
        "one",
        *["a summary of tea", "two", "a summary of milk", "three"],
    )
    agent = Agent(model, tools=[Write(), Bash(), AgentSelf()], workspace=tmp_path)
    await agent.run(LONG)

    for _ in range(2):
        agent.inbox.post(Compact(content=""))
        await agent.run(LONG)
    await agent.aclose()

    first = model.requests[-1].view[0]
    assert isinstance(first, Prompt)
    shown = plain(first.content[0])
    assert "# Summary\n\na summary of milk" in shown
    assert "- you noted as done: the kettle\n- you noted as left: the cups\n" in shown
    assert f"`{sys.executable} -m unittest`, exit code 1\n" in shown
    assert "    AssertionError: cold\n" in shown
    assert shown.count("the last tests (") == 1

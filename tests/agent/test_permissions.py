"""Agents under a policy: what runs, what is asked about, and what the model is told."""

import asyncio
from pathlib import Path

import pytest

from sagent.abilities import Reach
from sagent.agent import Agent
from sagent.atoms import CallId, ToolName
from sagent.errors import UsageError
from sagent.lib.json import freeze_object
from sagent.permissions.policy import Policy
from sagent.schema.event import Done
from sagent.schema.message import CwdChanged, ToolCall, ToolResult
from sagent.schema.part import ErrorText, Text
from sagent.schema.signal import Start
from sagent.testing import Scripted, always, call
from sagent.tools import ApplyPatch, BackgroundTask, Bash, Read, Write
from tests.agent.props import Gated, Trick, echo, seen

ASKED = (
    "that takes leave, and nobody can be asked here (a rule in the settings or in Policy, --permission-mode "
    "or --yes gives it beforehand)"
)


def told(agent: Agent) -> list[tuple[bool, str]]:
    """Whether each result in the log failed, and what it says first."""
    results = [message for message in agent.messages if isinstance(message, ToolResult)]
    parts = [(result.failed, result.content[0]) for result in results]
    return [(failed, part.content) for failed, part in parts if isinstance(part, Text | ErrorText)]


async def test_without_a_policy_all_that_is_at_hand_runs(tmp_path: Path) -> None:
    agent = Agent(
        Scripted(call("Bash", command="true > /dev/null"), "ok"), tools=[Bash()], workspace=tmp_path
    )

    await agent.run("go")

    assert (told(agent), agent.permissions) == ([(False, "(no output)")], Policy(mode="full"))


async def test_what_may_not_run_and_what_nobody_can_be_asked_about_is_told_to_the_model(
    tmp_path: Path,
) -> None:
    calls = [
        call("Bash", command="rm x"),
        call("Bash", command="make"),
        call("Write", file_path="a", content="b"),
    ]
    agent = Agent(
        Scripted(calls, "ok"),
        tools=[Bash(), Write()],
        workspace=tmp_path,
        permissions=Policy(deny=["Bash(rm:*)"]),
    )

    await agent.run("go")

    assert told(agent) == [
        (True, "not run: the rule Bash(rm:*) denies it"),
        (True, f"not run: the command is not allowed by any rule: make; {ASKED}"),
        (False, "Created a (1 line)."),
    ]


async def test_only_what_the_policy_asks_about_is_asked_and_may_be_allowed(tmp_path: Path) -> None:
    asked: list[object] = []

    async def approve(question: ToolCall) -> str | None:
        asked.append(question.content.get("command"))
        return None

    calls = [call("Bash", command="echo 1"), call("Bash", command="true && exit 0")]
    agent = Agent(
        Scripted(calls, "ok"), tools=[Bash()], workspace=tmp_path, permissions=Policy(), approve=approve
    )

    await agent.run("go")

    assert asked == ["true && exit 0"]
    assert [failed for failed, _ in told(agent)] == [False, False]


async def test_another_policy_holds_from_the_next_call_on() -> None:
    agent = Agent(
        Scripted(call("echo", text="1"), "ok", call("echo", text="2"), "ok"), tools=[Trick("echo", echo)]
    )

    await agent.run("go")
    agent.permissions = Policy(mode="read-only", deny=["echo"])
    await agent.run("go")

    assert told(agent) == [(False, "1"), (True, "not run: the rule echo denies it")]


async def test_what_is_allowed_for_good_is_a_rule_that_lives_as_long_as_the_agent() -> None:
    question = ToolCall(
        call_id=CallId("c1"),
        vendor_id="",
        tool=ToolName("Bash"),
        content=freeze_object({"command": "make x"}),
    )
    agent = Agent(Scripted("ok"), tools=[Bash()], permissions=Policy())

    before = agent.judge(question).effect
    agent.permissions = agent.permissions.allowing(*agent.lasting(question))
    resumed = Agent(Scripted("ok"), tools=[Bash()], permissions=Policy())

    assert (before, agent.judge(question).effect, resumed.judge(question).effect) == ("ask", "allow", "ask")


async def test_a_call_that_a_tool_cannot_do_anyway_is_refused_with_its_own_words(tmp_path: Path) -> None:
    agent = Agent(
        Scripted(call("ApplyPatch", patch="nonsense"), "ok"),
        tools=[ApplyPatch()],
        workspace=tmp_path,
        permissions=Policy(),
    )

    await agent.run("go")

    ((failed, words),) = told(agent)
    assert failed
    assert words.startswith("not run: the first line of a patch is")


async def test_a_tool_whose_reach_breaks_is_one_of_which_nothing_is_known() -> None:
    class Broken(Trick):
        def reach(self, call: ToolCall, /) -> object:
            raise ValueError("no idea")

    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Broken("echo", echo)], permissions=Policy())

    await agent.run("go")

    assert told(agent) == [(True, f"not run: nobody can tell beforehand what it touches; {ASKED}")]


async def test_a_call_that_cannot_be_judged_does_not_run() -> None:
    class Astray(Trick):
        def reach(self, call: ToolCall, /) -> Reach:
            return Reach(reads=("no path",))  # type: ignore[arg-type]  # the point of this test

    agent = Agent(Scripted(call("echo", text="x"), "ok"), tools=[Astray("echo", echo)], permissions=Policy())

    await agent.run("go")

    ((failed, words),) = told(agent)
    assert failed
    assert words.startswith("not run: it cannot be judged: AttributeError")


async def test_no_rule_would_allow_a_call_that_cannot_be_judged(caplog: pytest.LogCaptureFixture) -> None:
    class Astray(Trick):
        def reach(self, call: ToolCall, /) -> Reach:
            return Reach(reads=("no path",))  # type: ignore[arg-type]  # the point of this test

    agent = Agent(Scripted(), tools=[Astray("echo", echo)], permissions=Policy())

    rules = agent.lasting(call("echo", text="x"))

    assert rules == ()
    assert "no rule could be found for a call of echo" in caplog.text


async def test_a_job_passes_the_same_gate_as_a_call() -> None:
    agent = Agent(
        Scripted("Well.", "I see."),
        tools=[Trick("echo", echo)],
        permissions=Policy(mode="full", deny=["echo"]),
    )

    agent.inbox.post(Start(tool=ToolName("echo"), content=freeze_object({"text": "x"})))
    await agent.run("what became of it?")

    assert told(agent) == [(True, "not run: the rule echo denies it")]


async def test_what_a_background_task_starts_is_judged_as_if_the_model_had_called_it(tmp_path: Path) -> None:
    start = call("BackgroundTask", action="start", tool="Bash", directive=freeze_object({"command": "rm x"}))
    agent = Agent(
        Scripted(start, "Well.", always("I see.")),
        tools=[BackgroundTask(), Bash()],
        workspace=tmp_path,
        permissions=Policy(deny=["Bash(rm:*)"]),
    )

    await agent.run("go")

    assert (True, "not run: the rule Bash(rm:*) denies it") in told(agent)


async def test_a_job_that_is_asked_about_waits_while_the_conversation_goes_on() -> None:
    asking = Gated()

    async def approve(question: ToolCall) -> str | None:
        await asking(question)
        return None

    agent = Agent(
        Scripted("Yes.", "It said x."), tools=[Trick("echo", echo)], permissions=Policy(), approve=approve
    )
    agent.inbox.post(Start(tool=ToolName("echo"), content=freeze_object({"text": "x"}), promises=False))

    first = await agent.run("are you there?")
    before = told(agent)
    done = seen(agent, Done)
    asking.let.set()
    await asyncio.wait_for(done.wait(), 20.0)

    assert first.content.startswith("Yes.")
    assert (before, told(agent)) == ([], [(False, "x")])


def test_what_is_no_policy_is_refused_when_the_agent_is_made() -> None:
    with pytest.raises(UsageError, match="give a policy"):
        Agent(Scripted("ok"), permissions="full")  # type: ignore[arg-type]  # the point of this test


async def test_a_link_that_leads_out_of_the_workspace_is_followed_before_it_is_judged(tmp_path: Path) -> None:
    workspace = tmp_path / "work"
    workspace.mkdir()
    (tmp_path / "private.txt").write_text("private")
    (workspace / "public.txt").symlink_to(tmp_path / "private.txt")
    agent = Agent(
        Scripted(call("Read", file_path="public.txt"), "ok"),
        tools=[Read()],
        workspace=workspace,
        permissions=Policy(),
    )

    await agent.run("go")

    ((failed, words),) = told(agent)
    assert failed
    assert "private.txt" not in words
    assert f"is outside {workspace}" in words


async def test_a_command_that_was_asked_about_runs_where_it_was_asked_about(tmp_path: Path) -> None:
    for folder in (tmp_path / "sub", tmp_path):
        folder.mkdir(exist_ok=True)
        (folder / "x").touch()
    moved = asyncio.Event()

    async def approve(call: ToolCall) -> None:
        await moved.wait()

    calls = [call("Bash", command="cd sub"), call("Bash", command="rm x")]
    agent = Agent(
        Scripted(calls, call("Bash", command="pwd"), "ok"),
        tools=[Bash()],
        workspace=tmp_path,
        permissions=Policy(),
        approve=approve,
    )
    agent.watch(lambda message: moved.set() if isinstance(message, CwdChanged) else None)

    await agent.run("go")
    await agent.aclose()

    assert [path.exists() for path in (tmp_path / "x", tmp_path / "sub" / "x")] == [False, True]
    assert told(agent)[-1] == (False, str((tmp_path / "sub").resolve()))

"""Questions at the terminal: what is shown, what counts as an answer, and what does not."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from prompt_toolkit.application import get_app_session

from sagent.agent import Agent
from sagent.atoms import CallId, ToolName
from sagent.cli.paint import Paint
from sagent.cli.preview import MOST, preview
from sagent.cli.questions import Questions
from sagent.lib.json import freeze_object
from sagent.permissions.policy import Policy
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import ErrorText, Text
from sagent.schema.signal import Start
from sagent.testing import MemorySession, Scripted, call, hold
from sagent.tools import Bash, Write
from tests.cli.test_repl import Noticing, table, words

TOOLS = (Bash(), Write())


def results(session: MemorySession) -> list[str]:
    """What each call came to."""
    found = [message for message in session.messages if isinstance(message, ToolResult)]
    parts = [result.content[0] for result in found]
    return [part.content.strip() for part in parts if isinstance(part, Text | ErrorText)]


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ("y\r", "exit code 3"),
        ("YES\r", "exit code 3"),
        ("n\r", "not run: the user said no"),
        ("n use uv instead\r", "not run: the user said: use uv instead"),
        ("no, use uv instead\r", "not run: the user said: use uv instead"),
    ],
)
async def test_a_command_is_shown_and_run_only_if_the_user_says_so(typed: str, result: str) -> None:
    session = MemorySession()
    model = Scripted(call("Bash", command="exit 3 # \x1b[2J"), "Well.")
    async with table(model, session=session, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await conversation.page.until("  y yes")
        conversation.type(typed)
        await conversation.page.until("Well.")
        conversation.type("\x04")

    assert conversation.page.lines[2:6] == [
        "? Bash",
        "exit 3 # ␛[2J",
        "  the command is not allowed by any rule: exit 3",
        "  y yes · a always (Bash(exit:*)) · n no, or n and why",
    ]
    assert results(session) == [result]


async def test_the_reason_does_not_say_the_command_again_that_has_just_been_shown() -> None:
    model = Scripted(call("Bash", command="exit 3"), "Well.")
    async with table(model, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await conversation.page.until("  y yes")
        conversation.type("n\r")
        await conversation.page.until("Well.")
        conversation.type("\x04")

    assert conversation.page.lines[2:5] == [
        "? Bash",
        "exit 3",
        "  the command is not allowed by any rule",
    ]


async def test_always_holds_for_what_is_like_it_and_for_what_waits_already() -> None:
    session = MemorySession()
    calls = [
        call("Bash", command="exit 3"),
        call("Bash", command="exit 4"),
        call("Bash", command="rm -f nothing-there"),
    ]
    model = Scripted(calls, call("Bash", command="exit 5"), "Well.")
    async with table(model, session=session, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await conversation.page.until("exit 3")
        conversation.type("a\r")
        await conversation.page.until("rm -f nothing-there")
        conversation.type("n\r")
        await conversation.page.until("Well.")
        conversation.type("/permissions\r")
        await conversation.page.until("allow: ")
        conversation.type("\x04")

    assert sorted(results(session)) == [
        "exit code 3",
        "exit code 4",
        "exit code 5",
        "not run: the user said no",
    ]
    assert conversation.page.lines.count("? Bash") == 2
    assert conversation.page.lines[-2:] == ["mode: default", "allow: Bash(exit:*)"]


async def test_what_cannot_be_allowed_for_good_is_asked_about_again() -> None:
    session = MemorySession()
    async with table(
        Scripted(call("Bash", command="exit $(echo 3)"), "Well."),
        session=session,
        tools=TOOLS,
        policy=Policy(),
    ) as conversation:
        conversation.type("go\r")
        await conversation.page.until("  y yes · n no")
        conversation.type("a\r")
        await conversation.page.until("no rule should allow this")
        conversation.type("y\r")
        await conversation.page.until("Well.")
        conversation.type("\x04")

    assert results(session) == ["exit code 3"]


async def test_what_was_begun_before_a_question_could_be_read_never_answers_it() -> None:
    session = MemorySession()
    model = Scripted(call("Bash", command="exit 3"), "Well.")
    async with table(model, session=session, tools=TOOLS, policy=Policy(), reflex=60.0) as conversation:
        conversation.type("go\r")
        await conversation.page.until("  y yes")
        conversation.type("y\r")
        await conversation.page.until("that was begun before")
        waiting = results(session)
        conversation.type("\x03")
        await conversation.page.until("stopped")
        conversation.type("\x04")

    assert (waiting, results(session)) == ([], ["not run: the user stopped it"])


async def test_what_is_being_typed_when_a_question_comes_never_answers_it() -> None:
    session, reached, go, typed = MemorySession(), asyncio.Event(), asyncio.Event(), asyncio.Event()
    model = Scripted([hold(go, reached=reached), call("Bash", command="exit 3")], "Well.")
    async with table(model, session=session, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await reached.wait()
        app = get_app_session().app
        assert app is not None
        app.current_buffer.on_text_changed += lambda _: typed.set()
        conversation.type("y")
        await typed.wait()
        go.set()
        await conversation.page.until("  y yes")
        conversation.type("\r")
        await conversation.page.until("that was begun before")
        conversation.type("n\r")
        await conversation.page.until("Well.")
        conversation.type("\x04")

    assert results(session) == ["not run: the user said no"]


async def test_a_question_about_a_job_is_put_and_answered_while_the_model_writes() -> None:
    session, reached, go = MemorySession(), asyncio.Event(), asyncio.Event()
    model = Scripted(["Half", hold(go, reached=reached), " and half."], "The job failed.")
    async with table(model, session=session, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await reached.wait()
        agent = conversation.live.agent
        assert agent is not None
        agent.inbox.post(Start(tool=ToolName("Bash"), content=freeze_object({"command": "exit 3"})))
        await conversation.page.until("  y yes")
        conversation.type("y\r")
        await conversation.page.until("✗ Bash failed")
        go.set()
        await conversation.page.until("The job failed.")
        conversation.type("\x04")

    assert {"Half", " and half."} <= set(conversation.page.lines)
    assert results(session) == ["exit code 3"]


async def test_other_words_are_heard_instead_of_an_answer() -> None:
    session = Noticing()
    model = Scripted(call("Bash", command="exit 3"), "I will not.")
    async with table(model, session=session, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await conversation.page.until("  y yes")
        conversation.type("yes but first explain\r")
        await conversation.page.until("I will not.")
        conversation.type("\x04")

    assert results(session) == ["not run: the user spoke instead"]
    assert "yes but first explain" in words(tuple(session.messages))


async def test_control_c_at_a_question_is_no_and_stops_the_agent() -> None:
    session = MemorySession()
    model = Scripted([call("Bash", command="exit 3"), call("Bash", command="exit 4")], "Well.")
    async with table(model, session=session, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await conversation.page.until("  y yes")
        conversation.type("\x03")
        await conversation.page.until("stopped")
        agent = conversation.live.agent
        assert agent is not None
        status = agent.status
        conversation.type("go on\r")
        await conversation.page.until("Well.")
        conversation.type("\x04")

    assert (status, len(model.requests)) == ("halted", 2)
    assert results(session) == ["not run: the user stopped it"] * 2


async def test_another_mode_holds_at_once_for_what_is_asked(tmp_path: Path) -> None:
    session = MemorySession()
    target = str(tmp_path / "a.txt")
    model = Scripted(call("Write", file_path=target, content="x"), "Well.")
    async with table(model, session=session, tools=TOOLS, policy=Policy()) as conversation:
        conversation.type("go\r")
        await conversation.page.until("  y yes")
        conversation.type("/permissions nonsense\r")
        conversation.type("/permissions full\r")
        await conversation.page.until("Well.")
        conversation.type("\x04")

    assert "mode: full" in conversation.page.lines
    assert (tmp_path / "a.txt").read_text() == "x"


async def test_who_allows_everything_may_be_asked_again_later() -> None:
    session = MemorySession()
    model = Scripted(call("Bash", command="exit 3"), "One.", call("Bash", command="exit 4"), "Two.")
    async with table(model, session=session, tools=TOOLS, policy=Policy(mode="full")) as conversation:
        conversation.type("go\r")
        await conversation.page.until("One.")
        conversation.type("/permissions default\r")
        conversation.type("go\r")
        await conversation.page.until("  y yes")
        conversation.type("n\r")
        await conversation.page.until("Two.")
        conversation.type("\x04")

    assert results(session) == ["exit code 3", "not run: the user said no"]


async def test_a_mode_can_be_named_before_the_first_prompt() -> None:
    async with table(Scripted("Hello.")) as conversation:
        conversation.type("/permissions accept-edits\r")
        await conversation.page.until("mode: accept-edits")
        conversation.type("\x04")

    assert conversation.page.lines == ["mode: accept-edits"]


def asked(**directive: object) -> ToolCall:
    return ToolCall(
        call_id=CallId("c1"), vendor_id="", tool=ToolName("Any"), content=freeze_object(directive)
    )


@pytest.mark.parametrize(
    ("directive", "lines"),
    [
        ({"command": "a\nb\x07"}, ["a", "b␇"]),
        (
            {"file_path": "f", "old_string": "a\nb", "new_string": "a\nc"},
            ["@@ -1,2 +1,2 @@", " a", "-b", "+c"],
        ),
        ({"file_path": "f", "edits": [{"old_string": "a", "new_string": "b"}]}, ["@@ -1 +1 @@", "-a", "+b"]),
        ({"file_path": "f", "content": "a\nb\x1b]0;x\x07"}, ["+a", "+b␛]0;x␇"]),
        ({"patch": "*** Begin Patch\n+\u202ex"}, ["*** Begin Patch", "+\ufffdx"]),
        ({"url": "x"}, ["{", ' "url": "x"', "}"]),
    ],
)
def test_what_would_be_done_is_shown_harmlessly(directive: dict[str, object], lines: Sequence[str]) -> None:
    assert preview(asked(**directive), Paint()).split("\n") == lines


@pytest.mark.parametrize(
    ("more", "said"), [(1, "[1 more line is not shown]"), (5, "[5 more lines are not shown]")]
)
def test_what_is_not_shown_of_a_long_change_is_said(more: int, said: str) -> None:
    shown = preview(asked(command="\n".join(["x"] * (MOST + more))), Paint())

    assert shown.split("\n")[MOST:] == [said]


def test_a_question_that_nobody_has_put_has_no_answer() -> None:
    questions = Questions(lambda _: None, Paint())

    assert not questions.answers("y")
    assert questions.hint == ""


@pytest.mark.parametrize(
    ("command", "hint"),
    [("npm test", "y yes · a always · n no"), ("exit $(echo 3)", "y yes · n no")],
)
async def test_always_is_offered_only_where_a_rule_could_allow_it(command: str, hint: str) -> None:
    posed = asyncio.Event()
    questions = Questions(lambda line: posed.set() if "y yes" in line else None, Paint())
    questions.attach(Agent(Scripted("Well."), tools=TOOLS, permissions=Policy()))
    question = ToolCall(
        call_id=CallId("c1"), vendor_id="", tool=ToolName("Bash"), content=freeze_object({"command": command})
    )

    asking = asyncio.ensure_future(questions.approval(question))
    await posed.wait()
    shown = questions.hint
    questions.stop()

    assert (shown, await asking) == (hint, "the user stopped it")

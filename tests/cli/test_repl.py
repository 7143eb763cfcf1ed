"""A conversation, typed key by key."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from typing_extensions import override

from sagent.agent import Agent
from sagent.atoms import ToolName
from sagent.cli.approval import Approval
from sagent.cli.assembly import Assembled
from sagent.cli.live import Live
from sagent.cli.manual import HELP
from sagent.cli.paint import Paint
from sagent.cli.repl import Conversation
from sagent.cli.settings import Settings
from sagent.errors import MissingKey, Refused, SessionError, Unauthorized
from sagent.lib.json import freeze_object
from sagent.messages.words import letter, visible_text
from sagent.permissions.policy import Policy
from sagent.protocols import Tool
from sagent.schema.message import Kept, ModelResponse, Prompt, Summary, ToolCall
from sagent.schema.part import Text
from sagent.schema.signal import Detach, Schedule
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.shelf import Shelf
from sagent.testing import MemorySession, Scripted, always, call, hold
from sagent.tools import AgentSelf, AgentSpawn, BackgroundTask, List, Write

PATIENCE = 10.0
"""Seconds after which a conversation that should have ended is given up."""


@dataclass
class Page:
    """What is written above the prompt."""

    lines: list[str] = field(default_factory=list)
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, text: str) -> None:
        self.lines.extend(text.split("\n"))
        self.turned.set()

    async def until(self, words: str) -> None:
        """Wait for a line that begins so."""
        while not any(line.startswith(words) for line in self.lines):
            self.turned.clear()
            await self.turned.wait()


@dataclass
class Table:
    """A conversation in progress."""

    keys: PipeInput
    page: Page
    live: Live
    running: asyncio.Task[int]

    def type(self, text: str) -> None:
        self.keys.send_text(text)


@asynccontextmanager
async def table(
    model: Scripted | None,
    *,
    session: MemorySession | JsonlSession | None = None,
    check: Callable[[Settings], str] | None = None,
    tools: Sequence[Tool] | None = None,
    policy: Policy | None = None,
    reflex: float = 0.0,
    name: str | None = None,
) -> AsyncIterator[Table]:
    def begin(settings: Settings, approve: Approval) -> Assembled:
        assert model is not None
        agent = Agent(
            model=model,
            tools=[List()] if tools is None else tools,
            session=session,
            permissions=policy,
            approve=None if policy is None else approve,
        )
        begun = session if isinstance(session, JsonlSession) else None
        return Assembled(agent=agent, notes=["a note"], recap=["> tea?"], kept=begun is not None, begun=begun)

    page = Page()
    live = Live(page.write, Paint())
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        checked = check or (lambda _: "scripted")
        conversation = Conversation(Settings(name=name), live, begin=begin, check=checked, reflex=reflex)
        running = asyncio.create_task(conversation.run())
        try:
            async with asyncio.timeout(PATIENCE):
                yield Table(keys=keys, page=page, live=live, running=running)
                await running
        finally:
            running.cancel()


def words(log: tuple[Kept, ...]) -> list[str]:
    """What was said in a log, by whom it may be."""
    said: list[str] = []
    for message in log:
        if isinstance(message, Prompt):
            said.append("".join(part.content for part in message.content if isinstance(part, Text)))
        elif isinstance(message, ModelResponse):
            said.append(visible_text(message.content))
    return said


class Noticing(MemorySession):
    """A session that says when something was said."""

    def __init__(self) -> None:
        super().__init__()
        self._grown = asyncio.Event()

    @override
    def append(self, message: Kept, /) -> None:
        super().append(message)
        self._grown.set()

    async def until(self, said: str) -> None:
        """Wait until somebody has said this."""
        while said not in words(tuple(self.messages)):
            self._grown.clear()
            await self._grown.wait()


async def test_a_line_is_answered_above_the_prompt_and_control_d_quits() -> None:
    async with table(Scripted("Hello,\nyou \x1b[31mthere.")) as conversation:
        conversation.type("hi\r")
        await conversation.page.until("you ")
        conversation.type("\x04")

    assert await conversation.running == 0
    assert conversation.page.lines[:4] == ["> tea?", "a note", "Hello,", "you ␛[31mthere."]


async def test_markdown_is_painted_as_its_lines_end_and_what_stays_open_ends_with_the_answer() -> None:
    paint = Paint(on=True)
    page = Page()
    live = Live(page.write, paint)
    live.follow(agent := Agent(Scripted("# Why\nIt is `x`:\n```\ny = 1", "plain")))

    for words in ("one", "two"):
        await agent.run(words)

    assert [line for line in page.lines if "tokens in" not in line] == [
        paint.bold("# Why"),
        f"It is {paint.cyan('`x`')}:",
        paint.dim("```"),
        paint.cyan("y = 1"),
        "plain",
    ]


async def test_what_other_agents_have_spent_is_summed_up_at_the_end() -> None:
    model = Scripted(call("AgentSpawn", prompt="look"), "seen", "It is well.")
    async with table(model, tools=[AgentSpawn()]) as conversation:
        conversation.type("look there\r")
        await conversation.page.until("It is well.")
        conversation.type("\x04")

    model_line, sum_line = conversation.page.lines[-2:]
    assert model_line.startswith("Scripted scripted: 3 requests, ")
    assert sum_line.startswith("altogether 3 requests, 1 of them by other agents: ")


async def test_what_is_typed_while_the_agent_works_steers_it() -> None:
    reached, go = asyncio.Event(), asyncio.Event()
    session = Noticing()
    model = Scripted(
        ["I look.", hold(go, reached=reached), call("List", path=".")], "I heard you.", "not asked for"
    )
    async with table(model, session=session) as conversation:
        conversation.type("first\r")
        await reached.wait()
        assert conversation.live.busy
        conversation.type("no, second\r")
        await session.until("no, second")
        go.set()
        await conversation.page.until("I heard you.")
        conversation.type("/quit\r")

    assert words(tuple(session.messages)) == ["first", "no, second", "I look.", "I heard you."]


async def test_control_c_stops_the_agent_and_what_is_said_next_goes_on() -> None:
    reached, never = asyncio.Event(), asyncio.Event()
    async with table(Scripted(["Half", hold(never, reached=reached)], "Whole.")) as conversation:
        conversation.type("go\r")
        await reached.wait()
        conversation.type("\x03")
        await conversation.page.until("stopped")
        agent = conversation.live.agent
        assert agent is not None
        assert agent.status == "halted"
        conversation.type("go on\r")
        await conversation.page.until("Whole.")
        conversation.type("\x04")

    assert await conversation.running == 0
    assert conversation.page.lines[:5] == ["> tea?", "a note", "Half", "stopped", "Whole."]


async def test_escape_stops_the_agent_and_leaves_what_is_typed() -> None:
    reached, never = asyncio.Event(), asyncio.Event()
    async with table(Scripted(["Half", hold(never, reached=reached)], "Whole.")) as conversation:
        conversation.type("go\r")
        await reached.wait()
        conversation.type("go on\x1bb")  # Alt-B moves a word back, and stops nothing
        conversation.type("\x1b")
        await conversation.page.until("stopped")
        conversation.type("\r")
        await conversation.page.until("Whole.")
        conversation.type("\x1b")  # nothing runs
        conversation.type("\x04")

    assert await conversation.running == 0
    assert conversation.page.lines[2:5] == ["Half", "stopped", "Whole."]


async def test_control_c_ends_a_compaction_and_the_conversation_goes_on_without_it() -> None:
    session = MemorySession()
    await Agent(Scripted("One."), session=session).run("tea " * 2_000)
    reached, never = asyncio.Event(), asyncio.Event()
    model = Scripted("Two.", ["In short", hold(never, reached=reached)], "Three.")
    async with table(model, session=session) as conversation:
        conversation.type("and milk?\r")
        await conversation.page.until("Two.")
        conversation.type("/compact\r")
        await reached.wait()
        shown = conversation.live.toolbar(80, warned=False)
        conversation.type("\x03")
        await conversation.page.until("stopped")
        agent = conversation.live.agent
        assert agent is not None
        status = agent.status
        conversation.type("and now?\r")
        await conversation.page.until("Three.")
        conversation.type("\x04")

    assert await conversation.running == 0
    assert shown.startswith("Ctrl-C stops · compacting the conversation")
    assert status == "halted"
    assert not any(isinstance(kept, Summary) for kept in agent.messages)
    assert [entry for entry in model.requests[-1].view if isinstance(entry, Prompt)][1:] == [
        kept for kept in agent.messages if isinstance(kept, Prompt)
    ][1:]


class Endless:
    """A tool that says that it has begun, and never ends by itself."""

    name = ToolName("Endless")
    tool_id = "application/x-tool-endless"
    description = "Runs until it is stopped."
    directive_schema = freeze_object({"type": "object"})
    detachable = True

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = asyncio.Event()

    async def run(self, directive: ToolCall, /) -> Text:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()
        return Text(content="never")


async def test_control_c_ends_a_tool_that_runs_and_the_conversation_goes_on() -> None:
    tool = Endless()
    async with table(Scripted([call("Endless")], "Well."), tools=[tool]) as conversation:
        conversation.type("go\r")
        await tool.began.wait()
        conversation.type("\x03")
        await tool.ended.wait()
        await conversation.page.until("stopped")
        conversation.type("go on\r")
        await conversation.page.until("Well.")
        conversation.type("\x04")

    assert await conversation.running == 0


async def test_a_call_in_the_background_is_in_the_toolbar_and_control_c_ends_it() -> None:
    tool = Endless()
    model = Scripted([call("Endless")], "Meanwhile.", "It was stopped.")
    async with table(model, tools=[tool]) as conversation:
        conversation.type("go\r")
        await tool.began.wait()
        agent = conversation.live.agent
        assert agent is not None
        agent.inbox.post(Detach(content=agent.running[0]))
        await conversation.page.until("Meanwhile.")
        shown = conversation.live.toolbar(39, warned=False)
        conversation.type("\x03")
        await tool.ended.wait()
        conversation.type("what became of it?\r")
        await conversation.page.until("It was stopped.")
        conversation.type("\x04")

    assert shown.startswith("Ctrl-C stops · 1 in the background")
    assert len(shown) <= 39
    # What was ended did not call the model by itself: the third request is the user's.
    last = [entry for entry in model.requests[2].view if isinstance(entry, Prompt) and entry.author == "user"]
    assert last[-1].content == (Text(content="what became of it?"),)


async def test_tasks_are_listed_and_ended_by_a_part_of_their_name() -> None:
    tool = Endless()
    starts = (
        call("BackgroundTask", action="start", tool="Endless"),
        call("BackgroundTask", action="start", tool="List", delay=900),
    )
    model = Scripted([*starts], "It runs.", "It was stopped.")
    async with table(model, tools=[tool, List(), BackgroundTask()]) as conversation:
        conversation.type("/tasks\r")
        await conversation.page.until("nothing runs in the background, and nothing is planned")
        conversation.type("go\r")
        await conversation.page.until("It runs.")
        agent = conversation.live.agent
        assert agent is not None
        running, planned = agent.tasks
        conversation.type("/tasks\r")
        await conversation.page.until(f"{planned.call_id} List · begins in 900 s")
        conversation.type("/kill end\r")
        await conversation.page.until("It was stopped.")
        conversation.type("\x04")

    lines = conversation.page.lines
    assert any(line.startswith(f"{running.call_id} Endless · running for 0.") for line in lines)
    assert f"Endless {running.call_id} is ended; the model is told" in lines
    assert "killed by the user" in repr(model.requests[-1].view[-1])
    assert f"planned, and not begun: List call {planned.call_id} with {{}}" in lines


async def test_an_agent_that_serves_its_inbox_is_listed_and_ended_like_a_task() -> None:
    model = Scripted(
        call("AgentSpawn", name="watcher", prompt="Watch.", persistent=True),
        always(lambda request: "It is gone." if "watcher has ended" in repr(request.view) else "It watches."),
    )
    async with table(model, tools=[AgentSpawn()]) as conversation:
        conversation.type("go\r")
        await conversation.page.until("It watches.")
        agent = conversation.live.agent
        assert agent is not None
        (watcher,) = agent.children
        conversation.type("/tasks\r")
        await conversation.page.until(f"watcher {watcher.session_id} · ")
        conversation.type("/kill watch\r")
        await conversation.page.until("It is gone.")
        left = [*agent.children]
        conversation.type("\x04")

    assert f"watcher {watcher.session_id} is ended; the model is told" in conversation.page.lines
    assert left == []


async def test_a_word_that_names_no_task_or_several_is_refused_with_their_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    starts = [call("BackgroundTask", action="start", tool="List", delay=900) for _ in range(2)]
    async with table(Scripted(starts, "Planned."), tools=[List(), BackgroundTask()]) as conversation:
        conversation.type("/kill\r")
        conversation.type("go\r")
        await conversation.page.until("Planned.")
        agent = conversation.live.agent
        assert agent is not None
        names = ", ".join(f"{task.call_id} (List)" for task in agent.tasks)
        for line in ("/kill\r", "/kill list\r", "/kill bash\r", "/tasks\r"):
            conversation.type(line)
        await conversation.page.until(f"{list(agent.tasks)[1].call_id} List · begins")
        conversation.type("\x04")

    assert capsys.readouterr().err.splitlines() == [
        "sagent: nothing runs in the background, and nothing is planned",
        f"sagent: say which, by a part of its id or its name: {names}",
        f"sagent: 2 tasks have 'list' in the id or the name; there are {names}",
        f"sagent: no task has 'bash' in the id or the name; there are {names}",
    ]


async def test_a_dumb_terminal_is_answered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    async with table(Scripted("Hello.")) as conversation:
        conversation.type("hi\r")
        await conversation.page.until("Hello.")
        conversation.type("\x04")

    assert await conversation.running == 0


async def test_a_missing_key_is_told_on_a_dumb_terminal_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(settings: Settings) -> str:
        raise MissingKey("any provider", ["A_KEY"])

    monkeypatch.setenv("TERM", "dumb")
    async with table(None, check=check) as conversation:
        pass

    assert await conversation.running == 2


async def test_what_can_be_pressed_comes_first_on_a_narrow_terminal() -> None:
    async with table(Scripted("Hello.")) as conversation:
        before = conversation.live.toolbar(39, warned=False)
        conversation.type("hi\r")
        await conversation.page.until("Hello.")
        warned = conversation.live.toolbar(39, warned=True)
        conversation.type("\x04")

    assert before.startswith("Ctrl-D quits · /help")
    assert warned.startswith("Ctrl-C again quits")


async def test_control_c_twice_quits() -> None:
    reached, never = asyncio.Event(), asyncio.Event()
    async with table(Scripted(["Half", hold(never, reached=reached)])) as conversation:
        conversation.type("go\r")
        await reached.wait()
        conversation.type("\x03\x03")

    assert await conversation.running == 0


async def test_control_c_first_takes_back_what_is_being_typed() -> None:
    session = MemorySession()
    async with table(Scripted("Yes."), session=session) as conversation:
        conversation.type("nonsense\x03sense\r")
        await conversation.page.until("Yes.")
        conversation.type("\x04")

    assert words(tuple(session.messages)) == ["sense", "Yes."]


async def test_commands_are_answered_without_the_model() -> None:
    async with table(None) as conversation:
        conversation.type("/help\r/bogus\r/clear\r/compact\r/model\r")
        await conversation.page.until("the next answer comes from")
        conversation.type("/quit\r")

    assert conversation.page.lines == [
        *HELP.split("\n"),
        "there is no command /bogus; /help lists them",
        "nothing has been said yet",
        "the next answer comes from scripted",
    ]


async def test_a_key_that_is_missing_is_told_with_what_can_be_typed_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def check(settings: Settings) -> str:
        if settings.model is not None:
            raise MissingKey("Moonshot", ["MOONSHOT_API_KEY"])
        return "scripted"

    async with table(None, check=check) as conversation:
        conversation.type("/model kimi-k3\r/help\r")
        await conversation.page.until("/quit")
        conversation.type("/quit\r")

    told = "no key for Moonshot: set MOONSHOT_API_KEY, or choose another provider with /model PROVIDER/ID"
    assert f"sagent: {told}\n" in capsys.readouterr().err


async def test_a_model_is_named_with_its_provider_or_by_its_id_before_anything_is_asked() -> None:
    chosen: list[Settings] = []

    def check(settings: Settings) -> str:
        chosen.append(settings)
        return settings.model or "the default"

    async with table(None, check=check) as conversation:
        conversation.type("/model kimi-k3\r/model Google/gemini-2.5-pro\r/model\r")
        await conversation.page.until("the next answer comes from Google/gemini-2.5-pro")
        conversation.type("/quit\r")

    assert [(settings.provider, settings.model) for settings in chosen] == [
        (None, None),
        (None, "kimi-k3"),
        (None, "Google/gemini-2.5-pro"),
        (None, "Google/gemini-2.5-pro"),
    ]


async def test_a_path_at_the_beginning_of_a_line_is_no_command() -> None:
    session = MemorySession()
    async with table(Scripted("A file."), session=session) as conversation:
        conversation.type("/etc/hosts is what?\r")
        await conversation.page.until("A file.")
        conversation.type("\x04")

    assert words(tuple(session.messages)) == ["/etc/hosts is what?", "A file."]


async def test_a_file_that_is_named_goes_along_and_one_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.txt").write_text("roses")
    monkeypatch.chdir(tmp_path)
    session = MemorySession()
    async with table(Scripted("Red."), session=session) as conversation:
        conversation.type("what is @src/none.py?\r")
        conversation.type("what is @notes.txt?\r")
        await conversation.page.until("Red.")
        conversation.type("\x04")

    assert words(tuple(session.messages)) == ["what is @notes.txt?[notes.txt]\nroses", "Red."]


async def test_after_a_clear_the_model_knows_nothing_of_before() -> None:
    model = Scripted("One.", "Two.")
    async with table(model) as conversation:
        conversation.type("first\r")
        await conversation.page.until("One.")
        conversation.type("/clear\r")
        await conversation.page.until("the conversation starts anew")
        conversation.type("second\r")
        await conversation.page.until("Two.")
        conversation.type("\x04")

    assert [len(request.view) for request in model.requests] == [1, 1]


async def test_an_error_of_the_provider_is_told_and_the_conversation_goes_on() -> None:
    async with table(Scripted(Refused("not today"), "Well, then.")) as conversation:
        conversation.type("please\r")
        await conversation.page.until("stopped: not today")
        conversation.type("please!\r")
        await conversation.page.until("Well, then.")
        conversation.type("\x04")

    assert await conversation.running == 0


async def test_a_session_that_only_failed_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    session = Shelf(tmp_path).create(tmp_path)
    async with table(Scripted(Unauthorized("the key is wrong")), session=session) as conversation:
        conversation.type("hello\r")
        await conversation.page.until("stopped: the key is wrong")
        conversation.type("\x04")

    assert await conversation.running == 0
    assert not any(line.startswith("go on with") for line in conversation.page.lines)
    assert list(tmp_path.glob("*.jsonl")) == []


async def test_a_session_in_which_something_was_answered_is_named_at_the_end(tmp_path: Path) -> None:
    session = Shelf(tmp_path).create(tmp_path)
    async with table(Scripted("Yes.", Unauthorized("the key is old")), session=session) as conversation:
        conversation.type("hello\r")
        await conversation.page.until("Yes.")
        conversation.type("and?\r")
        await conversation.page.until("stopped: the key is old")
        conversation.type("\x04")

    assert await conversation.running == 0
    assert conversation.page.lines[-1] == f"go on with: sagent --session {session.session_id}"
    assert list(tmp_path.glob("*.jsonl")) == [session.file]


async def test_an_agent_with_a_name_is_there_before_anything_is_typed_and_leaves_no_empty_session(
    tmp_path: Path,
) -> None:
    session = Shelf(tmp_path).create(tmp_path)
    async with table(Scripted(), session=session, name="builder") as conversation:
        await conversation.page.until("a note")
        conversation.type("\x04")

    assert await conversation.running == 0
    assert conversation.page.lines == ["> tea?", "a note"]
    assert list(tmp_path.glob("*.jsonl")) == []


async def test_what_was_planned_for_an_agent_without_words_is_a_session_to_go_on_with(tmp_path: Path) -> None:
    session = Shelf(tmp_path).create(tmp_path)
    async with table(Scripted(), session=session, name="builder") as conversation:
        conversation.type("/tasks\r")
        await conversation.page.until("nothing runs in the background, and nothing is planned")
        agent = conversation.live.agent
        assert agent is not None
        agent.inbox.post(Schedule(content=letter("Later."), seconds=900))
        await conversation.page.until("  planned for")
        conversation.type("\x04")

    assert await conversation.running == 0
    assert conversation.page.lines[-1] == f"go on with: sagent --session {session.session_id}"


async def test_a_missing_key_is_told_before_anything_is_typed() -> None:
    def check(settings: Settings) -> str:
        raise MissingKey("any provider", ["A_KEY"])

    async with table(None, check=check) as conversation:
        pass

    assert await conversation.running == 2


class Full(MemorySession):
    """A session that takes only so many messages."""

    @override
    def append(self, message: Kept, /) -> None:
        if len(self.messages) >= 4:
            raise SessionError("the disk is full; free some space, then resume the session")
        super().append(message)


async def test_a_full_disk_ends_the_conversation_and_says_why() -> None:
    async with table(Scripted("too much to keep"), session=Full()) as conversation:
        conversation.type("hello\r")

    assert await conversation.running == 1
    assert "sagent: the disk is full; free some space, then resume the session" in conversation.page.lines


async def test_what_the_agent_says_of_its_work_is_a_line_and_stands_in_the_toolbar() -> None:
    needs = call("AgentSelf", status="testing", checkpoint={"progress": "two of three"}, reason="halfway")
    blocked = call("AgentSelf", checkpoint={"needs_user": "a key"})
    model = Scripted(needs, "So far.", blocked, "I wait.")
    async with table(model, tools=[AgentSelf()]) as conversation:
        conversation.type("go\r")
        await conversation.page.until("So far.")
        testing = conversation.live.toolbar(80, warned=False)
        conversation.type("on\r")
        await conversation.page.until("I wait.")
        waiting = conversation.live.toolbar(80, warned=False)
        conversation.type("\x04")

    assert "status: testing; done: two of three (Agent: halfway)" in conversation.page.lines
    assert "status: testing; done: two of three; needs you: a key (Agent)" in conversation.page.lines
    assert " · testing · " in testing
    assert " · needs you: a key · " in waiting


async def test_what_was_changed_in_files_is_undone_and_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = Scripted(call("Write", file_path="a", content="x\n"), "Written.", "I see.")
    async with table(model, tools=[Write()]) as conversation:
        conversation.type("/undo\r")
        await conversation.page.until("nothing has been done yet")
        conversation.type("write\r")
        await conversation.page.until("Written.")
        conversation.type("/undo nonsense\r/undo turn\r")
        await conversation.page.until("undid 1 call; /undo redo makes the changes again")
        gone = not (tmp_path / "a").exists()
        conversation.type("/undo redo\r")
        await conversation.page.until("made again what was undone; /undo undoes it")
        (tmp_path / "a").write_text("mine\n")
        conversation.type("/undo\r")
        await conversation.page.until("a has been changed since by somebody else")
        conversation.type("/quit\r")

    assert (gone, (tmp_path / "a").read_text()) == (True, "mine\n")
    shown = conversation.page.lines
    assert shown[shown.index("-x") :][:3] == ["-x", "+mine", "nothing was undone"]

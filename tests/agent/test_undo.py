"""Taking back what an agent changed in files."""

import os
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typing_extensions import override

from sagent.agent import Agent
from sagent.errors import AgentClosed, Diverged, SagentError, SessionError, UsageError
from sagent.messages.view import Viewed
from sagent.messages.words import visible_text
from sagent.protocols import Request
from sagent.schema.message import FilesChanged, Kept, Prompt, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.schema.session import SessionHeader
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.memory import MemorySession
from sagent.testing import Scripted, call
from sagent.tools import ApplyPatch, Bash, Edit, Write
from sagent.tools.undo import Undone

TOOLS = (Write(), Edit(), ApplyPatch(), Bash())


def agent_in(folder: Path, *answers: str | ToolCall | Sequence[ToolCall]) -> Agent:
    return Agent(Scripted(*answers), tools=TOOLS, workspace=folder)


def tree(folder: Path) -> Mapping[str, tuple[int, bytes]]:
    """Every file and link with its mode and content."""
    return {
        path.relative_to(folder).as_posix(): (
            path.lstat().st_mode,
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def patch(*lines: str) -> ToolCall:
    return call("ApplyPatch", patch="\n".join(("*** Begin Patch", *lines, "*** End Patch")))


async def test_the_last_call_that_changed_files_is_taken_back(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\n")
    agent = agent_in(
        tmp_path,
        call("Edit", file_path="a", old_string="one", new_string="two"),
        call("Write", file_path="b", content="new\n"),
        "Done.",
    )
    await agent.run("go")

    done = await agent.undo()

    assert (done.restored, done.made, done.removed) == ((), (), ("b",))
    assert done.diff == "--- b\n+++ /dev/null\n@@ -1 +0,0 @@\n-new"
    assert tree(tmp_path) == {"a": (0o100644, b"two\n")}


async def test_undoing_again_goes_further_back_until_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\n")
    agent = agent_in(
        tmp_path,
        call("Edit", file_path="a", old_string="one", new_string="two"),
        call("Edit", file_path="a", old_string="two", new_string="three"),
        "Done.",
    )
    await agent.run("go")

    await agent.undo()
    between = (tmp_path / "a").read_text()
    await agent.undo()

    assert (between, (tmp_path / "a").read_text()) == ("two\n", "one\n")
    with pytest.raises(UsageError, match="is undone already; a redo makes the changes again"):
        await agent.undo()


async def test_an_undo_can_be_undone_and_that_too(tmp_path: Path) -> None:
    agent = agent_in(
        tmp_path,
        call("Write", file_path="a", content="x"),
        call("Write", file_path="b", content="y"),
        "Done.",
    )
    await agent.run("go")
    whole = tree(tmp_path)

    await agent.undo()
    await agent.undo()
    first = await agent.undo(redo=True)
    halfway = sorted(tree(tmp_path))
    await agent.undo(redo=True)

    assert (first.redone, first.made, halfway) == (True, ("a",), ["a"])
    assert tree(tmp_path) == whole
    with pytest.raises(UsageError, match="there is no undo that could be taken back"):
        await agent.undo(redo=True)
    assert (await agent.undo()).removed == ("b",)


async def test_a_turn_is_taken_back_as_a_whole_and_the_one_before_stays(tmp_path: Path) -> None:
    agent = agent_in(
        tmp_path,
        call("Write", file_path="a", content="first"),
        "Done.",
        [call("Write", file_path="b", content="x"), call("Write", file_path="c", content="x")],
        call("Bash", command="true"),
        patch("*** Delete File: a"),
        "Done again.",
    )
    await agent.run("go")
    before = tree(tmp_path)
    await agent.run("go on")

    done = await agent.undo("turn")

    assert tree(tmp_path) == before
    assert (len(done.calls), done.unknown) == (3, {"Bash": 1})


async def test_all_of_a_session_is_taken_back_with_modes_links_and_moves(tmp_path: Path) -> None:
    (tmp_path / "script").write_text("#!/bin/sh\necho one\n")
    (tmp_path / "script").chmod(0o750)
    (tmp_path / "link").symlink_to("script")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "secret").write_text("key\n")
    (tmp_path / "secret").chmod(0o600)
    before = tree(tmp_path)
    agent = agent_in(
        tmp_path,
        call("Edit", file_path="link", old_string="one", new_string="two"),
        patch(
            *("*** Delete File: link", "*** Delete File: dangling", "*** Delete File: secret"),
            *("*** Update File: script", "*** Move to: bin/run", "@@", "-echo two", "+echo three"),
            *("*** Add File: new", "+x"),
        ),
        patch("*** Add File: link", "+a file now"),
        "Done.",
    )
    await agent.run("go")
    changed = tree(tmp_path)

    await agent.undo("all")
    back = tree(tmp_path)
    await agent.undo(redo=True)

    assert sorted(changed) == ["bin/run", "link", "new"]
    assert back == before
    assert tree(tmp_path) == changed


async def test_a_file_that_the_user_has_changed_since_stops_all_of_it_and_is_shown(tmp_path: Path) -> None:
    agent = agent_in(
        tmp_path,
        [call("Write", file_path="a", content="one\ntwo\n"), call("Write", file_path="b", content="x\n")],
        "Done.",
    )
    await agent.run("go")
    (tmp_path / "a").write_text("one\nmine\n")

    with pytest.raises(Diverged, match=r"^a has been changed since by somebody else$") as caught:
        await agent.undo("turn")

    assert caught.value.diff == "--- a\n+++ a\n@@ -1,2 +1,2 @@\n one\n-two\n+mine"
    assert sorted(tree(tmp_path)) == ["a", "b"]
    assert sum(isinstance(kept, FilesChanged) for kept in agent.messages) == 2


@pytest.mark.parametrize(
    ("deed", "complaint"),
    [
        (lambda path: path.unlink(), "a has been removed since"),
        (lambda path: (path.unlink(), path.mkdir()), "a cannot be looked at now"),
        (lambda path: path.write_bytes(b"\0\xff"), "a has been changed since by somebody else"),
        (lambda path: (path.rename(path.with_name("c")), path.symlink_to("c")), "a has been changed since"),
        (lambda path: os.truncate(path, 17 << 20), "a has 17825792 bytes now"),
    ],
)
async def test_whatever_is_there_instead_is_left_alone(
    tmp_path: Path, deed: Callable[[Path], object], complaint: str
) -> None:
    (tmp_path / "a").write_text("x\n")
    agent = agent_in(tmp_path, call("Edit", file_path="a", old_string="x", new_string="y"), "Done.")
    await agent.run("go")
    deed(tmp_path / "a")

    with pytest.raises(Diverged, match=complaint):
        await agent.undo()


async def test_a_removed_file_that_somebody_has_made_anew_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n")
    agent = agent_in(tmp_path, patch("*** Delete File: a"), "Done.")
    await agent.run("go")
    (tmp_path / "a").write_text("mine\n")

    with pytest.raises(Diverged, match="a has been made since by somebody else") as caught:
        await agent.undo()

    assert caught.value.diff == "--- /dev/null\n+++ a\n@@ -0,0 +1 @@\n+mine"


async def test_a_call_whose_file_a_later_call_changed_names_that_call(tmp_path: Path) -> None:
    agent = agent_in(
        tmp_path,
        call("Write", file_path="a", content="x\n"),
        call("Edit", file_path="a", old_string="x", new_string="y"),
        "Done.",
    )
    await agent.run("go")
    first, second = [kept.call_id for kept in agent.messages if isinstance(kept, FilesChanged)]

    with pytest.raises(Diverged, match=f"a was changed later by Edit {second}: undo that first"):
        await agent.undo(call=first)


async def test_an_earlier_call_is_taken_back_by_its_id_where_nothing_later_is_in_its_way(
    tmp_path: Path,
) -> None:
    agent = agent_in(
        tmp_path,
        call("Write", file_path="a", content="x"),
        call("Write", file_path="b", content="x"),
        "Done.",
    )
    await agent.run("go")
    first = next(kept.call_id for kept in agent.messages if isinstance(kept, FilesChanged))

    done = await agent.undo(call=first)

    assert (done.calls, sorted(tree(tmp_path))) == ((first,), ["b"])
    with pytest.raises(UsageError, match=f"what {first} changed is undone already"):
        await agent.undo(call=first)


async def test_a_trial_says_what_would_be_and_does_nothing(tmp_path: Path) -> None:
    agent = agent_in(tmp_path, call("Write", file_path="a", content="x\n"), "Done.")
    await agent.run("go")
    log = agent.messages

    done = await agent.undo(dry_run=True)

    assert done == Undone(
        calls=done.calls,
        restored=(),
        made=(),
        removed=("a",),
        diff="--- a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x",
        unknown={},
        redone=False,
    )
    assert (agent.messages, sorted(tree(tmp_path))) == (log, ["a"])


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({}, "this session has changed no file"),
        ({"redo": True}, "there is no undo that could be taken back"),
        ({"call": "c7"}, "there is no call c7 in this session that changed files"),
    ],
)
async def test_where_nothing_was_changed_there_is_nothing_to_undo(
    tmp_path: Path, asked: Mapping[str, str], complaint: str
) -> None:
    agent = agent_in(tmp_path, call("Bash", command="echo x > a"), "Done.")
    await agent.run("go")

    with pytest.raises(UsageError, match=complaint):
        await agent.undo(call=asked.get("call", ""), redo="redo" in asked)


async def test_a_call_that_changed_no_file_is_said_to_have_changed_none(tmp_path: Path) -> None:
    agent = agent_in(tmp_path, call("Bash", command="echo x > a"), "Done.")
    await agent.run("go")
    ran = next(kept.call_id for kept in agent.messages if isinstance(kept, ToolResult))

    with pytest.raises(UsageError, match=f"{ran} changed no file, as far as is known"):
        await agent.undo(call=ran)


async def test_a_change_that_a_crash_prevented_is_nothing_to_undo(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n")
    agent = agent_in(
        tmp_path,
        call("Write", file_path="b", content="y\n"),
        call("Edit", file_path="a", old_string="x", new_string="y"),
        "Done.",
    )
    await agent.run("go")
    (tmp_path / "a").write_text("x\n")  # as if the entry had been kept, and the file not written

    nothing = await agent.undo()
    then = await agent.undo()

    assert (nothing.restored, nothing.removed, then.removed) == ((), (), ("b",))
    assert tree(tmp_path) == {"a": (0o100644, b"x\n")}


async def test_the_model_hears_of_it_with_the_next_prompt_and_not_before(tmp_path: Path) -> None:
    views: list[Sequence[Viewed]] = []

    def told(request: Request) -> Text:
        views.append(tuple(request.view))
        return Text(content="I see.")

    model = Scripted(call("Write", file_path="a", content="x"), "Done.", told, told)
    agent = Agent(model, tools=TOOLS, workspace=tmp_path)
    await agent.run("go")

    await agent.undo()
    idle = agent.status
    await agent.run("thanks")
    await agent.run("and now?")

    said = [
        [
            (entry.author, entry.sender, visible_text(entry.content))
            for entry in view
            if isinstance(entry, Prompt)
        ]
        for view in views
    ]
    words = (
        "The user has taken changes of files back, or has put them in again; these are no longer as you left "
        "them: a (gone). Read them before you rely on them."
    )
    assert idle == "idle"
    assert said[0] == [("user", "", "go"), ("user", "", "thanks"), ("system", "undo", words)]
    assert said[1] == [*said[0], ("user", "", "and now?")]


async def test_an_undo_of_another_process_is_told_when_the_session_goes_on(tmp_path: Path) -> None:
    header = SessionHeader(version=1, session_id="s", workspace=str(tmp_path), timestamp=0.0)
    work = tmp_path / "work"
    work.mkdir()
    session = JsonlSession.create(tmp_path / "log" / "s.jsonl", header)
    async with Agent(
        Scripted(call("Write", file_path="a", content="x"), "Done."),
        tools=TOOLS,
        workspace=work,
        session=session,
    ) as agent:
        await agent.run("go")
    async with Agent(
        Scripted(), tools=TOOLS, workspace=work, session=JsonlSession.open(session.file)
    ) as agent:
        await agent.undo()

    async with Agent(
        Scripted("Ah."), tools=TOOLS, workspace=work, session=JsonlSession.open(session.file)
    ) as agent:
        await agent.run("thanks")
        heard = [kept.author for kept in agent.messages if isinstance(kept, Prompt)]

    assert (heard, list(work.iterdir())) == (["user", "user", "system"], [])


async def test_what_git_keeps_is_not_touched_by_any_undo(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a").write_text("one\n")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-qm", "first")
    (tmp_path / "staged").write_text("s\n")
    git(tmp_path, "add", "staged")
    agent = agent_in(
        tmp_path,
        call("Edit", file_path="a", old_string="one", new_string="two"),
        patch("*** Add File: b", "+x", "*** Delete File: staged"),
        "Done.",
    )
    kept = tree(tmp_path / ".git")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / ".git").rglob("*")}
    await agent.run("go")

    await agent.undo()
    await agent.undo()
    await agent.undo(redo=True)
    await agent.undo("all")

    assert tree(tmp_path / ".git") == kept
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / ".git").rglob("*")} == times
    assert ((tmp_path / "a").read_text(), (tmp_path / "staged").read_text()) == ("one\n", "s\n")


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


async def test_where_one_file_cannot_be_restored_none_is(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a").write_text("x\n")
    (tmp_path / "b").write_text("old\n")
    change = patch("*** Update File: b", "@@", "-old", "+new", "*** Delete File: d/a")
    model = Scripted(change, "Done.", "Well.")
    agent = Agent(model, tools=TOOLS, workspace=tmp_path)
    await agent.run("go")
    (tmp_path / "d").rmdir()
    (tmp_path / "d").write_text("in the way\n")
    changed = tree(tmp_path)

    with pytest.raises(SagentError, match="cannot make the directory of d/a"):
        await agent.undo()

    assert tree(tmp_path) == changed
    await agent.run("thanks")
    assert [kept.author for kept in agent.messages if isinstance(kept, Prompt)] == ["user", "user"]
    (tmp_path / "d").unlink()
    assert (await agent.undo()).made == ("d/a",)


async def test_what_is_made_again_before_the_model_has_heard_of_it_is_not_told(tmp_path: Path) -> None:
    model = Scripted(call("Write", file_path="a", content="x"), "Done.", "Well.")
    agent = Agent(model, tools=TOOLS, workspace=tmp_path)
    await agent.run("go")

    await agent.undo()
    await agent.undo(redo=True)
    await agent.run("thanks")

    assert [kept.author for kept in agent.messages if isinstance(kept, Prompt)] == ["user", "user"]


async def test_bytes_that_the_log_has_lost_are_missed_before_anything_is_changed(tmp_path: Path) -> None:
    header = SessionHeader(version=1, session_id="s", workspace=str(tmp_path), timestamp=0.0)
    work = tmp_path / "work"
    work.mkdir()
    (work / "a").write_text("x\n")
    session = JsonlSession.create(tmp_path / "log" / "s.jsonl", header)
    script = Scripted(patch("*** Add File: b", "+x", "*** Delete File: a"), "Done.")
    async with Agent(script, tools=TOOLS, workspace=work, session=session) as agent:
        await agent.run("go")
        for blob in (tmp_path / "log" / "blobs").iterdir():
            blob.unlink()

        with pytest.raises(SagentError, match="cannot be read"):
            await agent.undo()

    assert sorted(tree(work)) == ["b"]


class Full(MemorySession):
    """A session that has no room for changes of files."""

    @override
    def append(self, message: Kept, /) -> None:
        if isinstance(message, FilesChanged):
            raise SessionError("the disk is full")
        super().append(message)


class Lost(MemorySession):
    """A session whose disk is lost when files are to be changed."""

    @property
    @override
    def dirty(self) -> bool:
        return bool(self.messages) and isinstance(self.messages[-1], FilesChanged)

    @override
    async def flush(self) -> None:
        raise SessionError("the disk is lost")


@pytest.mark.parametrize("session", [Full(), Lost()], ids=["full", "lost"])
async def test_where_the_log_cannot_be_written_no_file_is_changed_and_the_agent_ends(
    tmp_path: Path, session: MemorySession
) -> None:
    model = Scripted(call("Write", file_path="a", content="x"), "never said")
    agent = Agent(model, tools=TOOLS, workspace=tmp_path, session=session)

    with pytest.raises(AgentClosed, match="the disk is"):
        await agent.run("go")

    await agent.aclose()
    assert (agent.status, list(tmp_path.iterdir())) == ("closed", [])
    with pytest.raises(AgentClosed, match="takes no more"):
        await agent.journal("c1", ())


async def test_hundreds_of_files_are_taken_back_at_once(tmp_path: Path) -> None:
    added = [line for number in range(260) for line in (f"*** Add File: {number}", "+x")]
    agent = agent_in(tmp_path, patch(*added), "Done.")
    await agent.run("go")
    made = len(list(tmp_path.iterdir()))

    done = await agent.undo()

    assert (made, len(done.removed), list(tmp_path.iterdir())) == (260, 260, [])


def test_blobs_of_changes_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY=1\n")
    agent = Agent(
        Scripted(call("Edit", file_path=".env", old_string="1", new_string="2"), "Done."),
        tools=TOOLS,
        workspace=tmp_path,
        session_dir=tmp_path / "log",
    )
    agent.run_sync("go")

    blobs = list((tmp_path / "log" / "blobs").iterdir())

    assert len(blobs) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in blobs} == {0o600}


NAMES = st.sampled_from(["a", "b", "d/c"])
WORDS = st.sampled_from(["x\n", "y\n", "z\n"])
CALLS = st.one_of(
    st.builds(lambda name, words: patch(f"*** Add File: {name}", f"+{words.strip()}"), NAMES, WORDS),
    st.builds(lambda name: patch(f"*** Delete File: {name}"), NAMES),
    st.builds(
        lambda name, to: patch(f"*** Update File: {name}", f"*** Move to: {to}", "@@", "+more"), NAMES, NAMES
    ),
    st.builds(lambda name, words: call("Write", file_path=name, content=words), NAMES, WORDS),
    st.just(call("Edit", file_path="a", old_string="x", new_string="y")),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(turns=st.lists(st.lists(CALLS, min_size=1, max_size=3), min_size=1, max_size=3))
async def test_step_by_step_back_and_forth_leads_through_the_same_trees(
    tmp_path_factory: pytest.TempPathFactory, turns: Sequence[Sequence[ToolCall]]
) -> None:
    folder = tmp_path_factory.mktemp("work")
    (folder / "a").write_text("x\n")
    answers: list[ToolCall | str] = []
    for calls in turns:
        answers += (*calls, "Done.")
    agent = Agent(
        Scripted(*answers),
        tools=TOOLS,
        workspace=folder,
        session=MemorySession(),
    )
    trees = [tree(folder)]

    def watch(kept: object) -> None:
        if isinstance(kept, ToolResult) and tree(folder) != trees[-1]:
            trees.append(tree(folder))

    agent.watch(watch)
    for _ in turns:
        await agent.run("go")
    back = [tree(folder)]
    while len(back) < len(trees):
        await agent.undo()
        back.append(tree(folder))
    forth = [tree(folder)]
    while len(forth) < len(trees):
        await agent.undo(redo=True)
        forth.append(tree(folder))

    assert (back[::-1], forth) == (trees, trees)
    if len(trees) > 1:
        await agent.undo("all")
        assert tree(folder) == trees[0]

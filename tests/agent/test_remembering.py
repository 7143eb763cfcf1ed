"""What an agent still knows of files when its conversation is condensed."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from typing_extensions import override

from sagent.agent import Agent
from sagent.agent.known_files import KnownFiles
from sagent.atoms import MessageId
from sagent.lib.blob import Blob
from sagent.protocols import ModelLimits, Request
from sagent.schema.message import FilesChanged, Kept, Summary
from sagent.schema.values import FileChange, FileState
from sagent.testing import MemorySession, Scripted, always, call
from sagent.testing.script import Replying
from sagent.tools import Write

LONG = "tea " * 2_000
SMALL = ModelLimits(context_window=8_200)


def changed(entry: str, *paths: str, undoes: Sequence[str] = ()) -> FilesChanged:
    """A note that files get a new content."""
    after = FileState(content=Blob.of(b"tea"), mode=None)
    return FilesChanged(
        id=MessageId(entry),
        parent_id=None,
        timestamp=0.0,
        content=tuple(FileChange(path=path, before=None, after=after) for path in paths),
        call_id="c",
        undoes=tuple(map(MessageId, undoes)),
    )


def named(*log: FilesChanged) -> list[str]:
    """The files that are told as changed."""
    files = KnownFiles()
    for message in log:
        files.hear(message)
    told = files.told({}, Path("/"))
    return [file.split()[0] for fact in told for file in fact.partition("content: ")[2].split(", ")]


def test_a_change_that_was_announced_and_then_not_made_is_not_told() -> None:
    assert named(changed("1", "a", "b"), changed("2", "c"), changed("3", undoes=["1"])) == ["c"]


def test_a_change_that_was_made_before_one_that_was_not_is_told() -> None:
    assert named(changed("1", "a"), changed("2", "a", "b"), changed("3", undoes=["2"])) == ["a"]


def test_what_is_taken_back_by_other_changes_is_told_as_it_is_since() -> None:
    assert named(changed("1", "a", "b"), changed("2", "a", undoes=["1"])) == ["b", "a"]


class Watched(MemorySession):
    """A session that counts how often it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    @override
    def path(self, head: MessageId | None = None, /) -> Sequence[Kept]:
        self.reads += 1
        return super().path(head)


def told_to(request: Request) -> Replying:
    """A file written where that is asked, a summary, or words."""
    last = repr(request.view[-1])
    if "about to become too long" in last or "Write the summary" in last:
        return "we spoke of tea"
    return call("Write", file_path="new.txt", content="x") if "write it" in last else "aha"


async def test_a_log_is_read_once_however_often_it_is_condensed(tmp_path: Path) -> None:
    session, model = Watched(), Scripted(always(told_to), limits=SMALL)
    agent = Agent(model, tools=[Write()], session=session, workspace=tmp_path)

    for words in (LONG, LONG, LONG, "write it", LONG, LONG):
        await agent.run(words)

    assert session.reads == 2, "when it was opened, and when it was condensed first"
    assert sum(isinstance(kept, Summary) for kept in session.path()) > 1
    assert f"content: new.txt ({sha256(b'x').hexdigest()[:12]})" in repr(model.requests[-1].view[0])


async def test_what_an_earlier_process_did_to_files_is_told_as_well(tmp_path: Path) -> None:
    session = MemorySession()
    before = Scripted(call("Write", file_path="new.txt", content="x"), "one", limits=SMALL)
    await Agent(before, tools=[Write()], session=session, workspace=tmp_path).run(LONG)
    model = Scripted("two", "tea", "three", limits=SMALL)
    agent = Agent(model, tools=[Write()], session=session, workspace=tmp_path)

    for _ in range(2):
        await agent.run(LONG)

    assert f"content: new.txt ({sha256(b'x').hexdigest()[:12]})" in repr(model.requests[-1].view[0])

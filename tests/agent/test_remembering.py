"""What an agent still knows of files when its conversation is condensed."""

import threading
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from sagent.agent import Agent
from sagent.agent.remembering import files_known
from sagent.atoms import MessageId
from sagent.lib.blob import Blob
from sagent.protocols import ModelLimits
from sagent.schema.message import FilesChanged, Kept
from sagent.schema.values import FileChange, FileState
from sagent.testing import MemorySession, Scripted

LONG = "tea " * 2_000


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
    told = files_known(log, {}, Path("/"))
    return [file.split()[0] for fact in told for file in fact.partition("content: ")[2].split(", ")]


def test_a_change_that_was_announced_and_then_not_made_is_not_told() -> None:
    assert named(changed("1", "a", "b"), changed("2", "c"), changed("3", undoes=["1"])) == ["c"]


def test_a_change_that_was_made_before_one_that_was_not_is_told() -> None:
    assert named(changed("1", "a"), changed("2", "a", "b"), changed("3", undoes=["2"])) == ["a"]


def test_what_is_taken_back_by_other_changes_is_told_as_it_is_since() -> None:
    assert named(changed("1", "a", "b"), changed("2", "a", undoes=["1"])) == ["b", "a"]


class Watched(MemorySession):
    """A session that knows which threads have read it."""

    def __init__(self) -> None:
        super().__init__()
        self.readers: set[str] = set()

    @override
    def path(self, head: MessageId | None = None, /) -> Sequence[Kept]:
        self.readers.add(threading.current_thread().name)
        return super().path(head)


async def test_the_whole_log_is_read_beside_the_event_loop() -> None:
    session = Watched()
    agent = Agent(
        Scripted("one", "two", "tea", "three", limits=ModelLimits(context_window=8_200)), session=session
    )
    for _ in range(2):
        await agent.run(LONG)
    session.readers.clear()

    await agent.run(LONG)

    assert session.readers
    assert threading.current_thread().name not in session.readers

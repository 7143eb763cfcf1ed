"""What tools write down before they change files."""

import asyncio
import threading
from pathlib import Path

import pytest

from sagent.atoms import MessageId
from sagent.errors import SessionError, ToolError
from sagent.lib.blob import Blob
from sagent.schema.message import FilesChanged
from sagent.schema.values import FileChange, FileState
from sagent.tools import ApplyPatch, Edit, Write
from sagent.tools.changes import Change
from sagent.tools.docket import Docket
from tests.tools.calls import Desk, said


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def state(text: str, mode: int | None = 0o100644) -> FileState:
    return FileState(content=Blob.of(text.encode()), mode=mode)


def entry(*changes: FileChange, number: int = 0, undoes: tuple[str, ...] = ()) -> FilesChanged:
    return FilesChanged(
        id=MessageId(f"m{number}"),
        parent_id=None,
        timestamp=0.0,
        content=changes,
        call_id="c1",
        undoes=tuple(map(MessageId, undoes)),
    )


async def test_a_file_that_is_made_is_written_down_with_all_that_it_will_contain(desk: Desk) -> None:
    await said(Write().hosted_by(desk), file_path="a/b.txt", content="one\n")

    made = FileChange(path="a/b.txt", before=None, after=state("one\n", None))
    assert desk.filed == [entry(made)]
    assert made.after is not None
    (change,) = desk.filed[0].content
    assert change.after is not None
    assert change.after.content.data == b"one\n"


async def test_an_edit_is_written_down_with_the_file_that_a_link_leads_to(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old\n")
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to("real")

    await said(Edit().hosted_by(desk), file_path="link", old_string="old", new_string="new")

    change = FileChange(path="real", before=state("old\n", 0o100600), after=state("new\n", 0o100600))
    assert desk.filed == [entry(change)]


async def test_a_file_outside_of_the_workspace_is_written_down_by_its_whole_path(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "work")
    desk.workspace.mkdir()

    await said(Write().hosted_by(desk), file_path="../b", content="")

    (change,) = desk.filed[0].content
    assert change.path == str(tmp_path / "b")


async def test_a_patch_of_several_files_is_one_entry(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "moves").write_text("x\n")
    (tmp_path / "goes").symlink_to("nowhere")
    (tmp_path / "moves").chmod(0o755)
    patch = (
        "*** Begin Patch\n*** Add File: comes\n+y\n*** Delete File: goes\n"
        "*** Update File: moves\n*** Move to: there\n@@\n-x\n+z\n*** End Patch"
    )

    await said(ApplyPatch().hosted_by(desk), patch=patch)

    link = FileState(content=Blob.of(b"nowhere"), mode=0o120777)
    assert desk.filed == [
        entry(
            FileChange(path="comes", before=None, after=state("y\n", None)),
            FileChange(path="goes", before=link, after=None),
            FileChange(path="there", before=None, after=state("z\n", 0o100755)),
            FileChange(path="moves", before=state("x\n", 0o100755), after=None),
        )
    ]


async def test_a_call_that_changes_nothing_writes_nothing_down(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n")
    write = Write().hosted_by(desk)
    write.note(tmp_path / "a", b"x\n")

    await said(write, file_path="a", content="x\n")

    assert desk.filed == []


async def test_the_entry_is_made_before_the_file_is_touched(tmp_path: Path) -> None:
    found: list[bool] = []
    desk = Desk(tmp_path, meanwhile=lambda: found.append((tmp_path / "a").exists()))

    await said(Write().hosted_by(desk), file_path="a", content="x")

    assert found == [False]


async def test_what_somebody_else_changes_meanwhile_stays_and_the_entry_is_taken_back(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_text("old\n")
    desk = Desk(tmp_path, meanwhile=lambda: put(tmp_path / "a", "theirs\n"))

    with pytest.raises(ToolError, match="a was changed by somebody else meanwhile"):
        await said(Edit().hosted_by(desk), file_path="a", old_string="old", new_string="new")

    assert (tmp_path / "a").read_text() == "theirs\n"
    assert desk.filed[1:] == [entry(number=1, undoes=("m0",))]


async def test_a_file_that_somebody_else_makes_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    desk = Desk(tmp_path, meanwhile=lambda: put(tmp_path / "a", "theirs\n"))

    with pytest.raises(ToolError, match="a was made by somebody else meanwhile"):
        await said(Write().hosted_by(desk), file_path="a", content="ours\n")

    assert (tmp_path / "a").read_text() == "theirs\n"
    assert desk.filed[1:] == [entry(number=1, undoes=("m0",))]


async def test_what_cannot_be_written_down_is_not_done(tmp_path: Path) -> None:
    desk = Desk(tmp_path, meanwhile=full)

    with pytest.raises(SessionError, match="the disk is full"):
        await said(Write().hosted_by(desk), file_path="a", content="x")

    assert not (tmp_path / "a").exists()


async def test_a_file_too_large_to_be_kept_is_not_deleted_by_a_patch(desk: Desk, tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as file:
        file.truncate(17 * 1024 * 1024)

    with pytest.raises(ToolError, match="big has 17825792 bytes, and no more than 16777216 can be changed"):
        await said(ApplyPatch().hosted_by(desk), patch="*** Begin Patch\n*** Delete File: big\n*** End Patch")

    assert (tmp_path / "big").exists()


def test_a_thread_whose_event_loop_has_ended_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    loop = asyncio.new_event_loop()
    loop.close()
    docket = Docket(journal=desk.journal, loop=loop, workspace=tmp_path, call_id="c1")
    made = Change(path=tmp_path / "a", name="a", before=None, data=b"x", status=None)

    with pytest.raises(ToolError, match="the agent has ended"), docket.entered([made]):
        raise AssertionError("nothing may be done")


def test_a_thread_does_not_wait_for_an_event_loop_that_stands_still(tmp_path: Path) -> None:
    loop = asyncio.new_event_loop()
    docket = Docket(journal=Desk(tmp_path).journal, loop=loop, workspace=tmp_path, call_id="c1")
    made = Change(path=tmp_path / "a", name="a", before=None, data=b"x", status=None)
    told: list[str] = []

    def work() -> None:
        try:
            with docket.entered([made]):
                told.append("done")
        except ToolError as error:
            told.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    loop.close()
    thread.join(30)

    assert told == ["nothing was changed: the agent has ended"]


def put(path: Path, text: str) -> None:
    path.write_text(text)


def full() -> None:
    raise SessionError("the disk is full")

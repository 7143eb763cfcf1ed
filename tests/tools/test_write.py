"""Writing whole files."""

import asyncio
from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.tools import Write
from tests.tools.calls import call_of, names, said


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return Write(tmp_path)


async def test_a_new_file_is_created_with_its_directories(write: Write, tmp_path: Path) -> None:
    answer = await said(write, file_path="a/b/c.txt", content="one\ntwo\r\n")

    assert answer == "Created a/b/c.txt (2 lines)."
    assert (tmp_path / "a/b/c.txt").read_bytes() == b"one\ntwo\r\n"
    assert names(tmp_path / "a/b") == ["c.txt"]


@pytest.mark.parametrize(
    ("before", "content", "after", "answer"),
    [
        (b"old", "new\n", b"new\n", "Replaced a (1 line for 1)."),
        (b"x\r\ny\r\n", "z\n", b"z\r\n", "Replaced a (1 line for 2, with its CRLF line endings)."),
        (b"x\r\ny\n", "z\n", b"z\n", "Replaced a (1 line for 2)."),
        (b"\xef\xbb\xbfx\n", "y\n", b"\xef\xbb\xbfy\n", "Replaced a (1 line for 1)."),
        ("x\n".encode("utf-16"), "é\n", "é\n".encode("utf-16"), "Replaced a (1 line for 1)."),
        (b"", "x", b"x", "Replaced a (1 line for 0)."),
        (b"x\r\n", "x\n", b"x\r\n", "a already is exactly so; nothing was changed."),
    ],
)
async def test_an_existing_file_is_replaced_and_keeps_its_manner(
    write: Write, tmp_path: Path, before: bytes, content: str, after: bytes, answer: str
) -> None:
    (tmp_path / "a").write_bytes(before)
    write.note(tmp_path / "a", before)

    told = await said(write, file_path="a", content=content)

    assert (told, (tmp_path / "a").read_bytes()) == (answer, after)


async def test_a_binary_file_is_not_overwritten(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x7fELF\0\0")

    with pytest.raises(ToolError, match="a is a binary file: it is left as it is"):
        await said(write, file_path="a", content="x")

    assert (tmp_path / "a").read_bytes() == b"\x7fELF\0\0"


async def test_a_directory_is_not_written_to(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    with pytest.raises(ToolError, match="a is a directory: use List"):
        await said(write, file_path="a", content="x")


async def test_a_file_that_stands_where_a_directory_should_is_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")

    with pytest.raises(ToolError, match="cannot make the directory of a/b"):
        await said(write, file_path="a/b", content="x")


async def test_a_link_that_leads_nowhere_yet_is_written_through(write: Write, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")

    await said(write, file_path="link", content="x")

    assert (tmp_path / "target").read_text() == "x"
    assert (tmp_path / "link").is_symlink()


async def test_a_link_that_leads_to_itself_is_refused(write: Write, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")

    with pytest.raises(ToolError, match="cannot make the directory of link/a"):
        await said(write, file_path="link/a", content="x")


async def test_a_long_name_is_no_hindrance(write: Write, tmp_path: Path) -> None:
    await said(write, file_path="x" * 255, content="x")

    assert names(tmp_path) == ["x" * 255]


async def test_what_fails_leaves_nothing_behind(write: Write, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="half a surrogate pair"):
        await said(write, file_path="a", content="\udc00")

    assert names(tmp_path) == []


async def test_writes_of_one_file_at_the_same_time_leave_one_of_them_whole(
    write: Write, tmp_path: Path
) -> None:
    contents = [str(number) * 100_000 for number in range(8)]

    await asyncio.gather(*(said(write, file_path="a", content=content) for content in contents))

    assert (tmp_path / "a").read_text() in contents
    assert names(tmp_path) == ["a"]


async def test_a_summary_says_how_much_is_written(write: Write) -> None:
    assert write.summary(call_of(write, file_path="a.py", content="x\ny")) == "Write a.py (2 lines)"

"""Reading files."""

import os
from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.schema.part import Document, Image, Text
from sagent.tools import Read
from sagent.tools.read import LARGEST_IMAGE
from tests.tools.calls import Desk, call_of, said, told


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return Read(tmp_path)


async def refused(read: Read, **directive: object) -> str:
    with pytest.raises(ToolError) as caught:
        await said(read, **directive)
    return str(caught.value)


async def test_lines_are_shown_with_their_numbers(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\r\ntwo\n\nfour")

    assert await said(read, file_path="a") == "     1\tone\n     2\ttwo\n     3\t\n     4\tfour"


async def test_a_stretch_is_shown_with_a_word_on_how_to_read_on(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(f"{number}\n" for number in range(1, 11)))

    answer = await said(read, file_path="a", offset=3, limit=2)

    assert answer == "     3\t3\n     4\t4\n[6 more lines not shown; read on with offset=5]"


async def test_a_long_line_is_clipped_and_the_rest_counted(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x" * 200_000 + "\nend")

    answer = await said(read, file_path="a")

    assert answer == f"     1\t{'x' * 2000}… [198000 more characters]\n     2\tend"


async def test_no_more_is_shown_than_a_model_can_bear(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(("y" * 999 + "\n") * 2000)

    answer = await said(read, file_path="a")

    assert len(answer) < 110_000
    assert answer.endswith("[1900 more lines not shown; read on with offset=101]")


async def test_an_empty_file_is_said_to_be_empty(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    assert await said(read, file_path="a") == "a is empty."


async def test_an_offset_behind_the_end_is_answered_with_where_the_end_is(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n")

    assert await refused(read, file_path="a", offset=9) == "a ends with line 2: offset 9 is behind its end"
    assert await refused(read, file_path="a", offset=3) == "a ends with line 2: offset 3 is behind its end"


@pytest.mark.parametrize(
    "data",
    [
        "größe = 1\n".encode(),
        b"\xef\xbb\xbf" + "größe = 1\n".encode(),
        "größe = 1\n".encode("utf-16"),
        b"\xfe\xff" + "größe = 1\n".encode("utf-16-be"),
        "größe = 1\n".encode("utf-32"),
    ],
)
async def test_text_is_read_in_its_encoding_without_its_mark(read: Read, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)

    assert await said(read, file_path="a") == "     1\tgröße = 1"


async def test_text_in_an_old_encoding_is_read_by_its_likeness(read: Read, tmp_path: Path) -> None:
    words = "Die Größe der Häuser wäre übrigens für Müller schöner gewesen, hätte er früher gefragt.\n"
    (tmp_path / "a").write_bytes(words.encode("latin-1") * 5)

    assert (await said(read, file_path="a", limit=1)).startswith("     1\t" + words)


async def test_stray_bytes_far_in_a_text_are_marked_and_said_to_be(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x\n" * 40_000 + b"a\xffb\n")

    answer = await said(read, file_path="a", offset=40_001)

    assert answer == " 40001\ta�b\n[� may stand for bytes that are not utf-8]"


async def test_a_character_on_the_edge_of_the_sample_is_no_reason_to_guess(
    read: Read, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"x" * 65_535 + "é\n".encode())

    assert "�" not in await said(read, file_path="a")


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (PNG, Image(descriptor="image/png", content=Blob.of(PNG))),
        (b"\xff\xd8\xff\xe0\0", Image(descriptor="image/jpeg", content=Blob.of(b"\xff\xd8\xff\xe0\0"))),
        (b"GIF89a\0", Image(descriptor="image/gif", content=Blob.of(b"GIF89a\0"))),
        (b"RIFF\0\0\0\0WEBP", Image(descriptor="image/webp", content=Blob.of(b"RIFF\0\0\0\0WEBP"))),
        (b"%PDF-1.7\0", Document(content=Blob.of(b"%PDF-1.7\0"))),
    ],
)
async def test_pictures_and_documents_are_given_as_they_are(
    read: Read, tmp_path: Path, data: bytes, part: Image | Document
) -> None:
    (tmp_path / "misleading.txt").write_bytes(data)

    _, answer = await told(read, file_path="misleading.txt")

    assert answer == part
    assert isinstance(answer, Image | Document)
    assert answer.content.data == data


async def test_a_picture_that_no_model_takes_is_refused(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG.ljust(LARGEST_IMAGE + 1))

    message = await refused(read, file_path="a.png")

    assert message == "a.png has 20000001 bytes, and a picture may have 20000000: scale it down first"


async def test_what_cannot_be_read_is_answered_with_what_to_do(read: Read, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Config.py").touch()
    (tmp_path / "nul").write_bytes(b"a\0b")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")

    messages = {
        name: await refused(read, file_path=name)
        for name in ("src", "src/config.py", "scr/config.py", "nul", "pipe", "link", "zzz", "a\0b")
    }

    assert messages == {
        "src": "src is a directory: use List to see what is in it",
        "src/config.py": f"src/config.py does not exist; did you mean {tmp_path}/src/Config.py?",
        "scr/config.py": f"scr/config.py does not exist: the directory {tmp_path} has no scr; it has src",
        "nul": "nul is a binary file: look at it with Bash, for example with `file` or `xxd nul | head`",
        "pipe": "pipe is not a regular file but a device, pipe or socket: it cannot be used here",
        "link": "link is a link to nowhere, which does not exist",
        "zzz": "zzz does not exist, nor anything of a similar name: look with List or Glob",
        "a\0b": "the path contains a NUL character: give it without",
    }


async def test_absolute_paths_and_those_of_the_home_directory_are_read(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")

    assert await said(read, file_path=str(tmp_path / "a")) == "     1\tx"
    assert "no such home directory" in await refused(read, file_path="~nobody-of-this-name/a")


async def test_a_hosted_tool_reads_in_the_workspace_of_its_host(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")

    _, answer = await told(Read().hosted_by(Desk(tmp_path)), file_path="a")

    assert answer == Text(content="     1\tx")


async def test_a_summary_names_the_file_and_where_reading_begins(read: Read) -> None:
    assert read.summary(call_of(read, file_path="a.py", offset=9)) == "Read a.py from line 9"

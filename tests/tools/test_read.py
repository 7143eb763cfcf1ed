"""Reading files."""

import os
import re
import tracemalloc
from pathlib import Path
from socket import AF_UNIX, socket

import pytest

from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.schema.part import Audio, Document, Foreign, Image, Text
from sagent.tools import Edit, Read
from sagent.tools.read import LARGEST_IMAGE, LARGEST_SOUND
from tests.samples import pdf
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

    assert answer == (
        f"     1\t{'x' * 2000}… [198000 more characters]\n     2\tend\n"
        "[more of line 1: offset=1, limit=1, column=2001]"
    )


async def test_the_rest_of_a_long_line_is_read_by_columns(read: Read, tmp_path: Path) -> None:
    line = "".join(f"{number:9} " for number in range(8_000))
    (tmp_path / "a").write_text(f"short\n{line}\r\nend\n")
    column, pieces = 1, []

    while column:
        answer = await said(read, file_path="a", offset=2, limit=1, column=column)
        pieces.append(answer.split("\t")[1].partition("…")[0].partition("\n")[0])
        column = int(found[1]) if (found := re.search(r"column=(\d+)", answer)) else 0

    assert "".join(pieces) == line
    assert len(pieces) == 3


async def test_no_more_is_shown_than_a_model_can_bear(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(("y" * 999 + "\n") * 2000)

    answer = await said(read, file_path="a")

    assert len(answer) <= 37_500
    assert answer.endswith("[1964 more lines not shown; read on with offset=37]")


async def test_a_model_with_more_room_is_shown_more(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(("y" * 999 + "\n") * 2000)

    answers = [
        await said(Read().hosted_by(Desk(tmp_path, result_room=room)), file_path="a")
        for room in (4_000, 120_000)
    ]

    assert [answer.count("\n") for answer in answers] == [3, 118]
    assert [len(answer) for answer in answers] == [3_071, 118_878]


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
        (pdf(), Document(content=Blob.of(pdf()))),
        (b"BM\0\0\0\0\0\0\0\0", Foreign(media_type="image/bmp", content=Blob.of(b"BM" + b"\0" * 8))),
        (b"fLaC\0", Audio(descriptor="audio/flac", content=Blob.of(b"fLaC\0"))),
        (b"ID3\4\0", Audio(descriptor="audio/mpeg", content=Blob.of(b"ID3\4\0"))),
        (b"RIFF\0\0\0\0WAVE", Audio(descriptor="audio/wav", content=Blob.of(b"RIFF\0\0\0\0WAVE"))),
    ],
)
async def test_pictures_and_documents_are_given_as_they_are(
    read: Read, tmp_path: Path, data: bytes, part: Image | Document | Audio | Foreign
) -> None:
    (tmp_path / "misleading.txt").write_bytes(data)

    _, answer = await told(read, file_path="misleading.txt")

    assert answer == part
    assert isinstance(answer, Image | Document | Audio | Foreign)
    assert answer.content.data == data


async def test_what_is_too_large_to_be_seen_or_heard_is_refused(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG.ljust(LARGEST_IMAGE + 1))
    (tmp_path / "a.wav").write_bytes(b"RIFF\0\0\0\0WAVE".ljust(LARGEST_SOUND + 1))

    messages = [await refused(read, file_path=name) for name in ("a.png", "a.wav")]

    assert messages == [
        "a.png has 20000001 bytes, and a picture may have 20000000: scale it down first",
        (
            "a.wav has 5000001 bytes, and a recording may have 5000000: "
            "cut out a part of it first, for example with ffmpeg"
        ),
    ]


async def test_what_cannot_be_read_is_answered_with_what_to_do(read: Read, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Config.py").touch()
    (tmp_path / "nul").write_bytes(b"a\0b")
    (tmp_path / "a b.zip").write_bytes(b"PK\3\4\0")
    os.mkfifo(tmp_path / "pipe")
    with socket(AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
    (tmp_path / "link").symlink_to("nowhere")

    names = [
        "src",
        "src/config.py",
        "scr/config.py",
        "nul",
        "a_b.zip",
        "pipe",
        "socket",
        "link",
        "zzz",
        "a\x00b",
    ]
    messages = {name: await refused(read, file_path=name.replace("_", " ")) for name in names}

    assert messages == {
        "src": "src is a directory: use List to see what is in it",
        "src/config.py": f"src/config.py does not exist; did you mean {tmp_path}/src/Config.py?",
        "scr/config.py": f"scr/config.py does not exist: the directory {tmp_path} has no scr; it has src"
        "; of that name there is src/Config.py",
        "nul": (
            "nul is a binary file of 3 bytes: "
            "look at it with Bash, for example with `file nul` or `xxd nul | head`"
        ),
        "a_b.zip": "a b.zip is a ZIP archive of 5 bytes, no text: try Bash with `unzip -l 'a b.zip'`",
        "socket": "socket is not a regular file but a device, pipe or socket: it cannot be used here",
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


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("shift_jis", "設定ファイルを読み込みます。値が無い場合は、既定の値を使います。\n"),
        ("gbk", "读取配置文件。如果没有设置数值，就使用默认的数值。\n"),
        (
            "windows-1252",
            "Die Größe der Häuser – „sehr schön“ – wäre für Müller 5 € wert gewesen.\n",
        ),
        (
            "latin-1",
            "Où sont les élèves qui ont déjà été à la fenêtre ? Là-bas, près du garçon.\n",
        ),
        ("koi8-r", "Чтение файла настроек. Если значение не задано, используется значение по умолчанию.\n"),
        ("euc-kr", "설정 파일을 읽습니다. 값이 없으면 기본값을 사용합니다. 나머지는 그대로 둡니다.\n"),
        ("utf-16-le", "größe = 1\n"),
        ("utf-16-be", "größe = 1\n"),
    ],
)
async def test_legacy_encodings_are_told_by_the_words_in_them(
    read: Read, tmp_path: Path, encoding: str, words: str
) -> None:
    (tmp_path / "a").write_bytes((words * 20).encode(encoding))

    answer = await said(read, file_path="a", offset=20)

    assert answer == f"    20\t{words.rstrip()}"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "// für alle"),
        ("cp1252", "10° ± 5 µm"),
        ("cp932", "アイウエオ"),
        ("cp932", "日本語のテスト"),
    ],
)
async def test_a_few_letters_in_an_old_encoding_are_told_by_how_they_stand(
    read: Read, tmp_path: Path, encoding: str, words: str
) -> None:
    (tmp_path / "a").write_bytes(f"{words}\n".encode(encoding))

    assert await said(read, file_path="a") == f"     1\t{words}"


async def test_what_several_latin_encodings_would_say_alike_is_taken_to_be_western(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("Füße und Käse sind schön.\n".encode("cp1252"))

    await said(Edit(tmp_path), file_path="a", old_string="Käse", new_string="Crème brûlée")

    assert (tmp_path / "a").read_bytes() == "Füße und Crème brûlée sind schön.\n".encode("cp1252")


async def test_the_last_lines_are_shown_with_their_numbers(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(f"line {number}\n" for number in range(1, 1_001)))
    (tmp_path / "b").write_text("one\ntwo")

    answers = [
        await said(read, file_path="a", last_lines=2),
        await said(read, file_path="b", last_lines=1),
        await said(read, file_path="b", last_lines=9),
    ]

    assert answers == [
        "   999\tline 999\n  1000\tline 1000\n[998 earlier lines not shown]",
        "     2\ttwo\n[1 earlier line not shown]",
        "     1\tone\n     2\ttwo",
    ]


async def test_of_last_lines_that_are_too_many_the_last_are_shown(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(f"{number:999}\n" for number in range(1, 1_001)))

    answer = await said(read, file_path="a", last_lines=500)

    assert answer.endswith("1000\n[964 earlier lines not shown]")
    assert answer.startswith("   965\t")


async def test_last_lines_and_an_offset_at_once_are_refused_unless_it_says_nothing(
    read: Read, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("1\n2\n")

    message = await refused(read, file_path="a", last_lines=1, offset=2)
    answer = await said(read, file_path="a", last_lines=1, offset=1, limit=2000, column=1, render=False)

    assert message == "give either offset or last_lines, not both"
    assert answer == "     2\t2\n[1 earlier line not shown]"


def bytes_read() -> int:
    """How many bytes this process has read so far."""
    return int(Path("/proc/self/io").read_text().split()[1])


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="nothing here counts what is read")
async def test_the_end_of_a_huge_file_is_read_without_its_beginning(read: Read, tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate(2 * 1024**3)  # sparse: nothing of it is on the disk
        file.seek(0)
        file.write(b"x\n" * 100_000)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + b"".join(b"line %d\n" % number for number in range(10)))
    begun = bytes_read()

    tracemalloc.start()
    answer = await said(read, file_path="a", last_lines=10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    looked_at = bytes_read() - begun
    lines = "\n".join(f"{number - 10:6}\tline {number}" for number in range(10))
    assert answer == f"{lines}\n[numbered from the end, since a has 2147483719 bytes]"
    assert looked_at < 8_000_000
    assert peak < 20_000_000


async def test_a_line_far_in_a_large_file_is_found_without_holding_the_file(
    read: Read, tmp_path: Path
) -> None:
    with (tmp_path / "a").open("wb") as file:
        for _ in range(64):
            file.write((b"y" * 1023 + b"\n") * 1024)

    tracemalloc.start()
    answer = await said(read, file_path="a", offset=65_536, limit=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer == f" 65536\t{'y' * 1023}"
    assert peak < 20_000_000


async def test_control_characters_are_shown_by_their_signs(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x1b[2J\ta\rb\x7f\n")

    answer = await said(read, file_path="a")

    assert answer == "     1\t␛[2J\ta␍b␡\n[␛ and its like stand for control characters]"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
async def test_what_the_kernel_makes_up_is_read_although_it_has_no_size(read: Read) -> None:
    answers = [
        await said(read, file_path="/proc/self/status", limit=1),
        await said(read, file_path="/proc/self/status", last_lines=1),
    ]

    assert answers[0].startswith("     1\tName:\t")
    assert "nonvoluntary_ctxt_switches" in answers[1]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no devices")
async def test_devices_are_never_read(read: Read) -> None:
    for name in ("/dev/zero", "/dev/tty", "/dev/stdin"):
        if Path(name).exists() and not Path(name).is_file():
            assert "device, pipe or socket" in await refused(read, file_path=name)


async def test_a_file_of_the_same_name_elsewhere_is_named(read: Read, tmp_path: Path) -> None:
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "src" / "deep" / "engine.py").touch()

    message = await refused(read, file_path="engine.py")

    assert message == "engine.py does not exist; of that name there is src/deep/engine.py"


async def test_pages_and_cells_are_for_files_that_have_them(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n")

    messages = [await refused(read, file_path="a", **asked) for asked in ({"pages": "1"}, {"cells": "1"})]

    assert messages == [
        "a is no PDF: pages and render are for those",
        "a has no cells to show: it is no notebook",
    ]


@pytest.mark.skipif(not Path("/sys/kernel/mm").exists(), reason="this system has no /sys")
async def test_a_file_that_is_shorter_than_it_says_is_read_to_its_end(read: Read) -> None:
    path = "/sys/kernel/mm/transparent_hugepage/enabled"
    if not Path(path).exists():
        pytest.skip("nothing here has a size that it does not have")

    first, last = await said(read, file_path=path), await said(read, file_path=path, last_lines=1)

    assert first == last
    assert "never" in first

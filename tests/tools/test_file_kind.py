"""Binary files are known by how they begin."""

import gzip
import sqlite3
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from sagent.tools.file_kind import file_kind, sound_kind


def zipped(*names: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def archived() -> bytes:
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return file.getvalue()


def stored(folder: Path) -> bytes:
    with sqlite3.connect(folder / "a.db") as database:
        database.execute("create table a (b)")
    database.close()
    return (folder / "a.db").read_bytes()


def test_files_that_programs_here_write_are_known(tmp_path: Path) -> None:
    samples = (
        Path(sys.executable).read_bytes()[:4096],
        zipped("a"),
        zipped("[Content_Types].xml", "word/document.xml"),
        gzip.compress(b"x"),
        archived(),
        stored(tmp_path),
    )

    names = [kind.name if (kind := file_kind(sample)) else None for sample in samples]

    assert names[1:] == [
        "a ZIP archive",
        "a Word document",
        "gzip data",
        "a tar archive",
        "an SQLite database",
    ]
    assert names[0] in {"an ELF program or library", "a macOS program or library"}


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        (b"\xca\xfe\xba\xbe\0\0\0\x41", "a Java class"),
        (b"\xca\xfe\xba\xbe\0\0\0\x02", "a macOS program for several processors"),
        (b"\0asm\1\0\0\0", "a WebAssembly module"),
        (b"\0\0\0\x18ftypisom\0", "an MP4 or QuickTime video"),
        (b"\0\0\0\x18ftypheic\0", "a HEIC picture"),
    ],
)
def test_formats_are_known_by_their_marks(sample: bytes, name: str) -> None:
    kind = file_kind(sample)

    assert kind is not None
    assert kind.name == name


@pytest.mark.parametrize("text", ["PAR1 is a word", "BM", "", "MZ", "RIFF", "ID3 tags", "größe", "PK"])
def test_words_are_no_format(text: str) -> None:
    assert (file_kind(text.encode()), sound_kind(text.encode())) == (None, None)

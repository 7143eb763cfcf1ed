"""Files that go along with a prompt."""

from pathlib import Path

import pytest

from sagent.cli.attachment import LARGEST_TEXT, attached, picture
from sagent.errors import UsageError
from sagent.lib.blob import Blob
from sagent.messages.pictures import picture_kind
from sagent.schema.part import Document, Image, Text
from tests.samples import picture as drawn

PNG = b"\x89PNG\r\n\x1a\nIHDR"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    ],
)
def test_a_picture_is_known_by_its_first_bytes_and_goes_along_as_such(
    tmp_path: Path, data: bytes, kind: str
) -> None:
    (tmp_path / "shot.txt").write_bytes(data)

    name, shown = picture("shot.txt", tmp_path)

    assert name == Text(content="[shot.txt]")
    assert isinstance(shown, Image)
    assert (shown.descriptor, shown.content.data) == (kind, data)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "AVIF", "ICO"])
def test_a_picture_in_a_format_that_models_do_not_know_becomes_a_png_or_a_jpeg(
    tmp_path: Path, kind: str
) -> None:
    (tmp_path / "shot").write_bytes(drawn(32, 32, kind))

    name, shown = picture("shot", tmp_path)

    assert name == Text(content="[shot]")
    assert isinstance(shown, Image)
    assert shown.descriptor == ("image/jpeg" if kind == "AVIF" else "image/png")
    assert picture_kind(shown.content.data or b"") == shown.descriptor
    assert attached("shot", tmp_path) == (name, shown)


def test_a_pdf_goes_along_as_such_and_all_else_as_text(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "notes.txt").write_bytes(b"\xef\xbb\xbfna\xc3\xafve\r\n")

    assert attached("paper.pdf", tmp_path) == (
        Text(content="[paper.pdf]"),
        Document(content=Blob.of(b"%PDF-1.7")),
    )
    assert attached("notes.txt", tmp_path) == (Text(content="[notes.txt]\nnaïve\r\n"),)


def test_what_cannot_go_along_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "program").write_bytes(b"\x7fELF\0\0\0")
    (tmp_path / "big.txt").write_text("x" * (LARGEST_TEXT + 1))

    with pytest.raises(UsageError, match=r"none.png cannot be read: No such file"):
        attached("none.png", tmp_path)
    with pytest.raises(UsageError, match=r"\. is a directory, and only files go along"):
        attached(".", tmp_path)
    with pytest.raises(UsageError, match=r"program is neither a picture nor a PDF nor text"):
        attached("program", tmp_path)
    with pytest.raises(UsageError, match=r"big.txt has 1000001 bytes, and a text may have 1000000"):
        attached("big.txt", tmp_path)
    with pytest.raises(UsageError, match=r"program is no picture that models can see"):
        picture("program", tmp_path)
    with pytest.raises(UsageError, match=r"'a\\x00b' is no path"):
        attached("a\0b", tmp_path)

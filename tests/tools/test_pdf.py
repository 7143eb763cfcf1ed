"""PDFs are read whole, as the text of some pages, or as pictures of them."""

from pathlib import Path

import pytest

from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.schema.message import ToolResult
from sagent.schema.part import Document, Image, Text
from sagent.tools import Read
from tests.samples import pdf
from tests.tools.calls import Desk, said, told


@pytest.fixture
def read(tmp_path: Path) -> Read:
    (tmp_path / "short.pdf").write_bytes(pdf(2, "hi"))
    (tmp_path / "long.pdf").write_bytes(pdf(45, "hi"))
    return Read(tmp_path)


async def test_a_small_document_is_shown_as_it_is(read: Read) -> None:
    _, answer = await told(read, file_path="short.pdf")

    assert answer == Document(content=Blob.of(pdf(2, "hi")))


async def test_of_a_large_document_the_text_of_the_first_pages_is_read(read: Read, tmp_path: Path) -> None:
    (tmp_path / "heavy.pdf").write_bytes(pdf(2, "hi") + b"\n" * 200_000)

    long, heavy = [await said(read, file_path=name) for name in ("long.pdf", "heavy.pdf")]

    assert long.startswith(
        '[long.pdf: 45 pages, here 1-20; read on with pages="21-40"; render=true shows pages as pictures]'
        "\n\n[page 1]\nhi\n\n[page 2]\nhi"
    )
    assert long.count("hi") == 20
    assert heavy == (
        "[heavy.pdf: 2 pages, here 1-2; render=true shows pages as pictures]\n\n[page 1]\nhi\n\n[page 2]\nhi"
    )


async def test_pages_that_are_asked_for_are_read_as_text(read: Read) -> None:
    answer = await said(read, file_path="long.pdf", pages="44-50")

    assert answer == (
        "[long.pdf: 45 pages, here 44-45; render=true shows pages as pictures]\n\n"
        "[page 44]\nhi\n\n[page 45]\nhi"
    )


async def test_pages_are_rendered_where_that_is_asked_for(read: Read) -> None:
    _, answer = await told(read, file_path="short.pdf", pages="2", render=True)

    assert isinstance(answer, ToolResult)
    head, drawn = answer.content
    assert head == Text(content="[short.pdf: 2 pages, here 2]")
    assert isinstance(drawn, Image)
    assert drawn.descriptor == "image/png"


async def test_no_more_text_is_shown_than_there_is_room_for(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(30, "y" * 999))
    read = Read().hosted_by(Desk(tmp_path, result_room=4_000))

    answer = await said(read, file_path="a.pdf")

    assert answer.startswith('[a.pdf: 30 pages, here 1-3; read on with pages="4-6"; render')
    assert len(answer) <= 4_000


async def test_a_page_without_text_says_how_to_look_at_it(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(1, ""))

    answer = await said(Read(tmp_path), file_path="a.pdf", pages="1")

    assert answer.endswith("[page 1]\n(no text: look at it with render=true)")


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [
        ("long.pdf", {"pages": "1-21"}, "pages: 1-21 are 21; at most 20 can be read at once"),
        ("long.pdf", {"pages": "46"}, "pages: there is no 46; the last one is 45"),
        ("broken.pdf", {}, "broken.pdf is a PDF that cannot be read: it is damaged"),
    ],
)
async def test_pages_that_cannot_be_read_are_refused(
    read: Read, tmp_path: Path, name: str, asked: dict[str, object], told: str
) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n")

    with pytest.raises(ToolError) as refused:
        await said(read, file_path=name, **asked)

    assert str(refused.value) == told

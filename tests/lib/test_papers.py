"""PDF documents are counted and read, or it is said why not."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow
from pypdf import PdfReader, PdfWriter

from sagent.lib import papers
from sagent.lib.papers import Unreadable, opened, page_count, text_of
from tests.samples import pdf


def test_pages_are_counted_and_their_text_is_read() -> None:
    assert page_count(pdf(3)) == 3
    assert text_of(pdf(2, "hi")) == "[page 1]\nhi\n\n[page 2]\nhi"


def test_a_long_document_is_cut_at_a_page_and_says_so() -> None:
    text = text_of(pdf(210, "x" * 1_989))

    assert len(text) <= papers.MOST_TEXT + 1_000
    assert text.endswith("[10 more pages are left out]")


def test_a_document_behind_a_password_says_so() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    file = BytesIO()
    writer.write(file)

    with pytest.raises(Unreadable, match="locked by a password"):
        page_count(file.getvalue())


def test_a_document_without_text_says_so() -> None:
    with pytest.raises(Unreadable, match="holds no text"):
        text_of(pdf(1, ""))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"%PDF-1.4\n%%EOF\n", pdf()[:80]])
def test_what_is_no_document_is_damaged(data: bytes) -> None:
    with pytest.raises(Unreadable):
        text_of(data)


def test_a_document_is_read_page_by_page_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(3, "hi"))

    with opened(tmp_path / "a.pdf") as paper:
        told = paper.pages, paper.text(3)

    assert told == (3, "hi")


def test_a_picture_of_a_page_is_as_large_as_models_see_well() -> None:
    with opened(pdf()) as paper:
        seen = Pillow.open(BytesIO(paper.picture(1)))

    assert (seen.format, seen.size) == ("PNG", (800, 800))
    assert seen.getextrema() == ((0, 255), (0, 255), (0, 255))


def test_documents_may_be_read_in_several_threads_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        texts = {*pool.map(text_of, [pdf(5, "hi")] * 40)}

    assert texts == {text_of(pdf(5, "hi"))}

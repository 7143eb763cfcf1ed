"""PDF documents are counted and read, or it is said why not."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from sagent.providers import papers
from sagent.providers.papers import Unreadable, page_count, text_of
from tests.samples import pdf


def test_pages_are_counted_and_their_text_is_read() -> None:
    assert page_count(pdf(3)) == 3
    assert text_of(pdf(2, "hi")) == "[page 1]\nhi\n\n[page 2]\nhi"


def test_a_long_document_is_cut_at_a_page_and_says_so() -> None:
    pages = 3 * papers.MOST_TEXT // 60_000

    text = text_of(pdf(pages, "x" * 60_000))

    assert len(text) <= papers.MOST_TEXT + 200
    assert text.endswith(f"[{pages - 6} more pages are left out]")


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

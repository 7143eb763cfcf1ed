"""Reading PDF documents: how many pages, what is written on them, how they look. Needs `sagent[pdf]`."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

COMMAND: Final = "pip install 'sagent[pdf]'"
"""What makes documents readable where they are not."""

MOST_TEXT: Final = 400_000
"""How many characters of a document go as words: some 100,000 tokens."""

LONG_SIDE: Final = 1_568
"""How many pixels the longer side of a picture of a page has: larger ones are made smaller by vendors."""

WORTH: Final = 1_000_000
"""How many bytes a picture of a page may have without loss, as those of scanned pages have more."""

_LOCKED: Final = 4
"""PDFium's number for a document with a password (FPDF_ERR_PASSWORD)."""

_DOOR: Final = Lock()
"""PDFium may be in use by one thread at a time; it is held for each page anew."""


class Unreadable(ValueError):
    """A document that cannot be read; the text says why."""


class Paper:
    """A document that is open; any thread may read it."""

    def __init__(self, document: "PdfDocument") -> None:
        self._document = document
        with _DOOR:
            self.pages: int = len(document)
            """How many pages it has."""

    def text(self, number: int) -> str:
        """What is written on a page, counted from 1.

        Raises:
            Unreadable: the page is damaged.
        """
        with _told(number), closing(self._document[number - 1]) as page, closing(page.get_textpage()) as text:
            written = text.get_text_range()
        # U+FFFE stands for a hyphen at the end of a line.
        return written.replace("\r", "").replace("\ufffe", "-").strip()

    def picture(self, number: int) -> bytes:
        """How a page looks, as PNG, or as JPEG where that would be very large.

        Raises:
            Unreadable: the page is damaged.
        """
        with _told(number), closing(self._document[number - 1]) as page:
            scale = min(LONG_SIDE / max(*page.get_size(), 1), 4)
            with closing(page.render(scale=scale)) as bitmap:
                image = bitmap.to_pil().convert("RGB")
        file = BytesIO()
        image.save(file, "PNG")
        if file.tell() > WORTH:
            file = BytesIO()
            image.save(file, "JPEG", quality=85)
        return file.getvalue()


@contextmanager
def opened(source: bytes | Path) -> Iterator[Paper]:
    """A document for as long as it is read; of a file only what is needed is in memory.

    Raises:
        Unreadable: it is damaged or locked, or nothing here can read it.
    """
    if not readable():
        raise Unreadable(f"its text can be read with {COMMAND}")
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with _DOOR:
            document = PdfDocument(source)
    except PdfiumError as error:
        raise Unreadable(
            "it is locked by a password" if error.err_code == _LOCKED else "it is damaged"
        ) from error
    try:
        yield Paper(document)
    finally:
        with _DOOR:
            document.close()


def readable() -> bool:
    """Whether documents can be read here at all."""
    return _readable()


def page_count(data: bytes) -> int:
    """How many pages a document has.

    Raises:
        Unreadable: it is damaged or locked, or nothing here can read it.
    """
    with opened(data) as paper:
        return paper.pages


def text_of(data: bytes) -> str:
    """What is written in a document, page by page, in no more than so many characters.

    Raises:
        Unreadable: nothing is, or it is damaged or locked, or nothing here can read it.
    """
    with opened(data) as paper:
        written: list[str] = []
        room = MOST_TEXT
        for number in range(1, paper.pages + 1):
            text = f"[page {number}]\n{paper.text(number)}"
            if len(text) > room:
                left = paper.pages - number + 1
                written.append(f"[{left} more {'page is' if left == 1 else 'pages are'} left out]")
                break
            written.append(text)
            room -= len(text)
    if not any(text.partition("\n")[2] for text in written):
        raise Unreadable("it holds no text, only pictures")
    return "\n\n".join(written)


@contextmanager
def _told(number: int) -> Iterator[None]:
    from pypdfium2 import PdfiumError

    try:
        with _DOOR:
            yield
    except PdfiumError as error:
        raise Unreadable(f"page {number} is damaged") from error


@lru_cache(maxsize=1)
def _readable() -> bool:
    from importlib.util import find_spec

    return find_spec("pypdfium2") is not None

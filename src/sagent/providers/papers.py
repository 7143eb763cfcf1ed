"""Reading PDF documents: how many pages, and what is written on them. Needs the extra `sagent[pdf]`."""

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pypdf import PdfReader

COMMAND: Final = "pip install 'sagent[pdf]'"
"""What makes documents readable where they are not."""

MOST_TEXT: Final = 400_000
"""How many characters of a document go as words: some 100,000 tokens."""


class Unreadable(ValueError):
    """A document that cannot be read; the text says why."""


def readable() -> bool:
    """Whether documents can be read here at all."""
    return _readable()


def page_count(data: bytes) -> int:
    """How many pages a document has.

    Raises:
        Unreadable: it is damaged or locked, or nothing here can read it.
    """
    try:
        return len(_reader(data).pages)
    except Unreadable:
        raise
    # The reader raises whatever a broken file leads it to.
    except Exception as error:
        raise Unreadable("it is damaged") from error


def text_of(data: bytes) -> str:
    """What is written in a document, page by page, in no more than so many characters.

    Raises:
        Unreadable: nothing is, or it is damaged or locked, or nothing here can read it.
    """
    try:
        pages = _reader(data).pages
        written: list[str] = []
        room = MOST_TEXT
        for number, page in enumerate(pages, 1):
            text = f"[page {number}]\n{page.extract_text().strip()}"
            if len(text) > room:
                written.append(f"[{len(pages) - number + 1} more pages are left out]")
                break
            written.append(text)
            room -= len(text)
    except Unreadable:
        raise
    # The reader raises whatever a broken file leads it to.
    except Exception as error:
        raise Unreadable("it is damaged") from error
    if not any(text.partition("\n")[2] for text in written):
        raise Unreadable("it holds no text, only pictures")
    return "\n\n".join(written)


def _reader(data: bytes) -> "PdfReader":
    if not readable():
        raise Unreadable(f"its text can be read with {COMMAND}")
    import logging

    from pypdf import PasswordType, PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it makes of a broken file is told above
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise Unreadable("it is locked by a password")
    return reader


@lru_cache(maxsize=1)
def _readable() -> bool:
    from importlib.util import find_spec

    return find_spec("pypdf") is not None

"""PDF documents for a model: whole, as the text of some pages, or as pictures of them."""

from collections.abc import Iterator, Sequence
from typing import Final

from sagent.errors import ToolError
from sagent.lib.blob import Blob
from sagent.lib.papers import COMMAND, Paper, Unreadable, opened, readable
from sagent.messages.pictures import picture_kind
from sagent.messages.room import text_size
from sagent.schema.part import Document, Image, Part, Text
from sagent.schema.tools.read import ReadDirective
from sagent.tools.lines import counted, plain_text
from sagent.tools.numbers import meant, named
from sagent.tools.source import Source

PAGES: Final = 20
"""How many pages are read at once."""

LARGEST_DOCUMENT: Final = 20_000_000
"""How many bytes a PDF may have to be shown whole where nobody can count its pages: requests take 32 MB."""

WEIGHT: Final = 4
"""How many bytes a PDF may have to be shown whole, for each byte of text that there is room for."""


def paper(source: Source, directive: ReadDirective, room: int) -> Sequence[Part]:
    """The document as such if it is small and nothing else is asked for; else some pages of it.

    Raises:
        ToolError: it cannot be read, or has no such pages.
    """
    pages, render = directive.get("pages"), directive.get("render", False)
    if not readable():
        if pages is not None or render or source.size > LARGEST_DOCUMENT:
            raise ToolError(
                f"{source.name}: the pages of a PDF of {source.size} bytes are read with {COMMAND}"
            )
        return (Document(content=Blob.of(source.read())),)
    try:
        with opened(source.path) as document:
            if pages is None and not render and document.pages <= PAGES and source.size <= WEIGHT * room:
                return (Document(content=Blob.of(source.read())),)
            numbers = meant(pages or f"1-{PAGES}", "pages", document.pages, PAGES)
            parts = _pictures(document, numbers, room) if render else _texts(document, numbers, room)
            return tuple(_told(source, document, numbers, parts))
    except Unreadable as error:
        raise ToolError(f"{source.name} is a PDF that cannot be read: {error}") from error


def _told(source: Source, document: Paper, numbers: range, parts: Sequence[Part]) -> Iterator[Part]:
    """The parts, and before them what is shown of how many pages, and how to go on."""
    shown = numbers[: len(parts)]
    last = shown[-1]
    head = f"[{source.name}: {counted(document.pages, 'page')}, here {named(shown)}"
    if last < document.pages:
        following = range(last + 1, min(last + len(shown), document.pages) + 1)
        head += f'; read on with pages="{named(following)}"'
    if isinstance(parts[0], Text):
        head += "; render=true shows pages as pictures"
        yield Text(content="\n\n".join((f"{head}]", *(str(part.content) for part in parts))))
    else:
        yield Text(content=f"{head}]")
        yield from parts


def _texts(document: Paper, numbers: range, room: int) -> Sequence[Text]:
    """The text of as many pages as there is room for, and of one at least."""
    shown: list[Text] = []
    room -= 300
    for number in numbers:
        text = plain_text(document.text(number)) or "(no text: look at it with render=true)"
        page = f"[page {number}]\n{text}"
        if text_size(page) > room and shown:
            break
        shown.append(Text(content=page))
        room -= text_size(page) + 2
    return shown


def _pictures(document: Paper, numbers: range, room: int) -> Sequence[Image]:
    """Pictures of as many pages as fit a request, and of one at least."""
    shown: list[Image] = []
    left = LARGEST_DOCUMENT
    for number in numbers:
        data = document.picture(number)
        if len(data) > left and shown:
            break
        shown.append(Image(descriptor=picture_kind(data) or "image/png", content=Blob.of(data)))
        left -= len(data)
    return shown

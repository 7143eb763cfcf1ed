"""The files in a conversation as one model takes them: each is made fit once, and then always the same.

Rule 1: what is written in place of a file depends on its bytes and on the model alone, so that another
    process writes the same.
Rule 2: a file that cannot be shown becomes words that say so; it never ends a conversation.
Rule 3: what takes long is done by `prepare`, in a thread; `fitted` does what that has not done.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace
from threading import Lock
from typing import Final, TypeAlias

from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.lib.nothing import NOTHING
from sagent.lib.papers import Unreadable, page_count, readable, text_of
from sagent.lib.value import frozen
from sagent.messages.files import File
from sagent.messages.view import Viewed
from sagent.messages.words import plain
from sagent.providers.darkroom import Spoilt, developed, encoded_size
from sagent.providers.tolerance import Tolerance
from sagent.schema.message import Prompt, ToolResult
from sagent.schema.part import Audio, Document, Foreign, Image, Part, Text

Holding: TypeAlias = ToolResult | Prompt

Source: TypeAlias = Callable[[Blob], bytes]
"""Where the bytes of a file come from."""

ROOM: Final = 64_000_000
"""How many bytes of pictures that were made fit are kept in this process."""

BLIND: Final = "this model sees no pictures"


@frozen(kw_only=True)
class Load:
    """What files weigh in a request."""

    pictures: int = 0
    pages: int = 0
    size: int = 0
    """How many bytes they have in base64."""


@frozen(kw_only=True)
class Fitted:
    """What stands for a file."""

    parts: Sequence[Part]
    load: Load = Load()
    told: str = ""
    """What the user should know of it."""


class Enclosures:
    """The files of one conversation, for one model."""

    __slots__ = ("_ready", "_told", "_tolerance")

    def __init__(self, tolerance: Tolerance) -> None:
        self._tolerance = tolerance
        self._ready: dict[File, Fitted] = {}
        self._told: Set[str] = NOTHING

    async def prepare(self, entries: Iterable[Viewed], read: Source) -> Sequence[str]:
        """Make the files in these entries fit, off the event loop; return what the user should know."""
        waiting = [part for entry in entries for part in _files(entry) if _named(part) not in self._ready]
        if not waiting:
            return ()
        from asyncio import to_thread

        made: dict[File, Fitted] = {}
        for part in waiting:
            if _named(part) not in made:
                made[_named(part)] = await to_thread(_fit, part, self._tolerance, read)
        self._ready |= made
        told = dict.fromkeys(fitted.told for fitted in made.values())
        new = [words for words in told if words and words not in self._told]
        self._told = self._told | {*new}
        return new

    def fitted(self, entry: Viewed, read: Source) -> tuple[Viewed, Sequence[Load]]:
        """The entry with its files as the model takes them, and what each of them weighs."""
        if not isinstance(entry, Holding) or not _files(entry):
            return entry, ()
        parts: list[Part] = []
        loads: list[Load] = []
        for part in entry.content:
            if isinstance(part, File):
                found = self._ready.get(_named(part)) or _fit(part, self._tolerance, read)
                parts += found.parts
                loads.append(found.load)
            else:
                parts.append(part)
        return replace(entry, content=tuple(parts)), loads

    def forget(self) -> None:
        """Let go of what was prepared: it has been written."""
        self._ready.clear()


def total(loads: Iterable[Load]) -> Load:
    """What these weigh together."""
    every = list(loads)
    return Load(
        pictures=sum(load.pictures for load in every),
        pages=sum(load.pages for load in every),
        size=sum(load.size for load in every),
    )


def _files(entry: Viewed) -> Sequence[File]:
    if not isinstance(entry, Holding):
        return ()
    return [part for part in entry.content if type(part) is not Text and isinstance(part, File)]


def _named(part: File) -> File:
    """The file without its bytes, by which it is known."""
    return replace(part, content=Blob(digest=part.content.digest, size=part.content.size))


class Shelf:
    """What was made last, in no more than so many bytes; it may be used from several threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._made: OrderedDict[tuple[File, Tolerance], Fitted] = OrderedDict()
        self._size = 0
        self._door = Lock()

    @property
    def size(self) -> int:
        """How many bytes stand there."""
        return self._size

    def get(self, part: File, tolerance: Tolerance) -> Fitted | None:
        """What was made of this file."""
        key = _named(part), tolerance
        with self._door:
            known = self._made.get(key)
            if known is None:
                return None
            self._made.move_to_end(key)
        return _holding(known, part)

    def put(self, part: File, tolerance: Tolerance, fitted: Fitted) -> None:
        """Keep what was made of a file; of one that goes as it is, not the bytes."""
        kept, key = _holding(fitted, _named(part)), (_named(part), tolerance)
        with self._door:
            if key not in self._made:
                self._made[key] = kept
                self._size += _weight(kept)
            while self._size > self._room:
                self._size -= _weight(self._made.popitem(last=False)[1])


_SHELF: Final = Shelf(ROOM)


def _fit(part: File, tolerance: Tolerance, read: Source) -> Fitted:
    known = _SHELF.get(part, tolerance)
    if known is not None:
        return known
    try:
        data = part.content.data if part.content.data is not None else read(part.content)
    except SessionError:
        return Fitted(parts=(part,))  # whoever writes it says that its bytes are gone
    made = _made(part, data, tolerance)
    _SHELF.put(part, tolerance, made)
    return made


def _holding(fitted: Fitted, part: File) -> Fitted:
    """The same with these bytes, or without any, where the file goes as it is."""
    parts = [
        replace(each, content=part.content)
        if isinstance(each, File) and each.content == part.content
        else each
        for each in fitted.parts
    ]
    return replace(fitted, parts=tuple(parts))


def _weight(fitted: Fitted) -> int:
    return 1_000 + sum(
        len(part.content.data or b"") if isinstance(part, File) else len(plain(part)) for part in fitted.parts
    )


def _made(part: File, data: bytes, tolerance: Tolerance) -> Fitted:
    if not data:
        return Fitted(parts=(Text(content=plain(part)),))
    match part:
        case Image():
            return _picture(part, data, tolerance)
        case Foreign() if part.media_type.startswith("image/"):
            return _picture(part, data, tolerance)
        case Document():
            return _document(part, data, tolerance)
        case Audio() | Foreign():
            return Fitted(parts=(part,), load=Load(size=encoded_size(len(data))))


def _picture(part: Image | Foreign, data: bytes, tolerance: Tolerance) -> Fitted:
    if not tolerance.pictures:
        return Fitted(
            parts=(Text(content=f"{plain(part)} ({BLIND})"),), told=f"{BLIND}: words stand for them"
        )
    try:
        shown = developed(data, tolerance)
    except Spoilt as why:
        words = f"{plain(part)} (an image that cannot be shown: {why})"
        return Fitted(parts=(Text(content=words),), told=f"an image cannot be shown to the model: {why}")
    image = Image(descriptor=shown.media_type, content=Blob.of(shown.data))
    load = Load(pictures=1, size=encoded_size(len(shown.data)))
    if max(shown.original) <= 2 * max(shown.size):
        return Fitted(parts=(image,), load=load)
    (width, height), (broad, high) = shown.size, shown.original
    note = f"[{broad} x {high} pixels, shown above at {width} x {height}]"
    return Fitted(parts=(image, Text(content=note)), load=load)


def _document(part: Document, data: bytes, tolerance: Tolerance) -> Fitted:
    size, why = encoded_size(len(data)), ""
    if not tolerance.documents:
        why = "this model reads no PDF"
    elif size > (tolerance.document_bytes or tolerance.request_bytes or size):
        why = "it is larger than this model takes"
    try:
        if b"%PDF-" not in data[:1_024]:
            raise Unreadable("it is no PDF")
        pages = page_count(data) if readable() else 0
        if not why and pages > (tolerance.most_pages or pages):
            why = f"it has {pages} pages, and this model takes {tolerance.most_pages}"
        if not why:
            whole = replace(part, content=replace(part.content, data=data))
            return Fitted(parts=(whole,), load=Load(pages=pages, size=size))
        text = f"{plain(part)} ({why}, so this is its text)\n{text_of(data)}"
        return Fitted(parts=(Text(content=text),), told=f"a PDF goes as text: {why}")
    except Unreadable as error:
        why = f"{why}; {error}" if why else str(error)
        return Fitted(
            parts=(Text(content=f"{plain(part)} (a document that cannot be shown: {why})"),),
            told=f"a PDF cannot be shown to the model: {why}",
        )

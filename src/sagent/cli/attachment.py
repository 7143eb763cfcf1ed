"""Files that go along with a prompt: pictures and PDFs as such, all else as text."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sagent.errors import UsageError
from sagent.lib.blob import Blob
from sagent.messages.pictures import picture_kind
from sagent.schema.part import Document, Image, Part, Text
from sagent.tools.charset import SAMPLE, charset_of
from sagent.tools.pdf import LARGEST_DOCUMENT
from sagent.tools.read import LARGEST_IMAGE

LARGEST_TEXT: Final = 1_000_000
"""How many bytes of text go along: about a quarter of a million tokens, more than most models can take."""

Picture: TypeAlias = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]


def attached(name: str, folder: Path) -> Sequence[Part]:
    """The file as a model is shown it: its name, and what is in it.

    Raises:
        UsageError: it is missing, too large, or neither a picture nor a PDF nor text.
    """
    data = _read(name, folder)
    if (shown := _shown(name, data)) is not None:
        return Text(content=f"[{name}]"), shown
    if data.startswith(b"%PDF-"):
        return Text(content=f"[{name}]"), Document(content=Blob.of(data))
    _fits(name, len(data), LARGEST_TEXT, "a text", "name it without the @, and the model reads what it needs")
    charset = charset_of(data[:SAMPLE], whole=len(data) <= SAMPLE)
    if charset is None:
        raise UsageError(f"{name} is neither a picture nor a PDF nor text, so no model can be shown it")
    text = data.removeprefix(charset.mark).decode(charset.codec, errors="replace")
    return (Text(content=f"[{name}]\n{text}"),)


def picture(name: str, folder: Path) -> Sequence[Part]:
    """A picture, as a model is shown it.

    Raises:
        UsageError: it is missing, too large, or no picture.
    """
    shown = _shown(name, _read(name, folder))
    if shown is None:
        raise UsageError(f"{name} is no picture that models can see: make it a PNG, JPEG, GIF or WebP")
    return Text(content=f"[{name}]"), shown


def _shown(name: str, data: bytes) -> Image | None:
    """The picture, made a PNG or a JPEG where it is in another format; None for what is none."""
    if (kind := picture_kind(data)) is not None:
        _fits(name, len(data), LARGEST_IMAGE, "a picture", "scale it down first")
        return Image(descriptor=kind, content=Blob.of(data))
    if b"\0" not in data[:SAMPLE]:
        return None  # a text, or a PDF
    from sagent.providers.darkroom import Spoilt, developed
    from sagent.providers.tolerance import COMPATIBLE

    try:
        made = developed(data, COMPATIBLE)
    except Spoilt:
        return None
    return Image(descriptor=made.media_type, content=Blob.of(made.data))


def _read(name: str, folder: Path) -> bytes:
    try:
        path = folder / Path(name).expanduser()
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a directory" if stat.S_ISDIR(status.st_mode) else "a device, pipe or socket"
            raise UsageError(f"{name} is {kind}, and only files go along with a prompt")
        if status.st_size > LARGEST_DOCUMENT:
            _fits(name, status.st_size, LARGEST_DOCUMENT, "a file", "name it without the @")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error
    except (RuntimeError, ValueError) as error:  # no such home directory; a NUL
        raise UsageError(f"{name!r} is no path: {error}") from error


def _fits(name: str, size: int, largest: int, kind: str, remedy: str) -> None:
    if size > largest:
        raise UsageError(f"{name} has {size} bytes, and {kind} may have {largest}: {remedy}")

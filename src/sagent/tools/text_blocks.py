"""The text of a file, block by block, each of whole lines, as ripgrep's eyes see it."""

import codecs
import os
from collections.abc import Iterator
from typing import Final

_FIRST: Final = 64 * 1024
"""Most source files are smaller, so that one look is enough."""

_BLOCK: Final = 1024 * 1024
"""How much is held at once, in bytes; lines that are longer are searched piece by piece."""

_WIDE: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe that takes a file's place in between must not be waited for."""


class Binary(Exception):
    """There is a NUL in the file: it is no text."""


def blocks(path: bytes) -> Iterator[bytes]:
    """The file as UTF-8: whole lines but where a line is very long. A byte order mark is left out.

    Raises:
        Binary: there is a NUL in what comes next.
        OSError: it cannot be read.
    """
    file = os.open(path, _FLAGS)
    try:
        piece = os.read(file, _FIRST)
        codec = _WIDE.get(piece[:2])
        if codec is None and len(piece) < _FIRST:
            if b"\0" in piece:
                raise Binary
            if piece:
                yield piece[3:] if piece.startswith(codecs.BOM_UTF8) else piece
            return
        yield from _lines(file, piece, codec)
    finally:
        os.close(file)


def small(path: bytes) -> bytes | None:
    """All of a file as `blocks` gives it, NULs included; None if it is not small, or not in UTF-8.

    Raises:
        OSError: it cannot be read.
    """
    file = os.open(path, _FLAGS)
    try:
        content = os.read(file, _FIRST)
    finally:
        os.close(file)
    if len(content) == _FIRST or content[:2] in _WIDE:
        return None
    return content[3:] if content[:3] == codecs.BOM_UTF8 else content


def _lines(file: int, piece: bytes, codec: str | None) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)("replace") if codec else None
    piece = piece[2:] if codec else piece.removeprefix(codecs.BOM_UTF8)
    rest = b""
    while True:
        text = piece if decoder is None else decoder.decode(piece, not piece).encode(errors="replace")
        if b"\0" in text:
            raise Binary
        cut = text.rfind(b"\n") + 1
        if cut:
            yield rest + text[:cut]
            rest = text[cut:]
        else:
            rest += text
            if len(rest) >= _BLOCK:
                yield rest
                rest = b""
        if not piece:
            if rest:
                yield rest
            return
        piece = os.read(file, _BLOCK)


def is_binary(path: bytes) -> bool:
    """Whether a file has a NUL in it; not if it cannot be read."""
    try:
        for _ in blocks(path):
            pass
    except Binary:
        return True
    except OSError:
        # Whoever reads it says so.
        return False
    return False


def text_of(block: bytes, crlf: bool) -> str:
    """A block as text; a byte that is no UTF-8 becomes a surrogate."""
    text = block.decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n") if crlf and "\r" in text else text


def readable(text: str) -> str:
    """The same with a replacement character for bytes that are no text."""
    return text if text.isascii() else text.encode(errors="surrogateescape").decode(errors="replace")

"""The lines of a session's log: how they are written, and what is said of broken ones."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from json import JSONDecodeError, dumps, loads
from pathlib import Path
from typing import Final

from sagent.errors import Malformed, SessionError
from sagent.lib.json import json_bytes, json_text
from sagent.schema.codec import decode_kept, decode_session_header, encode_line
from sagent.schema.message import Kept
from sagent.schema.session import Line, SessionHeader

VERSION: Final = 1
"""The version of the format that is written here."""


def written(line: Line) -> bytes:
    """A line as it is written, with its line feed; half a surrogate pair in a message becomes U+FFFD."""
    document = encode_line(line)
    if not isinstance(line, SessionHeader):
        return json_bytes(document) + b"\n"
    try:
        return f"{json_text(document)}\n".encode()
    except UnicodeEncodeError:
        # A path that is no UTF-8 holds halves of pairs, and names the workspace only as it is.
        return f"{dumps(document, separators=(',', ':'))}\n".encode()


def header_of(line: bytes, path: Path) -> SessionHeader:
    """Read the first line of a log.

    Raises:
        SessionError: it is none, or of a newer format.
    """
    try:
        document = loads(line.decode())
        _check_version(document, path)
        return decode_session_header(document)
    except (ValueError, Malformed) as error:
        raise SessionError(f"{path}:1: {_complaint(error)}; this is no session of sagent's") from error


def _check_version(document: object, path: Path) -> None:
    match document:
        case {"descriptor": "application/x-session", "version": int(version)} if version > VERSION:
            raise SessionError(
                f"{path} has version {version}, and this sagent reads {VERSION}; install a newer one"
            )
        case _:
            pass  # of this version, or no header at all, which reading it tells better


def messages_of(lines: Sequence[bytes], path: Path) -> Sequence[Kept]:
    """Read the lines behind the header.

    Raises:
        SessionError: one is broken; the message names it.
    """
    with _uncollected():
        return [
            _message(document, number, path) for number, document in enumerate(_documents(lines, path), 2)
        ]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Trees of values hold no cycles: looking for some while they grow takes as long as reading them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _message(document: object, number: int, path: Path) -> Kept:
    try:
        return decode_kept(document)
    except Malformed as error:
        raise SessionError(f"{path}:{number}: {error}") from error


def _documents(lines: Sequence[bytes], path: Path) -> Iterable[object]:
    """The lines as JSON: all at once, in half the time, unless one of them is broken and must be named."""
    try:
        documents: object = loads((b"[%b]" % b",".join(lines)).decode())
    except ValueError:
        documents = None
    if isinstance(documents, list) and len(documents) == len(lines):
        return documents
    # One by one, so that the first line that is broken in whatever way is the one that is named.
    return (_document(line, number, path) for number, line in enumerate(lines, 2))


def _document(line: bytes, number: int, path: Path) -> object:
    try:
        document: object = loads(line.decode())
    except ValueError as error:
        raise SessionError(f"{path}:{number}: {_complaint(error)}") from error
    return document


def _complaint(error: ValueError | Malformed) -> str:
    if isinstance(error, JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return str(error)

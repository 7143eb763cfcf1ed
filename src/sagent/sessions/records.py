"""The lines of a session's log: how they are written, and what is said of broken ones."""

import gc
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from json import JSONDecodeError, dumps, loads
from pathlib import Path
from typing import Final

from sagent.errors import Malformed, SessionError
from sagent.lib.json import json_bytes, json_text
from sagent.lib.value import frozen
from sagent.schema.codec import decode_session_header, encode_line
from sagent.schema.session import Line, SessionHeader

VERSION: Final = 1
"""The version of the format that is written here."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


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


def fresh_header(session_id: str, workspace: Path) -> SessionHeader:
    """The first line of a log that begins now.

    Raises:
        SessionError: nothing can be called so.
    """
    if not _NAME.fullmatch(session_id):
        raise SessionError(
            f"{session_id!r} is no session id; use up to 100 letters, digits, '-', '_' and '.'"
        )
    return SessionHeader(
        version=VERSION, session_id=session_id, workspace=str(workspace.resolve()), timestamp=time.time()
    )


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


def documents_of(lines: Sequence[bytes]) -> Iterable[object]:
    """The lines as JSON: all at once, in half the time, unless one is broken, which is then its complaint."""
    try:
        documents: object = loads((b"[%b]" % b",".join(lines)).decode())
    except ValueError:
        documents = None
    if isinstance(documents, list) and len(documents) == len(lines):
        return documents
    return map(_document, lines)


def _document(line: bytes) -> object:
    try:
        document: object = loads(line.decode())
    except ValueError as error:
        return Broken(_complaint(error))
    return document


@frozen()
class Broken:
    """A line that is no JSON."""

    complaint: str


@contextmanager
def uncollected() -> Iterator[None]:
    """Trees of values hold no cycles: looking for some while they grow takes as long as reading them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _complaint(error: ValueError | Malformed) -> str:
    if isinstance(error, JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return str(error)

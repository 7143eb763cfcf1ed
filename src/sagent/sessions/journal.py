"""A file that only grows, by whole lines, for one writer at a time."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sagent.errors import SessionError
from sagent.sessions.holder import holder

_BLOCK: Final = 1 << 16
_READING: Final = 1 << 20
_WRITING: Final = os.O_RDWR | os.O_APPEND
_CLOSED: Final = -1


class Journal:
    """An open file of lines, locked against other writers."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor: int = descriptor
        self._torn = False
        self._size = 0
        self._begin()

    def _begin(self) -> None:
        try:
            self._lock()
            self._size = os.fstat(self.descriptor).st_size
        except BaseException:
            os.close(self.descriptor)
            self.descriptor = _CLOSED
            raise

    @classmethod
    def create(cls, path: Path) -> "Journal":
        """Begin a new file that only its owner can read.

        Raises:
            SessionError: it is there already, or cannot be made.
        """
        return cls(path, _opened(path, _WRITING | os.O_CREAT | os.O_EXCL))

    @classmethod
    def open(cls, path: Path) -> "Journal":
        """Go on with a file.

        Raises:
            SessionError: it is not there, cannot be written, or has another writer.
        """
        return cls(path, _opened(path, _WRITING))

    def append(self, lines: bytes) -> None:
        """Write lines, their line feeds included, in one go.

        Raises:
            SessionError: it could not be written whole; nothing of it remains.
        """
        if self._torn:
            raise SessionError(f"{self.path} ends in a torn line; resume the session, which cuts it off")
        try:
            written = os.write(self.descriptor, lines)
            while written < len(lines):  # a disk that fills up takes a part, and says why at the next attempt
                written += os.write(self.descriptor, lines[written:])
        except OSError as error:
            raise SessionError(
                f"{self.path} cannot be written ({error.strerror}){self._undo()}; "
                "free some space, then resume the session"
            ) from error
        self._size += written

    def blocks(self) -> Iterator[Sequence[bytes]]:
        """The lines behind the first, some at a time, without their line feeds."""
        place = len(self.first_line()) + 1
        rest = b""
        while place < self._size:
            end = min(place + _READING, self._size)
            *lines, rest = (rest + self._read(place, end)).split(b"\n")
            place = end
            if lines:
                yield lines

    def first_line(self) -> bytes:
        """The first line; empty if there is none."""
        text = b""
        while (end := text.find(b"\n")) < 0 and len(text) < self._size:
            text += self._read(len(text), min(len(text) + _BLOCK, self._size))
        return text[:end] if end >= 0 else b""

    def close(self) -> None:
        """Let the next writer in; what was written until now can still be read."""
        if self.descriptor == _CLOSED:
            return
        # Closing alone would not do: a sync that is running has a duplicate, which keeps the lock.
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        os.close(self.descriptor)
        self.descriptor = _CLOSED

    def wake(self) -> bool:
        """Go on where it was closed; whether somebody else has written meanwhile.

        Raises:
            SessionError: it has another writer, or cannot be opened.
        """
        if self.descriptor != _CLOSED:
            return False
        self.descriptor = _opened(self.path, _WRITING)
        before = self._size
        self._begin()
        return self._size != before or self.mend() > 0

    def _lock(self) -> None:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SessionError(
                f"{self.path} is in use by {holder(self.descriptor)}; close that one, or start a new session"
            ) from error

    def _undo(self) -> str:
        try:
            os.ftruncate(self.descriptor, self._size)
        except OSError as error:
            self._torn = True
            return f", and its torn last line could not be cut off ({error.strerror})"
        return ""

    def mend(self) -> int:
        """Cut off a torn last line, and say how many bytes that were; the first line is left alone.

        A crash leaves a line without its end; a power cut also one of which not all blocks arrived.

        Raises:
            SessionError: it cannot be cut off.
        """
        before = self._size
        end = self._last_line_feed(before)
        start = self._last_line_feed(end - 1)
        whole = end if start == 0 or _is_json(self._read(start, end)) else start
        if whole < before:
            try:
                os.ftruncate(self.descriptor, whole)
            except OSError as error:
                raise SessionError(
                    f"{self.path}: its torn end cannot be cut off ({error.strerror})"
                ) from error
            self._size = whole
        return before - whole

    def _last_line_feed(self, before: int) -> int:
        """The position behind the last line feed that stands before a position; 0 if there is none."""
        while before > 0:
            start = max(0, before - _BLOCK)
            found = self._read(start, before).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            before = start
        return 0

    def _read(self, start: int, end: int) -> bytes:
        if self.descriptor != _CLOSED:
            return _bytes(self.descriptor, self.path, start, end)
        descriptor = _opened(self.path, os.O_RDONLY)
        try:
            return _bytes(descriptor, self.path, start, end)
        finally:
            os.close(descriptor)


def _bytes(descriptor: int, path: Path, start: int, end: int) -> bytes:
    pieces: list[bytes] = []
    while start < end:
        piece = os.pread(descriptor, end - start, start)
        if not piece:
            raise SessionError(f"{path} was made shorter by somebody else; put it back from a backup")
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def _opened(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_CLOEXEC, 0o600)
    except FileNotFoundError as error:
        raise SessionError(f"there is no session file {path}") from error
    except FileExistsError as error:
        raise SessionError(f"{path} is there already; open it, or choose another session id") from error
    except OSError as error:
        raise SessionError(f"{path} cannot be opened ({error.strerror})") from error


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line.decode())
    except ValueError:
        return False
    return True

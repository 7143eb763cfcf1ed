"""Text files that are changed as a whole or not at all, in their own encoding."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final
from weakref import WeakValueDictionary

from sagent.errors import ToolError
from sagent.tools.charset import SAMPLE, UTF_8, Charset, charset_of
from sagent.tools.places import refuse, regular_file

LARGEST: Final = 16 * 1024 * 1024
"""How many bytes a file may have to be changed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A file's text as it was when it was loaded."""

    name: str
    """What the model calls it."""
    path: Path
    """The file itself, links followed."""
    charset: Charset
    text: str
    status: os.stat_result

    def encoded(self, text: str) -> bytes:
        """Text in the file's encoding.

        Raises:
            ToolError: the encoding has no such character.
        """
        return encoded(text, self.charset, self.name)

    def replace(self, data: bytes) -> None:
        """Give the file another content, in one step.

        Raises:
            ToolError: somebody else changed it meanwhile, or it cannot be written.
        """
        if _fingerprint(regular_file(self.path, self.name)) != _fingerprint(self.status):
            raise ToolError(f"{self.name} was changed by somebody else meanwhile: read it again")
        store(self.path, data, self.name, self.status)


def encoded(text: str, charset: Charset, name: str) -> bytes:
    """Text as bytes, without a mark.

    Raises:
        ToolError: the encoding has no such character.
    """
    try:
        return text.encode(charset.codec)
    except UnicodeEncodeError as error:
        fault = text[error.start]
        if 0xD800 <= ord(fault) <= 0xDFFF:
            raise ToolError("the text contains half a surrogate pair: give it as valid Unicode") from error
        raise ToolError(
            f"{name} is written in {charset.codec}, which has no {fault!r}: use other characters, "
            "or convert the file to UTF-8 first"
        ) from error


def load(path: Path, name: str) -> TextFile:
    """Read a file that is about to be changed.

    Raises:
        ToolError: it is missing, too large, or not text that could be written back unchanged.
    """
    status = regular_file(path, name)
    if status.st_size > LARGEST:
        raise ToolError(
            f"{name} has {status.st_size} bytes, and no more than {LARGEST} can be edited: use Bash with sed"
        )
    if not status.st_mode & 0o222:
        raise ToolError(f"{name} is read-only: if it shall be changed, give it write permission first")
    try:
        data = path.read_bytes()
    except OSError as error:
        refuse(error, name, "read")
    charset = charset_of(data[:SAMPLE], whole=len(data) <= SAMPLE)
    if charset == UTF_8 and not _is_utf_8(data):
        charset = charset_of(data, whole=True)
    text = None if charset is None else _reversible(data, charset)
    if charset is None or text is None:
        raise ToolError(
            f"{name} is binary, or in an encoding that cannot be told: it is left as it is. "
            "Convert it to UTF-8 first if it is text"
        )
    return TextFile(name=name, path=path.resolve(), charset=charset, text=text, status=status)


def store(path: Path, data: bytes, name: str, before: os.stat_result | None) -> None:
    """Write a file in one step: whoever looks sees all of the old or all of the new, even after a power cut.

    Raises:
        ToolError: it cannot be written; what was there is unharmed.
    """
    scratch = path.with_name(f".sagent-{os.urandom(8).hex()}.tmp")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123
                if before is not None:
                    _take_over(descriptor, before)
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            scratch.replace(path)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise
    except OSError as error:
        refuse(error, name, "write")
    _sync_directory(path.parent)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else in this process changes the file, and keep others waiting."""
    key = os.path.realpath(path)
    with _GUARD:
        lock = _LOCKS.get(key)
        if lock is None:
            lock = _LOCKS[key] = Lock()
    with lock:
        yield


_GUARD: Final = Lock()
_LOCKS: Final[WeakValueDictionary[str, Lock]] = WeakValueDictionary()


def _take_over(descriptor: int, before: os.stat_result) -> None:
    with suppress(PermissionError):  # only a privileged user may give files away
        os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _sync_directory(path: Path) -> None:
    # Some file systems cannot; the file itself is safe then, only its name might be the old one.
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _fingerprint(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _reversible(data: bytes, charset: Charset) -> str | None:
    body = data[len(charset.mark) :]
    try:
        text = body.decode(charset.codec)
    except UnicodeDecodeError:
        return None
    return text if text.encode(charset.codec) == body else None

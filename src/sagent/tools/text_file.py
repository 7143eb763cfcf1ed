"""Text files that are changed as a whole or not at all, in their own encoding."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.tools.charset import SAMPLE, UTF_8, Charset, charset_of
from sagent.tools.places import refuse, regular_file

LARGEST: Final = 16 * 1024 * 1024
"""How many bytes a file may have to be changed here."""


@frozen(kw_only=True)
class TextFile:
    """A file's text as it was when it was loaded."""

    name: str
    """What the model calls it."""
    path: Path
    """The file itself, links followed."""
    charset: Charset
    text: str
    data: bytes
    """The text as it stands in the file, mark and all."""
    status: os.stat_result | None

    def encoded(self, text: str) -> bytes:
        """Another text as it would stand in the file, in its encoding and with its mark.

        Raises:
            ToolError: the encoding has no such character.
        """
        return self.charset.mark + encoded(text, self.charset, self.name)

    def replace(self, data: bytes) -> None:
        """Give the file another content, in one step.

        Raises:
            ToolError: somebody else changed it meanwhile, or it cannot be written.
        """
        if contents(self.path, self.name) != self.data:
            raise ToolError(f"{self.name} was changed by somebody else meanwhile: Read it again")
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
    return text_file(path, name, contents(path, name), status)


def text_file(path: Path, name: str, data: bytes, status: os.stat_result | None = None) -> TextFile:
    """What is, or will be, in a file, as text.

    Raises:
        ToolError: it is not text that could be written back unchanged.
    """
    charset = charset_of(data[:SAMPLE], whole=len(data) <= SAMPLE)
    if charset == UTF_8 and not _is_utf_8(data):
        charset = charset_of(data, whole=True)
    text = None if charset is None else _reversible(data, charset)
    if charset is None or text is None:
        kind = "is a binary file" if b"\0" in data else "is in an encoding that cannot be told"
        raise ToolError(f"{name} {kind}: it is left as it is. Convert it to UTF-8 first if it is text")
    return TextFile(name=name, path=path.resolve(), charset=charset, text=text, data=data, status=status)


def contents(path: Path, name: str) -> bytes:
    """All of a file.

    Raises:
        ToolError: it is no regular file, or cannot be read.
    """
    regular_file(path, name)
    try:
        return path.read_bytes()
    except OSError as error:
        refuse(error, name, "read")


def create(
    path: Path, data: bytes, name: str, like: os.stat_result | None = None, *, mode: int | None = None
) -> Path:
    """Make a file where none is, and the directories that it lacks; return where it really is.

    Raises:
        ToolError: it cannot be made, or somebody else has made it.
    """
    target = Path(os.path.realpath(path))
    if target.exists():
        raise ToolError(f"{name} was made by somebody else meanwhile: Read it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(error, name, "make the directory of")
    store(target, data, name, like, mode=mode)
    return target


def store(
    path: Path, data: bytes, name: str, before: os.stat_result | None, *, mode: int | None = None
) -> None:
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
                elif mode is not None:
                    os.fchmod(descriptor, stat.S_IMODE(mode))
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

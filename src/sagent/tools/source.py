"""A file that is open for reading, without ever waiting for somebody to write to it."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.tools.charset import SAMPLE
from sagent.tools.places import IRREGULAR, regular_file
from sagent.tools.text_file import LARGEST

_CHUNK = 1024 * 1024


@frozen(kw_only=True)
class Source:
    """What can be read of a file."""

    name: str
    """What the model calls it."""
    path: Path
    file: BinaryIO
    """All of it, wherever it was left."""
    size: int
    sample: bytes
    """How it begins."""

    @property
    def whole(self) -> bool:
        """Whether the sample is all of it."""
        return self.size <= len(self.sample)

    def read(self) -> bytes:
        """All of it; for what was found to be small enough."""
        self.file.seek(0)
        return self.file.read()

    def digest(self) -> str:
        """The SHA-256 of its content, which is never in memory as a whole."""
        import hashlib

        found = hashlib.sha256()
        self.file.seek(0)
        while chunk := self.file.read(_CHUNK):
            found.update(chunk)
        return found.hexdigest()


@contextmanager
def opened(path: Path, name: str, workspace: Path) -> Iterator[Source]:
    """Open a file.

    Raises:
        OSError: it cannot be opened or read.
        ToolError: it is missing, a directory, a device, a pipe, or endless.
    """
    regular_file(path, name, workspace)
    # What has meanwhile become a pipe, or is one of the kernel's that wait for news, must not be waited for.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ToolError(f"{name} {IRREGULAR}")
        size = status.st_size
        sample = file.read(SAMPLE) if size else b""
        if size and len(sample) >= min(size, SAMPLE):
            yield Source(name=name, path=path, file=file, size=size, sample=sample)
        else:
            data = sample or _made_up(file, name)  # in /sys, files have a size that they do not have
            yield Source(name=name, path=path, file=BytesIO(data), size=len(data), sample=data[:SAMPLE])


def _made_up(file: BufferedReader, name: str) -> bytes:
    """What is in a file without a size: nothing, or as in /proc what the kernel says at the moment."""
    data = bytearray()
    while chunk := file.raw.read(_CHUNK):
        data += chunk
        if len(data) > LARGEST:
            raise ToolError(f"{name} has no size, and no end within {LARGEST} bytes: use Bash with head -c")
    return bytes(data)

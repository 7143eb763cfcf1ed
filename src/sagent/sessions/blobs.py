"""The bytes that messages refer to, one file each, named by what they are."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.schema.message import FilesChanged, Kept, ModelResponse, Prompt, Scheduled, ToolResult
from sagent.schema.part import Audio, Document, Foreign, Image, Text
from sagent.schema.signal import Letter
from sagent.sessions.private import private_directory

_SPEAKING: Final = (ToolResult, Prompt, ModelResponse, Letter)
_BINARY: Final = (Image, Document, Audio, Foreign)


def blobs_of(message: Kept) -> Sequence[Blob]:
    """The blobs that a message refers to, in order."""
    said = message.content if isinstance(message, Scheduled) else message
    if not isinstance(said, _SPEAKING):
        if not isinstance(message, FilesChanged):
            return ()
        states = [state for change in message.content for state in (change.before, change.after)]
        return [state.content for state in states if state is not None]
    return [part.content for part in said.content if type(part) is not Text and isinstance(part, _BINARY)]


class Blobs:
    """A folder of blobs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fresh: list[Path] = []

    def keep(self, blob: Blob) -> None:
        """Store the bytes of a blob, unless they are there already.

        Raises:
            SessionError: they cannot be written, or are neither here nor at hand.
        """
        path = self._folder / blob.digest
        try:
            # A file of another size is what a power cut left of an earlier attempt.
            if path.stat().st_size == blob.size:
                return
        except OSError:
            pass
        if blob.data is None:
            raise SessionError(f"{path} is missing, and the message does not carry its bytes")
        try:
            self._write(path, blob.data)
        except OSError as error:
            raise SessionError(
                f"{path} cannot be written ({error.strerror}); free some space, then resume the session"
            ) from error

    def read(self, blob: Blob) -> bytes:
        """The bytes of a blob.

        Raises:
            SessionError: they are not here, or are no longer what they were.
        """
        path = self._folder / blob.digest
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SessionError(
                f"{path} cannot be read ({error.strerror}); put it back from a backup"
            ) from error
        if Blob.of(data) != blob:
            raise SessionError(f"{path} is damaged; put it back from a backup")
        return data

    def fresh(self) -> Sequence[Path]:
        """What was written since this was last asked."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def _write(self, path: Path, data: bytes) -> None:
        private_directory(self._folder)
        scratch = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123  # the mode is given at birth
                file.write(data)
            scratch.rename(path)
        except OSError:
            with suppress(OSError):
                scratch.unlink()
            raise
        self._fresh.append(path)

"""A session in one file: a header, then one message a line, only ever appended."""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagent.atoms import MessageId
from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.schema.message import Kept
from sagent.schema.session import SessionHeader
from sagent.sessions.blobs import Blobs, blobs_of
from sagent.sessions.descent import SUFFIX, folder_below
from sagent.sessions.journal import Journal
from sagent.sessions.lineage import lineage
from sagent.sessions.private import private_directory
from sagent.sessions.reading import Fault, readable
from sagent.sessions.records import fresh_header, header_of, written
from sagent.sessions.syncing import synced

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

FAULTS: Final = 3
"""How many broken lines are named to whoever goes on with a log."""


class JsonlSession:
    """The log in a file of its own; the bytes that it refers to lie in `blobs/` beside it."""

    def __init__(
        self, journal: Journal, header: SessionHeader, *, new: bool = False, cut: int = 0, fsync: bool = True
    ) -> None:
        self._journal = journal
        self._header = header
        self._cut = cut
        self._fsync = fsync
        self._blobs = Blobs(journal.path.parent / "blobs")
        self._unnamed = new  # its name in the directory has not reached the disk
        self._appended = 0
        self._durable = 0
        self._syncing: Future[None] | None = None
        self._fault = ""
        self._faults: Sequence[Fault] = ()
        self._closed = False

    @classmethod
    def create(cls, path: Path, header: SessionHeader, *, fsync: bool = True) -> "JsonlSession":
        """Begin a session in a new file; without `fsync` a power cut may take what a kill does not.

        Raises:
            SessionError: the file is there already, or cannot be made.
        """
        try:
            private_directory(path.parent)
        except OSError as error:
            raise SessionError(
                f"{path.parent} cannot be made ({error.strerror}); name another place with session_dir"
            ) from error
        journal = Journal.create(path)
        try:
            journal.append(written(header))
        except SessionError:
            journal.close()
            path.unlink()
            raise
        return cls(journal, header, new=True, fsync=fsync)

    @classmethod
    def open(cls, path: Path, *, fsync: bool = True) -> "JsonlSession":
        """Go on with a session; a last line that a crash tore is cut off, and `warning` says so.

        Raises:
            SessionError: the file holds no session, is in use, or is from a newer sagent.
        """
        journal = Journal.open(path)
        try:
            header = header_of(journal.first_line(), path)
            cut = journal.mend()
        except SessionError:
            journal.close()
            raise
        return cls(journal, header, cut=cut, fsync=fsync)

    @property
    def session_id(self) -> str:
        """The session's name."""
        return self._header.session_id

    @property
    def header(self) -> SessionHeader:
        """The first line: what the session is, and where it belongs."""
        return self._header

    @property
    def file(self) -> Path:
        """Where the log lies."""
        return self._journal.path

    @property
    def warning(self) -> str:
        """What was wrong with the log when it was opened or last read, for a person; empty if nothing was."""
        cut = f"{self.file}: the last line was torn by a crash; {self._cut} bytes of it were cut off"
        found = [cut] if self._cut else []
        found += [f"{self.file}:{fault.line}: {fault.text}" for fault in self._faults[:FAULTS]]
        if len(self._faults) > FAULTS:
            found.append(f"and {len(self._faults) - FAULTS} more; `sagent sessions doctor` lists all of them")
        return "\n".join(found)

    @property
    def dirty(self) -> bool:
        """Whether something was appended since the last flush that is to reach the disk."""
        return self._fsync and self._durable < self._appended

    def append(self, message: Kept, /) -> None:
        """Write one message behind the others.

        Raises:
            SessionError: it could not be kept; nothing of it remains.
        """
        self._keep((message,))

    def extend(self, messages: Sequence[Kept], /) -> None:
        """Write these behind the others, in one go.

        Raises:
            SessionError: they could not all be kept; nothing of them remains.
        """
        self._keep(messages)

    def _keep(self, messages: Sequence[Kept]) -> None:
        self._usable()
        for blob in (blob for message in messages for blob in blobs_of(message)):
            self._blobs.keep(blob)
        self._journal.append(b"".join(map(written, messages)))
        self._appended += len(messages)

    async def flush(self) -> None:
        """Return when all that was appended would survive a power cut; concurrent flushes share their syncs.

        Raises:
            SessionError: it would not, and nothing more is taken.
        """
        import asyncio

        goal = self._appended if self._fsync else self._durable
        while self._durable < goal:
            self._usable()
            loop = asyncio.get_running_loop()
            running = self._syncing
            if running is None or running.get_loop() is not loop:
                running = self._syncing = self._start_sync(loop)
            await asyncio.wait((running,))

    def path(self, head: MessageId | None = None, /) -> Sequence[Kept]:
        """The messages from the first to `head`, along the parents; without one, to the newest.

        What cannot be read is left out, and `warning` names it.

        Raises:
            SessionError: there is no such message.
        """
        found, self._faults = readable(self._journal.blocks())
        return lineage({message.id: message for message in found}, head, str(self.file))

    def read(self, blob: Blob, /) -> bytes:
        """The bytes of a blob in the log.

        Raises:
            SessionError: they are gone, or damaged.
        """
        return self._blobs.read(blob)

    def child(self, session_id: str, workspace: Path | None = None, /) -> "JsonlSession":
        """The log of a child, which lies below this one: begun for that workspace if it is not there yet.

        Raises:
            SessionError: it cannot be kept, is in use, or, without a workspace, is not there.
        """
        file = folder_below(self.file) / f"{session_id}{SUFFIX}"
        if workspace is None or file.exists():
            return JsonlSession.open(file, fsync=self._fsync)
        return JsonlSession.create(file, fresh_header(session_id, workspace), fsync=self._fsync)

    def close(self) -> None:
        """Let go of the file, so that another may go on with it; what was kept can still be read."""
        self._closed = True
        self._journal.close()

    def rest(self) -> None:
        """Let go of the file and its lock until something is to be written; what was kept can be read."""
        if not self._closed and self._syncing is None:
            self._journal.close()

    def wake(self) -> bool:
        """Lock the file again; whether somebody else has written to it meanwhile.

        Raises:
            SessionError: it is in use, or cannot be opened.
        """
        return not self._closed and self._journal.wake()

    def __del__(self) -> None:
        # A forgotten session would keep its lock as long as the process lives.
        if not getattr(self, "_closed", True):
            self.close()

    def _usable(self) -> None:
        if self._closed:
            raise SessionError(f"{self.file} is closed; open it again to go on")
        if self._fault:
            raise SessionError(self._fault)
        _ = self._journal.wake()

    def _start_sync(self, loop: "AbstractEventLoop") -> "Future[None]":
        # A duplicate, so that closing the session meanwhile cannot hand another file's number to the thread.
        descriptor = os.dup(self._journal.descriptor)
        directory = self.file.parent if self._unnamed else None
        running = synced(loop, descriptor, self._blobs.fresh(), directory)
        running.add_done_callback(partial(self._end_sync, self._appended))
        return running

    def _end_sync(self, durable: int, running: "Future[None]") -> None:
        if self._syncing is running:
            self._syncing = None
        error = None if running.cancelled() else running.exception()
        if error is not None:
            # After a failed sync nobody knows which of the bytes are on the disk, nor will a second one tell.
            reason = error.strerror if isinstance(error, OSError) else error
            self._fault = (
                f"{self.file} may not have reached the disk ({reason}); check it, then resume the session"
            )
        elif not running.cancelled():
            self._durable = max(self._durable, durable)
            self._unnamed = False

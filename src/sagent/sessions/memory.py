"""A session that lasts as long as its process."""

import os
from collections.abc import Sequence
from pathlib import Path

from sagent.atoms import MessageId
from sagent.errors import SessionError
from sagent.lib.blob import Blob
from sagent.schema.message import Kept
from sagent.sessions.blobs import blobs_of
from sagent.sessions.lineage import lineage


class MemorySession:
    """The log in memory: nothing reaches a disk, and nothing is ever dirty."""

    def __init__(self, session_id: str = "") -> None:
        self._session_id = session_id or f"memory-{os.urandom(6).hex()}"
        self._messages: dict[MessageId, Kept] = {}
        self._blobs: dict[str, bytes] = {}
        self._children: dict[str, MemorySession] | None = None
        self._closed = False

    @property
    def session_id(self) -> str:
        """The session's name."""
        return self._session_id

    @property
    def dirty(self) -> bool:
        """Always false: there is no medium to fall behind."""
        return False

    @property
    def messages(self) -> Sequence[Kept]:
        """All that was appended, in order."""
        return tuple(self._messages.values())

    def append(self, message: Kept, /) -> None:
        """Keep one message behind the others.

        Raises:
            SessionError: the session is closed, or the bytes of a blob are nowhere.
        """
        if self._closed:
            raise SessionError(f"session {self._session_id} is closed; open it again to go on")
        for blob in blobs_of(message):
            if blob.data is not None:
                self._blobs[blob.digest] = blob.data
            elif blob.digest not in self._blobs:
                raise SessionError(f"blob {blob.digest} is missing, and the message does not carry its bytes")
        self._messages[message.id] = message

    async def flush(self) -> None:
        """Return at once."""

    def path(self, head: MessageId | None = None, /) -> Sequence[Kept]:
        """The messages from the first to `head`, along the parents; without one, to the newest.

        Raises:
            SessionError: there is no such message.
        """
        return lineage(self._messages, head, f"session {self._session_id}")

    def read(self, blob: Blob, /) -> bytes:
        """The bytes of a blob in the log.

        Raises:
            SessionError: there are none.
        """
        data = self._blobs.get(blob.digest)
        if data is None:
            raise SessionError(f"session {self._session_id} holds no blob {blob.digest}")
        return data

    def child(self, session_id: str, workspace: Path | None = None, /) -> "MemorySession":
        """The log of a child, which lasts as long as this one: begun if it is not there yet.

        Raises:
            SessionError: without a workspace, it is not there.
        """
        if self._children is None:
            self._children = {}
        known = self._children.get(session_id)
        if known is not None:
            known.open()
            return known
        if workspace is None:
            raise SessionError(f"session {self._session_id} has no child {session_id}")
        begun = self._children[session_id] = MemorySession(session_id)
        return begun

    def open(self) -> None:
        """Take messages again, as a file does that is opened again."""
        self._closed = False

    def close(self) -> None:
        """Take no more messages; what was kept can still be read."""
        self._closed = True

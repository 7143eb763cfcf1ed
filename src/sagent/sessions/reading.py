"""A log as it lies on the disk, for whoever only looks: without its lock, and in spite of broken lines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from sagent.atoms import MessageId
from sagent.errors import Malformed, SessionError
from sagent.lib.blob import Blob
from sagent.lib.value import frozen
from sagent.schema.codec import decode_kept
from sagent.schema.message import Kept
from sagent.schema.session import SessionHeader
from sagent.sessions.blobs import Blobs
from sagent.sessions.lineage import lineage
from sagent.sessions.records import Broken, documents_of, header_of, uncollected

BLOCK: Final = 1 << 20
"""How many bytes of a log are held beside what was read of it."""


@frozen(kw_only=True)
class Fault:
    """A line that could not be used as it is."""

    line: int
    """Its number in the file, from 1."""
    text: str
    """What is wrong with it."""


@frozen(kw_only=True)
class Log:
    """All of a log that can be read."""

    file: Path
    header: SessionHeader
    messages: Sequence[Kept]
    """In the order of the file; each follows one that stands above it, or none."""
    faults: Sequence[Fault]

    def path(self, head: MessageId | None = None) -> Sequence[Kept]:
        """The messages from the first to `head`; without one, to the newest.

        Raises:
            SessionError: there is no such message.
        """
        return lineage({message.id: message for message in self.messages}, head, str(self.file))

    def bytes_of(self, blob: Blob) -> bytes:
        """The bytes of a blob.

        Raises:
            SessionError: they are gone, or damaged.
        """
        return Blobs(self.file.parent / "blobs").read(blob)


def read_log(file: Path) -> Log:
    """Read a log, though another agent may write it; a line that is being written does not count.

    Raises:
        SessionError: the file cannot be read, or holds no session.
    """
    try:
        with file.open("rb") as log:
            header = header_of(log.readline(), file)
            messages, faults = readable(_blocks(log))
    except OSError as error:
        raise SessionError(f"{file} cannot be read ({error.strerror})") from error
    return Log(file=file, header=header, messages=messages, faults=faults)


def _blocks(log: BinaryIO) -> Iterator[Sequence[bytes]]:
    """The lines that are left, some at a time."""
    while lines := log.readlines(BLOCK):
        yield [line[:-1] for line in lines if line.endswith(b"\n")]


def readable(blocks: Iterable[Sequence[bytes]]) -> tuple[Sequence[Kept], Sequence[Fault]]:
    """What can be read of the lines behind the header; what lost its parent follows what stands above it."""
    faults: list[Fault] = []
    found: dict[MessageId, Kept] = {}
    with uncollected():
        documents = (document for lines in blocks for document in documents_of(lines))
        for number, document in enumerate(documents, 2):
            message = _message(document)
            if isinstance(message, str):
                faults.append(Fault(line=number, text=f"it is left out: {message}"))
                continue
            if message.id in found:
                text = f"it is left out: there is a message {message.id} above it"
                faults.append(Fault(line=number, text=text))
                continue
            if message.parent_id is not None and message.parent_id not in found:
                nearest = next(reversed(found), None)
                taken = f"and is taken to follow {nearest or 'nothing'}"
                faults.append(
                    Fault(line=number, text=f"it follows {message.parent_id}, which is lost, {taken}")
                )
                message = replace(message, parent_id=nearest)
            found[message.id] = message
    return tuple(found.values()), tuple(faults)


def _message(document: object) -> Kept | str:
    """The message, or why there is none."""
    if isinstance(document, Broken):
        return document.complaint
    try:
        return decode_kept(document)
    except Malformed as error:
        return str(error)

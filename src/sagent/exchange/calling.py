"""Reaching the agents that other processes of the user have published."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from sagent.errors import AgentClosed, Malformed
from sagent.exchange.folder import nameless, sockets
from sagent.exchange.frames import LONGEST_ANSWER, frame, is_same_user, received
from sagent.lib.value import frozen
from sagent.messages.words import visible_text
from sagent.schema.codec import decode_message, decode_post_answer, encode_post_request
from sagent.schema.message import Message
from sagent.schema.post import (
    Accepted,
    AwaitIdle,
    Complaint,
    Entry,
    Expired,
    FollowAgent,
    ListAgents,
    PostRequest,
    Receipt,
    Rejected,
    Rest,
    Roster,
    SendLetter,
)
from sagent.schema.signal import Letter

PATIENCE: Final = 2.0
"""How many seconds another process gets to say which agents it has."""

_log = logging.getLogger("sagent.exchange")


@frozen()
class Distant:
    """An agent of another process."""

    entry: Entry
    _path: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.entry.name

    @property
    def session_id(self) -> str:
        """Its stable id."""
        return self.entry.session_id

    async def take(
        self, letters: Sequence[Letter], seconds: float | None, timeout: float
    ) -> Sequence[Receipt]:
        """Have its process keep letters, to be read now or in so many seconds; a receipt for each.

        What stands behind one of which nobody knows whether it was kept is not sent: it could overtake it.
        """
        receipts: list[Receipt] = []
        for letter in letters:
            receipts.append(await self._take(letter, seconds, timeout))
            if isinstance(receipts[-1], Expired):
                unsent = Rejected(content="not sent: one before it has expired", to=self.name, why="stopped")
                return [*receipts, *[unsent] * (len(letters) - len(receipts))]
        return receipts

    async def _take(self, letter: Letter, seconds: float | None, timeout: float) -> Receipt:
        said = SendLetter(
            to=self.session_id, content=visible_text(letter.content), sender=letter.sender, seconds=seconds
        )
        try:
            async with _connected(self._path) as (reader, writer):
                answer = decode_post_answer(await asyncio.wait_for(_ask(reader, writer, said), timeout))
        except AgentClosed as error:
            return Rejected(content=str(error), to=self.name, why="stopped")
        except TimeoutError:
            return Expired(content=f"no answer in {timeout:g} s; {UNKNOWN}", to=self.name)
        except (Malformed, OSError):
            return Expired(
                content=f"its process ended, or broke off, before it answered; {UNKNOWN}", to=self.name
            )
        match answer:
            case Accepted() | Rejected() | Expired():
                return answer
            case Complaint():
                return Rejected(content=answer.content, to=self.name, why="stopped")
            case Roster() | Rest():
                return Expired(content=f"its process answered something else; {UNKNOWN}", to=self.name)

    async def rest(self) -> str:
        """Return when it has nothing to do, and say in words why."""
        try:
            async with _connected(self._path) as (reader, writer):
                answer = decode_post_answer(await _ask(reader, writer, AwaitIdle(to=self.session_id)))
        except (AgentClosed, Malformed, OSError):
            return "has ended, with its process"
        return answer.content if isinstance(answer, Rest) else "cannot be watched any more"

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[AsyncIterator[Message]]:
        """All that happens to it inside the block, until its process ends that.

        Raises:
            AgentClosed: it is there no more.
        """
        async with _connected(self._path) as (reader, writer):
            try:
                answer = decode_post_answer(await _ask(reader, writer, FollowAgent(to=self.session_id)))
            except (Malformed, OSError) as error:
                raise AgentClosed(f"its process broke off: {error}") from error
            if isinstance(answer, Complaint):
                raise AgentClosed(answer.content)
            yield _messages(reader)


UNKNOWN: Final = "nobody knows whether it was kept"


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[Message]:
    try:
        while (document := await received(reader)) is not None:
            yield decode_message(document)
    except (Malformed, OSError) as error:
        raise AgentClosed(f"its process broke off: {error}") from error


async def published() -> Sequence[Distant]:
    """The agents that other processes have published; sockets that nobody serves any more are removed."""
    rosters = await asyncio.gather(*map(_roster, sockets()))
    await asyncio.gather(*map(_sweep, nameless()))
    return [each for roster in rosters for each in roster]


async def _sweep(path: Path) -> None:
    """Remove a socket if it is dead."""
    with suppress(AgentClosed):
        async with _connected(path):
            pass


async def _roster(path: Path) -> Sequence[Distant]:
    try:
        async with _connected(path) as (reader, writer):
            answer = decode_post_answer(await asyncio.wait_for(_ask(reader, writer, ListAgents()), PATIENCE))
    except (AgentClosed, Malformed, OSError, TimeoutError) as error:
        _log.info("%s does not say which agents it has: %s", path, str(error) or "no answer in time")
        return ()
    return [Distant(entry, path) for entry in answer.content] if isinstance(answer, Roster) else ()


@asynccontextmanager
async def _connected(path: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=LONGEST_ANSWER)
    except ConnectionRefusedError as error:
        _remove(path)
        raise AgentClosed("its process has ended") from error
    except OSError as error:
        raise AgentClosed(f"its process has ended, or cannot be reached ({error.strerror})") from error
    try:
        if not is_same_user(writer.transport):
            raise AgentClosed("its process is somebody else's")
        yield reader, writer
    finally:
        writer.close()


def _remove(dead: Path) -> None:
    """Whoever made this socket was killed."""
    dead.unlink(missing_ok=True)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: PostRequest) -> object:
    """What is answered.

    Raises:
        Malformed: nothing that could be read.
        OSError: the other process has ended.
    """
    writer.write(frame(encode_post_request(request)))
    await writer.drain()
    return await received(reader)

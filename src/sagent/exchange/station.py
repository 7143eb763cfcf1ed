"""A process's socket: other processes of the user reach the agents that it has published there."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from sagent.errors import Malformed, UsageError
from sagent.exchange.folder import OWN, new_name, prepared
from sagent.exchange.frames import LONGEST_ANSWER, LONGEST_REQUEST, frame, is_same_user, received
from sagent.lib.feed import Feed
from sagent.schema.codec import decode_post_request, encode_message, encode_post_answer
from sagent.schema.event import Notice
from sagent.schema.message import Message
from sagent.schema.post import (
    AwaitIdle,
    Complaint,
    Entry,
    FollowAgent,
    ListAgents,
    PostAnswer,
    PostRequest,
    Receipt,
    Rejected,
    Rest,
    Roster,
    SendLetter,
)

PATIENCE: Final = 10.0
"""How many seconds whoever connects gets to ask."""

MOST: Final = 64
"""How many may be connected at once."""

BEHIND: Final = 10_000
"""How many messages whoever follows an agent may lag behind."""

_log = logging.getLogger("sagent.exchange")


class Published(Protocol):
    """An agent, as far as other processes can reach it."""

    def entry(self) -> Entry:
        """How things stand with it."""
        ...

    async def receive(self, said: SendLetter, /) -> Receipt:
        """Take a letter of another process."""
        ...

    async def rest(self) -> str:
        """Return when it has nothing to do, and say in words why."""
        ...

    def follow(self, listener: Callable[[Message], None], /) -> Callable[[], None]:
        """Show all that happens to it, until what is returned is called."""
        ...


class Station:
    """Serves one socket, on the event loop on which it was opened."""

    def __init__(
        self, find: Callable[[str], Published | None], every: Callable[[], Sequence[Published]]
    ) -> None:
        """`find` knows the agents by their ids, `every` lists them."""
        self._find = find
        self._every = every
        self._path: Path | None = None
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to serve.

        Raises:
            UsageError: there can be no socket.
        """
        place = prepared()
        path = place / new_name()
        hidden = path.with_name(f".{path.name}")
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(str(hidden))
            hidden.chmod(0o600)
            listening.listen(MOST)
            # Under its name there is never a socket that does not listen: it would be taken for a dead one.
            hidden.rename(path)
            self._server = await asyncio.start_unix_server(
                self._meet, sock=listening, limit=LONGEST_REQUEST, start_serving=False
            )
        except OSError as error:
            listening.close()
            hidden.unlink(missing_ok=True)
            raise UsageError(f"agents cannot be published in {place}: {error.strerror}") from error
        self._path = path
        OWN.add(path)
        try:
            await self._server.start_serving()
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self) -> None:
        """Serve nobody any more."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            OWN.discard(self._path)
        if self._server is not None:
            self._server.close()
        serving = [task for task in self._serving if task is not asyncio.current_task()]
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: one that asyncio makes of a coroutine logs an error when it is cancelled (3.11).
        task = asyncio.get_running_loop().create_task(self._attend(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if is_same_user(writer.transport):
                await self._serve(reader, writer)
        except OSError as error:
            _log.debug("whoever was served has gone: %s", error)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(self._asked(reader), PATIENCE)
        except (Malformed, TimeoutError) as error:
            words = str(error) or f"nothing was asked within {PATIENCE:g} s"
            await _answer(writer, Complaint(content=words))
            return
        match request:
            case None:
                pass
            case ListAgents():
                await _answer(writer, Roster(content=[agent.entry() for agent in self._every()]))
            case SendLetter():
                agent = self._find(request.to)
                await _answer(writer, _gone(request.to) if agent is None else await agent.receive(request))
            case AwaitIdle() | FollowAgent():
                agent = self._find(request.to)
                if agent is None:
                    await _answer(writer, Complaint(content=_gone(request.to).content))
                    return
                working = (
                    _tell_rest(agent, writer) if isinstance(request, AwaitIdle) else _show(agent, writer)
                )
                await _while_connected(reader, asyncio.ensure_future(working))

    async def _asked(self, reader: asyncio.StreamReader) -> PostRequest | None:
        if len(self._serving) > MOST:
            raise Malformed("a request", "$", f"{MOST} others are being served; try again later")
        document = await received(reader)
        return None if document is None else decode_post_request(document)


def _gone(session_id: str) -> Rejected:
    return Rejected(content="it is not published any more", to=session_id, why="stopped")


async def _answer(writer: asyncio.StreamWriter, answer: PostAnswer) -> None:
    writer.write(frame(encode_post_answer(answer)))
    await writer.drain()


async def _while_connected(reader: asyncio.StreamReader, working: asyncio.Task[None]) -> None:
    """Let something go on until it ends, or nobody listens any more."""
    leaving = asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait((leaving, working), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (leaving, working):
            task.cancel()
        await asyncio.gather(leaving, working, return_exceptions=True)


async def _tell_rest(agent: Published, writer: asyncio.StreamWriter) -> None:
    await _answer(writer, Rest(content=await agent.rest()))


async def _show(agent: Published, writer: asyncio.StreamWriter) -> None:
    feed: Feed[Message] = Feed()
    behind = 0

    def hear(message: Message) -> None:
        nonlocal behind
        behind += 1
        feed.put(message)
        if behind > BEHIND:
            deaf()
            feed.put(Notice(content="you read too slowly, and are shown no more; attach again"))
            feed.close()

    deaf = agent.follow(hear)
    try:
        await _answer(writer, Roster(content=[agent.entry()]))
        async for message in feed:
            behind -= 1
            line = frame(encode_message(message))
            if len(line) > LONGEST_ANSWER:
                line = frame(
                    encode_message(Notice(content=f"{message.descriptor}: {len(line)} bytes, not shown"))
                )
            writer.write(line)
            await writer.drain()
    finally:
        deaf()

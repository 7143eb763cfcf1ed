"""The connections of an event loop: how many there are, and which is taken."""

import asyncio
from contextlib import AsyncExitStack, aclosing

from sagent.providers.connections import Connections
from sagent.providers.transport import Call
from tests.providers.loopback import Server, serving


def call(server: Server) -> Call:
    return Call(url=server.url, headers={}, body=b"{}")


async def asked(connections: Connections, server: Server) -> bytes:
    async with connections.room.to(server.url), aclosing(await connections.ask(call(server), 5.0)) as answer:
        return b"".join([piece async for piece in answer.pieces()])


async def test_the_connection_that_was_used_last_is_taken_first() -> None:
    connections = Connections()
    async with serving(*[lambda line: line.stream("x")] * 20) as server:
        await asyncio.gather(*(asked(connections, server) for _ in range(5)))
        for _ in range(15):
            await asked(connections, server)

        (first, *_) = {id(line.writer): line for line in server.requests[-15:]}.values()
        await connections.aclose()

    assert server.connections == 5
    assert all(line.writer is first.writer for line in server.requests[-15:])


async def test_each_server_has_connections_of_its_own() -> None:
    connections = Connections()
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(serving(*[lambda line: line.stream("x")] * 3)) for _ in range(3)
        ]
        for server in servers * 3:
            await asked(connections, server)
        await connections.aclose()

    assert [(len(server.requests), server.connections) for server in servers] == [(3, 1)] * 3


async def test_kept_connections_make_room_for_new_ones_to_elsewhere() -> None:
    connections = Connections(most=3)
    many = [lambda line: line.stream("x")] * 3
    async with serving(*many) as here, serving(*many) as there:
        await asyncio.gather(*(asked(connections, here) for _ in range(3)))
        await asked(connections, there)
        await asyncio.wait_for(here.left.wait(), 20.0)  # one has been closed
        kept = connections.kept
        await connections.aclose()

    assert (here.connections, there.connections, kept) == (3, 1, 3)


async def test_an_answer_that_is_left_early_gives_up_its_connection() -> None:
    connections = Connections()
    async with serving(*[lambda line: line.stream("x", end=False)] * 2) as server:
        for _ in range(2):
            async with (
                connections.room.to(server.url),
                aclosing(await connections.ask(call(server), 5.0)) as answer,
            ):
                await anext(answer.pieces())
        kept = connections.kept

    assert (server.connections, kept) == (2, 0)

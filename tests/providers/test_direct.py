"""The wire to a server that behaves, and to servers that do not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sagent.errors import Unreachable, UsageError
from sagent.providers.direct import Direct
from sagent.providers.transport import Call, HttpRefusal
from tests.providers.loopback import HEAD, Line, chunk, serving, whole

QUICK = Direct(first_event=0.2, next_event=0.1, connect=1.0)


def call(url: str) -> Call:
    return Call(url=f"{url}/v1/x?y=1", headers={"x-key": "k"}, body=b"{}")


async def read(direct: Direct, url: str, into: list[str]) -> None:
    """Read a stream to its end, keeping what came before any error."""
    async for batch in direct.stream(call(url)):
        into += batch


async def events(direct: Direct, url: str) -> list[str]:
    return [event async for batch in direct.stream(call(url)) for event in batch]


async def test_a_request_goes_out_as_it_is_and_its_events_come_back() -> None:
    async with serving(lambda line: line.stream("one", "two")) as server:
        found = await events(Direct(), server.url)

    assert found == ["one", "two"]
    (request,) = server.requests
    assert request.head.startswith(b"POST /v1/x?y=1 HTTP/1.1\r\n")
    assert b"x-key: k\r\n" in request.head
    assert request.body == b"{}"


async def test_a_last_event_without_its_blank_line_is_not_lost() -> None:
    async def answer(line: Line) -> None:
        await line.send(HEAD, chunk(b"data: one\n\ndata: two"), b"0\r\n\r\n")

    async with serving(answer) as server:
        assert await events(Direct(), server.url) == ["one", "two"]


async def test_a_connection_is_used_again() -> None:
    async with serving(*[lambda line: line.stream("x")] * 3) as server:
        for _ in range(3):
            await events(Direct(), server.url)

    assert (len(server.requests), server.connections) == (3, 1)


async def test_a_refusal_is_given_with_its_body_and_its_headers() -> None:
    body = b'{"error": {}}'
    async with serving(lambda line: line.send(whole("429 Too Many", body, "Retry-After: 7"))) as server:
        with pytest.raises(HttpRefusal) as caught:
            await events(Direct(), server.url)

    refusal = caught.value.refusal
    assert (refusal.status, refusal.headers["retry-after"], refusal.body) == (429, "7", body)


async def test_a_kept_connection_that_died_is_replaced_without_a_word() -> None:
    async def last(line: Line) -> None:
        await line.stream("one")

    async def dead(line: Line) -> None:
        line.hang_up(reset=True)

    async with serving(last, dead, lambda line: line.stream("two")) as server:
        first = await events(Direct(), server.url)
        second = await events(Direct(), server.url)

    assert (first, second) == (["one"], ["two"])
    assert (len(server.requests), server.connections) == (3, 2)


async def test_a_new_connection_that_dies_is_not_tried_again() -> None:
    async def dead(line: Line) -> None:
        line.hang_up()

    async with serving(dead, lambda line: line.stream("never")) as server:
        with pytest.raises(Unreachable, match=r"the stream broke off: the connection failed \("):
            await events(Direct(), server.url)

    assert len(server.requests) == 1


@pytest.mark.parametrize("reset", [True, False])
async def test_a_stream_that_is_cut_gives_what_came_and_then_the_error(reset: bool) -> None:
    async def cut(line: Line) -> None:
        await line.stream("one", end=False)
        line.hang_up(reset=reset)

    found: list[str] = []
    async with serving(cut) as server:
        with pytest.raises(Unreachable, match="broke off"):
            await read(Direct(), server.url, found)

    # A reset may overtake what was sent before it.
    assert found == ["one"] or (reset and found == [])


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async def silent(line: Line) -> None:
        await asyncio.Event().wait()

    async with serving(silent) as server:
        with pytest.raises(Unreachable, match="nothing came for"):
            await events(QUICK, server.url)


async def test_a_stream_that_stalls_is_given_up_after_its_last_event() -> None:
    async def stalls(line: Line) -> None:
        await line.stream("one", end=False)
        await asyncio.Event().wait()

    found: list[str] = []
    async with serving(stalls) as server:
        with pytest.raises(Unreachable, match="nothing came for"):
            await read(QUICK, server.url, found)

    assert found == ["one"]


@pytest.mark.parametrize(
    "murmur",
    [
        b": still here\n\n",
        b"\n\n",
        b'event: ping\ndata: {"type": "ping"}\n\n',
        b'event: keepalive\ndata: {"type":"keepalive","sequence_number":3}\n\n',
    ],
)
async def test_what_says_nothing_keeps_no_dead_stream_alive(murmur: bytes) -> None:
    async def murmurs(line: Line) -> None:
        await line.stream("one", end=False)
        while True:
            await line.send(chunk(murmur))
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.02)

    async with serving(murmurs) as server:
        with pytest.raises(Unreachable, match="nothing came for"):
            await asyncio.wait_for(events(QUICK, server.url), 20.0)


async def test_a_reader_that_takes_its_time_is_not_the_servers_fault() -> None:
    gate = asyncio.Event()

    async def slow(line: Line) -> None:
        await line.stream("one", end=False)
        await gate.wait()
        await line.send(chunk(b"data: two\n\n"), b"0\r\n\r\n")

    found: list[str] = []
    async with serving(slow) as server:
        async for batch in QUICK.stream(call(server.url)):
            found += batch
            # Longer than the watchdog waits for an event.
            await asyncio.wait([asyncio.create_task(gate.wait())], timeout=0.25)
            gate.set()

    assert found == ["one", "two"]


async def test_closing_the_iterator_hangs_up_at_once() -> None:
    async def endless(line: Line) -> None:
        await line.stream("one", end=False)

    async with serving(endless) as server:
        stream = Direct().stream(call(server.url))
        first = await anext(stream)
        await stream.aclose()
        await asyncio.wait_for(server.left.wait(), 20.0)

    assert first == ["one"]


async def test_cancelling_the_reader_is_a_cancellation_and_hangs_up() -> None:
    async def endless(line: Line) -> None:
        await line.stream("one", end=False)

    async with serving(endless) as server:
        heard = asyncio.Event()

        async def reader() -> None:
            async for _ in Direct().stream(call(server.url)):
                heard.set()

        task = asyncio.create_task(reader())
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.left.wait(), 20.0)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "http://127.0.0.1:1",
            "cannot reach 127.0.0.1:1: .* Check the network, the proxy settings and the base URL",
        ),
        ("http://name.invalid", "cannot reach name.invalid"),
        ("ftp://here", "unsupported protocol .* and the base URL"),
    ],
)
async def test_a_place_that_cannot_be_reached_is_named_with_what_to_check(url: str, words: str) -> None:
    with pytest.raises(Unreachable, match=words):
        await events(Direct(), url)


async def test_an_address_that_is_none_is_a_fault_of_the_caller() -> None:
    with pytest.raises(UsageError, match="is no address"):
        await events(Direct(), "http://[::1")


def test_two_event_loops_in_a_row_have_connections_of_their_own() -> None:
    async def once() -> list[str]:
        async with serving(lambda line: line.stream("x")) as server:
            return await events(Direct(), server.url)

    assert [asyncio.run(once()), asyncio.run(once())] == [["x"], ["x"]]


def test_the_end_of_a_loop_closes_its_connections() -> None:
    async def once() -> AsyncIterator[list[str]]:
        async with serving(lambda line: line.stream("x")) as server:
            yield await events(Direct(), server.url)

    async def main() -> list[list[str]]:
        return [found async for found in once()]

    # A connection that were left open would be a ResourceWarning, which is an error here.
    assert asyncio.run(main()) == [["x"]]


async def test_three_hundred_requests_at_once_share_at_most_250_connections() -> None:
    async with serving(*[lambda line: line.stream("x")] * 300) as server:
        found = await asyncio.gather(*(events(Direct(), server.url) for _ in range(300)))

    assert found == [["x"]] * 300
    assert server.connections <= 250


async def test_a_body_that_is_not_compressed_as_it_says_is_a_broken_stream() -> None:
    garbled = whole("200 OK", b"data: x\n\n", "content-encoding: gzip")
    async with serving(lambda line: line.send(garbled)) as server:
        with pytest.raises(Unreachable, match="broke off"):
            await events(Direct(), server.url)

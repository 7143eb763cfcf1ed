"""One connection, and answers in all shapes that HTTP/1.1 allows, and in some that it does not."""

import asyncio
import gzip

import pytest

from sagent.errors import Unreachable, UsageError
from sagent.providers.direct import Direct
from sagent.providers.transport import Call
from tests.providers.loopback import HEAD, Line, chunk, serving, whole

OK = b"HTTP/1.1 200 OK\r\n"


async def told(url: str, **headers: str) -> list[str]:
    call = Call(url=url, headers=headers, body=b"{}")
    return [event async for batch in Direct().stream(call) for event in batch]


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"content-length: 11\r\n\r\ndata: one\n\n",
        OK + b"transfer-encoding: chunked\r\n\r\n" + chunk(b"data: one\n\n") + b"0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\nB;x=y\r\ndata: one\n\n\r\n0\r\nx-after: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"content-length: 11\r\n\r\ndata: one\n\n",
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK + b"content-length: 11\r\n\r\ndata: one\n\n",
        b"HTTP/1.1 200\r\ncontent-length: 11\r\n\r\ndata: one\n\n",
        b"HTTP/1.1 200 OK\ncontent-length: 11\n\ndata: one\n\n",
        b"HTTP/1.0 200 OK\r\ncontent-length: 11\r\n\r\ndata: one\n\n",
    ],
)
@pytest.mark.parametrize("bit_by_bit", [False, True])
async def test_an_answer_is_read_however_its_length_is_told(answer: bytes, bit_by_bit: bool) -> None:
    pieces = [bytes([byte]) for byte in answer] if bit_by_bit else [answer]
    async with serving(lambda line: line.send(*pieces)) as server:
        assert await told(server.url) == ["one"]


async def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    async def answer(line: Line) -> None:
        await line.send(OK + b"\r\n", b"data: one\n\n")
        line.hang_up()

    async with serving(answer, lambda line: line.stream("two")) as server:
        found = [await told(server.url), await told(server.url)]

    assert (found, server.connections) == ([["one"], ["two"]], 2)


async def test_a_connection_that_the_server_means_to_close_is_not_used_again() -> None:
    last = whole("200 OK", b"data: one\n\n", "connection: close")
    async with serving(lambda line: line.send(last), lambda line: line.stream("two")) as server:
        found = [await told(server.url), await told(server.url)]

    assert (found, server.connections) == ([["one"], ["two"]], 2)


async def test_a_connection_that_says_what_nobody_asked_for_is_not_used_again() -> None:
    async def talks(line: Line) -> None:
        await line.stream("one")
        await line.send(whole("408 Request Timeout", b""))

    async with serving(talks, lambda line: line.stream("two")) as server:
        first = await told(server.url)
        await asyncio.wait_for(server.left.wait(), 20.0)
        second = await told(server.url)

    assert (first, second, server.connections) == (["one"], ["two"], 2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "the server does not speak HTTP/1.1"),
        (OK + b"content-length: 20\r\n\r\ndata: one\n\n", "the server has closed it before the end"),
        (HEAD + b"5\r\ndata:", "the server has closed it before the end"),
        (HEAD + b"none\r\n", "the server does not speak HTTP/1.1"),
        (OK + b"x: y", "the server has closed it without an answer"),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", "does not speak HTTP"),
        (OK + b"x: " + b"y" * 200_000, "the head of the answer has no end"),
    ],
)
async def test_what_is_no_whole_answer_is_a_broken_stream(answer: bytes, words: str) -> None:
    async def broken(line: Line) -> None:
        await line.send(answer)
        line.hang_up()

    async with serving(broken) as server:
        with pytest.raises(Unreachable, match=rf"broke off: the connection failed \(.*{words}"):
            await told(server.url)


async def test_a_server_waits_while_nobody_takes_what_it_says() -> None:
    async def floods(line: Line) -> None:
        await line.send(HEAD)
        for _ in range(200):
            await line.send(chunk(b"data: " + b"x" * 100_000 + b"\n\n"))
            sent.append(1)
        await line.send(b"0\r\n\r\n")

    sent: list[int] = []
    found: list[str] = []
    in_flight = 0
    async with serving(floods) as server:
        async for batch in Direct().stream(Call(url=server.url, headers={}, body=b"{}")):
            if not found:
                # Far longer than 20 MB take.
                await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.3)
                in_flight = len(sent)
            found += batch

    assert found == ["x" * 100_000] * 200
    assert 0 < in_flight < 200


async def test_a_body_that_is_compressed_is_unpacked() -> None:
    packed = whole("200 OK", gzip.compress(b"data: one\n\n"), "content-encoding: gzip")
    async with serving(lambda line: line.send(packed)) as server:
        assert await told(server.url) == ["one"]


async def test_a_header_of_two_lines_is_not_sent() -> None:
    async with serving() as server:
        with pytest.raises(UsageError, match="the header x-key cannot be sent"):
            await told(server.url, **{"x-key": "a\r\nx-other: b"})

    assert server.requests == []


async def test_headers_that_are_given_take_the_place_of_those_that_go_without_saying() -> None:
    async with serving(lambda line: line.stream("x")) as server:
        await told(server.url, Accept="text/event-stream")

    (request,) = server.requests
    assert request.head.split(b"\r\n")[2:] == [
        b"accept: text/event-stream",
        b"accept-encoding: gzip, deflate",
        b"connection: keep-alive",
        b"user-agent: sagent",
        b"content-length: 2",
        b"",
        b"",
    ]

"""A provider on 127.0.0.1 that answers from a script."""

import asyncio
import json
from contextlib import suppress

import httpx2
import pytest

from sagent.errors import (
    Illegal,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
    UsageError,
)
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, freeze_object
from sagent.messages.view import View
from sagent.providers import Google
from sagent.schema.part import Image
from sagent.testing import (
    Cut,
    Garbage,
    Latency,
    Received,
    Stall,
    Status,
    WireServer,
    always,
    call,
    hold,
    reply,
)
from tests.testing.asking import FLASH, HELLO, KEY, ask, chunks, client, lines, requested, said


async def hear(response: httpx2.Response, heard: list[bytes]) -> None:
    async for piece in response.aiter_raw():
        heard.append(piece)  # noqa: PERF401  # what came before an error counts too


async def test_each_legal_request_gets_the_next_item_of_the_script() -> None:
    async with WireServer("one", [call("Bash", command="ls")], "two") as server:
        parts = [(await ask(server)).json()["candidates"][0]["content"]["parts"] for _ in range(3)]

    assert parts == [
        [{"text": "one"}],
        [{"functionCall": {"name": "Bash", "args": {"command": "ls"}}}],
        [{"text": "two"}],
    ]
    assert (server.left, server.complaints) == (0, ())


async def test_requests_are_remembered_without_the_key() -> None:
    async with WireServer("fine") as server, client(server) as http:
        await http.post(f"{FLASH}:generateContent?key=loopback-key", json=HELLO, headers={"x-mine": "1"})

    (received,) = server.requests

    assert received == Received(
        method="POST", path=f"{FLASH}:generateContent", query={}, headers=received.headers, body=HELLO
    )
    assert received.headers["x-mine"] == "1"
    assert "loopback-key" not in repr(received)


async def test_one_connection_serves_many_requests() -> None:
    async with WireServer(always("fine")) as server, client(server) as http:
        paths = [f"{FLASH}:generateContent", f"{FLASH}:streamGenerateContent?alt=sse"] * 3
        codes = [(await http.post(path, json=HELLO)).status_code for path in paths]

    assert (codes, server.walkouts) == ([200] * 6, 0)


async def test_many_clients_are_answered_at_once() -> None:
    gates = [asyncio.Event() for _ in range(20)]
    script = [[hold(asyncio.Event(), reached=gate)] for gate in gates[:-1]]
    path = f"{FLASH}:generateContent"
    async with WireServer(*script, ["last one", hold(gates[0])]) as server, client(server) as http:
        asking = [asyncio.ensure_future(http.post(path, json=HELLO)) for _ in range(19)]
        await asyncio.gather(*(gate.wait() for gate in gates[:-1]))

        answer = await http.post(path, json=HELLO)

        assert answer.status_code == 200
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


async def test_a_function_answers_from_the_body_of_the_request() -> None:
    def parrot(body: JsonObject) -> str:
        return f"you sent {sorted(body)}"

    async with WireServer(parrot) as server:
        answer = await ask(server)

    assert answer.json()["candidates"][0]["content"]["parts"] == [{"text": "you sent ['contents']"}]


async def test_an_illegal_request_is_refused_and_uses_nothing_of_the_script() -> None:
    body = freeze_object({"contents": [{"role": "model", "parts": [{"text": "I begin"}]}]})
    async with WireServer("fine") as server:
        answer = await ask(server, body)

    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert answer.json()["error"]["message"].startswith("contents")
    assert (server.left, len(server.complaints)) == (1, 1)


async def test_the_end_of_the_script_is_told_to_the_client_and_the_test() -> None:
    async with WireServer() as server:
        answer = await ask(server)

    assert (answer.status_code, server.complaints) == (
        400,
        ("the script has 0 replies, and this is request 1; add one, or end with always(...)",),
    )
    assert answer.json()["error"]["message"] == server.complaints[0]


async def test_an_error_in_a_function_of_the_script_surfaces_in_the_test() -> None:
    def broken(body: JsonObject) -> str:
        raise KeyError(f"no {len(body)} here")

    server = await WireServer(broken).__aenter__()
    answer = await ask(server)

    with pytest.raises(KeyError, match="no 1 here"):
        await server.__aexit__(None, None, None)

    assert answer.status_code == 500


async def test_a_script_that_cannot_be_played_surfaces_in_the_test() -> None:
    picture = Image(descriptor="image/png", content=Blob(digest="0" * 64, size=3))
    server = await WireServer(picture).__aenter__()
    with pytest.raises(httpx2.RemoteProtocolError):
        await ask(server)

    with pytest.raises(UsageError, match="must carry the bytes of its pictures"):
        await server.__aexit__(None, None, None)


async def test_an_error_that_a_function_raises_for_the_client_is_told_to_it() -> None:
    def busy(body: JsonObject) -> str:
        raise Overloaded(f"busy with {len(body)}")

    async with WireServer(busy) as server:
        answer = await ask(server)

    assert (answer.status_code, answer.json()["error"]["message"]) == (503, "busy with 1")


async def test_latency_delays_the_answer() -> None:
    loop = asyncio.get_running_loop()
    async with WireServer([Latency(0.05), "late"]) as server:
        before = loop.time()
        await ask(server)

    assert loop.time() - before >= 0.05


async def test_a_stall_is_silent_until_the_client_leaves() -> None:
    async with WireServer(["a few words of it", Stall(after=2)]) as server, client(server) as http:
        async with http.stream("POST", f"{FLASH}:streamGenerateContent?alt=sse", json=HELLO) as response:
            heard = await anext(response.aiter_raw())

        await server.walkout()

    assert (heard[:6], server.walkouts) == (b"data: ", 1)


async def test_a_stall_before_the_first_event_sends_not_even_a_status() -> None:
    async with WireServer(Stall()) as server, client(server) as http:
        with pytest.raises(httpx2.ReadTimeout):
            await http.post(f"{FLASH}:generateContent", json=HELLO, timeout=0.05)


@pytest.mark.parametrize("cut", [Cut(after=2), ["The first", " and more", Cut()]])
async def test_a_cut_breaks_the_stream_off_after_some_events(cut: Cut | list[str | Cut]) -> None:
    async with (
        WireServer(cut) as server,
        client(server) as http,
        http.stream("POST", f"{FLASH}:streamGenerateContent?alt=sse", json=HELLO) as response,
    ):
        heard: list[bytes] = []
        with pytest.raises(httpx2.RemoteProtocolError):
            await hear(response, heard)

    assert (b"".join(heard).count(b"data: ") >= 2, b"finishReason" in b"".join(heard)) == (True, False)


async def test_a_cut_alone_closes_the_connection_before_any_answer() -> None:
    async with WireServer(Cut()) as server:
        with pytest.raises(httpx2.RemoteProtocolError):
            await ask(server)


async def test_garbage_stands_where_an_event_should_be() -> None:
    async with WireServer(["one", Garbage(b"{nonsense"), "two"]) as server:
        events = await lines(server)

    assert events[1] == "{nonsense"
    assert json.loads(events[2])["candidates"][0]["finishReason"] == "STOP"


async def test_garbage_is_the_whole_body_where_nothing_is_streamed() -> None:
    async with WireServer(Garbage(b"<html>")) as server:
        answer = await ask(server)

    assert (answer.status_code, answer.content) == (200, b"<html>")


async def test_a_status_brings_its_own_body_and_headers() -> None:
    async with WireServer(
        Status(418, {"error": "teapot"}, {"retry-after": "7"}), Status(502, "<html>")
    ) as server:
        teapot, gateway = await ask(server), await ask(server)

    assert (teapot.status_code, teapot.json(), teapot.headers["retry-after"]) == (
        418,
        {"error": "teapot"},
        "7",
    )
    assert (gateway.status_code, gateway.text) == (502, "<html>")


async def test_a_status_without_a_body_gets_the_vendors_words() -> None:
    async with WireServer(Status(503)) as server:
        answer = await ask(server)

    assert answer.json() == {
        "error": {
            "code": 503,
            "message": "The model is overloaded. Please try again later.",
            "status": "UNAVAILABLE",
        }
    }


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (Overloaded("busy"), 503, "UNAVAILABLE"),
        (Overloaded("slow down", status=429, retry_after=1.5), 429, "RESOURCE_EXHAUSTED"),
        (Quota("used up"), 429, "RESOURCE_EXHAUSTED"),
        (Unauthorized("not you"), 403, "PERMISSION_DENIED"),
        (Overflow("too long"), 400, "INVALID_ARGUMENT"),
        (Illegal("malformed"), 400, "INVALID_ARGUMENT"),
        (Refused("no"), 400, "FAILED_PRECONDITION"),
        (RuntimeError("what"), 500, "INTERNAL"),
    ],
)
async def test_our_errors_in_a_script_become_the_vendors(error: Exception, status: int, name: str) -> None:
    async with WireServer(error) as server:
        answer = await ask(server)

    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["status"]) == (
        status,
        status,
        name,
    )


async def test_unreachable_in_a_script_cuts_the_connection() -> None:
    async with WireServer(Unreachable("the line went dead")) as server:
        with pytest.raises(httpx2.RemoteProtocolError):
            await ask(server)


async def test_a_held_answer_goes_on_when_the_event_is_set() -> None:
    until, reached = asyncio.Event(), asyncio.Event()
    async with WireServer(["before", hold(until, reached=reached), " after"]) as server:
        asking = asyncio.ensure_future(lines(server))
        await reached.wait()
        until.set()
        events = await asking

    assert [json.loads(event)["candidates"][0]["content"]["parts"] for event in events] == [
        [{"text": "before"}],
        [{"text": " after"}],
    ]


async def test_what_came_before_a_hold_has_arrived_when_it_is_reached() -> None:
    until = asyncio.Event()
    async with (
        WireServer(["before", hold(until), " after"]) as server,
        client(server) as http,
        http.stream("POST", f"{FLASH}:streamGenerateContent?alt=sse", json=HELLO) as response,
    ):
        pieces = response.aiter_raw()
        first = await anext(pieces)
        until.set()
        rest = b"".join([piece async for piece in pieces])

    assert (b"before" in first, b"after" in first, b"after" in rest) == (True, False, True)


async def test_a_reply_may_tell_its_stop_and_usage() -> None:
    async with WireServer(reply("cut sh", stop="length", usage=reply("x").usage)) as server:
        answer = (await ask(server)).json()

    assert (answer["candidates"][0]["finishReason"], answer["usageMetadata"]["promptTokenCount"]) == (
        "MAX_TOKENS",
        0,
    )


async def test_an_unknown_path_is_answered_with_404() -> None:
    async with WireServer() as server, client(server) as http:
        answer = await http.get("/v2/nothing")

    assert (answer.status_code, server.complaints) == (404, ("GET /v2/nothing: no such path",))


async def test_the_environment_leads_clients_to_the_server() -> None:
    async with WireServer(key="mine") as server:
        environment = server.environment

    keys = {name for name, value in environment.items() if value == "mine"}
    assert keys == {"GOOGLE_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENAI_COMPAT_API_KEY"}
    assert {name: environment[name] for name in environment.keys() - keys} == {
        "GOOGLE_GEMINI_BASE_URL": server.base_url,
        "ANTHROPIC_BASE_URL": server.base_url,
        "OPENAI_BASE_URL": f"{server.base_url}/v1",
        "OPENAI_COMPAT_BASE_URL": f"{server.base_url}/v1",
    }


def test_a_server_that_does_not_listen_has_no_address() -> None:
    with pytest.raises(UsageError, match="does not listen yet"):
        WireServer().base_url  # noqa: B018  # reading it is what fails


async def test_a_port_that_is_taken_is_refused() -> None:
    async with WireServer() as server:
        port = int(server.base_url.rpartition(":")[2])

        with pytest.raises(UsageError, match=f"port {port} cannot be used"):
            async with WireServer(port=port):
                pass


async def test_leaving_the_block_ends_all_connections() -> None:
    reached = asyncio.Event()
    async with WireServer(["some", hold(asyncio.Event(), reached=reached)]) as server:
        asking = asyncio.ensure_future(ask(server))
        await reached.wait()

    with pytest.raises(httpx2.HTTPError):
        await asking


async def test_a_body_of_many_megabytes_is_taken() -> None:
    body = freeze_object({"contents": [{"role": "user", "parts": [{"text": "x" * 20_000_000}]}]})
    async with WireServer("fine") as server:
        answer = await ask(server, body)

    assert answer.json()["usageMetadata"]["promptTokenCount"] > 1_000_000


async def test_nonsense_instead_of_http_only_costs_its_own_connection() -> None:
    async with WireServer("fine") as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.base_url.rpartition(":")[2]))
        writer.write(b"\x16\x03\x01 hello\r\n\r\n")
        rest = await reader.read()
        writer.close()
        await writer.wait_closed()
        answer = await ask(server)

    assert (rest, answer.status_code) == (b"", 200)


async def test_a_client_that_waits_to_be_asked_for_its_body_is_asked() -> None:
    body = json.dumps(HELLO).encode()
    head = (
        f"POST {FLASH}:generateContent HTTP/1.1\r\nHost: x\r\nx-goog-api-key: {KEY['x-goog-api-key']}\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    async with WireServer("fine") as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.base_url.rpartition(":")[2]))
        writer.write(head.encode())
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(body)
        answered = await reader.readuntil(b"\r\n")
        writer.close()
        await writer.wait_closed()

    assert (asked[:12], answered) == (b"HTTP/1.1 100", b"HTTP/1.1 200 \r\n")


async def test_the_traffic_is_recorded_as_it_went_over_the_wire_without_the_key() -> None:
    async with WireServer("Hello.", ["Hal", Cut()], Status(429)) as server:
        model = Google.from_env(server.environment).model()
        for _ in range(3):
            with suppress(ProviderError):
                await chunks(model, requested(View([said("hi")])))

    assert [exchange.status for exchange in server.exchanges] == [200, 200, 429]
    assert [exchange.request for exchange in server.exchanges] == list(server.requests)
    assert b'"Hello."' in server.exchanges[0].body
    assert server.exchanges[1].body.count(b"data: ") == 1
    assert not any("key" in name for exchange in server.exchanges for name in exchange.request.headers)

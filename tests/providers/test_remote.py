"""A model at the other end of a real wire."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from sagent.errors import Illegal, ProviderError, Refused, Unauthorized, Unreachable
from sagent.lib.json import freeze_object
from sagent.messages.view import View, Viewed
from sagent.protocols import Chunk, Reply
from sagent.providers import Google
from sagent.providers.farewell import GRACE
from sagent.providers.transport import Call
from sagent.schema.event import Notice, TextDelta
from sagent.schema.part import Text
from sagent.schema.values import Origin
from tests.providers.conversation import NOTHING, call, prompt, request, response, result
from tests.providers.loopback import Line, chunk, serving, whole
from tests.test_growth import Counted

KEY = "AIzaSecretSecret"


def said(text: str, finish: str | None = None) -> str:
    candidate: dict[str, object] = {"content": {"parts": [{"text": text}], "role": "model"}}
    if finish:
        candidate["finishReason"] = finish
    return json.dumps({"candidates": [candidate], "modelVersion": "gemini-2.5-flash"})


HELLO = Reply(
    content=(Text(content="Hello"),),
    model="gemini-2.5-flash",
    stop="end",
    usage=NOTHING,
    cost_usd=None,  # nobody said how much it took
    native=(),
)


async def chunks(url: str, *, stream: bool = True) -> Sequence[Chunk]:
    model = Google.from_key(KEY, base_url=url).model(stream=stream)
    return [chunk async for chunk in model.stream(request([prompt("hi")]))]


async def test_a_streamed_response_is_its_deltas_and_last_its_reply() -> None:
    async with serving(lambda line: line.stream(said("Hel"), said("lo", "STOP"))) as server:
        found = await chunks(server.url)

    assert found == [TextDelta(content="Hel"), TextDelta(content="lo"), HELLO]
    (sent,) = server.requests
    assert sent.head.startswith(
        b"POST /v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse HTTP/1.1"
    )
    assert f"x-goog-api-key: {KEY}".encode() in sent.head


async def test_a_response_that_is_not_streamed_is_the_same_reply() -> None:
    async with serving(lambda line: line.send(whole("200 OK", said("Hello", "STOP").encode()))) as server:
        found = await chunks(server.url, stream=False)

    assert found == [TextDelta(content="Hello"), HELLO]
    assert server.requests[0].head.startswith(
        b"POST /v1beta/models/gemini-2.5-flash:generateContent HTTP/1.1"
    )


async def test_a_stream_that_comes_as_an_array_is_the_same_reply() -> None:
    body = f"[{said('Hel')}\n,\r\n{said('lo', 'STOP')}]".encode()
    async with serving(lambda line: line.send(whole("200 OK", body))) as server:
        assert (await chunks(server.url))[-1] == HELLO


async def test_a_connection_that_breaks_after_the_end_of_the_answer_breaks_nothing() -> None:
    async def cut(line: Line) -> None:
        await line.stream(said("Hello", "STOP"), end=False)
        line.hang_up()

    async with serving(cut) as server:
        assert (await chunks(server.url))[-1] == HELLO


async def test_an_answer_that_is_over_does_not_wait_for_the_connection_to_end() -> None:
    async def held(line: Line) -> None:
        await line.stream(said("Hello", "STOP"), end=False)

    async with serving(held) as server, asyncio.timeout(10):
        assert (await chunks(server.url))[-1] == HELLO
        await server.left.wait()


async def test_what_comes_right_behind_the_end_of_an_answer_still_counts() -> None:
    usage = {"usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 1}}

    async def late(line: Line) -> None:
        await line.stream(said("Hello", "STOP"), end=False)
        await line.send(chunk(f"data: {json.dumps(usage)}\r\n\r\n".encode()), b"0\r\n\r\n")

    async with serving(late, lambda line: line.stream(said("Hello", "STOP"))) as server:
        last = (await chunks(server.url))[-1]
        _ = await chunks(server.url)

    assert isinstance(last, Reply)
    assert last.usage.input_tokens == 7
    assert server.connections == 1


async def test_a_stream_that_ends_too_early_is_an_error_and_no_reply() -> None:
    async with serving(lambda line: line.stream(said("Hel"))) as server:
        with pytest.raises(Unreachable, match="the stream broke off"):
            await chunks(server.url)


async def test_a_refusal_is_classified_and_does_not_show_the_key() -> None:
    bad = b'{"error": {"code": 400, "message": "API key not valid: %s"}}' % KEY.encode()
    async with serving(lambda line: line.send(whole("400 Bad", bad))) as server:
        with pytest.raises(Unauthorized, match="GOOGLE_API_KEY") as caught:
            await chunks(server.url)

    assert KEY not in str(caught.value)


async def test_an_error_under_status_200_is_an_error() -> None:
    body = b'{"error": {"code": 404, "message": "models/x is not found", "status": "NOT_FOUND"}}'
    async with serving(lambda line: line.send(whole("200 OK", body))) as server:
        with pytest.raises(Refused, match="models/x is not found"):
            await chunks(server.url)


async def test_an_illegal_request_is_refused_before_anything_is_sent() -> None:
    async with serving() as server:
        model = Google.from_key(KEY, base_url=server.url).model()
        with pytest.raises(Illegal, match="must not be empty"):
            await anext(model.stream(request([])))

    assert server.requests == []


@dataclass
class Echo:
    """A transport that keeps what is sent and says hello."""

    bodies: list[bytes]

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        self.bodies.append(call.body or b"")
        yield [said("Hello", "STOP")]


async def exhausted(stream: AsyncIterator[Chunk]) -> Sequence[Chunk]:
    return [chunk async for chunk in stream]


async def test_a_conversation_is_written_once_and_another_one_from_its_beginning() -> None:
    echo = Echo([])
    model = Google.from_key(KEY, transport=echo).model()
    view = View([prompt("a")])

    await exhausted(model.stream(request(view)))
    view.add(response("b"))
    view.add(prompt("c"))
    await exhausted(model.stream(request(view)))
    await exhausted(model.stream(request([prompt("other")])))

    first, second, other = (json.loads(body)["contents"] for body in echo.bodies)
    assert [len(turns) for turns in (first, second, other)] == [1, 3, 1]
    assert second[:1] == first
    assert echo.bodies[1].startswith(echo.bodies[0].removesuffix(b"]}]}"))


def counted(entry: Viewed) -> Counted:
    view = Counted()
    view.add(entry)
    return view


async def test_what_was_foreseen_is_not_looked_at_again_and_the_request_is_the_same() -> None:
    echo = Echo([])
    model = Google.from_key(KEY, transport=echo).model()
    seen, unseen = counted(prompt("a")), counted(prompt("a"))
    for view in (seen, unseen):
        await exhausted(model.stream(request(view)))
        view.add(response(call(1), stop="tool_calls"))
    model.foresee(request(seen))
    seen.looks = unseen.looks = 0

    for view in (seen, unseen):
        view.add(result(1, "3"))
        await exhausted(model.stream(request(view)))

    assert echo.bodies[2] == echo.bodies[3]
    assert seen.looks < unseen.looks


async def test_what_was_foreseen_is_written_anew_once_a_provider_has_refused_it() -> None:
    echo = Echo([])
    model = Google.from_key(KEY, transport=echo).model()
    view = View([prompt("a")])
    await exhausted(model.stream(request(view)))
    spec = model.spec
    origin = Origin(provider=spec.provider, dialect=spec.dialect, endpoint=spec.endpoint, model=spec.model)
    signed = freeze_object({"functionCall": {"name": "add", "args": {}}, "thoughtSignature": "c2ln"})
    view.add(response(call(1), stop="tool_calls", origin=origin, native=[signed]))
    model.foresee(request(view))
    view.add(result(1, "3"))

    await exhausted(model.stream(request(view, trusted=len(view))))

    await exhausted(model.stream(request([*view], trusted=len(view))))
    assert echo.bodies[1] == echo.bodies[2]
    assert b"c2ln" not in echo.bodies[1]


async def test_what_is_illegal_is_told_when_the_model_is_asked_and_not_before() -> None:
    model = Google.from_key(KEY, transport=Echo([])).model()
    view = View([prompt("a")])
    await exhausted(model.stream(request(view)))
    view.add(result(1, "of no call"))

    model.foresee(request(view))

    with pytest.raises(Illegal, match="no result is due"):
        await exhausted(model.stream(request(view)))


def test_a_conversation_that_a_model_was_never_asked_about_is_not_written_beforehand() -> None:
    model = Google.from_key(KEY, transport=Echo([])).model()
    view = counted(prompt("a"))

    model.foresee(request(view))

    assert view.looks == 0


async def test_the_responding_model_is_priced_and_not_the_one_that_was_asked() -> None:
    usage = {"promptTokenCount": 1_000_000, "candidatesTokenCount": 100_000}

    @dataclass
    class Dear:
        async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
            event = {
                **json.loads(said("x", "STOP")),
                "modelVersion": "gemini-2.5-pro",
                "usageMetadata": usage,
            }
            yield [json.dumps(event)]

    model = Google.from_key(KEY, transport=Dear()).model("gemini-2.5-flash")

    *_, reply = [chunk async for chunk in model.stream(request([prompt("a")]))]

    assert isinstance(reply, Reply)
    assert reply.model == "gemini-2.5-pro"
    assert reply.cost_usd == pytest.approx(2.5 + 1.5)


@pytest.mark.parametrize(
    ("events", "begun"),
    [
        ((json.dumps({"error": {"code": 503, "message": "busy"}}),), False),
        ((said("Hel"), json.dumps({"error": {"code": 503, "message": "busy"}})), True),
        ((said("Hel"),), True),
        ((said("Hel"), "{"), True),
    ],
    ids=["error first", "error later", "cut", "garbage later"],
)
async def test_an_error_tells_whether_the_answer_had_begun(events: Sequence[str], begun: bool) -> None:
    async with serving(lambda line: line.stream(*events)) as server:
        with pytest.raises(ProviderError) as caught:
            await chunks(server.url)

    assert caught.value.begun is begun


@dataclass(frozen=True)
class Slow:
    """A way that has to be made ready first, to a server at an address."""

    fails: bool = False

    async def load(self) -> AsyncGenerator[str]:
        yield "loading m… 5 s"
        if self.fails:
            raise Refused("no")

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        yield [said("Hello", "STOP")]


async def test_what_takes_long_before_a_request_is_told() -> None:
    model = Google.from_key(KEY, transport=Slow()).model("gemini-2.5-flash")

    found = [chunk async for chunk in model.stream(request([prompt("hi")]))]

    assert found == [Notice(content="loading m… 5 s"), TextDelta(content="Hello"), HELLO]


async def test_batches_of_nothing_are_not_the_end_of_an_answer() -> None:
    class Sparse:
        async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
            for batch in ([], [said("Hel")], [], [said("lo", "STOP")], []):
                yield batch

    model = Google.from_key(KEY, transport=Sparse()).model("gemini-2.5-flash")

    assert [chunk async for chunk in model.stream(request([prompt("hi")]))][-1] == HELLO


async def test_who_goes_on_sending_behind_the_end_of_an_answer_does_not_hold_it_back() -> None:
    class Endless:
        async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
            yield [said("Hello", "STOP")]
            while True:
                await asyncio.sleep(GRACE / 8)  # as a server that sends signs of life
                yield [json.dumps({"responseId": "r"})]

    model = Google.from_key(KEY, transport=Endless()).model("gemini-2.5-flash")

    async with asyncio.timeout(30):
        assert [chunk async for chunk in model.stream(request([prompt("hi")]))][-1] == HELLO


async def test_what_does_not_become_ready_is_blamed_on_its_provider() -> None:
    model = Google.from_key(KEY, transport=Slow(fails=True)).model("gemini-2.5-flash")

    with pytest.raises(Refused, match=r"^Google gemini-2\.5-flash at .*: no\."):
        async for _ in model.stream(request([prompt("hi")])):
            pass

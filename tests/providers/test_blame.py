"""Every error tells whose model failed, which, where, and what to do."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET
from struct import pack

import pytest

from sagent.errors import (
    BadAnswer,
    Illegal,
    NotFound,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.providers import Anthropic, Google, OpenAI
from sagent.providers.blame import Place
from sagent.providers.direct import Direct
from sagent.providers.openai_chat.provider import OpenAICompat
from sagent.providers.remote import Remote
from sagent.providers.vendor import Vendor
from tests.providers.conversation import prompt, request
from tests.providers.loopback import Answer, Line, serving, whole

KEY = "sk-secret-secret"
PLACE = Place(provider="Somebody", model="m", base_url="https://me:pw@h.example:8443/v1", key="SOME_KEY")
PATIENT = Direct()
IMPATIENT = Direct(first_event=0.2)

WIRES: Mapping[str, tuple[type[Vendor], str | None, str | None]] = {
    "anthropic": (Anthropic, None, None),
    "google": (Google, None, None),
    "openai_chat": (OpenAI, None, "openai_chat"),
    "openai_responses": (OpenAI, None, None),
    "compatible": (OpenAICompat, "llama-x", None),
}
"""Who speaks each wire, and with which model and dialect."""


def model_at(url: str, wire: str, way: Direct = PATIENT, *, stream: bool = True) -> Remote:
    vendor, name, dialect = WIRES[wire]
    return vendor.from_key(KEY, base_url=url, transport=way).model(name, dialect=dialect, stream=stream)


def refuses(status: str, message: str, *headers: str, **more: object) -> Answer:
    """An error in the shape that all of these wires share."""
    body = json.dumps({"error": {"message": message, **more}}).encode()
    return lambda line: line.send(whole(status, body, *headers))


def page(status: str) -> Answer:
    body = b"<html><h1>Bad gateway</h1></html>"
    return lambda line: line.send(whole(status, body, "content-type: text/html; charset=utf-8"))


async def cut(line: Line) -> None:
    line.hang_up()


async def reset(line: Line) -> None:
    line.hang_up(reset=True)


async def silent(line: Line) -> None:
    await asyncio.Event().wait()


@dataclass(frozen=True)
class Case:
    """What a server does, what error that is, and what it advises."""

    answer: Answer
    kind: type[ProviderError]
    advice: str


CASES: Mapping[str, Case] = {
    "wrong key": Case(refuses("401 No", "bad key"), Unauthorized, "Check "),
    "spent": Case(refuses("402 Pay", "no money"), Quota, "Raise the plan, or choose another model."),
    "rate": Case(
        refuses("429 Slow", "rate limit", "retry-after: 7", type="rate_limit_error"),
        Overloaded,
        "Try again in 7 s, or choose another model.",
    ),
    "rate in ms": Case(
        refuses("429 Slow", "rate limit", "retry-after-ms: 2500", type="rate_limit_error"),
        Overloaded,
        "Try again in 2 s, or choose another model.",
    ),
    "spent until": Case(
        refuses("429 Slow", "rate limit", "retry-after: 7200", type="rate_limit_error"),
        Quota,
        "(in 2 h): wait, raise the plan, or choose another model.",
    ),
    "too long": Case(refuses("413 Large", "too large"), Overflow, "Make the conversation shorter"),
    "illegal": Case(refuses("400 Bad", "no such field"), Illegal, "Check the options of the model"),
    "teapot": Case(refuses("418 No", "I will not"), Refused, "Ask for something else"),
    "no such model": Case(refuses("404 None", "model x not found"), NotFound, "` lists the ids on offer"),
    "no such address": Case(page("404 None"), NotFound, "check the base URL, http://127.0.0.1"),
    "a page for an answer": Case(
        page("200 OK"), NotFound, "and no answer: Bad gateway. Check the base URL, http://127.0.0.1"
    ),
    "words for an answer": Case(
        lambda line: line.send(whole("200 OK", b"OK\n")),
        NotFound,
        r"plain text came, and no answer: 'OK\n'. Check the base URL, http://127.0.0.1",
    ),
    "other JSON for an answer": Case(
        lambda line: line.send(whole("200 OK", b'{"foo": 1, "bar": []}')),
        NotFound,
        "JSON of something else came, and no answer: it holds foo, bar. Check the base URL, http://127.0.0.1",
    ),
    "no body": Case(
        lambda line: line.send(whole("200 OK", b"")),
        Unreachable,
        "the answer is empty: the server ended it before anything of it had come. Try again; if it stays so",
    ),
    "no content": Case(
        lambda line: line.send(b"HTTP/1.1 204 No Content\r\n\r\n"),
        NotFound,
        "no answer came, and no redirection (HTTP 204). Check the base URL, http://127.0.0.1",
    ),
    "a redirection": Case(
        lambda line: line.send(
            whole("308 Moved", b"<html>moved</html>", "location: https://me:pw@else.example/v1/x?key=1#a")
        ),
        NotFound,
        "no answer came, but a redirection to https://else.example/v1/x (HTTP 308). "
        "Check the base URL, http://127.0.0.1",
    ),
    "a page for an error": Case(
        page("502 Bad"),
        Overloaded,
        "and not the provider: Bad gateway (HTTP 502). Try again later; if it stays so, check the proxy",
    ),
    "a page for a no": Case(
        page("403 No"),
        Refused,
        "(HTTP 403). The key is not to blame: check the proxy settings and the base URL, or ask",
    ),
    "a proxy that is locked": Case(refuses("407 Who", "log in"), Refused, "Log in there: check the proxy"),
    "failed": Case(refuses("500 Bad", "oops"), Overloaded, "Try again later"),
    "busy": Case(refuses("503 Busy", "later", "retry-after: 1"), Overloaded, "Try again in 1 s"),
    "no JSON": Case(lambda line: line.stream("{nonsense"), BadAnswer, "Try again; if it stays so"),
    "no event": Case(lambda line: line.stream("[5]"), BadAnswer, "Try again; if it stays so"),
    "nothing": Case(lambda line: line.stream(), Unreachable, "Try again; if it stays so"),
    "cut": Case(cut, Unreachable, "Try again; if it stays so"),
    "reset": Case(reset, Unreachable, "Try again; if it stays so"),
    "silence": Case(silent, Unreachable, "Try again; if it stays so"),
    "an error for an event": Case(
        lambda line: line.stream(json.dumps({"type": "error", "error": {"message": "oops", "code": 500}})),
        Overloaded,
        "Try again later",
    ),
}


async def broken(model: Remote) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        async for _ in model.stream(request([prompt("hi")])):
            pass
    return caught.value


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("case", CASES)
async def test_whatever_goes_wrong_names_provider_model_host_and_next_step(wire: str, case: str) -> None:
    wanted = CASES[case]
    async with serving(wanted.answer) as server:
        model = model_at(server.url, wire, IMPATIENT if case == "silence" else PATIENT)

        error = await broken(model)

    host, told = server.url.removeprefix("http://"), str(error)
    assert type(error) is wanted.kind
    assert told.startswith(f"{model.spec.provider} {model.spec.model} at {host}: {error.said}")
    assert wanted.advice in told
    assert (KEY in told, "\n" in told) == (False, False)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "case", ["a page for an answer", "words for an answer", "other JSON for an answer", "no body", "no JSON"]
)
async def test_what_is_no_answer_is_none_either_where_it_is_not_streamed(wire: str, case: str) -> None:
    wanted = CASES[case]
    async with serving(wanted.answer) as server:
        error = await broken(model_at(server.url, wire, stream=False))

    assert type(error) is wanted.kind
    assert wanted.advice in str(error)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "cannot reach 127.0.0.1:1: Connection refused. Check the network"),
        ("https://name.invalid/v1", "cannot reach name.invalid: "),
    ],
)
async def test_a_place_that_cannot_be_reached_names_all_of_it(wire: str, url: str, words: str) -> None:
    error = await broken(model_at(url, wire))

    assert type(error) is Unreachable
    assert f" at {url.split('/')[2]}: {words}" in str(error)
    assert str(error).endswith("Check the network, the proxy settings and the base URL.")


async def greets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 this is no TLS\r\n")
    writer.close()


async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(5)
    writer.close()


async def breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(5)
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize(
    ("serve", "words"),
    [
        (greets, "[SSL"),
        (closes, "the other side closed the connection while TLS was being set up. Check "),
        (breaks, "the other side closed the connection while TLS was being set up. Check "),
    ],
)
async def test_a_server_without_tls_at_an_address_with_it_is_told_by_what_to_change(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], words: str
) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await broken(model_at(f"https://127.0.0.1:{port}", "google"))

    assert type(error) is Unreachable
    assert str(error).startswith(
        f"Google gemini-2.5-flash at 127.0.0.1:{port}: cannot reach 127.0.0.1:{port}: {words}"
    )
    assert "where the server does not speak TLS, it begins with http://" in error.advice


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Refused("no"), "no. Ask for something else, or choose another model."),
        (Refused("no", advice="Say please."), "no. Say please."),
        (Refused("no!"), "no! Ask for something else, or choose another model."),
        (
            Quota("spent", retry_after=600.0),
            (
                "spent. It is renewed at 1970-01-01 00:10 UTC (in 10 min): "
                "wait, raise the plan, or choose another model."
            ),
        ),
        (
            Quota("spent", retry_after=1e6),
            "spent. It is renewed at 1970-01-12 13:46 UTC: wait, raise the plan, or choose another model.",
        ),
    ],
)
def test_an_error_is_one_sentence_about_all_that_matters(error: ProviderError, sentence: str) -> None:
    assert str(PLACE.blamed(error, 0.0)) == f"Somebody m at h.example:8443: {sentence}"


def test_who_is_to_blame_already_is_not_blamed_anew() -> None:
    error = PLACE.blamed(Refused("no"), 0.0)

    other = Place(provider="Other", model="o", base_url="http://o", key="k")
    assert str(other.blamed(error, 0.0)).startswith("Somebody m at h.example:8443: no.")


@pytest.mark.parametrize(
    ("provider", "advice"),
    [
        (Google.from_key(KEY), "Check GOOGLE_API_KEY or GEMINI_API_KEY."),
        (Anthropic.from_key(KEY), "Check ANTHROPIC_API_KEY."),
        (
            Anthropic.from_key(KEY, headers={"X-Api-Key": "other"}),
            "Check the header x-api-key, which is sent in place of the key.",
        ),
        (Anthropic.from_key(KEY, headers={"anthropic-version": "1"}), "Check ANTHROPIC_API_KEY."),
        (
            OpenAI.from_key(KEY, headers={"Authorization": "Bearer x"}),
            "Check the header authorization, which is sent in place of the key.",
        ),
    ],
)
async def test_a_refused_key_is_named_by_where_it_comes_from(provider: Vendor, advice: str) -> None:
    async with serving(refuses("401 No", "bad key")) as server:
        there = type(provider).from_key(KEY, base_url=server.url, headers=provider._headers)

        error = await broken(there.model())

    assert error.advice == advice


@pytest.mark.parametrize("wire", ["anthropic", "google", "openai_chat"])
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refuses("401 No", "bad key"), "bad key"),
        (page("200 OK"), "a web page came, and no answer"),
        (lambda line: line.send(whole("200 OK", b"{nonsense")), "list of models is not JSON"),
    ],
)
async def test_a_list_of_models_that_cannot_be_had_names_provider_host_and_next_step(
    wire: str, answer: Answer, words: str
) -> None:
    providers: Mapping[str, type[Vendor]] = {
        "anthropic": Anthropic, "google": Google, "openai_chat": OpenAI
    }  # fmt: skip
    async with serving(answer) as server:
        provider = providers[wire].from_key(KEY, base_url=server.url)
        with pytest.raises(ProviderError) as caught:
            await provider.models()

    told = str(caught.value)
    assert told.startswith(f"{provider.name} at {server.url.removeprefix('http://')}: ")
    assert words in told
    assert caught.value.advice


class Hasty(Anthropic):
    """Waits for no list."""

    patience = 0.2


async def test_a_list_of_models_is_not_waited_for_without_end() -> None:
    async with serving(silent) as server:
        with pytest.raises(Unreachable) as caught:
            await Hasty.from_key(KEY, base_url=server.url).models()

    host = server.url.removeprefix("http://")
    assert str(caught.value) == (
        f"Anthropic at {host}: no list of models came within 0.2 s. "
        "Try again; if it stays so, check the network and the base URL."
    )

"""The way out that the environment names, in a process of its own, and how the first is prepared."""

import asyncio
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sagent.providers.connections import Connections
from sagent.providers.transport import Call

ASK = """
import asyncio, sys
from sagent.errors import SagentError
from sagent.providers.direct import Direct
from sagent.providers.transport import Call

async def main():
    async for _ in Direct(connect=2.0).stream(Call(url=sys.argv[1], headers={})):
        print("answered")

try:
    asyncio.run(main())
except SagentError as error:
    print(type(error).__name__, error)
"""

BEATS = """
import asyncio
from sagent.providers.authorities import authorities

async def main():
    preparing = asyncio.create_task(authorities())
    beats = 0
    while not preparing.done():
        await asyncio.wait((preparing,), timeout=0.005)
        beats += 1
    await preparing
    print(beats)

asyncio.run(main())
"""


def said(script: str, url: str = "http://name.invalid/x", **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, url], env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\ndata: x\n\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await writer.drain()
    writer.close()


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on this machine; gives its port."""
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate, and before it the key, of a server on this machine, which nobody else vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ours")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = (
        made.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "ours.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("SSL_CERT_FILE", "answered\n"),
        (
            "REQUESTS_CA_BUNDLE",
            "If the certificate is from an authority of your own, name its file with SSL_CERT_FILE.\n",
        ),
    ],
)
async def test_a_server_with_an_authority_of_its_own_is_trusted_where_the_variable_says_so(
    certificate: Path, variable: str, told: str
) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with listening(answer, tls) as port:
        found = await asyncio.to_thread(
            said, ASK, f"https://127.0.0.1:{port}/x", **{variable: str(certificate)}
        )

    assert found.endswith(told)


async def test_a_server_that_the_few_authorities_do_not_vouch_for_is_shown_to_all(certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    asked: list[bool] = []

    async def trusted(*, few: bool) -> ssl.SSLContext:
        asked.append(few)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if not few:
            context.load_verify_locations(certificate)
        return context

    connections = Connections(trusted=trusted)
    async with listening(answer, tls) as port:
        call = Call(url=f"https://127.0.0.1:{port}/x", headers={}, body=b"{}")
        async with aclosing(await connections.ask(call, 5.0)) as answered:
            status = answered.status

    assert (status, asked) == (200, [True, False])


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_the_way_leads_by_the_proxy_that_a_variable_names(variable: str) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n"))
        await answer(reader, writer)

    async with listening(proxy) as port:
        found = await asyncio.to_thread(
            said, ASK, "http://name.invalid/x", **{variable: f"http://127.0.0.1:{port}"}
        )

    assert (found, asked) == ("answered\n", [b"GET http://name.invalid/x HTTP/1.1\r\n"])


async def test_the_way_to_a_server_with_tls_is_a_tunnel_through_the_proxy(certificate: Path) -> None:
    asked: list[bytes] = []
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 Fine\r\n\r\n")
        there_in, there_out = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pour(reader, there_out), _pour(there_in, writer))

    async with listening(answer, tls) as port, listening(proxy) as gate:
        found = await asyncio.to_thread(
            said,
            ASK,
            f"https://127.0.0.1:{port}/x",
            HTTPS_PROXY=f"http://127.0.0.1:{gate}",
            SSL_CERT_FILE=str(certificate),
        )

    assert (found, asked) == ("answered\n", [f"CONNECT 127.0.0.1:{port} HTTP/1.1".encode()])


@pytest.mark.parametrize("spared", ["127.0.0.1", "127.0.0.0/8", "127.0.0.1:{port}", "*", "x.org, 127.0.0.1"])
async def test_what_no_proxy_spares_is_reached_without_it(spared: str) -> None:
    async with listening(answer) as port:
        found = await asyncio.to_thread(
            said,
            ASK,
            f"http://127.0.0.1:{port}/x",
            HTTP_PROXY="http://127.0.0.1:1",
            NO_PROXY=spared.format(port=port),
        )

    assert found == "answered\n"


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_loaded_are_named_with_their_variable(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)

    told = said(ASK, "https://name.invalid/x", SSL_CERT_FILE=str(file))

    assert told.startswith(f"UsageError SSL_CERT_FILE names {str(file)!r}, which cannot be loaded (")


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        (
            "http://127.0.0.1:1",
            (
                "Unreachable cannot reach name.invalid by the proxy that HTTP_PROXY names: "
                "All connection attempts failed. Check HTTP_PROXY and NO_PROXY."
            ),
        ),
        (
            "http://127.0.0.1:99999",
            (
                "UsageError HTTP_PROXY is 'http://127.0.0.1:99999', and cannot be used: "
                "its port must be a number from 1 to 65535"
            ),
        ),
        ("gopher://127.0.0.1:1", "UsageError the proxy that the environment names cannot be used: "),
        (
            "socks5://127.0.0.1:1",
            (
                "UsageError the environment names a SOCKS proxy, which takes one more package: "
                "pip install 'httpx2[socks]'"
            ),
        ),
    ],
)
def test_a_proxy_that_is_of_no_use_is_named_with_its_variable(proxy: str, words: str) -> None:
    assert said(ASK, HTTP_PROXY=proxy).startswith(words)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(5)
    writer.close()


async def test_a_proxy_that_closes_the_way_is_named_with_its_variable() -> None:
    async with listening(hang_up) as port:
        found = await asyncio.to_thread(
            said, ASK, "https://name.invalid/x", HTTPS_PROXY=f"http://127.0.0.1:{port}"
        )

    assert found == (
        "Unreachable no answer came by the proxy that HTTPS_PROXY names: "
        "Server disconnected without sending a response. "
        "Try again; if it stays so, check HTTPS_PROXY and NO_PROXY.\n"
    )


async def test_a_server_that_closes_in_the_midst_of_tls_is_told_so_where_a_proxy_is_named() -> None:
    async with listening(hang_up) as port:
        found = await asyncio.to_thread(
            said, ASK, f"https://127.0.0.1:{port}/x", HTTP_PROXY="http://127.0.0.1:1"
        )

    assert found == (
        f"Unreachable cannot reach 127.0.0.1:{port}: "
        "the other side closed the connection while TLS was being set up. "
        "Check the base URL: where the server does not speak TLS, it begins with http://. "
        "Else check the proxy settings and the network.\n"
    )


def test_the_event_loop_goes_on_while_the_first_request_is_prepared() -> None:
    beats = int(said(BEATS))

    assert beats >= 3

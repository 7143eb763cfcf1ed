"""The way out that the environment names, in a process of its own, and how the first is prepared."""

import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
import asyncio
from sagent.errors import SagentError
from sagent.providers.direct import Direct
from sagent.providers.transport import Call

async def main():
    async for _ in Direct(connect=2.0).stream(Call(url="http://name.invalid/x", headers={})):
        pass

try:
    asyncio.run(main())
except SagentError as error:
    print(type(error).__name__, error)
"""

BEATS = """
import asyncio
from sagent.providers.clients import prepare

async def main():
    preparing = asyncio.create_task(prepare())
    beats = 0
    while not preparing.done():
        await asyncio.wait((preparing,), timeout=0.005)
        beats += 1
    await preparing
    print(beats)

asyncio.run(main())
"""


def said(script: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_loaded_are_named_with_their_variable(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)

    told = said(ASK, SSL_CERT_FILE=str(file))

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


def test_the_event_loop_goes_on_while_the_first_request_is_prepared() -> None:
    beats = int(said(BEATS))

    assert beats >= 3

"""The authorities whose certificates are trusted, and what it takes to load them."""

import ssl
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from sagent.providers.authorities import authorities


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said of authorities by the environment."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


def told(context: ssl.SSLContext) -> tuple[object, ...]:
    """What a context trusts, and what it asks of a server."""
    return (
        context.cert_store_stats(),
        context.verify_mode,
        context.verify_flags,
        context.check_hostname,
        context.minimum_version,
        context.options,
    )


async def test_the_same_authorities_are_trusted_as_by_the_client_for_proxies() -> None:
    context = await authorities()

    assert told(context) == told(httpx2.create_ssl_context())


@pytest.mark.skipif(
    sys.platform in {"win32", "darwin"} or not Path(ssl.get_default_verify_paths().openssl_cafile).is_file(),
    reason="OpenSSL has no authorities of its own here",
)
def test_they_are_loaded_without_the_client_for_proxies() -> None:
    script = """
import asyncio, sys
from sagent.providers.authorities import authorities
asyncio.run(authorities())
print("httpx2" in sys.modules)
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"

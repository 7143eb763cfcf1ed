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


PLACES = ssl.get_default_verify_paths()

own_places = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"} or not Path(PLACES.openssl_cafile).is_file(),
    reason="OpenSSL has no authorities of its own here",
)


def printed(script: str) -> str:
    """What a Python prints that nothing has been loaded in yet."""
    script = f"import asyncio, sys\nfrom sagent.providers.authorities import authorities\n{script}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


@own_places
def test_they_are_loaded_without_the_client_for_proxies() -> None:
    assert printed("asyncio.run(authorities()); print('httpx2' in sys.modules)") == "False\n"


@own_places
@pytest.mark.skipif(
    not any(Path(PLACES.openssl_capath).glob("*.0")), reason="authorities have no files of their own here"
)
def test_where_a_few_will_do_none_is_read_before_a_server_names_it() -> None:
    found = printed("print(asyncio.run(authorities(few=True)).cert_store_stats()['x509'])")

    assert found == "0\n"


@own_places
@pytest.mark.parametrize("few", [True, False])
def test_once_all_are_loaded_nobody_gets_only_a_few(few: bool) -> None:
    script = f"""
async def asked():
    return await authorities() is await authorities(few={few})
print(asyncio.run(asked()))
"""

    assert printed(script) == "True\n"


def test_what_the_environment_names_is_never_only_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", PLACES.openssl_cafile)
    script = """
async def asked():
    return await authorities(few=True) is await authorities()
print(asyncio.run(asked()))
"""

    assert printed(script) == "True\n"

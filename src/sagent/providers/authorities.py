"""The authorities whose certificates are trusted."""

import asyncio
import os
import sys
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from sagent.errors import UsageError

if TYPE_CHECKING:
    import ssl


async def authorities(*, few: bool = False) -> "ssl.SSLContext":
    """What checks the certificate of a server; the same for all of the process.

    All are loaded in a thread, since that takes 0.1 s and more: nobody's screen stands still for it. `few` is
    for those who ask for all where these do not do: where authorities have files of their own, each is read
    when a server names it.

    Raises:
        UsageError: the authorities that the environment names cannot be loaded.
    """
    if not _loaded.cache_info().currsize:
        if few and (context := _filed()):
            return context
        await asyncio.to_thread(_load)
    return _loaded()


def _load() -> None:
    with _LOADING:  # a thousand first requests at once load them once
        _loaded()


_LOADING: Final = Lock()


@cache
def _loaded() -> "ssl.SSLContext":
    try:
        context = _trusting()
    except OSError as error:  # ssl.SSLError is one, too
        name = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
        if name is None:
            raise UsageError(
                f"the certificates of this machine cannot be loaded ({error}); "
                "name a file of them with SSL_CERT_FILE"
            ) from error
        raise UsageError(
            f"{name} names {os.environ[name]!r}, which cannot be loaded ({error.strerror or error}); "
            "name a file of certificates in PEM, or unset it"
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


@cache
def _filed() -> "ssl.SSLContext | None":
    """What reads an authority when a certificate names it; None where they are not filed for that."""
    import ssl

    places = None if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") else _places()
    # A file is called by the hash of the authority's name.
    if places is None or not any(Path(places.openssl_capath).glob("*.0")):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(capath=places.openssl_capath)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _trusting() -> "ssl.SSLContext":
    """What the environment names, or else the machine has; the places are those that httpx2 looks at."""
    import ssl

    if file := os.environ.get("SSL_CERT_FILE"):
        return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context(capath=folder)
    places = _places()
    if places is None:
        # httpx2 knows what it takes there, but takes long to load.
        import httpx2

        return httpx2.create_ssl_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    folder = places.openssl_capath
    context.load_verify_locations(places.openssl_cafile, folder if Path(folder).is_dir() else None)
    return context


def _places() -> "ssl.DefaultVerifyPaths | None":
    """OpenSSL's own places; None where they do not hold what the machine trusts."""
    import ssl

    places = ssl.get_default_verify_paths()
    own = sys.platform not in {"win32", "darwin"} and Path(places.openssl_cafile).is_file()
    return places if own else None

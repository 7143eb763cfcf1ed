"""The authorities whose certificates are trusted."""

import asyncio
import os
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final

from sagent.errors import UsageError

if TYPE_CHECKING:
    import ssl


async def authorities() -> "ssl.SSLContext":
    """What checks the certificate of a server; the same for all of the process.

    It is loaded in a thread, since that takes 0.1 s and more: nobody's screen stands still for it.

    Raises:
        UsageError: the authorities that the environment names cannot be loaded.
    """
    if not _loaded.cache_info().currsize:
        await asyncio.to_thread(_load)
    return _loaded()


def _load() -> None:
    with _LOADING:  # a thousand first requests at once load them once
        _loaded()


_LOADING: Final = Lock()


@cache
def _loaded() -> "ssl.SSLContext":
    import httpx2

    try:
        context = httpx2.create_ssl_context()
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

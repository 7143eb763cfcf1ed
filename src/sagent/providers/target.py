"""An address, taken apart into where to connect and what to ask for there."""

import re
from base64 import b64encode
from dataclasses import field
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from sagent.errors import UsageError
from sagent.lib.value import frozen

PORTS: Final = {"http": 80, "https": 443}
"""Where a server listens if nothing is said."""

PATH_SAFE: Final = "!$%&'()*+,-./:;=@[\\]^_|~"
"""What stays as it is in a path (url.spec.whatwg.org, path percent-encode set)."""

QUERY_SAFE: Final = PATH_SAFE + "?`{}"
"""The same in what follows the first question mark."""


@frozen(kw_only=True)
class Target:
    """Where a request goes."""

    scheme: str
    host: str
    port: int
    authority: str
    """The host as the server wants to hear it, with the port unless that goes without saying."""
    path: str
    query: str
    """With its question mark, or empty."""
    login: str = field(repr=False)
    """What the header of who logs in says; empty if the address names nobody."""


@lru_cache(maxsize=256)
def target_of(address: str) -> Target:
    """An address, taken apart: that takes as long as all else that makes a request.

    Raises:
        UsageError: it is none.
    """
    try:
        parts = urlsplit(address)
        scheme, host = parts.scheme, (parts.hostname or "")
        host = host.encode("idna").decode()  # as asyncio does it, which lets its error out as it is
        port = parts.port or PORTS.get(scheme, 0)
        if scheme in PORTS and not host:
            raise ValueError("it names no host")
    except ValueError as error:
        shown = re.sub(r"//[^/?#]*@", "//", address)  # who logs in is nobody else's business
        raise UsageError(f"{shown!r} is no address: {error}. Check the base URL.") from error
    bracketed = f"[{host}]" if ":" in host else host
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Target(
        scheme=scheme,
        host=host,
        port=port,
        authority=bracketed if port == PORTS.get(scheme) else f"{bracketed}:{port}",
        path=quote(parts.path, PATH_SAFE) or "/",
        query="?" + quote(parts.query, QUERY_SAFE) if parts.query else "",
        login=f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}" if user or password else "",
    )

"""Which variable of the environment names the proxy that leads to a host."""

import os
from collections.abc import Iterator, Mapping
from typing import Final

from sagent.errors import UsageError
from sagent.providers.address import port_fault

SCHEMES: Final = ("http", "https", "all")
"""What proxies are for, as the names of their variables begin."""


def proxy_variable(scheme: str, host: str, environ: Mapping[str, str] = os.environ) -> str:
    """The variable whose proxy is used on the way to a host; empty if none is."""
    if _is_bypassed(host, environ):
        return ""
    return next((name for name in _set(environ) if name.lower() in {f"{scheme}_proxy", "all_proxy"}), "")


def check_proxies(environ: Mapping[str, str] = os.environ) -> None:
    """Look at what the variables say, as far as the HTTP client does not.

    Raises:
        UsageError: a host or port cannot be.
    """
    for name in _set(environ):
        if fault := port_fault(environ[name]):
            # What stands before the @ may be a password.
            raise UsageError(f"{name} is {environ[name].rpartition('@')[2]!r}, and cannot be used: {fault}")


def _is_bypassed(host: str, environ: Mapping[str, str]) -> bool:
    for entry in (environ.get("no_proxy") or environ.get("NO_PROXY") or "").lower().split(","):
        name = entry.strip().removeprefix("*.").strip(".[]")
        if name == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return True
    return False


def _set(environ: Mapping[str, str]) -> Iterator[str]:
    """The variables that count: of two spellings the small one, even if it is empty."""
    for scheme in SCHEMES:
        name = f"{scheme}_proxy"
        name = name if name in environ else name.upper()
        if environ.get(name):
            yield name

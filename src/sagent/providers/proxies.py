"""Which variable of the environment names the proxy that leads to a host."""

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from sagent.errors import UsageError
from sagent.providers.address import port_fault
from sagent.providers.blame import host_of
from sagent.providers.target import PORTS, target_of

SCHEMES: Final = ("http", "https", "all")
"""What proxies are for, as the names of their variables begin."""


def proxy_variable(
    scheme: str, host: str, port: int | None = None, environ: Mapping[str, str] = os.environ
) -> str:
    """The variable whose proxy is used on the way to a host; empty if none is. A port that goes without
    saying is None."""
    said = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if any(_is_meant(entry.strip().lower(), host, port) for entry in said.split(",")):
        return ""
    return next((name for name in _set(environ) if name.lower() in {f"{scheme}_proxy", "all_proxy"}), "")


def proxy_told(address: str) -> str:
    """The variable whose proxy is on the way to an address, and its host; never who logs in there."""
    to = target_of(address)
    port = None if to.port == PORTS.get(to.scheme) else to.port
    name = proxy_variable(to.scheme, to.host, port)
    host = host_of(os.environ.get(name, ""))
    return f"{name} ({host})" if host else name


def names_proxy(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether there is a proxy for anything, be it one of the system's settings."""
    if any(_set(environ)):
        return True
    if sys.platform in ("darwin", "win32"):
        from urllib.request import getproxies

        return any(getproxies().get(scheme) for scheme in SCHEMES)
    return False


def check_proxies(environ: Mapping[str, str] = os.environ) -> None:
    """Look at what the variables say, as far as the HTTP client does not.

    Raises:
        UsageError: a host or port cannot be.
    """
    for name in _set(environ):
        if fault := port_fault(environ[name]):
            # What stands before the @ may be a password.
            raise UsageError(f"{name} is {environ[name].rpartition('@')[2]!r}, and cannot be used: {fault}")


def _is_meant(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of NO_PROXY, as httpx2 reads it, is about a host: its name, a network, or a domain."""
    from ipaddress import ip_address, ip_network

    if entry in ("", "*"):
        return entry == "*"
    if "/" in entry:
        try:
            return ip_address(host) in ip_network(entry, strict=False)
        except ValueError:
            return False
    if entry.count(":") == 1 or "]:" in entry:
        entry, _, only = entry.rpartition(":")
        if only != str(port):
            return False
    name = entry.strip("[]")
    if name.startswith((".", "*.")):
        return host.endswith(name.removeprefix("*"))
    return host == name or host.endswith(f".{name}")


def _set(environ: Mapping[str, str]) -> Iterator[str]:
    """The variables that count: of two spellings the small one, even if it is empty."""
    for scheme in SCHEMES:
        name = f"{scheme}_proxy"
        name = name if name in environ else name.upper()
        if environ.get(name):
            yield name

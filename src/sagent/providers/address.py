"""What is wrong with the address of a server, found before anybody is sent there."""

import re
from typing import Final
from urllib.parse import urlsplit

_BRACKETED: Final = re.compile(r"\[[0-9A-Fa-f:.]+(%[\w.~-]+)?\](:\d*)?")


_BRACKETS: Final = "its brackets are wrong; an IPv6 address is written as in http://[::1]:8080"


def address_fault(address: str) -> str:
    """Why an address of HTTP is none; empty if it is one that a path can be put behind."""
    if not re.fullmatch(r"[!-~]+", address):
        return "it must have no spaces, and none but ASCII characters"
    if not re.match(r"https?://", address, re.IGNORECASE):
        return "it must begin with https:// or http://"
    if re.search(r"[?#]", address):
        return "it must end before any ? or #, since a path is put behind it"
    return port_fault(address) or ("" if urlsplit(address).hostname else "it names no host")


def port_fault(address: str) -> str:
    """Why the host and port of an address cannot be; empty if they can."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
    except ValueError:
        return _BRACKETS
    place = parts.netloc.rpartition("@")[2]
    if re.search(r"[\[\]]", place) and not _BRACKETED.fullmatch(place):
        return _BRACKETS
    try:
        port = parts.port
    except ValueError:
        port = 0
    return "its port must be a number from 1 to 65535" if port == 0 else ""

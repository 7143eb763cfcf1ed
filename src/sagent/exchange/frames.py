"""What goes over a socket: a JSON document on each line, of bounded size, from and to the same user."""

import asyncio
import json
import os
import socket
import struct
import sys
from asyncio.trsock import TransportSocket
from collections.abc import Mapping
from typing import Final, NoReturn

from sagent.errors import Malformed

LONGEST_REQUEST: Final = 4 << 20
"""How many bytes a request has at most: the longest letter, each character as two escapes."""

LONGEST_ANSWER: Final = 16 << 20
"""How many bytes an answer has at most; of what is followed, longer messages are left out."""


async def received(reader: asyncio.StreamReader) -> object:
    """The next document; None at the end.

    Raises:
        Malformed: it is too long, broken off, or no JSON.
    """
    try:
        line = await reader.readline()
    except ValueError as error:
        raise Malformed("a frame", "$", "it is too long") from error
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise Malformed("a frame", "$", "it breaks off")
    try:
        document: object = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("a frame", "$", "it is no JSON") from error
    if document is None:
        raise Malformed("a frame", "$", "it is null")
    return document


def frame(document: Mapping[str, object]) -> bytes:
    """A document as it is sent."""
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def is_same_user(transport: asyncio.BaseTransport) -> bool:
    """Whether the process at the other end is the same user's; true where the system does not say."""
    peer: object = transport.get_extra_info("socket")
    if sys.platform != "linux" or not isinstance(peer, TransportSocket):
        return True  # then the directory alone keeps others out
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(credentials)
    return bool(uid == os.geteuid())


_CREDENTIALS: Final = struct.Struct("3i")
"""`struct ucred` of unix(7): the process, the user and the group."""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")

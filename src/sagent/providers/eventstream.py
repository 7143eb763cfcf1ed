"""Amazon's binary framing of events (`application/vnd.amazon.eventstream`), read as the bytes come in.

A message is twelve bytes (its length, that of its headers, a checksum), headers, a payload and a checksum.
Source: smithy.io/2.0/aws/amazon-eventstream.html; the events are those of InvokeModelWithResponseStream.
"""

from base64 import b64decode
from binascii import crc32
from collections.abc import Mapping, Sequence
from json import dumps
from struct import Struct
from typing import Final

from sagent.errors import BadAnswer
from sagent.lib.json import is_object, parse_json

PRELUDE: Final = Struct(">III")
LEAST: Final = PRELUDE.size + 4
MOST: Final = 16 << 20
"""Longer messages do not exist: what says so is something else."""

WIDTHS: Final[Mapping[int, int]] = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""How many bytes the value of a header has, by its type; strings (7) and bytes (6) say it themselves."""

STATUS: Final[Mapping[str, int]] = {
    "throttlingException": 429,
    "validationException": 400,
    "modelTimeoutException": 408,
    "serviceUnavailableException": 503,
}
"""The HTTP status of each exception in the midst of a stream; of the others 500."""


class EventStream:
    """Takes in bytes and gives the JSON of each event; an exception is an event of the type `error`."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> Sequence[str]:
        """The events that end in this piece.

        Raises:
            BadAnswer: these are no such messages.
        """
        self._buffer += chunk
        events: list[str] = []
        at = 0
        while len(self._buffer) - at >= LEAST:
            whole, head, check = PRELUDE.unpack_from(self._buffer, at)
            if not LEAST + head <= whole <= MOST or crc32(self._buffer[at : at + 8]) != check:
                raise BadAnswer("the stream is broken: the head of a message does not fit its checksum")
            if len(self._buffer) - at < whole:
                break
            message = bytes(self._buffer[at : at + whole])
            at += whole
            if crc32(message[:-4]) != int.from_bytes(message[-4:], "big"):
                raise BadAnswer("the stream is broken: a message does not fit its checksum")
            event = _event(_headers(message[12 : 12 + head]), message[12 + head : -4])
            if event:
                events.append(event)
        del self._buffer[:at]
        return events

    def close(self) -> Sequence[str]:
        """Nothing: what has no end is no message."""
        return ()


def _headers(data: bytes) -> Mapping[str, str]:
    """The headers that are strings; nobody here needs others."""
    found: dict[str, str] = {}
    at = 0
    try:
        while at < len(data):
            name = data[at + 1 : at + 1 + data[at]].decode()
            at += 2 + data[at]
            kind = data[at - 1]
            if kind in {6, 7}:
                length = int.from_bytes(data[at : at + 2], "big")
                at += 2 + length
                if kind == 7:
                    found[name] = data[at - length : at].decode()
            else:
                at += WIDTHS[kind]
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise BadAnswer("the stream is broken: the headers of a message cannot be read") from error
    return found


def _event(headers: Mapping[str, str], payload: bytes) -> str:
    kind = headers.get(":message-type", "event")
    if kind == "error":
        return _error(headers.get(":error-code", ""), headers.get(":error-message", ""))
    try:
        value = parse_json(payload)
        content = value if is_object(value) else {}
        if kind == "exception":
            return _error(headers.get(":exception-type", ""), str(content.get("message") or ""))
        data = content.get("bytes")
        return b64decode(data, validate=True).decode() if isinstance(data, str) else ""
    except ValueError as error:  # neither JSON, nor base64, nor UTF-8
        raise BadAnswer(f"the stream is broken: an event that cannot be read: {payload[:80]!r}") from error


def _error(code: str, message: str) -> str:
    """An exception as Messages says it in a stream."""
    error = {"type": code, "message": message, "http_code": str(STATUS.get(code, 500))}
    return dumps({"type": "error", "error": error})

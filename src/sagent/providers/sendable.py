"""What is fit to be sent: text and values without what strict JSON readers refuse, and bytes as base64."""

import re
from base64 import b64encode
from collections.abc import Sequence
from json import JSONDecodeError, loads
from typing import Final

from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, JsonValue, freeze_object, is_object, json_text
from sagent.providers.wording import Read

UNSENDABLE: Final = re.compile("[\0\ud800-\udfff]")
"""NUL, and half of a surrogate pair: no text that strict JSON readers take."""

SUSPECT: Final = re.compile(r"[\0\ud800-\udfff]|\\u(?:0000|[dD][89a-fA-F])")
"""What may stand for either in the text of a JSON value; a whole pair looks alike."""


def sendable(text: str) -> str:
    """The text without NUL and without halves of surrogate pairs, which strict JSON readers refuse."""
    if not UNSENDABLE.search(text):
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_sendable(value: object) -> bool:
    """Whether all texts in a JSON value are fit to be sent, the names of members too."""
    if isinstance(value, str):
        return UNSENDABLE.search(value) is None
    if is_object(value):
        return all(is_sendable(name) and is_sendable(inner) for name, inner in value.items())
    return not isinstance(value, Sequence) or all(map(is_sendable, value))


def sendable_object(value: JsonObject) -> JsonObject:
    """The object with all its texts fit to be sent; it itself where they are."""
    return value if is_sendable(value) else freeze_object(_sendable(value))


def sendable_arguments(text: str) -> str:
    """The arguments of a call, which are the text of a JSON object, likewise: escapes are read as well."""
    if not SUSPECT.search(text):
        return text
    try:
        value: object = loads(text)
    except JSONDecodeError:
        return sendable(text)
    if is_object(value) and not is_sendable(value):
        return json_text(sendable_object(freeze_object(value)))
    return sendable(text)


def _sendable(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return sendable(value)
    if is_object(value):
        return {sendable(name): _sendable(inner) for name, inner in value.items()}
    return tuple(map(_sendable, value)) if isinstance(value, Sequence) else value


def base64(blob: Blob, read: Read) -> str:
    """The bytes of a blob.

    Raises:
        SessionError: they are gone.
    """
    return b64encode(blob.data if blob.data is not None else read(blob)).decode()

"""What is fit to be sent: text without what strict JSON readers refuse, and bytes as base64."""

import re
from base64 import b64encode
from typing import Final

from sagent.lib.blob import Blob
from sagent.providers.wording import Read

UNSENDABLE: Final = re.compile("[\0\ud800-\udfff]")
"""NUL, and half of a surrogate pair: no text that strict JSON readers take."""


def sendable(text: str) -> str:
    """The text without NUL and without halves of surrogate pairs, which strict JSON readers refuse."""
    if not UNSENDABLE.search(text):
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def base64(blob: Blob, read: Read) -> str:
    """The bytes of a blob.

    Raises:
        SessionError: they are gone.
    """
    return b64encode(blob.data if blob.data is not None else read(blob)).decode()

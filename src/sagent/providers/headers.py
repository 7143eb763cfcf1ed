"""What can be sent as a header, found before anything is sent."""

import re
from collections.abc import Mapping
from typing import Final

from sagent.errors import UsageError

HEADER_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
"""What a header may be called (RFC 9110, 5.1)."""


def check_headers(headers: Mapping[str, str], vendor: str) -> None:
    """Look at headers that are meant to go along with every request.

    Raises:
        UsageError: one of them is none.
    """
    for number, (name, value) in enumerate(headers.items(), 1):
        # Neither is repeated: it may be a secret in the wrong place.
        if not re.fullmatch(HEADER_NAME, name) or not re.fullmatch(r"[\x20-\x7e]+", value):
            raise UsageError(f"header number {number} for {vendor} is none: it is one line of ASCII")

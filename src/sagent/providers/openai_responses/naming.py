"""Ids of calls as this wire takes them."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

LONGEST: Final = 64
"""How long the wire lets it be."""


def fitted(call_id: str, is_taken: Callable[[str], bool]) -> str:
    """The id itself if the wire takes it and no other call has it, else one made of it; always the same."""
    legal = re.fullmatch(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}", call_id)
    first = call_id if legal else f"call_{sha256(call_id.encode(errors='surrogatepass')).hexdigest()[:24]}"
    name, number = first, 1
    while is_taken(name):
        number += 1
        name = f"{first[: LONGEST - 8]}_{number}"
    return name

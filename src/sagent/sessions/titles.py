"""What to call a session: the first words of its first prompt."""

import json
from collections.abc import Iterable
from typing import Final

from sagent.errors import Malformed
from sagent.schema.codec import decode_kept
from sagent.schema.message import Kept, Prompt
from sagent.schema.part import Text

_LONGEST: Final = 80
_ENOUGH: Final = 1 << 20
"""How many bytes are looked through; the system prompt and the tools come before the first prompt."""


def title_of(lines: Iterable[bytes]) -> str:
    """The first words of a user in the lines of a log; empty if there are none near the beginning."""
    seen = 0
    for line in lines:
        if b'"multipart/x-prompt"' in line:
            title = _first_words(line)
            if title:
                return title
        seen += len(line)
        if seen > _ENOUGH:
            break
    return ""


def _first_words(line: bytes) -> str:
    try:
        message = decode_kept(json.loads(line.decode()))
    except (ValueError, Malformed):
        return ""  # a broken line has no title; opening the session says what is wrong with it
    return _words_of(message)


def first_words(messages: Iterable[Kept]) -> str:
    """The first words of a user; empty if there are none."""
    return next(filter(None, map(_words_of, messages)), "")


def _words_of(message: Kept) -> str:
    if not isinstance(message, Prompt) or message.author != "user":
        return ""
    words = " ".join(" ".join(part.content for part in message.content if isinstance(part, Text)).split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"

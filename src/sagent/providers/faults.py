"""What all dialects share in telling one refusal from another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

OVERFLOW: Final = re.compile(
    r"exceeds the maximum number of tokens|prompt is too long|context[_ ](length|size|window)"
    r"|input token count|too many tokens in|request payload size exceeds|maximum context|prompt too long",
    re.IGNORECASE,
)
"""How vendors say that a conversation is longer than the model's window (each has its own words)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An HTTP answer that is not the one hoped for."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    host: str
    """Who answered."""


def redacted(refusal: Refusal, secret: str) -> Refusal:
    """The refusal without the key, wherever the other side repeats it."""
    return replace(refusal, body=refusal.body.replace(secret.encode(), b"[the key]")) if secret else refusal


def clip(text: str, length: int = 400) -> str:
    """A vendor's words on one line, and not too many of them."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds the server asks to wait, in either form that HTTP allows (RFC 9110, 10.2.3)."""
    from email.utils import parsedate_to_datetime

    word = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", word):
        return float(word)
    try:
        return max(0.0, parsedate_to_datetime(word).timestamp() - now)
    except ValueError:
        return None

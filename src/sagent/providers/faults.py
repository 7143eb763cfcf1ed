"""What all dialects share in telling one refusal from another."""

import re
from collections.abc import Mapping
from dataclasses import replace
from json import JSONDecodeError, loads
from typing import Final

from sagent.lib.json import is_object
from sagent.lib.value import frozen

OVERFLOW: Final = re.compile(
    r"exceeds the maximum number of tokens|prompt is too long|context[_ ](length|size|window)"
    r"|input token count|too many tokens in|request payload size exceeds|maximum context|prompt too long",
    re.IGNORECASE,
)
"""How vendors say that a conversation is longer than the model's window (each has its own words)."""


@frozen(kw_only=True)
class Refusal:
    """An HTTP answer that is not the one hoped for."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    host: str
    """Who answered."""
    proxy: str = ""
    """The variable that names the proxy on the way, and the proxy's host; empty where there is none."""


SLIPS: Final[Mapping[int, int]] = {
    1000: 500,
    1001: 504,
    1002: 429,
    1004: 401,
    1008: 402,
    1013: 500,
    1024: 500,
    1026: 451,
    1027: 451,
    1033: 500,
    1039: 429,
    1041: 429,
    1042: 400,
    1043: 400,
    1044: 400,
    2013: 400,
    2045: 429,
    2049: 401,
    2056: 402,
    2061: 404,
}
"""The HTTP status that each of MiniMax's own numbers stands for (its API reference, error codes)."""


def slipped(answer: Mapping[str, object]) -> Mapping[str, object] | None:
    """What went wrong under HTTP 200 by MiniMax's `base_resp`, as others put it; None if nothing did."""
    said = answer.get("base_resp")
    code = said.get("status_code") if is_object(said) else None
    if not is_object(said) or not isinstance(code, int) or not code:
        return None
    words = str(said.get("status_msg") or "no explanation")
    error = {"type": f"base_resp_{code}", "message": words, "http_code": str(SLIPS.get(code, 500))}
    return {"error": error}


def redacted(refusal: Refusal, secret: str) -> Refusal:
    """The refusal without the key, wherever the other side repeats it.

    What is shorter than six characters is no key but a placeholder, and may be part of any word.
    """
    if len(secret) < 6:
        return refusal
    return replace(refusal, body=refusal.body.replace(secret.encode(), b"[the key]"))


def clip(text: str, length: int = 400) -> str:
    """A vendor's words on one line, and not too many of them."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def body_of(refusal: Refusal) -> object:
    """The JSON of a refusal, or its words where it is none: a page, mostly."""
    try:
        value: object = loads(refusal.body)
    except (JSONDecodeError, UnicodeDecodeError):
        return clip(re.sub(r"<[^>]*>", " ", refusal.body.decode(errors="replace")), 200)
    return value


def said(message: str, code: int, kind: str = "") -> str:
    """A vendor's words, with its number for them."""
    return f"{clip(message) or 'no explanation'} (HTTP {code}{', ' + clip(kind, 80) if kind else ''})"

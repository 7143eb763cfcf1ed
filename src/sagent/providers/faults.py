"""What all dialects share in telling one refusal from another."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from sagent.errors import LONGEST_ASKED, NotFound, Overloaded, ProviderError, Quota, Unreachable
from sagent.lib.json import is_object, parse_json
from sagent.lib.value import frozen

OVERFLOW: Final = re.compile(
    r"exceeds the maximum number of tokens|prompt is too long|context[_ ](length|size|window)"
    r"|input token count|too many tokens in|request payload size exceeds|maximum context|prompt too long",
    re.IGNORECASE,
)
"""How vendors say that a conversation is longer than the model's window (each has its own words)."""

UNABLE: Final = re.compile(
    r"not supported|unsupported|does not support|requires --|chat template|failed to (parse|load)",
    re.IGNORECASE,
)
"""How they say under the status of a failure that they never will (llama.cpp)."""


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


FAILED: Final = re.compile(r"[45]\d\d|error|failed")
"""The status of what went wrong, where others have their own words for one that did not."""


def is_fault(event: Mapping[str, object]) -> bool:
    """Whether an event that brings nothing of an answer says that something went wrong.

    Words alone do not say so: servers also tell how busy they are, and that all is done.
    """
    if (
        event.get("error")
        or slipped(event) is not None
        or "error" in (event.get("type"), event.get("object"))
    ):
        return True
    if event.get("type") is not None or not is_told(event):
        return False  # of a kind that is not known here
    if any(FAILED.fullmatch(str(event.get(key))) for key in ("status", "status_code")):
        return True
    return str(event.get("code") or 0) not in {"0", "200"}


def is_told(event: Mapping[str, object]) -> bool:
    """Whether an event has words for people."""
    return "message" in event or "detail" in event


def slipped(answer: object) -> Mapping[str, object] | None:
    """What went wrong under HTTP 200 by MiniMax's `base_resp`, as others put it; None if nothing did."""
    said = answer.get("base_resp") if is_object(answer) else None
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
    headers = {name: value.replace(secret, "[the key]") for name, value in refusal.headers.items()}
    return replace(refusal, headers=headers, body=refusal.body.replace(secret.encode(), b"[the key]"))


def clip(text: str, length: int = 400) -> str:
    """A vendor's words on one line, and not too many of them."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def body_of(refusal: Refusal) -> object:
    """The JSON of a refusal, or its words where it is none: a page, mostly."""
    try:
        return parse_json(refusal.body)
    except ValueError:
        return clip(re.sub(r"<[^>]*>", " ", refusal.body.decode(errors="replace")), 200)


def said(message: str, code: int, kind: str = "") -> str:
    """A vendor's words, with its number for them."""
    return f"{clip(message) or 'no explanation'} (HTTP {code}{', ' + clip(kind, 80) if kind else ''})"


def busy(words: str, code: int, wait: float | None) -> Overloaded | Quota:
    """Too much was asked: to wait helps, unless it takes so long that the plan must be meant."""
    if code == 429 and wait is not None and wait > LONGEST_ASKED:
        return Quota(words, status=code, retry_after=wait)
    return Overloaded(words, status=code, retry_after=wait)


def unfinished(
    vendor: str, instead: Mapping[str, object], told: Callable[[Mapping[str, object], int], ProviderError]
) -> ProviderError:
    """What it means that an answer has ended, and the model had not said that it is done.

    `instead` is what came that holds nothing of an answer, if that was all; `told` reads the vendor's words.
    """
    if is_told(instead):
        return told(instead, 200)
    if instead:
        named = clip(", ".join(instead), 120)
        return NotFound(f"JSON of something else came, and no answer: it holds {named}", status=200)
    return Unreachable(f"the stream broke off: {vendor} closed it before the answer was done")

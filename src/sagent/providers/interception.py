"""What came in place of the provider's answer: of a proxy or gateway on the way, or from a wrong address."""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from sagent.errors import NotFound, Overloaded, ProviderError, Refused
from sagent.providers.faults import Refusal, clip, redacted
from sagent.providers.renewal import retry_after

FORBIDDEN: Final = 403
LOCKED: Final = frozenset((407, 511))
"""The statuses that only proxies and networks send, which want somebody to log in (RFC 9110, RFC 6585)."""

AWAY: Final = 502
"""The first of the statuses by which gateways say that what is behind them does not answer."""

REFUSED: Final = 400
"""The first of the statuses that say no; under any below it but 200 there is no answer at this address."""


def fault_of(
    refusal: Refusal, secret: str, fault: Callable[[Refusal, float], ProviderError], now: float
) -> ProviderError:
    """What a refusal means, without the key: `fault` says it where it comes from the provider."""
    clean = redacted(refusal, secret)
    return _intercepted(clean, now) or fault(clean, now)


def strange(body: bytes) -> NotFound:
    """What it means that an answer, which is to be JSON or events, is a page or words."""
    if _is_page(body):
        return NotFound(f"a web page came, and no answer: {_words(body)}", status=200)
    words = clip(repr(body.decode(errors="replace")), 120)
    return NotFound(f"plain text came, and no answer: {words}", status=200)


def _intercepted(refusal: Refusal, now: float) -> ProviderError | None:
    status, page = refusal.status, _page(refusal)
    if status < REFUSED:
        return NotFound(f"no answer came, {_elsewhere(refusal)} (HTTP {status})", status=status)
    way = f"{refusal.proxy or 'the proxy settings'} and the base URL"
    told = f"a proxy or gateway on the way answered, and not the provider: {page or _words(refusal.body)}"
    words = f"{told} (HTTP {status})"
    if status in LOCKED:
        return Refused(
            words, status=status, advice=f"Log in there: check {way}, or ask who runs the network."
        )
    if page and status == FORBIDDEN:
        advice = f"The key is not to blame: check {way}, or ask who runs the network."
        return Refused(words, status=status, advice=advice)
    if page and status >= AWAY:
        advice = f"Try again later; if it stays so, check {way}."
        return Overloaded(words, status=status, advice=advice, retry_after=retry_after(refusal.headers, now))
    return None


def _elsewhere(refusal: Refusal) -> str:
    """Where a redirection leads, without what may be secret in it or could steer a terminal."""
    said = refusal.headers.get("location", "")
    try:
        to = urlsplit(said)
    except ValueError:
        return "but a redirection to what is no address"
    place = urlunsplit((to.scheme, to.netloc.rpartition("@")[2], to.path, "", ""))
    shown = clip(re.sub(r"[^ -~]", "?", place), 200)
    return f"but a redirection to {shown}" if shown else "and no redirection"


def _page(refusal: Refusal) -> str:
    """The title of a web page, or its words, and who says to have served it; empty if it is none."""
    if not _is_page(refusal.body):
        return ""
    server = clip(refusal.headers.get("server", ""), 40)
    return f"{_words(refusal.body)}{f', from {server}' if server else ''}"


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def _words(body: bytes) -> str:
    text = body.decode(errors="replace")
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    bare = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return clip(title[1] if title else bare, 120) or "no explanation"

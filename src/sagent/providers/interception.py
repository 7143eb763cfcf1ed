"""What came from a proxy or a gateway on the way, in place of the provider's answer."""

import re
from collections.abc import Callable
from typing import Final

from sagent.errors import Overloaded, ProviderError, Refused
from sagent.providers.faults import Refusal, clip, redacted
from sagent.providers.renewal import retry_after
from sagent.providers.statuses import obeyed

FORBIDDEN: Final = 403
LOCKED: Final = frozenset((407, 511))
"""The statuses that only proxies and networks send, which want somebody to log in (RFC 9110, RFC 6585)."""

AWAY: Final = 502
"""The first of the statuses by which gateways say that what is behind them does not answer."""


def fault_of(
    refusal: Refusal, secret: str, fault: Callable[[Refusal, float], ProviderError], now: float
) -> ProviderError:
    """What a refusal means, without the key: `fault` says it where it comes from the provider."""
    clean = redacted(refusal, secret)
    return _intercepted(clean, now) or obeyed(fault(clean, now), clean.headers, now)


def _intercepted(refusal: Refusal, now: float) -> ProviderError | None:
    status, page = refusal.status, _page(refusal)
    way = f"{refusal.proxy or 'the proxy settings'} and the base URL"
    told = f"a proxy or gateway on the way answered, and not the provider: {page or _words(refusal)}"
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


def _page(refusal: Refusal) -> str:
    """The title of a web page, or its words, and who says to have served it; empty if it is none."""
    begins = refusal.body.lstrip()[:14].lower()
    if not begins.startswith((b"<!doctype html", b"<html")):
        return ""
    server = clip(refusal.headers.get("server", ""), 40)
    return f"{_words(refusal)}{f', from {server}' if server else ''}"


def _words(refusal: Refusal) -> str:
    text = refusal.body.decode(errors="replace")
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    bare = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return clip(title[1] if title else bare, 120) or "no explanation"

"""When a provider can be asked again: what its headers and its words say of that."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sagent.lib.value import frozen

_UNITS: Final[Mapping[str, float]] = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN: Final = r"\d+(?:\.\d+)? ?(?:ms|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?)?|d(?:ays?)?)"
_SOON: Final = re.compile(
    rf"\b(?:try again|retry|resets?|renewed)\b[^.\d]{{0,20}}?((?:{_SPAN} ?)+)(?![a-z\d-])", re.IGNORECASE
)
_LATER: Final = re.compile(
    r"\b(?:regain access|resets?|renewed|available again|try again|retry)\b[^.\d]{0,20}"
    r"(\d{4}-\d\d-\d\d)(?:(?:T| at | )(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)? ?(UTC|Z|[+-]\d\d:\d\d)?",
    re.IGNORECASE,
)
_LATEST: Final = 366 * 86_400.0
"""In how many seconds anything is renewed; what says more than that says something else."""


@frozen(kw_only=True)
class Window:
    """How much of an allowance is left."""

    of: str
    """What is counted, in the vendor's word."""
    left: float
    limit: float | None
    """How much there is when it is whole."""
    seconds: float
    """How long until it is whole again."""
    fills: bool
    """Whether it fills all the time; else it is empty until it is whole."""


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds the server asks to wait: in either form of RFC 9110, 10.2.3, or in milliseconds.

    Who asks for none at all, or until a moment that is past, has not said when to come back.
    """
    from email.utils import parsedate_to_datetime

    exact, word = _number(headers.get("retry-after-ms", "")), headers.get("retry-after", "").strip()
    seconds = _number(word) if exact is None else exact / 1000
    if seconds is None:
        try:
            seconds = parsedate_to_datetime(word).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return _ahead(seconds)


def windows(headers: Mapping[str, str], now: float) -> Iterator[Window]:
    """The allowances that the headers of an answer tell of.

    Anthropic's `anthropic-ratelimit-requests-remaining`, OpenAI's `x-ratelimit-remaining-requests`, and those
    of the IETF (draft-ietf-httpapi-ratelimit-headers), as three fields and as one.
    """
    for name, value in headers.items():
        own = re.fullmatch(r"anthropic-ratelimit-([a-z-]+)-remaining", name)
        theirs = re.fullmatch(r"(x-)?ratelimit-remaining(-[a-z-]+)?", name)
        if own:
            begin, end, of = "anthropic-ratelimit-", f"-{own[1]}", own[1]
            fields = (f"{begin}{of}-limit", f"{begin}{of}-reset")
        elif theirs:
            begin, end = f"{theirs[1] or ''}ratelimit", theirs[2] or ""
            of = end.removeprefix("-") or "requests"
            fields = (f"{begin}-limit{end}", f"{begin}-reset{end}")
        else:
            continue
        left, limit = _number(value), _number(headers.get(fields[0], ""))
        seconds = _until(headers.get(fields[1], ""), now)
        if left is not None and seconds is not None:
            fills = bool(own or end) and limit is not None
            yield Window(of=of, left=left, limit=limit, seconds=seconds, fills=fills)
    for said in re.finditer(r"\br=(\d+)[^,]*?;\s*t=(\d+)", headers.get("ratelimit", "")):
        yield Window(of="requests", left=float(said[1]), limit=None, seconds=float(said[2]), fills=False)


def wait(headers: Mapping[str, str], words: str, now: float) -> float | None:
    """In how many seconds to ask again: as is asked for, as is said, or when what is used up is whole."""
    asked = retry_after(headers, now) or pause(words) or _date(words, now)
    if asked is None:
        used_up = [window.seconds for window in windows(headers, now) if window.left <= 0]
        unified = _until(headers.get("anthropic-ratelimit-unified-reset", ""), now)
        asked = _ahead(max(used_up, default=unified))
    return asked


def pause(words: str) -> float | None:
    """For how long the words ask to wait: "try again in 2m30.5s", "retry after 20 seconds"."""
    said = _SOON.search(words)
    return None if said is None else _ahead(_length(said[1]))


def retry_info(body: object) -> float | None:
    """For how long the `google.rpc.RetryInfo` of an error asks to wait, on whichever wire Google says it."""
    first = body[0] if isinstance(body, list) and body else body
    error = first.get("error", first) if isinstance(first, Mapping) else None
    details = error.get("details") if isinstance(error, Mapping) else None
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, Mapping) else None
        if isinstance(delay, str) and re.fullmatch(r"\d+(\.\d+)?s", delay):
            return _ahead(float(delay[:-1]))
    return None


def _date(words: str, now: float) -> float | None:
    """Until when they do: "you will regain access on 2026-12-01 at 00:00 UTC"."""
    said = _LATER.search(words)
    if said is None:
        return None
    zone = (said[3] or "UTC").upper().replace("UTC", "+00:00").replace("Z", "+00:00")
    return _ahead(_until(f"{said[1]}T{said[2] or '00:00'}{zone}", now))


def _ahead(seconds: float | None) -> float | None:
    """A wait that can be meant: no time at all is none, and neither is more than a year."""
    return seconds if seconds is not None and 0 < seconds <= _LATEST else None


def _length(spans: str) -> float:
    """Durations such as 1h2m3.5s, in seconds."""
    found = re.findall(r"(\d+(?:\.\d+)?) ?(ms|[smhd])", spans.lower())
    return sum(float(size) * _UNITS[unit] for size, unit in found)


def _number(word: str) -> float | None:
    return float(word) if re.fullmatch(r"\d+(\.\d+)?", word.strip()) else None


def _until(word: str, now: float) -> float | None:
    """A time to come as seconds from now: it is said as a duration, as a date, or since 1970 (in ms, too)."""
    from datetime import UTC, datetime

    number = _number(word)
    if number is not None:
        since = number / 1000 if number > 1e11 else number
        seconds = since - now if since > 1e9 else number
    elif re.fullmatch(f"({_SPAN})+", word):
        seconds = _length(word)
    else:
        try:
            when = datetime.fromisoformat(word)
        except ValueError:
            return None
        seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now
    return max(0.0, seconds) if seconds <= _LATEST else None

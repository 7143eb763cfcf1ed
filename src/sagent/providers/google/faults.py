"""Google's refusals, each as the error of ours that says what helps."""

import re
from collections.abc import Iterator, Mapping
from json import JSONDecodeError, loads
from typing import Final

from sagent.errors import (
    Illegal,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.providers.faults import OVERFLOW, Refusal, clip, retry_after

CODES: Final[Mapping[str, int]] = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""The HTTP status of each kind of fault (google.rpc.Code), for errors that come without a number."""


DOORS: Final = "GOOGLE_API_KEY or GEMINI_API_KEY"
"""What opens the door where nothing else is said."""


def fault(refusal: Refusal, now: float, *, doors: str = DOORS) -> ProviderError:
    """What an HTTP answer other than 200 means; `doors` is what to look at where it is a locked door."""
    status = _status(refusal.body)
    if status is None:
        words = clip(re.sub(r"<[^>]*>", " ", refusal.body.decode(errors="replace")), 200)
        status = {"message": words or "no explanation"}
    return told(status, refusal.status, wait=retry_after(refusal.headers, now), doors=doors)


def told(
    status: Mapping[str, object], code: int, *, wait: float | None = None, doors: str = DOORS
) -> ProviderError:
    """What an error object means, wherever it stood; its own code counts where HTTP said 200."""
    own = status.get("code")
    kind = str(status.get("status") or "")
    if code == 200:
        code = own if isinstance(own, int) else CODES.get(kind, 200)
    message = str(status.get("message") or kind or "no explanation")
    words = f"Google: {clip(message)} (HTTP {code}{', ' + kind if kind else ''})"
    reasons = {str(detail.get("reason")) for detail in _details(status)}
    match code:
        case _ if OVERFLOW.search(message):
            return Overflow(words, status=code)
        case 401 | 403:
            return _unauthorized(words, code, doors)
        case 400 if any(reason.startswith("API_KEY") for reason in reasons) or "API key" in message:
            return _unauthorized(words, code, doors)
        case 400 if kind == "FAILED_PRECONDITION":
            return Refused(words, status=code)
        case 400:
            return Illegal(words, status=code)
        case 404:
            return Refused(
                f"{words}. This endpoint does not know the model; the provider's `models()`, "
                "or `sagent models`, lists the ids on offer.",
                status=code,
            )
        case 413:
            return Overflow(words, status=code)
        case 429:
            return _too_much(words, message, status, wait)
        case 402:
            return Quota(words, status=code)
        case 499:
            return Unreachable(words, status=code)
        case 408 | 409:
            return Overloaded(words, status=code, retry_after=wait)
        case _ if code >= 500:
            return Overloaded(words, status=code, retry_after=_delay(status) or wait)
        case _:
            return Refused(words, status=code)


def _unauthorized(words: str, code: int, doors: str) -> ProviderError:
    return Unauthorized(f"{words}. Check {doors}.", status=code)


def _too_much(words: str, message: str, status: Mapping[str, object], wait: float | None) -> ProviderError:
    """Too many requests: by the minute, which passes soon, or by the day or for good."""
    daily = any(re.search(r"per.?day", quota, re.IGNORECASE) for quota in _quotas(status))
    spent = re.search(r"limit: 0\b|credits? (are|is|has been|have been) depleted|spending cap", message)
    if daily or spent:
        return Quota(f"{words}. Wait for tomorrow, raise the quota, or choose another model.", status=429)
    return Overloaded(words, status=429, retry_after=_delay(status) or wait)


def _status(body: bytes) -> Mapping[str, object] | None:
    """The error object of a body, which may stand alone, in an array, or under `error`."""
    try:
        value = loads(body)
    except (JSONDecodeError, UnicodeDecodeError):
        return None
    if isinstance(value, list) and value:
        value = value[0]
    error = value.get("error") if isinstance(value, dict) else None
    return error if isinstance(error, dict) else {"message": error} if isinstance(error, str) else None


def _details(status: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    details = status.get("details")
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict):
            yield detail


def _quotas(status: Mapping[str, object]) -> Iterator[str]:
    for detail in _details(status):
        violations = detail.get("violations")
        for violation in violations if isinstance(violations, list) else ():
            if isinstance(violation, dict):
                yield f"{violation.get('quotaId')} {violation.get('quotaMetric')}"


def _delay(status: Mapping[str, object]) -> float | None:
    """What `google.rpc.RetryInfo` asks for."""
    for detail in _details(status):
        delay = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(detail.get("retryDelay")))
        if delay:
            return float(delay[1])
    return None

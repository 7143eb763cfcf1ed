"""Google's refusals, each as the error of ours that says what helps."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sagent.errors import (
    LONGEST_ASKED,
    Illegal,
    NotFound,
    Overflow,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.lib.json import is_object
from sagent.providers.faults import OVERFLOW, Refusal, body_of, busy, clip, said
from sagent.providers.renewal import pause, wait

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


def fault(refusal: Refusal, now: float) -> ProviderError:
    """What an HTTP answer other than 200 means."""
    body = body_of(refusal)
    status = _status(body) or _worded(body)
    message = str(status.get("message") or "")
    return told(status, refusal.status, wait=_delay(status) or wait(refusal.headers, message, now))


def told(error: object, code: int, *, wait: float | None = None) -> ProviderError:
    """What an error object means, wherever it stood; its own code counts where HTTP said 200."""
    status = error if is_object(error) else _worded(error)
    own = status.get("code")
    kind = str(status.get("status") or "")
    if code == 200:
        code = own if isinstance(own, int) else CODES.get(kind, 500)
    message = str(status.get("message") or status.get("detail") or kind)
    words = said(message, code, kind)
    wait = _delay(status) or wait or pause(message)
    reasons = {str(detail.get("reason")) for detail in _details(status)}
    match code:
        case _ if OVERFLOW.search(message):
            return Overflow(words, status=code)
        case 401 | 403:
            return Unauthorized(words, status=code)
        case 400 if any(reason.startswith("API_KEY") for reason in reasons) or "API key" in message:
            return Unauthorized(words, status=code)
        case 400 if kind == "FAILED_PRECONDITION":
            return Refused(words, status=code)
        case 400:
            return Illegal(words, status=code)
        case 413:
            return Overflow(words, status=code)
        case 429 if _is_spent(message, status):
            # What Google asks to wait then is meant for the quotas of a minute, and not when the day is over.
            told = wait if wait is not None and wait > LONGEST_ASKED else None
            return Quota(words, status=code, retry_after=told)
        case 402:
            return Quota(words, status=code, retry_after=wait)
        case 404:
            return NotFound(words, status=code)
        case 499:
            return Unreachable(words, status=code)
        case 408 | 409 | 429:
            return busy(words, code, wait)
        case _ if code >= 500:
            return busy(words, code, wait)
        case _:
            return Refused(words, status=code)


def _is_spent(message: str, status: Mapping[str, object]) -> bool:
    """Whether it is too much for the day, or for good; what is too much for the minute passes soon."""
    daily = any(re.search(r"per.?day", quota, re.IGNORECASE) for quota in _quotas(status))
    spent = re.search(r"limit: 0\b|credits? (are|is|has been|have been) depleted|spending cap", message)
    return daily or spent is not None


def _status(value: object) -> Mapping[str, object] | None:
    """The error object of a body, which may stand alone, in an array, or under `error`."""
    if isinstance(value, list) and value:
        value = value[0]
    error = value.get("error") if isinstance(value, dict) else None
    return error if isinstance(error, dict) else {"message": error} if isinstance(error, str) else None


def _worded(body: object) -> Mapping[str, object]:
    """An error object of what is none."""
    return {"message": body if isinstance(body, str) else clip(str(body), 200)}


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

"""The refusals of this wire, each as the error of ours that says what helps."""

import re
from collections.abc import Mapping
from typing import Final

from sagent.errors import (
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
from sagent.providers.faults import OVERFLOW, UNABLE, Refusal, body_of, busy, clip, said
from sagent.providers.renewal import pause, wait

CODES: Final[Mapping[str, int]] = {
    "invalid_request_error": 400,
    "exceed_context_size_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The HTTP status of each kind of error, for those that come in the midst of a stream."""

LONG: Final = re.compile(
    r"exceed_context_size|available context|context limit|input is too long", re.IGNORECASE
)
"""How others than Anthropic say on this wire that a conversation does not fit, beside what all say."""

SPENT: Final = re.compile(
    r"credit balance|usage limits?\b|insufficient|quota|billing|spend(ing)? limit|regain access|per[- ]day",
    re.IGNORECASE,
)
"""How they say that the plan is used up."""

BRIEF: Final = ("rate_limit_error", "RESOURCE_EXHAUSTED")
"""Kinds of errors that pass within minutes, whatever their words (the latter is Google Cloud's)."""


def fault(refusal: Refusal, now: float) -> ProviderError:
    """What an HTTP answer other than 200 means."""
    value = body_of(refusal)
    _, message, _ = _named(value)
    return told(value, refusal.status, wait=wait(refusal.headers, message, now))


def told(value: object, status: int, *, wait: float | None = None) -> ProviderError:
    """What an error object means, wherever it stood; its own kind counts where HTTP said 200."""
    kind, message, own = _named(value)
    code = status if status != 200 else own or CODES.get(kind, 500)  # an error in a stream
    everything = f"{kind} {message}"
    words = said(message or kind, code, kind)
    wait = pause(message) if wait is None else wait
    match code:
        case _ if OVERFLOW.search(everything) or LONG.search(everything):
            return Overflow(words, status=code)
        case 413:
            return Overflow(words, status=code)
        case 401 | 403:
            return Unauthorized(words, status=code)
        case 402:
            return Quota(words, status=code, retry_after=wait)
        case 400 | 429 if SPENT.search(message) and kind not in BRIEF:
            return Quota(words, status=code, retry_after=wait)
        case 400 if kind == "FAILED_PRECONDITION":
            return Refused(words, status=code)
        case 400 | 405 | 415 | 422:
            return Illegal(words, status=code)
        case 404:
            return NotFound(words, status=code)
        case 499:
            return Unreachable(words, status=code)
        case 408 | 409 | 424 | 425 | 429:
            return busy(words, code, wait)
        case 500 | 501 if UNABLE.search(message):
            return Illegal(words, status=code)
        case _ if code >= 500:  # all of them pass
            return busy(words, code, wait)
        case _:
            return Refused(words, status=code)


def _named(value: object) -> tuple[str, str, int | None]:
    """The kind, the words and the number of an error: under `error`, in an array, alone, or only words."""
    if isinstance(value, list) and value:
        value = value[0]  # Google Cloud
    if isinstance(value, str):
        return "", clip(value, 200), None
    if not is_object(value):
        return "", "", None
    error = value.get("error")
    if isinstance(error, str):
        return "", error, None
    if not is_object(error):
        error = value
    number = str(error.get("http_code") or error.get("code") or "")
    own = int(number) if re.fullmatch(r"[45]\d\d", number) else None
    kind = error.get("type") or error.get("status")
    words = error.get("message") or error.get("detail") or error.get("status_msg") or ""
    return kind if isinstance(kind, str) and kind != "error" else "", str(words), own

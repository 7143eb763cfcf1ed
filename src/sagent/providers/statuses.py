"""What an HTTP status means on every wire, where the words of a refusal say nothing else."""

import re
from collections.abc import Mapping
from typing import Final

from sagent.errors import (
    LONGEST_ASKED,
    Illegal,
    NotFound,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.providers.renewal import wait

UNABLE: Final = re.compile(
    r"not supported|unsupported|does not support|requires --|chat template|failed to (parse|load)",
    re.IGNORECASE,
)
"""How they say under the status of a failure that they never will (llama.cpp)."""


def by_status(words: str, code: int, wait: float | None) -> ProviderError:
    """The error for a status; `wait` is for how long the refusal asks to wait."""
    match code:
        case 400 | 405 | 415 | 422:
            return Illegal(words, status=code)
        case 401 | 403:
            return Unauthorized(words, status=code)
        case 402:
            return Quota(words, status=code, retry_after=wait)
        case 404 | 410:
            return NotFound(words, status=code)
        case 413:
            return Overflow(words, status=code)
        case 408 | 409 | 424 | 425 | 429:
            return _busy(words, code, wait)
        case 499:
            return Unreachable(words, status=code)
        case 500 | 501 if UNABLE.search(words):
            return Illegal(words, status=code)
        case _ if code >= 500:  # all of them pass
            return _busy(words, code, wait)
        case _:
            return Refused(words, status=code)


def obeyed(error: ProviderError, headers: Mapping[str, str], now: float) -> ProviderError:
    """The error, or another one where the server says itself whether trying again helps.

    OpenAI, Anthropic and what is compatible with them do so by `x-should-retry`, which their clients follow.
    """
    asked = wait(headers, error.said, now)
    match headers.get("x-should-retry", "").strip().lower(), error:
        case "false", Overloaded(status=429):
            return Quota(error.said, status=error.status, retry_after=error.retry_after)
        case "false", Overloaded():
            return Refused(error.said, status=error.status)
        case "true", Illegal() | Refused() | Unauthorized() | Quota() if (asked or 0) <= LONGEST_ASKED:
            return Overloaded(error.said, status=error.status, retry_after=asked)
        case _:
            return error


def _busy(words: str, code: int, wait: float | None) -> Overloaded | Quota:
    """Too much was asked: to wait helps, unless it takes so long that the plan must be meant."""
    if code == 429 and wait is not None and wait > LONGEST_ASKED:
        return Quota(words, status=code, retry_after=wait)
    return Overloaded(words, status=code, retry_after=wait)

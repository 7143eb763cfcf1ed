"""The refusals of all that is compatible with OpenAI, each as the error of ours that says what helps."""

import re
from collections.abc import Mapping
from typing import Final

from sagent.errors import (
    BadAnswer,
    Illegal,
    NotFound,
    Overflow,
    ProviderError,
    Quota,
    Refused,
    Unauthorized,
    Unreachable,
)
from sagent.lib.json import is_object, parse_json
from sagent.providers.faults import OVERFLOW, UNABLE, Refusal, body_of, busy, clip, said, slipped
from sagent.providers.renewal import pause, wait

LONG: Final = re.compile(
    r"context_length_exceeded|exceed_context_size|too_many_prompt_tokens|token limit reached"
    r"|length of all messages is too long|exceeds the (available|model'?s?( maximum)?) context"
    r"|(input|prompt|request)[^.]{0,40} (is|are) too (long|large)|reduce the length of"
    r"|maximum (prompt|input) length|exceeds max length|exceeded model token limit"
    r"|token count .{0,30}exceeds|range of input length",
    re.IGNORECASE,
)
"""How vendors of this family say that a conversation does not fit, beside what all say."""

SPENT: Final = re.compile(
    r"insufficient_quota|exceeded_current_quota|insufficient[ _](balance|credit|funds)|billing|out of credits"
    r"|(monthly|weekly|daily|usage) limit|per[- ]day|payment|arrears|suspended|recharge|no credit|\b1308\b",
    re.IGNORECASE,
)
"""How they say that a plan is used up: to wait a little does not help then."""

OWING: Final = re.compile(
    r"insufficient_quota|insufficient[ _](balance|credit|funds)|out of credits|credit balance|arrear",
    re.IGNORECASE,
)
"""How they say it under the status of a malformed request."""

LOCKED: Final = re.compile(
    r"invalid_api_key|invalid api[ -]?key|incorrect api[ -]?key|authentication", re.IGNORECASE
)
"""How they say that a key is wrong, where the status does not."""

ABSENT: Final = re.compile(
    r"model_not_found|invalid_model\b|model_decommissioned|not a valid model"
    r"|model .{0,80}(does not exist|not found)",
    re.IGNORECASE,
)
"""How they say that there is no such model, where the status does not."""


def fault(refusal: Refusal, now: float) -> ProviderError:
    """What an HTTP answer other than 200 means."""
    value = body_of(refusal)
    words = _message(_error(value))
    return told(value, refusal.status, wait=wait(refusal.headers, words, now))


def told(value: object, status: int, *, wait: float | None = None) -> ProviderError:
    """What an error object means, wherever it stood; its own code counts where HTTP said 200."""
    error = _error((slipped(value) or value) if is_object(value) else value)
    message, kind = _message(error), _kind(error)
    code = _code(error, kind) if status == 200 else status
    everything = f"{kind} {message}"
    words = said(message, code, kind)
    wait = pause(message) if wait is None else wait
    if OVERFLOW.search(everything) or LONG.search(everything):
        return Overflow(words, status=code)
    match code:
        case 401:
            return Unauthorized(words, status=code)
        case 402:
            return Quota(words, status=code, retry_after=wait)
        case 403:
            return _forbidden(words, everything, code)
        case 400 | 422 if LOCKED.search(everything):
            return Unauthorized(words, status=code)
        case 404 | 410:
            return NotFound(words, status=code)
        case 400 if ABSENT.search(everything):
            return NotFound(words, status=code)
        case 400 if OWING.search(everything):
            return Quota(words, status=code, retry_after=wait)
        case 400 if "tool_use_failed" in kind:
            wrote = clip(str(error.get("failed_generation") or "nothing"), 200)
            return BadAnswer(f"{words}. The model wrote: {wrote}", status=code)
        case 400 if "content_filter" in kind:  # Azure's
            return Refused(words, status=code)
        case 400 | 405 | 415 | 422:
            return Illegal(words, status=code)
        case 413:
            return Overflow(words, status=code)
        case 429 if SPENT.search(everything) and not re.search(r"rate[_ ]limit|overloaded", kind):
            return Quota(words, status=code, retry_after=wait)
        case 408 | 409 | 425 | 429:
            return busy(words, code, wait)
        case 500 | 501 if UNABLE.search(message):
            return Illegal(words, status=code)
        case 499:
            return Unreachable(words, status=code)
        case _ if code >= 500:
            return busy(words, code, wait)
        case _:
            return Refused(words, status=code)


def _error(value: object) -> Mapping[str, object]:
    """The error object: under `error`, in an array, alone, or only its words, under whatever name."""
    if isinstance(value, list) and value:
        value = value[0]
    if not is_object(value):
        return {"message": value if isinstance(value, str) else ""}
    inner = value.get("error")
    if is_object(inner):
        return inner
    if isinstance(inner, str) and inner:
        return {**value, "message": inner}
    if "message" in value or "code" in value:
        return value
    detail = value.get("detail") or value.get("error_msg") or value.get("errors")
    return {**value, "message": detail if isinstance(detail, str) else str(detail or "")}


def _message(error: Mapping[str, object]) -> str:
    """What is said, and what the server behind it said (OpenRouter quotes that as a string)."""
    message = str(error.get("message") or error.get("type") or error.get("code") or "no explanation")
    metadata = error.get("metadata")
    raw = metadata.get("raw") if is_object(metadata) else None
    if not isinstance(raw, str) or not raw:
        return message
    try:
        value = parse_json(raw)
    except ValueError:
        return f"{message}: {raw}"
    return f"{message}: {_message(_error(value)) if is_object(value) else raw}"


def _kind(error: Mapping[str, object]) -> str:
    """Its name: what is a word of its code and its type."""
    words = (error.get("code"), error.get("type"))
    return " ".join(dict.fromkeys(word for word in words if isinstance(word, str) and not word.isdecimal()))


def _code(error: Mapping[str, object], kind: str) -> int:
    """The status that an error without one stands for: under HTTP 200 it may still have its number."""
    for key in ("status_code", "code", "http_code", "raw_status_code", "status"):
        number = error.get(key)
        if isinstance(number, int | str) and re.fullmatch(r"[45]\d\d", str(number)):
            return int(number)
    named = {
        r"rate_limit|overloaded|too_many_requests": 429,
        r"invalid_request|invalid_argument|tool_use_failed": 400,
        r"authentication|invalid_api_key": 401,
        r"permission": 403,
        r"insufficient_quota": 429,
        r"not_found": 404,
        r"server_error|unavailable|timeout|internal": 500,
    }
    return next((code for pattern, code in named.items() if re.search(pattern, kind)), 500)


def _forbidden(words: str, everything: str, code: int) -> ProviderError:
    """Not allowed: for want of money, for what was said, or for the key."""
    if SPENT.search(everything):
        return Quota(words, status=code)
    if re.search(r"violat|content|safety|moderation|flagged|region|country", everything, re.IGNORECASE):
        return Refused(words, status=code)
    return Unauthorized(words, status=code)

"""OpenAI's refusals, each as the error of ours that says what helps."""

import re
from collections.abc import Mapping
from typing import Final

from sagent.errors import Overflow, Overloaded, ProviderError, Refused
from sagent.providers.faults import Refusal
from sagent.providers.openai_chat import faults as chat

POLICY: Final = re.compile(
    r"invalid_prompt|content_policy|bio_policy|cyber_policy|policy_violation|moderation_blocked"
    r"|data_residency_mismatch|unsupported_country_region_territory|content_filter\b"
)
"""Codes of refusals that the request's form is not to blame for."""

TOO_LARGE: Final = re.compile(r"request too large for .*tokens per min", re.IGNORECASE | re.DOTALL)
"""A request larger than a whole minute's allowance: to wait does not help, to be shorter does."""

UNVERIFIED: Final = re.compile(
    r"organization must be verified to (stream|generate reasoning summaries)", re.IGNORECASE
)
"""What only organizations may ask for that have shown OpenAI who they are."""


def fault(refusal: Refusal, now: float, *, vendor: str = "OpenAI", key_variable: str = "") -> ProviderError:
    """What an HTTP answer other than 200 means."""
    error = chat.fault(refusal, now, vendor=vendor, key_variable=key_variable)
    milliseconds = refusal.headers.get("retry-after-ms", "")
    if isinstance(error, Overloaded) and re.fullmatch(r"\d+(\.\d+)?", milliseconds):
        error = Overloaded(str(error), status=error.status, retry_after=float(milliseconds) / 1000)
    return _told(error)


def told(error: object, status: int, *, vendor: str = "OpenAI", key_variable: str = "") -> ProviderError:
    """What an error object means, wherever it stood; its own code counts where HTTP said 200."""
    if isinstance(error, Mapping) and error.get("type") == "error":
        error = {key: value for key, value in error.items() if key != "type"}
    return _told(chat.told(error, status, vendor=vendor, key_variable=key_variable))


def _told(error: ProviderError) -> ProviderError:
    words = str(error)
    if unverified := UNVERIFIED.search(words):
        without = (
            "stream=False" if unverified[1] == "stream" else "extra_body={'reasoning': {'summary': None}}"
        )
        return Refused(f"{words} Verify it, or build the model with {without}.", status=error.status)
    if POLICY.search(words):
        return Refused(words, status=error.status)
    if isinstance(error, Overloaded) and TOO_LARGE.search(words):
        return Overflow(words, status=error.status)
    return error

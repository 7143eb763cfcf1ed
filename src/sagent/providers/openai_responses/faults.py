"""OpenAI's refusals, each as the error of ours that says what helps."""

import re
from typing import Final

from sagent.errors import Overflow, Overloaded, ProviderError, Quota, Refused
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


def fault(refusal: Refusal, now: float) -> ProviderError:
    """What an HTTP answer other than 200 means."""
    return _told(chat.fault(refusal, now))


def told(error: object, status: int) -> ProviderError:
    """What an error object means, wherever it stood; its own code counts where HTTP said 200."""
    return _told(chat.told(error, status))


def _told(error: ProviderError) -> ProviderError:
    words = error.said
    if unverified := UNVERIFIED.search(words):
        without = (
            "stream=False" if unverified[1] == "stream" else "extra_body={'reasoning': {'summary': None}}"
        )
        advice = f"Verify it, or build the model with {without}."
        return Refused(words, status=error.status, advice=advice)
    if POLICY.search(words):
        return Refused(words, status=error.status)
    if isinstance(error, Overloaded | Quota) and TOO_LARGE.search(words):
        return Overflow(words, status=error.status)
    return error

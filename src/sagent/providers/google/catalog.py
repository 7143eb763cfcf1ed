"""What this wire makes of what is known of a model: how it thinks, and what it signs."""

from typing import Final, Literal

from sagent.providers.catalog import known

GOOGLE: Final = "Google"
"""Whose rows hold for a model, whoever serves it."""


def is_signed(model: str, provider: str = GOOGLE) -> bool:
    """Whether calls must carry thought signatures and have ids, and results may hold files: Gemini 3 on.

    Source: ai.google.dev/gemini-api/docs/thought-signatures.
    """
    return known(model, provider, GOOGLE).get("thought_signatures", False)


def is_thinking(model: str, provider: str = GOOGLE) -> bool:
    """Whether a model thinks unless it is told not to, so that its thoughts can be asked for."""
    return known(model, provider, GOOGLE).get("thinking_by_default", False)


def is_levelled(model: str, provider: str = GOOGLE) -> bool:
    """Whether a model is asked to think by a level, and not with a budget: Gemini 3 on."""
    return known(model, provider, GOOGLE).get("thinking") == "adaptive"


def formed(model: str, provider: str = GOOGLE) -> Literal["always", "without_tools", "never"]:
    """When answers of a model can be held to a schema: before Gemini 3 only where it has no functions.

    Source: ai.google.dev/gemini-api/docs/structured-output; what 2.5 says beside functions is "Function
    calling with a response mime type: 'application/json' is unsupported" (googleapis/python-genai#867).
    """
    held = known(model, provider, GOOGLE).get("structured_output", "never")
    return "never" if held == "json_object" else held

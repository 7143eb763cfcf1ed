"""What is known of Google's models by their names: how they think, and what they sign."""

import re
from typing import Literal


def generation(model: str) -> int:
    """Which generation of Gemini a model is; 0 for any other family.

    A Gemini without a number (`gemini-flash-latest`) is taken for a new one: it follows the newest.
    """
    numbered = re.match(r"gemini-(\d+)", model)
    if numbered:
        return int(numbered[1])
    return 3 if model.startswith("gemini-") else 0


def is_signed(model: str) -> bool:
    """Whether calls must carry thought signatures and have ids, and results may hold files: Gemini 3 on.

    Source: ai.google.dev/gemini-api/docs/thought-signatures.
    """
    return generation(model) >= 3


def is_thinking(model: str) -> bool:
    """Whether a model thinks unless it is told not to, so that its thoughts can be asked for."""
    speaks_or_draws = re.search(r"image|tts|audio|live|embedding|computer|robotics", model)
    return not speaks_or_draws and (
        generation(model) >= 3 or model.startswith(("gemini-2.5-pro", "gemini-2.5-flash"))
    )


def formed(model: str) -> Literal["always", "alone", "never"]:
    """When answers of a model can be held to a schema: before Gemini 3 only where it has no functions.

    Source: ai.google.dev/gemini-api/docs/structured-output; what 2.5 says beside functions is "Function
    calling with a response mime type: 'application/json' is unsupported" (googleapis/python-genai#867).
    """
    if generation(model) >= 3:
        return "always"
    return "alone" if generation(model) == 2 else "never"

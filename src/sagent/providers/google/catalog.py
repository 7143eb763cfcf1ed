"""What is known of Google's models by their names: how they think, what they sign, how much they take."""

import re

from sagent.protocols import ModelLimits


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


def limits(model: str) -> ModelLimits:
    """What a model can take and give; unknown for models that are not listed here."""
    if model.startswith("gemini-4-argon"):
        return ModelLimits(context_window=1_048_576, max_output=32_768)
    if re.match(r"gemini-(2\.5|3|[a-z-]*latest)", model) and is_thinking(model):
        return ModelLimits(context_window=1_048_576, max_output=65_536)
    return ModelLimits()

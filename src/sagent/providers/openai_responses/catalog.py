"""What is known of OpenAI's models by their names: whether they reason, how hard, how much they take."""

import re
from collections.abc import Sequence
from typing import Final

from sagent.protocols import ModelLimits
from sagent.providers.effort import EFFORTS, Effort

LEVELS: Final[Sequence[tuple[str, Sequence[Effort]]]] = (
    (r"o\d.*deep-research", ("medium",)),
    (r"o\d", ("low", "medium", "high")),
    (r"gpt-oss", ("low", "medium", "high")),
    (r"gpt-[5-9](\.\d+)?-chat", ()),
    (r"gpt-5(-\d{4}.*|-mini.*|-nano.*)?$", ("minimal", "low", "medium", "high")),
    (r"gpt-5-pro", ("high",)),
    (r"gpt-5(\.1)?-codex-max", ("low", "medium", "high", "xhigh")),
    (r"gpt-5(\.1)?-codex", ("low", "medium", "high")),
    (r"gpt-5\.1", ("none", "low", "medium", "high")),
    (r"gpt-5\.3-codex-spark", ("low", "medium", "high", "xhigh")),
    (r"gpt-5\.\d+-pro", ("medium", "high", "xhigh")),
    (r"gpt-5\.[2-5]", ("none", "low", "medium", "high", "xhigh")),
    (r"gpt-5\.6-cyber|gpt-6(\.\d+)?-astra|gpt-6\.[1-9]-sol", ("low", "medium", "high", "xhigh", "max")),
    (r"gpt-5\.\d+|gpt-[6-9]", ("none", "low", "medium", "high", "xhigh", "max")),
    (r"gpt-|chatgpt-|davinci|babbage", ()),
)
"""The efforts that a model knows, by the beginning of its name; none where it does not reason."""

LIMITS: Final[Sequence[tuple[str, int, int]]] = (
    (r"gpt-5\.3-codex-spark", 128_000, 32_000),
    (r"gpt-5\.6-cyber|gpt-5\.4-(mini|nano)", 272_000, 128_000),
    (r"gpt-5\.[4-9]|gpt-6", 922_000, 128_000),
    (r"gpt-5(\.\d+)?-chat", 128_000, 16_384),
    (r"gpt-5", 272_000, 128_000),
    (r"gpt-4\.1", 1_047_576, 32_768),
    (r"gpt-4o", 128_000, 16_384),
    (r"o[134]", 200_000, 100_000),
)
"""What a model takes and gives, in tokens, by the beginning of its name."""


def base_name(model: str) -> str:
    """The model's own name, without what routers and those who tune it put before it."""
    return model.rpartition("/")[2].removeprefix("ft:")


def levels(model: str) -> Sequence[Effort] | None:
    """The efforts that a model knows, the least first; empty if it does not reason, None if nobody knows."""
    name = base_name(model)
    return next((known for pattern, known in LEVELS if re.match(pattern, name)), None)


def is_reasoning(model: str) -> bool:
    """Whether a model is known to reason, so that its reasoning can be asked for and must come back."""
    return bool(levels(model))


def nearest(model: str, effort: Effort) -> Effort | None:
    """The effort that a model knows and that is nearest, the harder of two; None if it does not reason."""
    known = levels(model)
    if known is None:
        return effort
    wanted = EFFORTS.index(effort)
    return min(reversed(known), key=lambda level: abs(EFFORTS.index(level) - wanted), default=None)


def limits(model: str) -> ModelLimits:
    """What a model can take and give; unknown for models that are not listed here."""
    name = base_name(model)
    for pattern, window, output in LIMITS:
        if re.match(pattern, name):
            return ModelLimits(context_window=window, max_output=output)
    return ModelLimits()

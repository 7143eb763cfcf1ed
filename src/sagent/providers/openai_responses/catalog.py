"""What is known of OpenAI's models by their names: whether they reason, and how hard."""

import re
from collections.abc import Sequence
from typing import Final

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

SYSTEM: Final = re.compile(
    r"gpt-5\.4(-mini|-pro)?$|gpt-5\.5$|gpt-5\.6-(luna|sol|terra)|gpt-6(\.\d+)?-(astra|luna|sol|terra)"
)
"""Models that can be given other instructions in the midst of a conversation."""

TOOLS: Final = re.compile(r"gpt-5\.6-(luna|sol|terra)|gpt-6(\.\d+)?-(astra|luna|sol|terra)")
"""Models that can be given more tools there."""

EFFORT: Final = re.compile(r"gpt-6(\.\d+)?-(astra|luna|sol|terra)")
"""Models that can be asked for another effort there."""


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

"""What OpenAI's wires make of what is known of a model: whether it reasons, how hard, what it can be told."""

from collections.abc import Sequence, Set
from typing import Final

from sagent.providers.catalog import known
from sagent.providers.effort import EFFORTS, Effort, ranked

OPENAI: Final = "OpenAI"
"""Whose rows hold for a model, whoever serves it."""


def base_name(model: str) -> str:
    """The model's own name, without what routers and those who tune it put before it."""
    return model.rpartition("/")[2].removeprefix("ft:")


def levels(model: str, provider: str = OPENAI) -> Sequence[Effort] | None:
    """The efforts that a model knows, the least first; empty if it does not reason, None if nobody knows."""
    efforts = known(model, provider, OPENAI).get("efforts")
    return None if efforts is None else ranked(efforts)


def is_reasoning(model: str, provider: str = OPENAI) -> bool:
    """Whether a model is known to reason, so that its reasoning can be asked for and must come back."""
    return bool(levels(model, provider))


def is_sampled(model: str, provider: str = OPENAI) -> bool:
    """Whether temperature and its like can be set: where nobody says it, for those that do not reason."""
    return known(model, provider, OPENAI).get("sampling", not is_reasoning(model, provider))


def is_formed(model: str, provider: str = OPENAI) -> bool:
    """Whether answers of a model can be held to a schema, beside tools too: GPT-4o and later."""
    return known(model, provider, OPENAI).get("structured_output") == "always"


def told(model: str, provider: str = OPENAI) -> Set[str]:
    """What a model can be told of in the midst of a conversation: `system`, `tools`, `effort`."""
    return frozenset(known(model, provider, OPENAI).get("mid_conversation", ()))


def nearest(model: str, effort: Effort, provider: str = OPENAI) -> Effort | None:
    """The effort that a model knows and that is nearest, the harder of two; None if it does not reason."""
    efforts = levels(model, provider)
    if efforts is None:
        return effort
    wanted = EFFORTS.index(effort)
    return min(reversed(efforts), key=lambda level: abs(EFFORTS.index(level) - wanted), default=None)

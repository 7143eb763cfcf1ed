"""How hard a model is asked to reason, and whether its reasoning is told."""

from sagent.providers.effort import Effort
from sagent.providers.openai_responses.catalog import OPENAI, is_reasoning, nearest
from sagent.schema.wire import openai_responses as wire


def reasoning(model: str, effort: Effort | None, provider: str = OPENAI) -> wire.Reasoning | None:
    """What to ask of a model; None for one that does not reason, and for an unknown one unasked."""
    reasons = is_reasoning(model, provider)
    if effort is None:
        return {"summary": "auto"} if reasons else None
    level = nearest(model, effort, provider)
    if level is None:
        return None
    # Where there is no reasoning there is nothing to tell of it; unknown models may not know summaries.
    return {"effort": level, "summary": "auto"} if reasons and level != "none" else {"effort": level}

"""How hard a model is asked to reason, and whether its reasoning is told."""

from sagent.providers.effort import Effort
from sagent.providers.openai_responses.catalog import is_reasoning, nearest
from sagent.schema.wire import openai_responses as wire


def reasoning(model: str, effort: Effort | None) -> wire.Reasoning | None:
    """What to ask of a model; None for one that does not reason, and for an unknown one unasked."""
    if effort is None:
        return {"summary": "auto"} if is_reasoning(model) else None
    level = nearest(model, effort)
    if level is None:
        return None
    # Where there is no reasoning there is nothing to tell of it; unknown models may not know summaries.
    return (
        {"effort": level, "summary": "auto"} if is_reasoning(model) and level != "none" else {"effort": level}
    )

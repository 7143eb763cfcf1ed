"""What another model does not take over from the one before it, in words for the user: pure."""

from sagent.loop.budget import Meter
from sagent.loop.state import State
from sagent.messages.origin import origin_of
from sagent.messages.size import most_tokens
from sagent.messages.words import calls_of
from sagent.schema.message import ModelResponse
from sagent.schema.part import Thinking
from sagent.schema.values import ModelSpec


def swapped(state: State, before: ModelSpec | None, meter: Meter) -> str:
    """One line about what a swap costs; empty where there was nothing to take over, or nobody took over."""
    spec = state.model
    if before is None or spec is None or origin_of(before) == origin_of(spec):
        return ""
    responses = [entry for entry in state.view if isinstance(entry, ModelResponse)]
    if not responses and state.summary is None:
        return ""
    thoughts = sum(
        isinstance(part, Thinking)
        for index, response in enumerate(state.view)
        if isinstance(response, ModelResponse)
        if response.origin != origin_of(spec) or index < state.trusted
        for part in response.content
    )
    size = most_tokens(state.system, state.tools, state.view, state.trusted, spec)
    price = meter(spec, size).input_usd
    cost = "" if price is None else f" (about ${size * price:.4f})"
    left = f"thoughts left behind: {thoughts}; " if thoughts else ""
    calls = sum(len(calls_of(response)) for response in responses)
    along = f" (answers: {len(responses)}, calls: {calls})" if calls else ""
    return (
        f"{_named(spec, before)} goes on from {_named(before, spec)}: "
        f"the conversation goes along{along}; {left}at most {size:,} tokens are read anew{cost}"
    )


def _named(spec: ModelSpec, other: ModelSpec) -> str:
    """A model by what tells it from the other one."""
    name = f"{spec.provider} {spec.model}"
    if (spec.provider, spec.model) != (other.provider, other.model):
        return name
    if spec.dialect != other.dialect:
        return f"{name} over {spec.dialect}"
    return f"{name} at {spec.endpoint.rpartition('@')[2]}"  # who logs in there is nobody else's business

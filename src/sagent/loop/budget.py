"""What a request may cost at most, reserved before it is sent (LOOP R15): pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sagent.loop.account import UNDRAWN, Drawn
from sagent.loop.state import State
from sagent.protocols import Tariff
from sagent.schema.values import ModelSpec

Meter: TypeAlias = Callable[[ModelSpec, int], Tariff]
"""What a model's tokens cost at most in a request of so many, and how many it may write."""

LEAST_OUTPUT: Final = 1_024
"""Tokens below which an answer is not worth asking for: then the agent halts instead."""

MOST_OUTPUT: Final = 32_768
"""Tokens that a model of unknown limits may write where a budget holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What is set aside for a request."""

    usd: float
    tokens: int
    max_output: int | None
    """How many tokens the model may write; None leaves it to the model."""


FREE: Final = Grant(usd=0.0, tokens=0, max_output=None)
"""Nothing is set aside."""


def grant(
    state: State,
    meter: Meter,
    size: Callable[[], int],
    max_output: int | None = None,
    drawn: Drawn = UNDRAWN,
) -> Grant | str:
    """What the next request may cost, `FREE` where no budget holds; in words, why it cannot be sent.

    `size` tells how many tokens it has, `max_output` how many it wants at most. If it is one of several that
    are settled together, what they have drawn is set aside with it.
    """
    limits, spec = state.limits, state.model
    if spec is None or (limits.max_budget_usd is None and limits.max_budget_tokens is None):
        return FREE
    asked = size()
    tariff = meter(spec, asked)
    natural = tariff.max_output or MOST_OUTPUT
    natural = natural if max_output is None else min(natural, max_output)
    output = natural
    if limits.max_budget_usd is not None:
        if tariff.input_usd is None or tariff.output_usd is None:
            return (
                f"the price of {spec.model} is unknown, so a budget in dollars cannot hold: "
                "choose another model, or limit the tokens instead"
            )
        before = _price(drawn, tariff.input_usd, tariff.output_usd)
        left = limits.max_budget_usd - state.account.charged_usd - before - asked * tariff.input_usd
        if tariff.output_usd:
            output = min(output, int(left / tariff.output_usd))
        elif left < 0:
            output = 0
    if limits.max_budget_tokens is not None:
        output = min(output, limits.max_budget_tokens - state.account.charged_tokens - drawn.tokens - asked)
    if output < min(LEAST_OUTPUT, natural):
        return _spent(state)
    input_usd, output_usd = tariff.input_usd or 0.0, tariff.output_usd or 0.0
    usd = _price(drawn, input_usd, output_usd) + asked * input_usd + output * output_usd
    return Grant(usd=usd, tokens=drawn.tokens + asked + output, max_output=output)


def _price(drawn: Drawn, input_usd: float, output_usd: float) -> float:
    if drawn.cost_usd is not None:
        return drawn.cost_usd
    return drawn.usage.input_tokens * input_usd + drawn.usage.output_tokens * output_usd


def _spent(state: State) -> str:
    limits, said = state.limits, list[str]()
    if limits.max_budget_usd is not None:
        said.append(f"${state.account.charged_usd:.4g} of ${limits.max_budget_usd:.4g}")
    if limits.max_budget_tokens is not None:
        said.append(f"{state.account.charged_tokens:,} of {limits.max_budget_tokens:,} tokens")
    return f"the budget does not allow another request: {' and '.join(said)} used up; raise it to go on"

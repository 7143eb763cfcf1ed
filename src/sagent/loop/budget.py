"""What a request may cost at most, reserved before it is sent (LOOP R15): pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sagent.lib.json import json_text
from sagent.loop.state import State
from sagent.messages.view import Viewed
from sagent.messages.words import plain
from sagent.protocols import Tariff
from sagent.schema.message import Detached, ModelResponse, ToolCall
from sagent.schema.part import Audio, Document, Foreign, Image, Part
from sagent.schema.values import ModelSpec

Meter: TypeAlias = Callable[[ModelSpec, int], Tariff]
"""What a model's tokens cost at most in a request of so many, and how many it may write."""

LEAST_OUTPUT: Final = 1_024
"""Tokens below which an answer is not worth asking for: then the agent halts instead."""

MOST_OUTPUT: Final = 32_768
"""Tokens that a model of unknown limits may write where a budget holds."""

FRAME: Final = 16
"""Tokens that wires put around a message, at most."""

PICTURE: Final = 5_000
"""Tokens of a picture, at most; vendors count from 258 to 4,784."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What is set aside for a request."""

    usd: float
    tokens: int
    max_output: int
    """How many tokens the model may write."""


def grant(state: State, meter: Meter) -> Grant | str | None:
    """What the next request may cost; None where no budget holds; in words, why it cannot be sent."""
    limits, spec = state.limits, state.model
    if spec is None or (limits.max_budget_usd is None and limits.max_budget_tokens is None):
        return None
    size = prompt_tokens(state)
    tariff = meter(spec, size)
    natural = tariff.max_output or MOST_OUTPUT
    output = natural
    if limits.max_budget_usd is not None:
        if tariff.input_usd is None or tariff.output_usd is None:
            return (
                f"the price of {spec.model} is unknown, so a budget in dollars cannot hold: "
                "choose another model, or limit the tokens instead"
            )
        left = limits.max_budget_usd - state.charged_usd - size * tariff.input_usd
        if tariff.output_usd:
            output = min(output, int(left / tariff.output_usd))
        elif left < 0:
            output = 0
    if limits.max_budget_tokens is not None:
        output = min(output, limits.max_budget_tokens - state.charged_tokens - size)
    if output < min(LEAST_OUTPUT, natural):
        return _spent(state)
    usd = size * (tariff.input_usd or 0.0) + output * (tariff.output_usd or 0.0)
    return Grant(usd=usd, tokens=size + output, max_output=output)


def prompt_tokens(state: State) -> int:
    """How many tokens the next request holds at most: those last reported, and a generous count of the rest.

    It counts two bytes a token: English prose has about four, dense code three, Chinese a character.
    """
    new: list[Viewed] = []
    known = 0
    for index in range(len(state.view) - 1, -1, -1):
        entry = state.view[index]
        # What was reported before the system prompt or the tools changed counted other ones.
        if isinstance(entry, ModelResponse) and index >= state.trusted and _reported(entry, state.model):
            known = entry.usage.input_tokens + entry.usage.output_tokens
            break
        new.append(entry)
    if not known:
        known = _bytes(state.system) // 2
        known += sum(_bytes(tool.description + json_text(tool.directive_schema)) // 2 for tool in state.tools)
    return known + sum(map(_tokens, new))


def _reported(response: ModelResponse, spec: ModelSpec | None) -> bool:
    """Whether a response says how long the conversation was, as the model in force counts."""
    origin = response.origin
    same = spec is not None and (origin.provider, origin.model) == (spec.provider, spec.model)
    return same and response.usage.input_tokens > 0


def _tokens(entry: Viewed) -> int:
    if isinstance(entry, Detached):
        return FRAME + _bytes(entry.content) // 2
    return FRAME + sum(_part_tokens(part) for part in entry.content)


def _part_tokens(part: Part | ToolCall) -> int:
    match part:
        case ToolCall():
            return FRAME + (_bytes(json_text(part.content)) + _bytes(part.raw)) // 2
        case Image():
            return PICTURE
        case Document() | Audio() | Foreign():
            return max(PICTURE, part.content.size // 5)
        case _:
            return FRAME + _bytes(plain(part)) // 2


def _bytes(text: str) -> int:
    return len(text.encode(errors="replace"))


def _spent(state: State) -> str:
    limits, said = state.limits, list[str]()
    if limits.max_budget_usd is not None:
        said.append(f"${state.charged_usd:.4g} of ${limits.max_budget_usd:.4g}")
    if limits.max_budget_tokens is not None:
        said.append(f"{state.charged_tokens:,} of {limits.max_budget_tokens:,} tokens")
    return f"the budget does not allow another request: {' and '.join(said)} used up; raise it to go on"

"""What a request may cost at most, reserved before it is sent (LOOP R15): pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from sagent.lib.value import frozen
from sagent.loop.account import UNDRAWN, Drawn
from sagent.loop.purse import Purse, Room
from sagent.protocols import Tariff
from sagent.schema.values import ModelSpec

Meter: TypeAlias = Callable[[ModelSpec, int], Tariff]
"""What a model's tokens cost at most in a request of so many, and how many it may write."""

LEAST_OUTPUT: Final = 1_024
"""Tokens below which an answer is not worth asking for: then the agent halts instead."""

MOST_OUTPUT: Final = 32_768
"""Tokens that a model of unknown limits may write where a budget holds."""


@frozen(kw_only=True)
class Grant:
    """What is set aside for a request."""

    usd: float
    tokens: int
    max_output: int | None
    """How many tokens the model may write; None leaves it to the model."""


FREE: Final = Grant(usd=0.0, tokens=0, max_output=None)
"""Nothing is set aside."""


@frozen(kw_only=True)
class Shortage:
    """A request does not fit beside what others have set aside, and will when they give it back."""

    room: Room
    """Where it does not fit."""
    usd: float
    """What it takes at least."""
    tokens: int

    @property
    def text(self) -> str:
        """The same in words."""
        return f"{_whose(self.room, 'the budget')} is set aside for what other agents ask"

    def wait(self, ring: Callable[[], None]) -> None:
        """Ring when it may fit."""
        self.room.purse.wait(self.usd, self.tokens, ring)


def grant(
    spec: ModelSpec | None,
    purse: Purse,
    meter: Meter,
    size: Callable[[], int],
    max_output: int | None = None,
    drawn: Drawn = UNDRAWN,
) -> Grant | Shortage | str:
    """What the next request may cost, `FREE` where no budget holds; in words, why it cannot be sent.

    `size` tells how many tokens it has, `max_output` how many it wants at most. If it is one of several that
    are settled together, what they have drawn is set aside with it. Of a budget that others share, what is
    to be written takes at most half of what is left.
    """
    rooms = purse.rooms()
    if spec is None or not rooms:
        return FREE
    asked = size()
    tariff = meter(spec, asked)
    for room in rooms:
        if room.usd is not None and (tariff.input_usd is None or tariff.output_usd is None):
            return (
                f"the price of {spec.provider} {spec.model} is unknown, so {_whose(room, 'a budget')} in "
                "dollars cannot hold: choose another model, or limit the tokens instead"
            )
    natural = tariff.max_output or MOST_OUTPUT
    natural = natural if max_output is None else min(natural, max_output)
    input_usd, output_usd = tariff.input_usd or 0.0, tariff.output_usd or 0.0
    usd, tokens = _price(drawn, input_usd, output_usd) + asked * input_usd, drawn.tokens + asked
    least = min(LEAST_OUTPUT, natural)
    shortage = Shortage(room=rooms[0], usd=usd + least * output_usd, tokens=tokens + least)
    short: Room | None = None
    output = natural
    for room in rooms:
        if not room.fits(shortage.usd, shortage.tokens):
            if not room.fits(shortage.usd, shortage.tokens, at_best=True):
                return _spent(room, shortage)
            short = room
        if room.tokens is not None:
            output = min(output, _share(room, least, room.tokens - tokens))
        if room.usd is not None and output_usd:
            output = min(output, _share(room, least, int((room.usd - usd) / output_usd)))
    if short is not None:
        return replace(shortage, room=short)
    return Grant(usd=usd + output * output_usd, tokens=tokens + output, max_output=output)


def _share(room: Room, least: int, left: int) -> int:
    """How much a model may write of what is left: all, or where others share it half, but enough."""
    return max(least, left // 2 if room.shared else left)


def _price(drawn: Drawn, input_usd: float, output_usd: float) -> float:
    if drawn.cost_usd is not None:
        return drawn.cost_usd
    return drawn.usage.input_tokens * input_usd + drawn.usage.output_tokens * output_usd


def _whose(room: Room, own: str) -> str:
    return own if room.is_own else f"the budget of {room.purse.name or 'the agent above'}"


def _spent(room: Room, wanted: Shortage) -> str:
    limits, held, said, more = room.purse.limits, room.purse.held, list[str](), list[str]()
    if limits.max_budget_usd is not None:
        said.append(f"${held.usd:.4g} of ${limits.max_budget_usd:.4g}")
        more.append(f"${wanted.usd:.4g}")
    if limits.max_budget_tokens is not None:
        said.append(f"{held.tokens:,} of {limits.max_budget_tokens:,} tokens")
        more.append(f"{wanted.tokens:,} tokens")
    return (
        f"{_whose(room, 'the budget')} does not allow another request: {' and '.join(said)} used up, "
        f"and one more may take {' and '.join(more)}; raise it to go on"
    )

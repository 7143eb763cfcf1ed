"""How much a model takes, where only its server can say so, and what that leaves for an answer."""

from dataclasses import replace
from typing import Final, Protocol

from sagent.messages.size import most_tokens
from sagent.protocols import ModelLimits, Request
from sagent.schema.values import ModelSpec

LEAST: Final = 1_024
"""Tokens that an answer may always have: who counts generously must not silence a model."""


class Sizing(Protocol):
    """What finds out, once a model is there, how much it takes and gives."""

    @property
    def limits(self) -> ModelLimits:
        """What is known by now."""
        ...

    async def begin(self) -> None:
        """See to it that it becomes known; returns at once, and raises nothing."""
        ...

    async def settle(self) -> None:
        """Return when it is known as well as it can be, or when that has taken too long."""
        ...


async def fitted(request: Request, spec: ModelSpec, sizing: Sizing) -> Request:
    """The request, its answer no longer than what it leaves of the window.

    Some servers (vLLM) refuse a request whose input and limit of output do not fit together; where none
    is named they take what remains, so then none is set, and nobody waits to know the window.
    """
    await sizing.begin()
    own = spec.options.get("max_output_tokens")
    asked = [most for most in (request.max_output, own) if isinstance(most, int)]
    if not asked:
        return request
    await sizing.settle()
    window = sizing.limits.context_window
    if window is None:
        return request
    size = most_tokens(request.system, request.tools, request.view, request.trusted, spec)
    room = max(window - size, min(LEAST, window))
    return request if min(asked) <= room else replace(request, max_output=room)

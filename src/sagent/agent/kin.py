"""What an agent owes those it belongs to: news, and no more money than they gave."""

import logging
import math
from collections.abc import Callable
from functools import lru_cache

from sagent.errors import AgentClosed, UsageError
from sagent.inbox import Inbox
from sagent.schema.part import Text
from sagent.schema.signal import Letter, Mail
from sagent.schema.values import Limits

_log = logging.getLogger("sagent.agent")


def reporter(name: str, parent: Inbox[Mail] | None) -> Callable[[str, str], None]:
    """What tells a parent, if there is one, why the agent of this name has halted."""
    if parent is None:
        return _untold

    def report(reason: str, text: str) -> None:
        halted = Text(content=f"{name} has halted ({reason}): {text}")
        try:
            parent.post(Letter(content=(halted,), author="peer", sender=name))
        except AgentClosed:
            _log.info("%s has halted (%s), and its parent has ended: %s", name, reason, text)

    return report


def _untold(reason: str, text: str) -> None:
    """Nobody is there to be told."""


@lru_cache(maxsize=64, typed=True)
def limits(rounds: int | None, usd: float | None, tokens: int | None) -> Limits:
    """Where an agent stops by itself.

    Raises:
        UsageError: no agent could do anything within them.
    """
    for name, value in (
        ("max_tool_call_rounds", rounds),
        ("max_budget_usd", usd),
        ("max_budget_tokens", tokens),
    ):
        if value is not None and not 0 < value < math.inf:
            raise UsageError(f"{name} is {value}: it must be more than 0, and finite; None is unlimited")
    return Limits(max_tool_call_rounds=rounds, max_budget_usd=usd, max_budget_tokens=tokens)

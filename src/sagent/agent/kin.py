"""What an agent owes those it belongs to: news, and no more money than they gave."""

import logging
import math
from collections.abc import Callable
from functools import lru_cache

from sagent.errors import AgentClosed, UsageError
from sagent.inbox import Inbox
from sagent.loop.traffic import Report
from sagent.schema.part import Text
from sagent.schema.signal import Letter, Mail
from sagent.schema.values import Limits

_log = logging.getLogger("sagent.agent")


def reporter(name: str, parent: Inbox[Mail] | None) -> Callable[[Report], None]:
    """What tells a parent, if there is one, what the agent of this name cannot go on with."""
    if parent is None:
        return _untold

    def report(news: Report) -> None:
        words = f"{name} {told(news)}"
        try:
            parent.post(Letter(content=(Text(content=words),), author="peer", sender=name))
        except AgentClosed:
            _log.info("%s; its parent has ended", words)

    return report


def told(news: Report) -> str:
    """What an agent has done where it could not go on, in words behind its name."""
    if news.reason == "quarantine":
        whose = ", ".join(filter(None, news.senders)) or "another agent"
        return f"has put aside what {whose} said, since no request went through with it: {news.text}"
    return f"has halted ({news.reason}): {news.text}"


def _untold(_: Report) -> None:
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

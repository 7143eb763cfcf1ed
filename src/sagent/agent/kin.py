"""What an agent owes those it belongs to: news, and no more money than they gave."""

import asyncio
import logging
import math
from collections.abc import Callable, Sequence, Set
from functools import lru_cache, partial
from typing import Final

from sagent.agent.directory import LIVE
from sagent.errors import AgentClosed, UsageError
from sagent.inbox import Inbox
from sagent.loop.traffic import Report
from sagent.messages.words import plain
from sagent.post import PATIENCE
from sagent.schema.part import Text
from sagent.schema.signal import Letter, Mail
from sagent.schema.values import Limits

ELSEWHERE: Final = " (of another process)"
"""Stands behind the name of one that another process has, where one here is called so."""

_log = logging.getLogger("sagent.agent")
_telling: Final[set[asyncio.Task[None]]] = set()
"""What tells others: an event loop alone would not keep it alive."""


def reporter(name: str, parent: Inbox[Mail] | None) -> Callable[[Report], None]:
    """What tells a parent, and whoever wrote it, what the agent of this name cannot go on with."""
    return partial(_report, name, () if parent is None else (parent,))


def _report(name: str, parents: Sequence[Inbox[Mail]], news: Report) -> None:
    words = f"{name} {told(news)}"
    for parent in parents:
        _post(parent, Letter(content=(Text(content=words),), author="peer", sender=name))
    # That is no letter of an agent's, so nobody can put it aside in turn and answer it so for ever.
    answer = Letter(content=(Text(content=words),), author="background", sender=name)
    for sender in news.senders:
        writer = _writer(sender)
        if writer is not None and writer not in parents:
            _post(writer, answer)
    if away := {sender.removesuffix(ELSEWHERE) for sender in news.senders if _writer(sender) is None}:
        task = asyncio.get_running_loop().create_task(_tell_away(away, answer))
        _telling.add(task)
        task.add_done_callback(_telling.discard)


async def _tell_away(senders: Set[str], answer: Letter) -> None:
    """Tell those that other processes have published, where only one is called so; nobody waits for it."""
    from sagent.exchange.calling import published

    distant = await published()
    for sender in senders:
        found = [each for each in distant if _is_called(sender, each.name, each.session_id)]
        receipts = await found[0].take((answer,), None, PATIENCE) if len(found) == 1 else ()
        _log.info("%s was put aside, and that is told: %s", sender, receipts)


def _is_called(sender: str, name: str, session_id: str) -> bool:
    return sender in {name, session_id, f"{name} ({session_id})"}


def _post(inbox: Inbox[Mail], letter: Letter) -> None:
    try:
        inbox.post(letter)
    except AgentClosed:
        _log.info("whoever was to be told has ended: %s", plain(letter.content[0]))


def _writer(sender: str) -> Inbox[Mail] | None:
    """Whoever lives in this process, and is known by this name, or by the id behind it."""
    found = LIVE.find(sender) or LIVE.find(sender.rpartition(" (")[2].rstrip(")"))
    return found[0].inbox if len(found) == 1 else None


def told(news: Report) -> str:
    """What an agent has done where it could not go on, in words behind its name."""
    if news.reason == "quarantine":
        whose = ", ".join(filter(None, news.senders)) or "another agent"
        return f"has put aside what {whose} said, since no request went through with it: {news.text}"
    return f"has halted ({news.reason}): {news.text}"


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

"""What an agent owes those it belongs to: news, and no more money than they gave."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

from sagent.agent.directory import LIVE
from sagent.errors import AgentClosed, UsageError
from sagent.inbox import Inbox
from sagent.loop.traffic import Report
from sagent.messages.words import plain
from sagent.schema.part import Text
from sagent.schema.signal import Letter, Mail
from sagent.schema.values import Limits

_log = logging.getLogger("sagent.agent")


def reporter(name: str, parent: Inbox[Mail] | None) -> Callable[[Report], None]:
    """What tells a parent, and whoever wrote it, what the agent of this name cannot go on with."""
    return partial(_report, name, () if parent is None else (parent,))


def _report(name: str, parents: Sequence[Inbox[Mail]], news: Report) -> None:
    words = f"{name} {told(news)}"
    for parent in parents:
        _post(parent, Letter(content=(Text(content=words),), author="peer", sender=name))
    # That is no letter of an agent's, so nobody can put it aside in turn and answer it so for ever.
    answer = Letter(content=(Text(content=words),), author="background", sender=name)
    for writer in _writers(news.senders):
        if writer not in parents:
            _post(writer, answer)


def _post(inbox: Inbox[Mail], letter: Letter) -> None:
    try:
        inbox.post(letter)
    except AgentClosed:
        _log.info("whoever was to be told has ended: %s", plain(letter.content[0]))


def _writers(senders: Sequence[str]) -> Iterator[Inbox[Mail]]:
    """Those of them that live in this process, and are known by their name, or by the id behind it."""
    for sender in senders:
        found = LIVE.find(sender) or LIVE.find(sender.rpartition(" (")[2].rstrip(")"))
        if len(found) == 1:
            yield found[0].inbox


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

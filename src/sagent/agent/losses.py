"""The children that were at work when a process ended: what their logs say that they have used."""

import logging
from collections.abc import Iterable, Sequence

from sagent.agent.tie import ended
from sagent.errors import SessionError
from sagent.loop.account import NO_BILL, Bill
from sagent.loop.salvage import salvage
from sagent.loop.state import State
from sagent.protocols import Session
from sagent.schema.message import AgentEnded, Kept

_log = logging.getLogger("sagent.agent")

UNKNOWN = Bill(cost_usd=None)
"""What a child has used whose log cannot be read."""


def losses(session: Session, state: State, messages: Iterable[Kept]) -> Sequence[AgentEnded]:
    """A note for each child that has not ended in this log."""
    if not state.children:
        return ()
    return [
        ended(child, "lost", unpaid(session, messages, child))
        for child, note in state.children.items()
        if not note.persistent
    ]


def unpaid(session: Session, messages: Iterable[Kept], child: str) -> Bill:
    """What a child has used that does not run, and that has not been counted."""
    return _used(session, child).since(billed(messages, child))


def billed(messages: Iterable[Kept], child: str) -> Bill:
    """What has been counted of a child when it ended earlier."""
    bill = NO_BILL
    for message in messages:
        if isinstance(message, AgentEnded) and message.content == child:
            bill = bill.plus(message)
    return bill


def _used(session: Session, child: str) -> Bill:
    """All that a child has ever used, with its own children."""
    try:
        log = session.child(child)
    except SessionError as error:
        # It may have had no time for its first line; if it was lost, nobody knows what it has used.
        _log.info("the log of the child %s: %s", child, error)
        return NO_BILL
    try:
        found = salvage(log.path())
        bill = found.state.account.bill
        for grandchild in found.state.children:
            used = _used(log, grandchild)
            bill = bill.plus(used.since(billed(found.messages, grandchild)))
    except SessionError as error:
        _log.warning("what the child %s has used is unknown: %s", child, error)
        return UNKNOWN
    finally:
        log.close()
    return bill

"""The way from the first message of a log to any other, along the parents."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sagent.atoms import MessageId
from sagent.errors import SessionError
from sagent.schema.message import Kept
from sagent.sessions.records import salvage


def lineage(messages: dict[MessageId, Kept], head: MessageId | None, where: str | Path) -> Sequence[Kept]:
    """The messages from the first to `head`; without one, to the last that was kept.

    A path is that of the log that they are the lines of.

    Raises:
        SessionError: a message on the way is not there, or the way never ends.
    """
    if head is None:
        if not messages:
            return ()
        head = next(reversed(messages))
    way: list[Kept] = []
    wanted: MessageId | None = head
    child: MessageId | None = None
    while wanted is not None:
        message = messages.get(wanted)
        if message is None and child is None:
            raise SessionError(f"{where}: there is no message {wanted}")
        if message is None:
            raise SessionError(
                f"{where}: message {child} follows {wanted}, which is not there{_advice(messages, where)}"
            )
        if len(way) == len(messages):
            raise SessionError(
                f"{where}: the parents of message {head} go round in a circle{_advice(messages, where)}"
            )
        way.append(message)
        wanted, child = message.parent_id, wanted
    way.reverse()
    return tuple(way)


def _advice(messages: Mapping[MessageId, Kept], where: str | Path) -> str:
    """How to go on: before the first line that does not follow one above it, all is sound."""
    if not isinstance(where, Path):
        return ""
    above: set[MessageId | None] = {None}
    for number, message in enumerate(messages.values(), 2):
        if message.parent_id not in above:
            return f"; {salvage(where, number)}"
        above.add(message.id)
    return ""

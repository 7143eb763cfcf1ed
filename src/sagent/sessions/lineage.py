"""The way from the first message of a log to any other, along the parents."""

from collections.abc import Sequence

from sagent.atoms import MessageId
from sagent.errors import SessionError
from sagent.schema.message import Kept


def lineage(messages: dict[MessageId, Kept], head: MessageId | None, where: str) -> Sequence[Kept]:
    """The messages from the first to `head`; without one, to the last that was kept.

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
            raise SessionError(f"{where}: message {child} follows {wanted}, which is not there")
        if len(way) == len(messages):
            raise SessionError(f"{where}: the parents of message {head} go round in a circle")
        way.append(message)
        wanted, child = message.parent_id, wanted
    way.reverse()
    return tuple(way)

"""What the desk writes on everything that it keeps, and on changes besides."""

from typing import TypedDict

from sagent.atoms import MessageId


class Stamp(TypedDict):
    """The envelope of a message that is being made."""

    id: MessageId
    parent_id: MessageId | None
    timestamp: float


class Asked(TypedDict):
    """Who wanted a change, and why."""

    by: str
    reason: str

"""Writing to other agents, as tools and callers find it."""

from collections.abc import Sequence
from typing import Final, Protocol

from sagent.schema.post import Accepted, Entry, Expired, Receipt, Rejected

PATIENCE: Final = 10.0
"""How many seconds a receipt is waited for where nobody says."""


class Post(Protocol):
    """What one agent may do to reach others: those of its process, and those that others have published.

    An agent is named by its name or its stable id. Where several have the name, its own parent, children and
    siblings are meant before strangers, and those of its process before those of others.
    """

    async def send(
        self, to: str, message: str, /, *, delay: float = 0.0, timeout: float = PATIENCE
    ) -> Receipt:
        """Write to one agent, to be read now or in so many seconds; return what became of it.

        Raises:
            UsageError: nothing is said, or nothing can be planned for then.
        """
        ...

    async def send_all(
        self, to: str, messages: Sequence[str], /, *, delay: float = 0.0, timeout: float = PATIENCE
    ) -> Sequence[Receipt]:
        """Write several letters to one agent, which reads them in this order; a receipt for each.

        They are kept together: many at once cost a fraction of what they would cost one by one.

        Raises:
            UsageError: one of them says nothing, or nothing can be planned for then; none was sent.
        """
        ...

    async def broadcast(
        self, to: Sequence[str], message: str, /, *, delay: float = 0.0, timeout: float = PATIENCE
    ) -> Sequence[Receipt]:
        """Write to several agents, and to all others of the groups that are named; a receipt for each.

        Raises:
            UsageError: nothing is said, or nothing can be planned for then.
        """
        ...

    async def list(self) -> Sequence[Entry]:
        """The live agents, the one that asks among them."""
        ...

    async def notify(self, to: str, /) -> Rejected | None:
        """Have a letter come once, when an agent is idle, has stopped, or has ended; None if one will."""
        ...

    async def hear(self, seconds: float, /) -> bool:
        """Return when something that was said waits to be read, or after so many seconds; whether it does."""
        ...


def told(receipt: Receipt) -> str:
    """A receipt in one line."""
    match receipt:
        case Accepted():
            planned = "" if receipt.due is None else f", planned as {receipt.content}"
            stopped = f"; it has stopped and waits for its user: {receipt.halted}" if receipt.halted else ""
            return f"{receipt.to} ({receipt.session_id}): accepted{planned}{stopped}"
        case Rejected():
            return f"{receipt.to}: refused ({receipt.why}): {receipt.content}"
        case Expired():
            return f"{receipt.to}: expired: {receipt.content}"


def shown(entry: Entry) -> str:
    """A live agent in one line."""
    about = [entry.status, entry.doing, entry.model]
    about += [f"child of {entry.parent}"] if entry.parent else []
    about += [f"group {entry.group}"] if entry.group else []
    return f"{entry.name} ({entry.session_id}): {', '.join(filter(None, about))}; {entry.workspace}"

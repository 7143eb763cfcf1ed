"""An agent's post: letters go out under its name, and receipts come back."""

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sagent.agent.addressing import Addresses, Box
from sagent.agent.directory import LIVE
from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.post import PATIENCE, told
from sagent.schema.part import Text
from sagent.schema.post import Accepted, Entry, Receipt, Rejected
from sagent.schema.signal import Letter
from sagent.schema.values import Author

if TYPE_CHECKING:
    from sagent.agent.agent import Agent

LONGEST: Final = 200_000
"""How many characters a letter has at most; what is longer is better put into a file."""

_log = logging.getLogger("sagent.agent")
_waiting: Final[set[asyncio.Task[None]]] = set()
"""What waits for agents to be idle: an event loop alone would not keep it alive."""


@frozen()
class AgentPost:
    """What one agent may do to reach others; to be used where the agent runs."""

    _agent: "Agent"

    async def send(
        self, to: str, message: str, /, *, delay: float = 0.0, timeout: float = PATIENCE
    ) -> Receipt:
        """Write to one agent, to be read now or in so many seconds; return what became of it.

        Raises:
            UsageError: nothing is said, or nothing can be planned for then.
        """
        (receipt,) = await self.send_all(to, (message,), delay=delay, timeout=timeout)
        return receipt

    async def send_all(
        self, to: str, messages: Sequence[str], /, *, delay: float = 0.0, timeout: float = PATIENCE
    ) -> Sequence[Receipt]:
        """Write several letters to one agent, which reads them in this order; a receipt for each.

        They are kept together: many at once cost a fraction of what they would cost one by one.

        Raises:
            UsageError: one of them says nothing, or nothing can be planned for then; none was sent.
        """
        for message in messages:
            _check(message, delay, timeout)
        meant = await Addresses(self._agent).one(to)
        if isinstance(meant, Rejected):
            return [meant for _ in messages]
        return await self._hand_over(meant, messages, delay, timeout)

    async def broadcast(
        self, to: Sequence[str], message: str, /, *, delay: float = 0.0, timeout: float = PATIENCE
    ) -> Sequence[Receipt]:
        """Write to several agents, and to all others of the groups that are named; a receipt for each.

        Raises:
            UsageError: nothing is said, or nothing can be planned for then.
        """
        _check(message, delay, timeout)
        addresses = Addresses(self._agent)
        meant = [await addresses.all(name) for name in dict.fromkeys(to)]
        boxes = {box.session_id: box for found in meant if not isinstance(found, Rejected) for box in found}
        sending = [self._hand_over(box, (message,), delay, timeout) for box in boxes.values()]
        told = [receipt for (receipt,) in await asyncio.gather(*sending)]
        return [*told, *(found for found in meant if isinstance(found, Rejected))]

    async def list(self) -> Sequence[Entry]:
        """The live agents, this one among them."""
        return await Addresses(self._agent).entries()

    async def notify(self, to: str, /) -> Rejected | None:
        """Have a letter come once, when an agent is idle, has stopped, or has ended; None if one will."""
        meant = await Addresses(self._agent).one(to)
        if isinstance(meant, Rejected):
            return meant
        task = asyncio.get_running_loop().create_task(self._tell(meant))
        _waiting.add(task)
        task.add_done_callback(_waiting.discard)
        return None

    async def hear(self, seconds: float, /) -> bool:
        """Return when something that was said waits to be read, or after so many seconds; whether it does."""
        return await self._agent.mailbox.hear(seconds)

    async def _tell(self, box: Box) -> None:
        how = await box.rest()
        said = _letter(f"{box.name} ({box.session_id}) {how}.", "background", "AgentSend")
        (receipt,) = await self._agent.mailbox.take((said,), None, PATIENCE)
        if not isinstance(receipt, Accepted):
            _log.warning("%s could not be told how %s rests: %s", self._agent.name, box.name, told(receipt))

    async def _hand_over(
        self, box: Box, messages: Sequence[str], delay: float, timeout: float
    ) -> Sequence[Receipt]:
        call_id, signature = LIVE.call_between(self._agent, box.session_id), self._signature()
        said = [_letter(message, "peer", signature, call_id) for message in messages]
        return await box.take(said, delay or None, timeout)

    def _signature(self) -> str:
        """What the receiver is told of who has written: with the id where the name alone is not enough."""
        agent = self._agent
        return agent.name if LIVE.is_alone(agent) else f"{agent.name} ({agent.session_id})"


def _letter(message: str, author: Author, sender: str, call_id: str = "") -> Letter:
    return Letter(content=(Text(content=message),), author=author, sender=sender, call_id=call_id)


def _check(message: str, delay: float, timeout: float) -> None:
    if not message.strip():
        raise UsageError("there is nothing to send: the message is empty")
    if len(message) > LONGEST:
        raise UsageError(
            f"the message has {len(message)} characters, {LONGEST} at most; put it into a file and say where"
        )
    if not 0 <= delay < math.inf:
        raise UsageError(f"nothing can be planned for {delay} seconds from now")
    if not 0 < timeout < math.inf:
        raise UsageError(f"nothing can be waited for {timeout} seconds")

"""What a child that serves its inbox is asked, whose answer goes to its parent by mail."""

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from sagent.agent.asking import letter_of
from sagent.errors import SagentError
from sagent.lib.streams import Closing
from sagent.lib.value import frozen
from sagent.schema.message import Prompt
from sagent.schema.part import Text
from sagent.schema.signal import Letter

if TYPE_CHECKING:
    from sagent.agent.agent import Agent
    from sagent.agent.asking import Said


@frozen()
class Commission:
    """One of them; somebody may wait until the child knows of it."""

    child: "Agent"
    letter: Letter
    begun: asyncio.Future[None] | None = None
    """Done when the child's log has that."""

    def fail(self, error: SagentError) -> bool:
        """It was not begun; whether somebody who has waited for that is told."""
        if self.begun is None:
            return False
        if not self.begun.done():
            self.begun.set_exception(error)
        return self.begun.cancelled() or self.begun.exception() is not None

    async def answer(self) -> str:
        """What it answers. Raises what `run` raises."""
        said: object = None
        async with Closing(self.child.follow(self.letter, None)) as items:
            async for item in items:
                said = item
                is_asked = isinstance(item, Prompt) and item.errand == self.letter.errand
                if is_asked and self.begun is not None and not self.begun.done():
                    self.begun.set_result(None)
        return said.content if isinstance(said, Text) else ""


def errand(prompt: "Said") -> Letter:
    """What is asked, with a name by which the answer is known.

    Raises:
        UsageError: nothing is asked.
        Malformed: it is a directive without a prompt.
    """
    return replace(letter_of(prompt), errand=secrets.token_hex(8))

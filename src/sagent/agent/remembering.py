"""What an agent still knows of its work when its conversation is condensed."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from sagent.atoms import MessageId
from sagent.compaction.compactor import Compactor, Condensing
from sagent.messages.view import View
from sagent.protocols import Model, Session
from sagent.schema.message import Message
from sagent.schema.part import Part

if TYPE_CHECKING:
    from sagent.agent.memory import Memory
    from sagent.loop.driver import Driver


class Remembering(Compactor):
    """Condenses as another compactor does, with some facts besides.

    The log is read when they are first wanted, and never again: what is written since is heard.
    """

    __slots__ = ("_compactor", "_driver", "_memory", "_seen", "_workspace")

    def __init__(
        self, compactor: Compactor, driver: "Callable[[], Driver]", seen: Mapping[str, str], workspace: Path
    ) -> None:
        """`seen` holds a digest of each file that the agent was shown, by path."""
        self._compactor = compactor
        self._driver = driver
        self._seen = seen
        self._workspace = workspace
        self._memory: Memory | None = None

    @override
    def cut(self, view: View, window: int | None, /) -> int:
        return self._compactor.cut(view, window)

    @override
    async def condense(self, model: Model, work: Condensing, /) -> Sequence[Part]:
        memory = self._memory or await self._remembered()
        known = [*memory.files.told(self._seen, self._workspace), *memory.tests.told(time.time())]
        return await self._compactor.condense(model, replace(work, facts=(*work.facts, *known)))

    async def _remembered(self) -> "Memory":
        driver, missed = self._driver(), list[Message]()
        driver.remembers = missed.append
        try:
            memory = await asyncio.to_thread(_read, driver.session, driver.head)
        finally:
            driver.remembers = None
        for message in missed:
            memory.hear(message)
        driver.remembers, self._memory = memory.hear, memory
        return memory


def _read(session: Session, head: MessageId | None) -> "Memory":
    """What a log tells up to there; asked in a thread, since a long log takes its time."""
    from sagent.agent.memory import Memory

    memory = Memory()
    for message in session.path(head):
        memory.hear(message)
    return memory

"""The system prompt, made anew when a summary begins the conversation anew: no cache is lost by it then."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from typing_extensions import override

from sagent.compaction.compactor import Compactor, Condensing
from sagent.lib.value import frozen
from sagent.messages.view import View
from sagent.protocols import Model
from sagent.schema.part import Part

_log = logging.getLogger("sagent.agent")


@frozen()
class Renewing(Compactor):
    """Condenses as another compactor does, and then says what the system prompt would be now."""

    compactor: Compactor
    renew: Callable[[], str]
    tell: Callable[[str], None]

    @override
    def cut(self, view: View, window: int | None, /) -> int:
        return self.compactor.cut(view, window)

    @override
    async def condense(self, model: Model, work: Condensing, /) -> Sequence[Part]:
        content = await self.compactor.condense(model, work)
        try:
            self.tell(await asyncio.to_thread(self.renew))
        except Exception:
            # The old prompt serves as well, and the summary must not be lost.
            _log.exception("the system prompt could not be made anew")
        return content

"""The way to a model in a file: by a server that is begun when the first request comes."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from sagent.errors import Unreachable
from sagent.lib.value import frozen
from sagent.protocols import ModelLimits
from sagent.providers.direct import Direct
from sagent.providers.llama_cpp.server import LlamaServer
from sagent.providers.transport import Call

NOWHERE: Final = "http://llama-server"
"""What stands for the server before it has an address, and in logs, where its address would mean nothing."""


@frozen(kw_only=True)
class ServerWay:
    """To the server, wherever it is."""

    server: LlamaServer

    async def load(self) -> AsyncGenerator[str]:
        """Have the server load its model, and tell how long it has been at it.

        Raises:
            Refused: the server does not come up.
        """
        async with aclosing(self.server.load()) as news:
            async for told in news:
                yield told

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        """Send a request, once the server is up; give its events.

        Raises:
            HttpRefusal: the answer's status is not 200.
            Unreachable: no answer came, or not all of it; if the server has died, the error says how.
            Refused: the server does not come up.
        """
        door = await self.server.door()
        there = replace(
            call, url=door.url + call.url.removeprefix(NOWHERE), headers={**call.headers, **door.headers}
        )
        try:
            async with aclosing(Direct(proxied=False).stream(there)) as batches:
                async for batch in batches:
                    yield batch
        except Unreachable as error:
            words = await self.server.obituary()
            raise Unreachable(f"the stream broke off: {words}" if words else str(error)) from error
        self.server.answered()


@frozen(kw_only=True)
class ServerSizing:
    """How much a model takes, as its server says when it is up."""

    server: LlamaServer
    known: ModelLimits

    @property
    def limits(self) -> ModelLimits:
        """What the server says, and what was known before."""
        said = self.server.limits
        return ModelLimits(
            context_window=self.known.context_window or said.context_window, max_output=self.known.max_output
        )

    async def begin(self) -> None:
        """Nothing: who sends a request waits for the server, and then it is known."""

    async def settle(self) -> None:
        """Nothing: llama.cpp takes any limit of output, and stops where its window ends."""

"""A model that is held to the budget and counted, request by request, whoever asks it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from sagent.errors import BadAnswer, ProviderError, Refused
from sagent.lib.streams import Closing
from sagent.loop.budget import Grant
from sagent.loop.drawing import Draws, Drew
from sagent.loop.traffic import Input
from sagent.messages.size import most_tokens
from sagent.protocols import Chunk, Model, ModelLimits, Reply, Request
from sagent.schema.event import Notice, Retry
from sagent.schema.message import Message
from sagent.schema.values import ModelSpec


class Metered:
    """Asks the core for leave before each request, and tells it what each consumed; one after the other."""

    def __init__(
        self,
        model: Model,
        number: int,
        *,
        feed: Callable[[Input], None],
        show: Callable[[Message], None],
    ) -> None:
        """`number` is that of the call which all the requests are for; `show` what the user should know."""
        self._model = model
        self._number = number
        self._feed = feed
        self._show = show
        self._turn = asyncio.Lock()
        self._leave: asyncio.Future[Grant | str] | None = None

    @property
    def spec(self) -> ModelSpec:
        """That of the model."""
        return self._model.spec

    @property
    def limits(self) -> ModelLimits:
        """Those of the model."""
        return self._model.limits

    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        """Stream one response, in as many tokens as the budget allows.

        Raises:
            ProviderError: no reply could be had, or the budget allows none.
        """
        async with self._turn:
            granted = await self._granted(request)
            came = False
            try:
                async with Closing(self._model.stream(granted)) as chunks:
                    async for chunk in chunks:
                        if isinstance(chunk, Reply):
                            self._feed(Drew(self._number, chunk))
                        elif isinstance(chunk, Notice | Retry):
                            self._show(chunk)
                        else:
                            came = True
                        yield chunk
            except ProviderError as error:
                error.begun = error.begun or came or isinstance(error, BadAnswer)
                raise

    def decide(self, granted: Grant | str) -> None:
        """The core has decided about the request that waits for leave."""
        if self._leave is not None and not self._leave.done():
            self._leave.set_result(granted)

    async def _granted(self, request: Request) -> Request:
        self._leave = asyncio.get_running_loop().create_future()
        size = most_tokens(request.system, request.tools, request.view, request.trusted, self.spec)
        self._feed(Draws(self._number, size, request.max_output))
        granted = await self._leave
        if isinstance(granted, str):
            raise Refused(granted)
        limits = [limit for limit in (request.max_output, granted.max_output) if limit is not None]
        return replace(request, max_output=min(limits, default=None))

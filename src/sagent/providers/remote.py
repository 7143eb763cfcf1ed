"""A dialect and a transport, joined into a `Model`."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from time import time
from typing import Protocol
from weakref import WeakKeyDictionary

from typing_extensions import override

from sagent.errors import ProviderError, Unreachable
from sagent.messages.view import View
from sagent.protocols import Chunk, ModelLimits, Reply, Request, Tariff
from sagent.providers.faults import Refusal, redacted
from sagent.providers.prices import cost_usd, highest
from sagent.providers.scribe import Scribe
from sagent.providers.sizing import Sizing, fitted
from sagent.providers.transport import Call, HttpRefusal, Transport
from sagent.schema.event import Notice, TextDelta, ThinkingDelta
from sagent.schema.values import ModelSpec


class Draft(Protocol):
    """A reply that is still being written."""

    @property
    def complete(self) -> bool:
        """Whether the model has said that it is done."""
        ...

    def absorb(self, data: str, /) -> Sequence[TextDelta | ThinkingDelta]:
        """Fold in one event; give what can be shown of it.

        Raises:
            ProviderError: it is not an event, or it says that something went wrong.
        """
        ...

    def finish(self) -> Reply:
        """The whole reply.

        Raises:
            ProviderError: it never became whole.
        """
        ...


class Dialect(Protocol):
    """One wire format, set up for one model."""

    def scribe(self) -> Scribe:
        """A writer for a new conversation."""
        ...

    def draft(self) -> Draft:
        """A reply of which nothing has come yet."""
        ...

    def fault(self, refusal: Refusal, now: float, /) -> ProviderError:
        """What a refusal means."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where requests go, and what opens the door there."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    secret: str = field(repr=False)
    """The key: no message may hold it."""
    price_list: str
    """Whose prices hold, by the provider's id in genai-prices."""


class Remote:
    """A model at the other end of a wire."""

    def __init__(
        self,
        *,
        spec: ModelSpec,
        limits: ModelLimits,
        dialect: Dialect,
        transport: Transport,
        endpoint: Endpoint,
        sizing: Sizing | None = None,
    ) -> None:
        self._spec = spec
        self._limits = limits
        self._sizing = sizing
        self._dialect = dialect
        self._transport = transport
        self._endpoint = endpoint
        self._scribes: WeakKeyDictionary[View, Scribe] = WeakKeyDictionary()

    @property
    def spec(self) -> ModelSpec:
        """Enough to build this model again; the key is not in it."""
        return self._spec

    @property
    def dialect(self) -> Dialect:
        """What is said to it, and how it is heard."""
        return self._dialect

    @property
    def limits(self) -> ModelLimits:
        """What the model can take and give, as far as it is known by now."""
        return self._limits if self._sizing is None else self._sizing.limits

    def tariff(self, size: int, /) -> Tariff:
        """The highest prices of a request of `size` tokens; the first call may take 0.3 s."""
        most = self._spec.options.get("max_output_tokens")
        limit = most if isinstance(most, int) else self.limits.max_output
        prices = highest(self._endpoint.price_list, self._spec.model, size, provider=self._spec.provider)
        if prices is None:
            return Tariff(max_output=limit)
        return Tariff(input_usd=prices[0], output_usd=prices[1], max_output=limit)

    async def stream(self, request: Request, /) -> AsyncGenerator[Chunk]:
        """Stream one response; closing the iterator ends the request.

        Raises:
            ProviderError: no reply, or not all of it, could be had.
        """
        if self._sizing is not None:
            request = await fitted(request, self._spec, self._sizing)
        scribe = self._scribes.get(request.view)
        if scribe is None:
            scribe = self._scribes[request.view] = self._dialect.scribe()
        for told in await scribe.prepare(request):
            yield Notice(content=told)
        endpoint = self._endpoint
        call = Call(url=endpoint.url, headers=endpoint.headers, body=scribe.body(request))
        draft = self._dialect.draft()
        begun = False
        try:
            async with aclosing(self._transport.stream(call)) as batches:
                async for batch in batches:
                    for data in batch:
                        deltas = draft.absorb(data)
                        begun = True  # an error in place of the first event costs nothing
                        for delta in deltas:
                            yield delta
            reply = draft.finish()
        except HttpRefusal as refused:
            raise self._dialect.fault(redacted(refused.refusal, endpoint.secret), time()) from None
        except ProviderError as error:
            # Where all that matters had come, what broke off was the farewell.
            if not (isinstance(error, Unreachable) and draft.complete):
                error.begun = begun
                raise
            reply = draft.finish()
        cost = await cost_usd(endpoint.price_list, reply.model, reply.usage, provider=self._spec.provider)
        yield replace(reply, cost_usd=cost)

    @override
    def __repr__(self) -> str:
        return f"<{self._spec.provider} {self._spec.model} at {self._spec.endpoint}>"

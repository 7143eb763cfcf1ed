"""A dialect and a transport, joined into a `Model`."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import field, replace
from time import time
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from typing_extensions import override

from sagent.errors import Illegal, Overloaded, ProviderError, Unreachable
from sagent.lib.value import frozen
from sagent.messages.view import View
from sagent.protocols import Chunk, ModelLimits, Reply, Request, Tariff
from sagent.providers.accused import accused
from sagent.providers.blame import Place, host_of
from sagent.providers.charges import charge, tariff
from sagent.providers.effort import effort_of
from sagent.providers.farewell import Farewell
from sagent.providers.faults import Refusal
from sagent.providers.interception import fault_of
from sagent.providers.lane import Lane, Pass, lane
from sagent.providers.metering import Metering
from sagent.providers.options import Options
from sagent.providers.scribe import Scribe
from sagent.providers.sizing import Sizing, fitted
from sagent.providers.transport import Call, HttpRefusal, Loading, Transport
from sagent.schema.event import Notice, Retry, TextDelta, ThinkingDelta
from sagent.schema.values import ModelSpec

BUSY: Final = frozenset((429, 503, 529))
"""The statuses by which a provider asks all who use a key to slow down."""


class Draft(Protocol):
    """A reply that is still being written."""

    @property
    def complete(self) -> bool:
        """Whether the model has said that it is done."""
        ...

    @property
    def metering(self) -> Metering:
        """How it was served, and what of it has a price of its own."""
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


@frozen(kw_only=True)
class Endpoint:
    """Where requests go, and what opens the door there."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    secret: str = field(repr=False)
    """The key: no message may hold it."""
    price_list: str
    """Whose prices hold, by the provider's id in genai-prices."""
    place: Place
    """Who is to blame when something goes wrong."""


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
        remade: "Callable[[Options], Remote]",
        sizing: Sizing | None = None,
    ) -> None:
        """`remade` makes the same model with other options."""
        self._spec = spec
        self._limits = limits
        self._sizing = sizing
        self._remade = remade
        self._dialect = dialect
        self._transport = transport
        self._loading = transport if isinstance(transport, Loading) else None
        self._endpoint = endpoint
        self._lane: Lane | None = None
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
        return tariff(self._spec, self._endpoint.price_list, size, limit)

    def tuned(self, *, effort: str | None = None, max_output_tokens: int | None = None) -> "Remote":
        """The same model at the same place, asked to answer otherwise; what is None stays as it is.

        Raises:
            UsageError: the model cannot be asked so.
        """
        kept = Options.read(self._spec.options)
        wanted = kept.effort if effort is None else effort_of(effort)
        most = kept.max_output_tokens if max_output_tokens is None else max_output_tokens
        return self._remade(replace(kept, effort=wanted, max_output_tokens=most))

    def foresee(self, request: Request, /) -> None:
        """Write what the next request begins with, while the calls at its end run."""
        scribe = self._scribes.get(request.view)
        if scribe is not None:  # else the request, which may be long, is written when it is asked for
            scribe.foresee(request)

    async def stream(self, request: Request, /) -> AsyncGenerator[Chunk]:
        """Stream one response; closing the iterator ends the request.

        While the provider wants fewer requests, it waits for its turn among all that use the same key.

        Raises:
            ProviderError: no reply, or not all of it, could be had.
        """
        if self._sizing is not None:
            request = await fitted(request, self._spec, self._sizing)
        scribe = self._scribe(request.view)
        for told in await scribe.prepare(request):
            yield Notice(content=told)
        turn = self._turn()
        draft = self._dialect.draft()
        body, begun = b"", False
        try:
            if self._loading is not None:
                async with aclosing(self._loading.load()) as news:
                    async for told in news:
                        yield Notice(content=told)
            while not turn.begin():
                before, seconds = turn.outlook
                if before or seconds >= 1:
                    yield self._waiting(before, seconds)
                await turn.wait()
            body = scribe.body(request)
            async with aclosing(self._transport.stream(self._call(body, turn))) as batches:
                rest = Farewell(batches)
                while (batch := await (rest.next() if draft.complete else anext(batches, None))) is not None:
                    for data in batch:
                        deltas = draft.absorb(data)
                        begun = True  # an error in place of the first event costs nothing
                        for delta in deltas:
                            yield delta
        except HttpRefusal as refused:
            fault = fault_of(refused.refusal, self._endpoint.secret, self._dialect.fault, time())
            if isinstance(fault, Illegal):
                fault.named = accused(fault.said, body, request, scribe.enclosures)
            raise self._blamed(fault, turn) from None
        except ProviderError as error:
            # Where all that matters had come, what broke off was the farewell.
            if not (isinstance(error, Unreachable) and draft.complete):
                error.begun = begun
                raise self._blamed(error, turn) from error.__cause__
        finally:
            turn.leave()
        try:
            if not begun:
                raise Unreachable("the answer is empty: the server ended it before anything of it had come")
            reply = draft.finish()
        except ProviderError as error:
            error.begun = begun
            raise self._blamed(error, turn) from error.__cause__
        turn.passed()
        if reply.cost_usd is None:
            cost = await charge(reply, draft.metering, self._spec, self._endpoint.price_list)
            reply = replace(reply, cost_usd=cost)
        yield reply

    def _turn(self) -> Pass:
        if self._lane is None:
            self._lane = lane(host_of(self._endpoint.url), self._endpoint.secret)
        return self._lane.enter()

    def _scribe(self, view: View) -> Scribe:
        scribe = self._scribes.get(view)
        if scribe is None:
            scribe = self._scribes[view] = self._dialect.scribe()
        return scribe

    def _call(self, body: bytes, turn: Pass) -> Call:
        endpoint = self._endpoint
        return Call(url=endpoint.url, headers=endpoint.headers, body=body, heard=turn.heard)

    def _blamed(self, error: ProviderError, turn: Pass) -> ProviderError:
        if isinstance(error, Overloaded) and error.status in BUSY:
            turn.refused(error.retry_after)
        return self._endpoint.place.blamed(error, time())

    def _waiting(self, before: int, seconds: float) -> Retry:
        others = f", {before} others before it" if before else ""
        told = f"{self._endpoint.place.whose} wants fewer requests with this key: this one waits{others}"
        return Retry(content=told, attempt=0, seconds=seconds)

    @override
    def __repr__(self) -> str:
        return f"<{self._spec.provider} {self._spec.model} at {self._spec.endpoint}>"

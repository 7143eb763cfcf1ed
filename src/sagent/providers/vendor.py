"""A provider as a table and a few words of its own: what all of them do alike."""

import asyncio
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from time import time
from typing import ClassVar, Self

from typing_extensions import override

from sagent.errors import MissingKey, ProviderError, Unreachable, UsageError
from sagent.lib.json import EMPTY, JsonValue
from sagent.protocols import ModelLimits
from sagent.providers.accounts import account_called, environment_of, joined, suffix
from sagent.providers.address import address_fault
from sagent.providers.blame import Place, header_instead
from sagent.providers.cards import Card
from sagent.providers.catalog import sized
from sagent.providers.effort import Effort, effort_of
from sagent.providers.environment import called, variable
from sagent.providers.faults import Refusal
from sagent.providers.headers import check_headers
from sagent.providers.interception import fault_of
from sagent.providers.options import Options, added
from sagent.providers.path import is_path
from sagent.providers.remote import Dialect, Endpoint, Remote
from sagent.providers.roster import card_of, closest, enlist
from sagent.providers.sdk import Credentials, Sdk
from sagent.providers.sizing import Sizing
from sagent.providers.transport import Call, HttpRefusal, Transport, fetched, straight
from sagent.schema.values import ModelSpec, Origin


class Vendor(ABC):
    """A place where models live, and the key to it. A subclass says what is particular about it.

    One with a card is known by its name from then on, wherever a provider is named.
    """

    card: ClassVar[Card]
    patience: ClassVar[float] = 30.0
    """For how many seconds the list of its models is waited for."""

    @override
    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "card" in vars(cls):
            enlist(cls)

    def __init__(
        self,
        *,
        key: str,
        base_url: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        """`credentials` open the door where a key does not."""
        if not (key or self.card.keyless or credentials):
            raise MissingKey(self.card.name, self.card.keys)
        if not _is_legal(key):
            raise UsageError(f"the key for {self.card.name} has characters that no key has: copy it again")
        place = base_url or self.card.base_url
        if fault := address_fault(place):
            raise UsageError(f"base_url is {place!r}, which is no base URL: {fault}")
        check_headers(headers or {}, self.card.name)
        self.account: str = ""
        """Which of several keys this is; empty where it is the one without a name."""
        self._key: str = key
        self._base_url: str = place.rstrip("/")
        self._headers: Mapping[str, str] = dict(headers or {})
        way = transport or straight()
        self._transport: Transport = Sdk(credentials=credentials, way=way) if credentials else way

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        headers: Mapping[str, str] | None = None,
        account: str = "",
    ) -> Self:
        """With what opens its door, and at the place, that the environment names in the vendor's variables.

        Those of an `account` have its name behind them: `ANTHROPIC_API_KEY__WORK` is the key of `work`.

        Raises:
            MissingKey: none of them holds a key.
            UsageError: no key, or no place, can look like this, or a package is missing.
            ProviderError: its credentials are not there.
        """
        own = account_called(account)
        seen = environment_of(cls.card, own, environ) if own else environ
        made = cls._from_environment(seen, headers or {})
        made.account = own
        return made

    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the key, and at the place, that the environment names.

        Raises:
            MissingKey: none of its variables holds a key.
            UsageError: no key, or no place, can look like this.
        """
        card = cls.card
        key = variable(environ, *card.keys)
        if not key and not card.keyless:
            raise MissingKey(card.name, card.keys)
        if not _is_legal(key):
            holder = next(name for name in card.keys if variable(environ, name) == key)
            raise UsageError(
                f"the key in {called(environ, holder)} has characters that no key has: copy it again"
            )
        place = environ.get(card.place, "").strip()
        if place and (fault := address_fault(place)):
            raise UsageError(f"{called(environ, card.place)} is {place!r}, which is no base URL: {fault}")
        return cls(key=key, base_url=place, headers=headers)

    @classmethod
    def from_key(
        cls,
        key: str,
        *,
        base_url: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        account: str = "",
    ) -> Self:
        """With this key, at this place; `headers` are sent along with every request.

        An `account` is what the key is called, where there are more of them.

        Raises:
            MissingKey: it is empty, where one is wanted.
            UsageError: no key, no place or no account can look like this.
        """
        made = cls(key=key, base_url=base_url, headers=headers, transport=transport)
        made.account = account_called(account)
        return made

    @property
    def name(self) -> str:
        """What the provider is called, as on the command line, with its account: `Anthropic@work`."""
        return joined(self.card.name, self.account)

    def model(
        self,
        name: str | None = None,
        *,
        stream: bool = True,
        effort: Effort | None = None,
        max_output_tokens: int | None = None,
        extra_body: Mapping[str, JsonValue] = EMPTY,
        dialect: str | None = None,
    ) -> Remote:
        """A model by its id; without one the provider's default.

        `extra_body` is laid over every request; `dialect` is another of the wires that the provider speaks.

        Raises:
            UsageError: no model can have this id, or an option cannot be.
        """
        options = Options(
            stream=stream,
            effort=None if effort is None else effort_of(effort),
            max_output_tokens=max_output_tokens,
            extra_body=added(extra_body),
        )
        return self._built(name or self.card.default, dialect or self.card.dialects[0], options)

    def restored(self, spec: ModelSpec) -> Remote:
        """The model that a log names, at this provider's own place: a log cannot say where the key is sent.

        Raises:
            UsageError: this provider cannot have made it.
        """
        if spec.provider != self.name:
            raise UsageError(f"{self.name} cannot build the model {spec.model} of {spec.provider}")
        options = Options.read(spec.options)
        return self.resumed(spec)._built(spec.model, spec.dialect, options)  # noqa: SLF001  # its own kind

    def resumed(self, spec: ModelSpec) -> Self:
        """This provider, set up as the one was that made the model which a log names."""
        return self

    def utility_model(self) -> Remote:
        """A small and cheap model, for side work; it thinks as little as it can."""
        return self.model(self.card.utility, effort="none")

    async def models(self) -> Sequence[str]:
        """The ids of the models that can be talked to, asked of the provider.

        Raises:
            ProviderError: the list could not be had.
        """
        found: list[str] = []
        query: str | None = ""
        try:
            async with asyncio.timeout(self.patience):
                while query is not None:
                    call = Call(url=self._list_url(query), headers=self._sent_headers())
                    names, query = self._listed(await fetched(self._transport, call))
                    found += names
        except TimeoutError as error:
            late = Unreachable(f"no list of models came within {self.patience:g} s")
            raise self._blame().blamed(late, time()) from error
        except HttpRefusal as refused:
            fault = fault_of(refused.refusal, self._key, self._fault, time())
            raise self._blame().blamed(fault, time()) from None
        except ProviderError as error:
            raise self._blame().blamed(error, time()) from error.__cause__
        return tuple(found)

    def _built(self, name: str, dialect: str, options: Options) -> Remote:
        model, tokens = self._model_id(name), options.max_output_tokens
        if dialect not in self.card.dialects:
            raise UsageError(f"{self.name} does not speak {dialect!r}, but {', '.join(self.card.dialects)}")
        if tokens is not None and tokens < 1:
            raise UsageError(f"max_output_tokens is {tokens}: it must be 1 or more")
        origin = Origin(provider=self.name, dialect=dialect, endpoint=self._base_url, model=model)
        way, sizing = self._way(model)
        return Remote(
            spec=ModelSpec(
                provider=self.name,
                dialect=dialect,
                endpoint=self._base_url,
                model=model,
                options=options.written(),
            ),
            limits=self._limits(model),
            dialect=self._dialect(origin, options),
            transport=way,
            sizing=sizing,
            remade=lambda changed: self._built(name, dialect, changed),
            endpoint=Endpoint(
                url=self._url(origin, options),
                headers=self._sent_headers(),
                secret=self._key,
                price_list=self.card.prices,
                place=self._blame(model),
            ),
        )

    def _limits(self, model: str) -> ModelLimits:
        """What a model can take and give."""
        return sized(self.name, model)

    def _way(self, model: str) -> tuple[Transport, Sizing | None]:
        """The way to a model, and what finds out its size, where more can be known later than now."""
        return self._transport, None

    def _model_id(self, name: str) -> str:
        if not re.fullmatch(r"[!-~]+", name) or self._is_foreign(name):
            raise self._misnamed(name)
        return name

    def _is_foreign(self, name: str) -> bool:
        """Whether no id here looks like this; at another place than the provider's own any may."""
        card = self.card
        if card.own or (card.base_url and self._base_url != card.base_url.rstrip("/")):
            return False
        return is_path(name) or ("/" in name and not card.slashed)

    def _misnamed(self, name: str) -> UsageError:
        """That no model can have this id, and whose it may be."""
        before, slash, _ = name.partition("/")
        if is_path(name):
            why = ": that is a path, and files are LlamaCpp's"
        elif slash and (other := card_of(before)) is not None:
            own = other.name == self.card.name
            why = ": leave the provider's name out" if own else f": {other.name} is another provider"
        else:
            why = f", nor is there a provider {before!r}{closest(before)}" if slash else ""
        one = f"; one is {self.card.default}" if self.card.default else ""
        return UsageError(f"no model of {self.name} can be called {name!r}{why}{one}")

    def _sent_headers(self) -> Mapping[str, str]:
        return {
            "content-type": "application/json",
            "accept-encoding": "identity",
            **self._authorization(),
            **self._headers,
        }

    def _blame(self, model: str = "") -> Place:
        """Who is to blame when something goes wrong."""
        key = header_instead(self._authorization(), self._key, self._headers) or self._doors()
        return Place(provider=self.name, model=model, base_url=self._base_url, key=key)

    def _doors(self) -> str:
        """What to look at where the door is locked."""
        own, chain = suffix(self.account), [self.card.chain] if self.card.chain and not self.account else []
        return " or ".join([*(f"{key}{own}" for key in self.card.keys), *chain]) or "the key"

    @abstractmethod
    def _authorization(self) -> Mapping[str, str]:
        """The headers that open the door."""

    @abstractmethod
    def _url(self, origin: Origin, options: Options) -> str:
        """Where requests to a model go."""

    @abstractmethod
    def _dialect(self, origin: Origin, options: Options) -> Dialect:
        """What is spoken with a model.

        Raises:
            UsageError: the model cannot be asked for these options.
        """

    @abstractmethod
    def _fault(self, refusal: Refusal, now: float) -> ProviderError:
        """What a refusal means."""

    @abstractmethod
    def _list_url(self, query: str) -> str:
        """Where the models are listed; `query` is empty, or what the page before said."""

    @abstractmethod
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        """The ids on one page, and the query for the next one, if there is one.

        Raises:
            BadAnswer: it is no such page.
        """

    @override
    def __repr__(self) -> str:
        return f"<{self.name} at {self._base_url}>"


def _is_legal(key: str) -> bool:
    """Whether a key can look like this, where there is one."""
    return re.fullmatch(r"[!-~]*", key) is not None

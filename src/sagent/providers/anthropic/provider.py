"""Anthropic as a provider: Claude, by API key."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import ProviderError
from sagent.protocols import ModelLimits
from sagent.providers.anthropic import manners
from sagent.providers.anthropic.catalog import CAUTIOUS
from sagent.providers.anthropic.dialect import AnthropicDialect
from sagent.providers.anthropic.encode import Settings
from sagent.providers.anthropic.faults import fault
from sagent.providers.anthropic.listing import page
from sagent.providers.anthropic.manners import Manners
from sagent.providers.anthropic.thinking import thinking
from sagent.providers.cards import ANTHROPIC, Card
from sagent.providers.environment import variable
from sagent.providers.faults import Refusal
from sagent.providers.options import Options
from sagent.providers.remote import Dialect
from sagent.providers.tokens import bearer
from sagent.providers.vendor import Vendor
from sagent.schema.values import Origin

VERSION = "2023-06-01"
"""The version of the wire that is spoken."""

GRANTED = "ANTHROPIC_AUTH_TOKEN"
"""The environment variable of a token that is sent where there is no key, as Anthropic's own SDK does."""


class Anthropic(Vendor):
    """Anthropic's models and the key to them."""

    card: ClassVar[Card] = ANTHROPIC
    manners: ClassVar[Manners] = manners.ANTHROPIC

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the key, or else the token, and at the place, that the environment names.

        Raises:
            MissingKey: there is neither.
            UsageError: no key, no token, or no place, can look like this.
        """
        token = variable(environ, GRANTED)
        if cls.card is not ANTHROPIC or not token or variable(environ, *cls.card.keys):
            return super()._from_environment(environ, headers)
        place = variable(environ, cls.card.place)
        return cls(key="", base_url=place, headers=headers, credentials=bearer(token, GRANTED))

    @override
    def _dialect(self, origin: Origin, options: Options) -> Dialect:
        known = manners.known(origin.model, self.manners, self.name)
        wanted = options.max_output_tokens or known.output or CAUTIOUS
        tokens = min(wanted, known.output or wanted)
        thought, output = thinking(known, options.effort, tokens, binds=self.manners.binds)
        return AnthropicDialect(
            origin=origin,
            settings=Settings(
                model=origin.model,
                provider=self.name,
                max_tokens=tokens,
                stream=options.stream,
                thinking=thought,
                output_config=output,
                extra_body=options.extra_body,
                manners=self.manners,
            ),
        )

    @override
    def _limits(self, model: str) -> ModelLimits:
        known = manners.known(model, self.manners, self.name)
        if known.window is None:
            return super()._limits(model)
        return ModelLimits(context_window=known.window, max_output=known.output)

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        return f"{self._root()}/messages"

    @override
    def _authorization(self) -> Mapping[str, str]:
        version = {"anthropic-version": VERSION}
        return {"x-api-key": self._key, **version} if self._key else version

    @override
    def _doors(self) -> str:
        """What to look at where the door is locked."""
        return super()._doors() if self._key or self.card is not ANTHROPIC else GRANTED

    @override
    def _sent_headers(self) -> Mapping[str, str]:
        headers = super()._sent_headers()
        wanted = manners.betas(self.manners)
        if not wanted:
            return headers
        others = [name for name in self._headers if name.lower() == "anthropic-beta"]
        betas = dict.fromkeys((*wanted, *(self._headers[name] for name in others)))
        kept = {name: value for name, value in headers.items() if name not in others}
        return {**kept, "anthropic-beta": ",".join(betas)}

    @override
    def _fault(self, refusal: Refusal, now: float) -> ProviderError:
        return fault(refusal, now)

    @override
    def _list_url(self, query: str) -> str:
        return f"{self._root()}/models?limit=1000{query}"

    @override
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        names, last = page(body, self.name)
        return names, f"&after_id={quote(last)}" if last else None

    def _root(self) -> str:
        versioned = re.search(r"/v\d+$", self._base_url)
        return self._base_url if versioned else f"{self._base_url}/v1"

"""Servers that are compatible with OpenAI's Chat Completions; a new vendor is a card and a few flags."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import ProviderError, UsageError
from sagent.protocols import ModelLimits
from sagent.providers.cards import OPENAI_COMPAT, Card
from sagent.providers.catalog import CAUTIOUS, known, limits
from sagent.providers.faults import Refusal
from sagent.providers.openai_chat.dialect import ChatDialect
from sagent.providers.openai_chat.faults import fault
from sagent.providers.openai_chat.listing import page
from sagent.providers.openai_chat.manners import COMPATIBLE, Manners
from sagent.providers.openai_chat.probe import Probe
from sagent.providers.openai_chat.suited import FILLER, suited
from sagent.providers.options import Options
from sagent.providers.sizing import Sizing
from sagent.providers.transport import Transport
from sagent.providers.vendor import Vendor
from sagent.schema.values import Origin

MODEL: Final = "OPENAI_COMPAT_MODEL"
"""The environment variable that names the model that is meant where none is named."""


THOUGHTFUL: Final = ("DeepSeek", "Moonshot")
"""Whose models refuse, wherever they are served, a conversation in which a message has no thoughts.

Source: api-docs.deepseek.com/guides/thinking_mode; platform.moonshot.ai, thinking models.
"""


class OpenAICompat(Vendor):
    """Models behind any base URL that speaks Chat Completions, such as http://127.0.0.1:8080/v1.

    A subclass with a `card` and its `manners` is a provider of its own.
    """

    card: ClassVar[Card] = OPENAI_COMPAT
    manners: ClassVar[Manners] = COMPATIBLE
    model_limits: ClassVar[Mapping[str, ModelLimits]] = {}
    """What its models can take and give, by their ids, as far as it is known."""

    def __init__(
        self,
        *,
        key: str,
        base_url: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
    ) -> None:
        name, place = self.card.name, self.card.place
        if not base_url and not self.card.base_url:
            raise UsageError(
                f"{name} has no base URL of its own: set {place}, for example to http://127.0.0.1:8080/v1, "
                f"or call {name}.from_key(..., base_url=...)"
            )
        super().__init__(key=key, base_url=base_url, headers=headers, transport=transport)
        self.default_model: str = self.card.default
        """The model that is meant where none is named; empty where there is none."""

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the key, at the place and with the default model that the environment names.

        Raises:
            MissingKey: there must be a key, and there is none.
            UsageError: no key, or no place, can look like this, or there is no place.
        """
        provider = super()._from_environment(environ, headers)
        provider.default_model = provider.default_model or environ.get(MODEL, "").strip()
        return provider

    @override
    def _model_id(self, name: str) -> str:
        model = name or self.default_model
        if not model:
            raise UsageError(
                f"{self.name} has no default model: name one (`sagent models {self.name}` lists them), "
                f"or set {MODEL}"
            )
        return super()._model_id(model)

    @override
    def _dialect(self, origin: Origin, options: Options) -> ChatDialect:
        manners = self._manners(origin.model)
        return ChatDialect(
            origin=origin,
            manners=manners,
            stream=options.stream or manners.streams_only,
            max_output_tokens=options.max_output_tokens,
            effort=options.effort,
            extra_body=options.extra_body,
        )

    @override
    def _limits(self, model: str) -> ModelLimits:
        known = self.model_limits.get(model) or limits(self.name, model)
        if self.card.own or known.context_window is not None:
            return known
        return replace(known, context_window=CAUTIOUS)  # until its server says it, or does not

    @override
    def _way(self, model: str) -> tuple[Transport, Sizing | None]:
        probe = Probe(
            known=self.model_limits.get(model) or limits(self.name, model),
            supposed=self._limits(model),
            provider=self.name,
            base_url=self._base_url,
            model=model,
            headers=self._sent_headers(),
            way=self._transport,
        )
        return self._transport, probe

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        return f"{self._base_url}/chat/completions"

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._key}"} if self._key else {}

    @override
    def _fault(self, refusal: Refusal, now: float) -> ProviderError:
        return fault(refusal, now)

    @override
    def _list_url(self, query: str) -> str:
        return f"{self._base_url}/models{query}"

    @override
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        names, last = page(body, self.name)
        return names, f"?after={quote(last)}" if last else None

    @classmethod
    def manners_of(cls, model: str) -> Manners:
        """What the server wants said to a model; of one that is like any other, the model tells a little."""
        found = suited(cls.manners, model, cls.card.name)
        if cls.manners is COMPATIBLE and known(model, cls.card.name, *THOUGHTFUL).get("thinking_required"):
            return replace(found, reasoning_filler=FILLER)
        return found

    def _manners(self, model: str) -> Manners:
        return self.manners_of(model)

"""Google as a provider: Gemini, by API key."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import ProviderError, UsageError
from sagent.providers.cards import GOOGLE, Card
from sagent.providers.faults import Refusal
from sagent.providers.google.dialect import GoogleDialect
from sagent.providers.google.faults import fault
from sagent.providers.google.listing import page
from sagent.providers.google.thinking import thinking
from sagent.providers.options import Options
from sagent.providers.vendor import Vendor
from sagent.schema.values import Origin
from sagent.schema.wire import google as wire


class Google(Vendor):
    """Google's models and the key to them."""

    card: ClassVar[Card] = GOOGLE

    @override
    def _model_id(self, name: str) -> str:
        model = name.removeprefix("models/")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", model):
            raise UsageError(f"no model of Google can be called {name!r}; one is {self.card.default}")
        return model

    @override
    def _dialect(self, origin: Origin, options: Options) -> GoogleDialect:
        if not isinstance(options.extra_body.get("generationConfig", {}), Mapping):
            raise UsageError("extra_body: generationConfig must be an object")
        config: wire.GenerationConfig = {}
        if options.max_output_tokens is not None:
            config = {**config, "maxOutputTokens": options.max_output_tokens}
        if (thought := thinking(origin.model, options.effort)) is not None:
            config = {**config, "thinkingConfig": thought}
        return GoogleDialect(
            origin=origin, config=config, stream=options.stream, extra_body=options.extra_body
        )

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        verb = "streamGenerateContent?alt=sse" if options.stream else "generateContent"
        return f"{self._root()}/models/{origin.model}:{verb}"

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {"x-goog-api-key": self._key}

    @override
    def _fault(self, refusal: Refusal, now: float) -> ProviderError:
        return fault(refusal, now)

    @override
    def _list_url(self, query: str) -> str:
        return f"{self._root()}/models?pageSize=1000{query}"

    @override
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        names, token = page(body)
        return names, f"&pageToken={quote(token)}" if token else None

    def _root(self) -> str:
        versioned = re.search(r"/v\d[a-z0-9]*$", self._base_url)
        return self._base_url if versioned else f"{self._base_url}/v1beta"

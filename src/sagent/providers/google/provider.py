"""Google as a provider: Gemini by API key, or on Vertex AI."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import ProviderError, UsageError
from sagent.lib.json import EMPTY, is_object
from sagent.providers.cards import GOOGLE, Card
from sagent.providers.catalog import tolerated
from sagent.providers.faults import Refusal
from sagent.providers.google.dialect import GoogleDialect
from sagent.providers.google.faults import fault
from sagent.providers.google.listing import page
from sagent.providers.google.thinking import thinking
from sagent.providers.google.vertex import catalog_of, on_vertex, vertex_place
from sagent.providers.options import Options
from sagent.providers.platforms.cards import VERTEX
from sagent.providers.platforms.google_cloud import published
from sagent.providers.tolerance import GOOGLE as GOOGLE_FILES
from sagent.providers.vendor import Vendor
from sagent.schema.values import Origin
from sagent.schema.wire import google as wire


class Google(Vendor):
    """Google's models and the key to them, or what opens the door of Vertex AI."""

    card: ClassVar[Card] = GOOGLE

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the key, and at the place, that the environment names in the variables of Google's own SDK.

        `GOOGLE_GENAI_USE_VERTEXAI=true` leads to Vertex AI: in a project with its credentials, or by a key.

        Raises:
            MissingKey: there is no key.
            UsageError: no key, no place, no project can look like this, or a package is missing.
            Unauthorized: there are no credentials, and no project is named.
        """
        if not on_vertex(environ):
            return super()._from_environment(environ, headers)
        key, place, credentials = vertex_place(environ)
        return cls(key=key, base_url=place, headers=headers, credentials=credentials)

    @override
    def _model_id(self, name: str) -> str:
        model = name.removeprefix("models/")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", model):
            raise self._misnamed(name)
        return model

    @override
    def _dialect(self, origin: Origin, options: Options) -> GoogleDialect:
        said = options.extra_body.get("generationConfig", EMPTY)
        if not is_object(said):
            raise UsageError("extra_body: generationConfig must be an object")
        config: wire.GenerationConfig = {}
        if options.max_output_tokens is not None:
            config = {**config, "maxOutputTokens": options.max_output_tokens}
        thought = thinking(origin.model, options.effort, said.get("thinkingConfig"), self.name)
        if thought is not None:
            config = {**config, "thinkingConfig": thought}
        return GoogleDialect(
            origin=origin,
            config=config,
            stream=options.stream,
            extra_body=options.extra_body,
            tolerance=tolerated(GOOGLE_FILES, self.name, origin.model),
        )

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        verb = "streamGenerateContent?alt=sse" if options.stream else "generateContent"
        return f"{self._root()}/models/{origin.model}:{verb}"

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {"x-goog-api-key": self._key} if self._key else {}

    @override
    def _fault(self, refusal: Refusal, now: float) -> ProviderError:
        return fault(refusal, now)

    @override
    def _list_url(self, query: str) -> str:
        if root := catalog_of(self._base_url):
            return f"{root}/models?pageSize=100{query}"
        return f"{self._root()}/models?pageSize=1000{query}"

    @override
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        names, token = published(body) if catalog_of(self._base_url) else page(body)
        return names, f"&pageToken={quote(token)}" if token else None

    def _root(self) -> str:
        versioned = re.search(r"/v\d[a-z0-9]*(/.*publishers/google)?$", self._base_url)
        return self._base_url if versioned else f"{self._base_url}/v1beta"

    @override
    def _doors(self) -> str:
        """What to look at where the door is locked."""
        return super()._doors() if self._key else VERTEX.chain

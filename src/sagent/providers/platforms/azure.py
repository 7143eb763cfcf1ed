"""OpenAI's models and Claude on Microsoft Azure and Foundry."""

import re
from collections.abc import Mapping
from typing import ClassVar, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.errors import Refused, UsageError
from sagent.providers.anthropic import manners
from sagent.providers.anthropic.manners import Manners
from sagent.providers.anthropic.provider import VERSION, Anthropic
from sagent.providers.card import Card
from sagent.providers.environment import called, variable
from sagent.providers.openai.provider import OpenAI
from sagent.providers.options import Options
from sagent.providers.platforms.cards import AZURE, FOUNDRY
from sagent.providers.platforms.entra import entra
from sagent.providers.sdk import Credentials
from sagent.providers.tokens import bearer
from sagent.providers.transport import Transport
from sagent.schema.values import Origin


class AzureOpenAI(OpenAI):
    """OpenAI's models at an endpoint of one's own; models are named by their deployments.

    A key is sent as `api-key`. Without an `api_version` requests go by `/openai/v1`, which needs none.
    """

    card: ClassVar[Card] = AZURE

    def __init__(
        self,
        *,
        key: str,
        base_url: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        credentials: Credentials | None = None,
        api_version: str = "",
    ) -> None:
        if not base_url:
            raise UsageError(f"{self.card.name} has no place of its own: set {self.card.place}")
        if not re.fullmatch(r"[\w.-]*", api_version):
            raise UsageError(f"no version of Azure's API is called {api_version!r}: see OPENAI_API_VERSION")
        super().__init__(
            key=key, base_url=base_url, headers=headers, transport=transport, credentials=credentials
        )
        self._version = api_version

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """At the endpoint, and with the token or the key, of Azure's own variables, or else by Entra.

        Raises:
            UsageError: there is no endpoint, or a package is missing.
        """
        token = variable(environ, "AZURE_OPENAI_AD_TOKEN")
        key = "" if token else variable(environ, "AZURE_OPENAI_API_KEY")
        credentials: Credentials | None = None
        if token:
            credentials = bearer(token, called(environ, "AZURE_OPENAI_AD_TOKEN"))
        elif not key:
            credentials = entra("https://cognitiveservices.azure.com/.default")
        return cls(
            key=key,
            base_url=variable(environ, cls.card.place),
            headers=headers,
            credentials=credentials,
            api_version=variable(environ, "OPENAI_API_VERSION"),
        )

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {"api-key": self._key} if self._key else {}

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        chat = origin.dialect == "openai_chat"
        if chat and self._version:
            return self._at(f"deployments/{quote(origin.model, safe='')}/chat/completions")
        return self._at("chat/completions" if chat else "responses")

    @override
    def _list_url(self, query: str) -> str:
        return self._at("models")

    def _at(self, path: str) -> str:
        root = re.sub(r"/openai(/v1)?$", "", self._base_url)
        if self._version:
            return f"{root}/openai/{path}?api-version={self._version}"
        return f"{root}/openai/v1/{path}"


class AnthropicFoundry(Anthropic):
    """Claude at a resource of Microsoft Foundry; models are named by their deployments."""

    card: ClassVar[Card] = FOUNDRY
    manners: ClassVar[Manners] = manners.FOUNDRY

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """At the resource or the place, and with the key, of Anthropic's variables, or else by Entra.

        Raises:
            UsageError: neither is named, or a package is missing.
        """
        key, place = variable(environ, *cls.card.keys), variable(environ, cls.card.place)
        name = variable(environ, "ANTHROPIC_FOUNDRY_RESOURCE")
        if not place and not re.fullmatch(r"[A-Za-z0-9-]+", name):
            raise UsageError(
                f"{cls.card.name} needs a resource, and {name!r} is none: "
                f"set ANTHROPIC_FOUNDRY_RESOURCE or {cls.card.place}"
            )
        return cls(
            key=key,
            base_url=place or f"https://{name}.services.ai.azure.com/anthropic",
            headers=headers,
            credentials=None if key else entra("https://ai.azure.com/.default"),
        )

    @override
    def _authorization(self) -> Mapping[str, str]:
        opened = {"x-api-key": self._key, "api-key": self._key} if self._key else {}
        return {**opened, "anthropic-version": VERSION}

    @override
    def _list_url(self, query: str) -> str:
        raise Refused(f"{self.name} lists no models; the portal of Microsoft Foundry lists your deployments")

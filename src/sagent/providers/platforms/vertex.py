"""Claude on Google Cloud's Vertex AI."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Self
from urllib.parse import quote

from typing_extensions import override

from sagent.providers.anthropic import manners
from sagent.providers.anthropic.manners import Manners
from sagent.providers.anthropic.provider import Anthropic
from sagent.providers.blame import host_of
from sagent.providers.card import Card
from sagent.providers.environment import variable
from sagent.providers.options import Options
from sagent.providers.platforms.cards import VERTEX
from sagent.providers.platforms.google_cloud import (
    application_default,
    default_project,
    host,
    published,
    resource,
)
from sagent.schema.values import Origin

PROJECTS: Final = ("ANTHROPIC_VERTEX_PROJECT_ID", "GOOGLE_CLOUD_PROJECT")
"""The variables that name the project."""


class AnthropicVertex(Anthropic):
    """Claude at a location of a project of Google Cloud; a key that is given is an access token."""

    card: ClassVar[Card] = VERTEX
    manners: ClassVar[Manners] = manners.VERTEX

    @override
    @classmethod
    def _from_environment(cls, environ: Mapping[str, str], headers: Mapping[str, str]) -> Self:
        """With the application-default credentials, in the project and the location of Anthropic's variables.

        Where these are not set, Google's own count, then the project of the credentials and `global`.

        Raises:
            UsageError: a package is missing, or there is no project.
            Unauthorized: no project is named, and there are no credentials that name one.
        """
        credentials = application_default(environ)
        project = variable(environ, *PROJECTS)
        region = variable(environ, "CLOUD_ML_REGION", "GOOGLE_CLOUD_LOCATION") or "global"
        place = environ.get(cls.card.place, "").strip().rstrip("/") or f"{host(region)}/v1"
        if not project:
            project = default_project(f"{cls.card.name} at {host_of(place)}", " or ".join(PROJECTS))
        base_url = f"{place}/{resource(project, region)}"
        return cls(key="", base_url=base_url, headers=headers, credentials=credentials)

    @override
    def _url(self, origin: Origin, options: Options) -> str:
        verb = "streamRawPredict" if options.stream else "rawPredict"
        return f"{self._base_url}/publishers/anthropic/models/{quote(origin.model, safe='@')}:{verb}"

    @override
    def _authorization(self) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self._key}"} if self._key else {}

    @override
    def _list_url(self, query: str) -> str:
        root = re.sub(r"/v1(/projects/[^/]+/locations/[^/]+)?$", "/v1beta1", self._base_url)
        return f"{root}/publishers/anthropic/models?pageSize=100{query}"

    @override
    def _listed(self, body: str) -> tuple[Sequence[str], str | None]:
        names, token = published(body)
        return names, f"&pageToken={quote(token)}" if token else None

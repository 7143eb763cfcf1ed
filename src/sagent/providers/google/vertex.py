"""Where Gemini is on Vertex AI, and what opens its door: what Google's own SDK makes of its variables."""

import re
from collections.abc import Mapping

from sagent.errors import UsageError
from sagent.providers.address import address_fault
from sagent.providers.blame import host_of
from sagent.providers.cards import GOOGLE
from sagent.providers.environment import called, is_on, variable
from sagent.providers.platforms.google_cloud import application_default, default_project, host, resource
from sagent.providers.sdk import Credentials

PLACE = "GOOGLE_VERTEX_BASE_URL"
"""The environment variable that names another place."""

PUBLISHER = "publishers/google"


def on_vertex(environ: Mapping[str, str]) -> bool:
    """Whether Vertex AI is meant."""
    return is_on(environ, *GOOGLE.switches)


def vertex_place(environ: Mapping[str, str]) -> tuple[str, str, Credentials | None]:
    """The key, the place and the credentials: either a key or credentials, which count where both are meant.

    Raises:
        UsageError: no place, and no project, can look like this, or a package is missing.
        ProviderError: no project is named, and there are no credentials that name one.
    """
    place = variable(environ, PLACE).rstrip("/")
    if place and (fault := address_fault(place)):
        raise UsageError(f"{called(environ, PLACE)} is {place!r}, which is no base URL: {fault}")
    version = variable(environ, "GOOGLE_GENAI_API_VERSION")
    version = "v1beta1" if version in {"", "beta"} else version
    key = variable(environ, *GOOGLE.keys)
    project = variable(environ, "GOOGLE_CLOUD_PROJECT")
    location = variable(environ, "GOOGLE_CLOUD_LOCATION")
    if key and not project and not location:
        return key, f"{place or host('global')}/{version}/{PUBLISHER}", None
    credentials = application_default(environ, billed=True)
    location = location or "global"
    place = place or host(location)
    if not project:
        project = default_project(f"{GOOGLE.name} at {host_of(place)}", "GOOGLE_CLOUD_PROJECT")
    return "", f"{place}/{version}/{resource(project, location)}/{PUBLISHER}", credentials


def catalog_of(base_url: str) -> str:
    """Where Vertex AI lists its models; empty if this is not a place on it."""
    found = re.fullmatch(rf"(.*/v\d[a-z0-9]*)/(?:projects/[^/]+/locations/[^/]+/)?{PUBLISHER}", base_url)
    return f"{found[1]}/{PUBLISHER}" if found else ""

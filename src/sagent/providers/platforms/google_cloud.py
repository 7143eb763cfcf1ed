"""Google Cloud: where its models are, and the tokens of the application-default credentials."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from time import time
from typing import Protocol

from sagent.errors import BadAnswer, ProviderError, Unauthorized, Unreachable, UsageError
from sagent.lib.json import is_object, parse_json
from sagent.providers.faults import clip
from sagent.providers.sdk import demand, package
from sagent.providers.tokens import Token, Tokens

EXTRA = "vertex"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"

HOW = "Run `gcloud auth application-default login`, or name a key file with GOOGLE_APPLICATION_CREDENTIALS."


class Found(Protocol):
    """Credentials as google-auth finds them."""

    token: str | None
    expiry: datetime | None
    quota_project_id: str | None

    def refresh(self, request: object) -> None: ...


def application_default(environ: Mapping[str, str], *, billed: bool = False) -> Tokens:
    """The tokens of whoever runs this, the same for all agents; with `billed` they say whose quota counts.

    Who that is, google-auth finds out in the environment of the process itself.

    Raises:
        UsageError: google-auth is not installed.
    """
    demand("google.auth", EXTRA)
    demand("requests", EXTRA)
    return _tokens(environ.get("GOOGLE_APPLICATION_CREDENTIALS", ""), billed)


def host(location: str) -> str:
    """The host that serves a location (Google's page on Vertex AI endpoints)."""
    match location:
        case "global":
            return "https://aiplatform.googleapis.com"
        case "us" | "eu":
            return f"https://aiplatform.{location}.rep.googleapis.com"
        case _:
            return f"https://{location}-aiplatform.googleapis.com"


def resource(project: str, location: str) -> str:
    """The path of a location of a project.

    Raises:
        UsageError: none can be called so.
    """
    for name in (project, location):
        if not re.fullmatch(r"[A-Za-z0-9._:-]+", name):
            raise UsageError(f"no project, and no location, of Google Cloud can be called {name!r}")
    return f"projects/{project}/locations/{location}"


def default_project(whose: str, variables: str) -> str:
    """The project that the credentials belong to; `whose` it is asked for, and what `variables` name it else.

    Raises:
        UsageError: google-auth is not installed, or there is no such project.
        ProviderError: there are no credentials.
    """
    try:
        _, project = _found()
    except ProviderError as error:
        error.where = whose
        error.advice = (
            f"{error.advice or 'Try again.'} Where the credentials name no project, set {variables}."
        )
        raise
    if not project:
        raise UsageError(f"{whose}: the credentials of Google Cloud name no project; set {variables}")
    return project


def published(data: str) -> tuple[Sequence[str], str]:
    """The ids on one page of a publisher's models, and what to ask for the next page with; empty on the last.

    Raises:
        BadAnswer: it is not such a page.
    """
    try:
        value = parse_json(data)
    except ValueError as error:
        raise BadAnswer(f"Google Cloud's list of models is not JSON: {error}") from error
    page = value if is_object(value) else {}
    entries = page.get("publisherModels", [])
    if not isinstance(entries, list):
        raise BadAnswer("Google Cloud's list of models cannot be read: it holds no list")
    names = [str(entry.get("name", "")) for entry in entries if is_object(entry)]
    return tuple(name.rpartition("/")[2] for name in names), str(page.get("nextPageToken") or "")


@cache
def _tokens(account: str, billed: bool) -> Tokens:
    """Those of one account; another key file is another one."""
    return Tokens(lambda: _fetched(billed=billed))


def _fetched(*, billed: bool) -> Token:
    transport = package("google.auth.transport.requests", EXTRA)
    faults = package("google.auth.exceptions", EXTRA)
    # Read anew each time: somebody may have logged in again meanwhile.
    found, _ = _found()
    try:
        found.refresh(transport.Request())
    except faults.GoogleAuthError as error:
        raise _refused(error) from error
    if not found.token:
        raise Unauthorized("Google gives no token", advice=HOW)
    headers = {"authorization": f"Bearer {found.token}"}
    if billed and found.quota_project_id:
        headers["x-goog-user-project"] = found.quota_project_id
    until = found.expiry.replace(tzinfo=UTC).timestamp() if found.expiry else time() + 3_000
    return Token(headers=headers, until=until)


def _found() -> tuple[Found, str | None]:
    auth, faults = package("google.auth", EXTRA), package("google.auth.exceptions", EXTRA)
    try:
        found: tuple[Found, str | None] = auth.default(scopes=(SCOPE,))
    except faults.GoogleAuthError as error:
        raise _refused(error) from error
    return found


def _refused(error: Exception) -> ProviderError:
    words = clip(str(error.args[0] if error.args else error), 200).rstrip(".")
    transport = package("google.auth.exceptions", EXTRA).TransportError
    if isinstance(error, transport) or getattr(error, "retryable", False) is True:
        return Unreachable(f"Google gives no token now: {words}")
    return Unauthorized(f"Google gives no token: {words}", advice=HOW)

"""The tokens of Microsoft Entra, with the identity that azure-identity finds."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Protocol

from sagent.errors import ProviderError, Unauthorized, Unreachable
from sagent.providers.faults import clip
from sagent.providers.sdk import demand, package
from sagent.providers.tokens import Token, Tokens

EXTRA = "azure"

HOW = (
    "Run `az login`, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, "
    "or set the key of the resource."
)


class Granted(Protocol):
    """A token as azure-identity gives it."""

    @property
    def token(self) -> str: ...

    @property
    def expires_on(self) -> int: ...


class Identity(Protocol):
    """Who asks for tokens."""

    def get_token(self, scope: str, /) -> Granted: ...


@cache
def entra(scope: str) -> Tokens:
    """The tokens of whoever runs this, the same for all agents.

    Raises:
        UsageError: azure-identity is not installed.
    """
    demand("azure.identity", EXTRA)
    return Tokens(lambda: _fetched(scope))


def _fetched(scope: str) -> Token:
    # Looked for anew each time: somebody may have logged in meanwhile.
    found: Callable[[], AbstractContextManager[Identity]] = package(
        "azure.identity", EXTRA
    ).DefaultAzureCredential
    faults = package("azure.core.exceptions", EXTRA)
    try:
        with found() as identity:
            granted = identity.get_token(scope)
    except faults.AzureError as error:
        raise _refused(error, refused=isinstance(error, faults.ClientAuthenticationError)) from error
    return Token(headers={"authorization": f"Bearer {granted.token}"}, until=float(granted.expires_on))


def _refused(error: Exception, *, refused: bool) -> ProviderError:
    words = clip(str(error), 200).rstrip(".")
    if refused:
        return Unauthorized(f"Microsoft Entra gives no token: {words}", advice=HOW)
    return Unreachable(f"Microsoft Entra gives no token now: {words}")

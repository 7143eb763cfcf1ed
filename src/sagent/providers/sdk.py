"""The transport that goes by a platform's own credentials: its package opens the door for our bytes."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final, Protocol

from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.providers.faults import redacted
from sagent.providers.transport import Call, HttpRefusal, Transport

LOCKED: Final = (401, 403)
"""The statuses under which credentials are refused."""

SECRETS: Final = ("authorization", "x-amz-security-token")
"""The headers that hold one."""


class Credentials(Protocol):
    """What opens the door of a platform, one for all agents that go through it."""

    async def headers(self, call: Call, /) -> Mapping[str, str]:
        """The headers, by lower-case name, that let this request in; to get them must not block.

        Raises:
            Unauthorized: there are no credentials, or they have run out; the message says what to do.
            Unreachable: who gives them does not answer.
            UsageError: a package is missing.
        """
        ...

    def forget(self) -> None:
        """They were refused: the next request gets new ones, from wherever they come."""
        ...


@frozen(kw_only=True)
class Sdk:
    """The way of another transport, through a door that credentials open."""

    credentials: Credentials
    way: Transport

    async def stream(self, call: Call, /) -> AsyncGenerator[Sequence[str]]:
        """Send a request; give its events, as many at a time as came.

        Raises:
            HttpRefusal: the answer's status is not 200.
            Unauthorized: there are no credentials, or they have run out.
            Unreachable: no answer came, or not all of it.
            UsageError: a package is missing, or the address cannot be used.
        """
        # A gateway may want a door of its own: what the user says opens it, as with the vendors' clients.
        opened = "authorization" in map(str.lower, call.headers)
        headers = {} if opened else await self.credentials.headers(call)
        try:
            sent = replace(call, headers={**call.headers, **headers})
            async with aclosing(self.way.stream(sent)) as batches:
                async for batch in batches:
                    yield batch
        except HttpRefusal as refused:
            refusal = refused.refusal
            if refusal.status in LOCKED:
                self.credentials.forget()
            for name in SECRETS:
                refusal = redacted(refusal, headers.get(name, "").rpartition(" ")[2])
            raise HttpRefusal(refusal) from None


def package(module: str, extra: str) -> ModuleType:
    """A vendor's package, imported when it is first needed.

    Raises:
        UsageError: it is not installed; the message names the command.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise _missing(module, extra) from error


def demand(module: str, extra: str) -> None:
    """Look for a package without the time that it takes to import it.

    Raises:
        UsageError: it is not installed; the message names the command.
    """
    try:
        found = find_spec(module)
    except ImportError:
        found = None
    if found is None:
        raise _missing(module, extra)


def _missing(module: str, extra: str) -> UsageError:
    return UsageError(f"these credentials take one more package, {module}: pip install 'sagent[{extra}]'")

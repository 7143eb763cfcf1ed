"""Access tokens: fetched in a thread, kept until shortly before they run out, the same ones for everybody."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import field
from math import inf
from threading import Lock, Thread
from time import time
from typing import Final, TypeVar

from sagent.errors import SagentError, UsageError
from sagent.lib.value import frozen
from sagent.providers.transport import Call

T = TypeVar("T")

EARLY: Final = 225.0
"""How many seconds before its end a token is renewed: Google's metadata server gives no other before that."""


@frozen(kw_only=True)
class Token:
    """What lets requests in for a while."""

    headers: Mapping[str, str] = field(repr=False)
    until: float
    """In seconds since the epoch."""


class Tokens:
    """The tokens of one identity; however many wait for one, it is fetched once."""

    def __init__(self, fetch: Callable[[], Token]) -> None:
        """`fetch` may block; it runs in a thread of its own and raises what `Credentials.headers` may."""
        self._fetch = fetch
        self._lock = Lock()
        self._token: Token | None = None
        self._flight: Future[Token] | None = None

    async def headers(self, call: Call, /) -> Mapping[str, str]:
        """The headers of a token that is good for some minutes."""
        token = self._token
        if token is None or token.until - EARLY < time():
            token = await landed(self._begun())
        return token.headers

    def forget(self) -> None:
        """Fetch another one for the next request."""
        self._token = None

    def _begun(self) -> "Future[Token]":
        with self._lock:
            if self._flight is None:
                self._flight = begun(self._fetched)
            return self._flight

    def _fetched(self) -> Token:
        before = self._token
        try:
            self._token = token = self._fetch()
        except SagentError:
            if before is None or before.until < time():
                raise
            return before  # what renews it does not answer now: some minutes are left
        else:
            return token
        finally:
            with self._lock:
                self._flight = None


def bearer(token: str, variable: str) -> Tokens:
    """A token that somebody else keeps fresh.

    Raises:
        UsageError: no token looks like this.
    """
    if not re.fullmatch(r"[!-~]+", token):
        raise UsageError(f"the token in {variable} has characters that no token has: copy it again")
    return Tokens(lambda: Token(headers={"authorization": f"Bearer {token}"}, until=inf))


def begun(work: Callable[[], T]) -> "Future[T]":
    """Do what may block in a thread, which never keeps the program from ending."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # whatever it is, it belongs to the one who waits
            done.set_exception(error)
        else:
            done.set_result(result)

    Thread(target=run, name="sagent credentials", daemon=True).start()
    return done


async def landed(flight: "Future[T]") -> T:
    """Wait for what was begun; whoever is cancelled does not end it for the others."""
    import asyncio

    waiting = asyncio.wrap_future(flight)
    # Seen here, so that asyncio does not report it as lost where nobody waits any more.
    waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(waiting)

"""A mailbox: anybody may post from any thread, one reads."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sagent.errors import AgentClosed

M = TypeVar("M")


class Inbox(Generic[M]):
    """Keeps mail in order of arrival until it is collected."""

    __slots__ = ("_closed", "_mail", "_wake", "_woken")

    def __init__(self) -> None:
        self._mail: list[M] = []
        self._wake: Callable[[], None] | None = None
        self._woken = False
        self._closed = ""

    def post(self, mail: M) -> None:
        """Leave something; it never waits, and may be called from any thread.

        Raises:
            AgentClosed: nobody will read it any more.
        """
        if self._closed:
            raise AgentClosed(self._closed)
        self._mail.append(mail)
        if self._wake is not None and not self._woken:
            self._woken = True
            self._wake()

    def attach(self, wake: Callable[[], None] | None) -> None:
        """From now on call `wake` when something is posted, once until it is collected."""
        self._wake, self._woken = wake, False

    def close(self, why: str) -> None:
        """Take no more mail; whoever posts is told why."""
        self._closed = why
        self._wake = None

    def collect(self) -> Sequence[M]:
        """Take all mail out, oldest first."""
        self._woken = False  # first: who posts from here on wakes again, though it may be taken now
        taken = self._mail[:]
        # What is posted meanwhile stands behind these.
        del self._mail[: len(taken)]
        return taken

    def __len__(self) -> int:
        return len(self._mail)

"""Ends the wait for an event that does not come."""

import asyncio


class Watchdog:
    """Cancels the task that waits when nothing has come for too long. One timer a stream, and not one a wait.

    Only events count, not bytes: a server that keeps a dead stream open with blank lines fools nobody.
    """

    def __init__(self, *, first: float, later: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._later = later
        self._limit = first
        self._deadline = self._loop.time() + first
        self._timer = self._loop.call_at(self._deadline, self._look)
        self._waiting: asyncio.Task[object] | None = None
        self._before = 0
        self._expired = False

    def wait(self) -> None:
        """The current task begins to wait."""
        self._waiting = asyncio.current_task(self._loop)

    def heard(self, *, event: bool) -> None:
        """Something came; the task waits no longer."""
        self._waiting = None
        if event:
            self._limit = self._later
            self._deadline = self._loop.time() + self._later

    def expired(self) -> float | None:
        """After how many seconds the wait was ended, if it was; then the task is no longer cancelled."""
        if not self._expired or self._waiting is None:
            return None
        # Whoever else cancelled the task in the meantime has the say.
        return self._limit if self._waiting.uncancel() <= self._before else None

    def stop(self) -> None:
        """Nobody waits any more."""
        self._timer.cancel()
        self._waiting = None

    def _look(self) -> None:
        now = self._loop.time()
        if self._waiting is None:
            # A consumer that takes its time is not the server's fault.
            self._deadline = max(self._deadline, now + self._limit)
        if now < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._look)
        elif self._waiting is not None:
            self._expired = True
            self._before = self._waiting.cancelling()
            self._waiting.cancel()

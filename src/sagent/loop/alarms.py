"""The alarms of one agent: they outlive the event loop that they were set on."""

import asyncio
import time
from collections.abc import Callable

from sagent.loop.traffic import Fired, StartTimer


class Alarms:
    """Rings when a time has come; without an event loop, once there is one."""

    __slots__ = ("_feed", "_set")

    def __init__(self, feed: Callable[[Fired], None]) -> None:
        self._feed = feed
        self._set: dict[StartTimer, tuple[float, asyncio.TimerHandle | None]] = {}

    def set(self, effect: StartTimer, due: float | None = None) -> None:
        """Ring in so many seconds, or at a time, in seconds since 1970."""
        due = time.time() + effect.seconds if due is None else due

        def ring() -> None:
            self._set.pop(effect, None)
            self._feed(Fired(effect.timer))

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._set[effect] = due, None
        else:
            self._set[effect] = due, loop.call_later(max(0.0, due - time.time()), ring)

    def move(self) -> None:
        """Ring on the event loop that runs now."""
        before, self._set = self._set, {}
        for effect, (due, _) in before.items():
            self.set(effect, due)

    def cancel(self) -> None:
        """Ring no more."""
        for _, handle in self._set.values():
            if handle is not None:
                handle.cancel()
        self._set = {}

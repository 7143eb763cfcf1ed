"""Ending a task before it is done."""

import asyncio
from collections.abc import Callable
from typing import Final

CLEANING: Final = 0.1
"""Seconds that a task gets to clean up which somebody else is cancelling, as an event loop does that ends."""


def dismiss(task: asyncio.Task[None], patience: float, over: Callable[[], None]) -> None:
    """Cancel a task; call `over` when it has ended, or else when it has been waited for so many seconds.

    No other task waits for that: one that is begun while an event loop ends would be left on it.
    """
    loop = asyncio.get_running_loop()
    late = [loop.call_later(patience, over)]
    if task.cancelling():  # a second time would break off its cleaning up; a timeout within ends by itself
        late.append(loop.call_later(CLEANING, task.cancel))
    else:
        task.cancel()

    def ended(_: asyncio.Task[None]) -> None:
        for handle in late:
            handle.cancel()
        over()

    task.add_done_callback(ended)

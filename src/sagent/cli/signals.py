"""Ctrl-C and its relatives while something runs: the first asks to stop, the second does not ask."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, NoReturn

STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a person, a supervisor and a closed terminal send."""


class Heard:
    """The signal that came, if one did."""

    def __init__(self) -> None:
        self.number = 0

    @property
    def exit_code(self) -> int:
        """What shells expect of a program that a signal ended; 0 without one."""
        return 128 + self.number if self.number else 0


@contextmanager
def heeding(stop: Callable[[], None]) -> Iterator[Heard]:
    """Call `stop` at the first signal, and end the program at the second, while the block lasts."""
    heard = Heard()
    loop = asyncio.get_running_loop()

    def hear(number: int) -> None:
        if heard.number:
            leave(128 + number)
        heard.number = number
        stop()

    for number in STOPPING:
        loop.add_signal_handler(number, hear, number)
    try:
        yield heard
    finally:
        for number in STOPPING:
            loop.remove_signal_handler(number)


def leave(code: int) -> NoReturn:
    """End the program now, whatever its threads are still at: the log is complete at any moment."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)

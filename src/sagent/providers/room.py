"""Room for requests: so many at once to one host, so that none waits for another provider's."""

import asyncio
from typing import Final
from weakref import WeakValueDictionary

MOST: Final = 250
"""Requests of one event loop to one host: each has a connection of its own."""


class Room:
    """The room to each host, of one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        # Nobody remembers a host that nobody asks.
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def to(self, host: str) -> asyncio.Semaphore:
        """What one request to this host, with its port, holds while it is under way."""
        free = self._hosts.get(host)
        if free is None:
            free = self._hosts[host] = asyncio.Semaphore(self._most)
        return free

"""Lines that another program writes while the agent works."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from threading import Thread

from sagent.lib.feed import Feed


class Intake:
    """Reads a descriptor, whatever it is, in a thread of its own: an event loop cannot wait for files."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: Feed[bytes] = Feed()
        self._closed = False

    def open(self) -> None:
        """Begin to read, on the running event loop."""
        loop = asyncio.get_running_loop()
        # Nobody waits for this thread: what it reads may never end.
        Thread(target=self._read, args=(loop,), name="intake", daemon=True).start()

    def close(self) -> None:
        """Give no more lines, not even those that have come."""
        self._closed = True
        self._lines.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The lines, as they come, to the end of the input or until it is closed."""
        async for line in self._lines:
            if self._closed:
                return
            yield line

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        soon, pieces = loop.call_soon_threadsafe, list[bytes]()
        with suppress(RuntimeError):  # the event loop has ended
            with suppress(OSError):  # what cannot be read has ended
                while piece := os.read(self._descriptor, 1 << 16):
                    *whole, rest = piece.split(b"\n")
                    for line in whole:
                        soon(self._lines.put, b"".join((*pieces, line)))
                        pieces.clear()
                    pieces.append(rest)
            if last := b"".join(pieces):
                soon(self._lines.put, last)
            soon(self._lines.close)

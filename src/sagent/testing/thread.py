"""A wire server for code that does not run on an event loop: in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sagent.testing.server import KEY, ScriptItem, WireServer
from sagent.testing.wire import Exchange, Received


class Served:
    """What can be known of a server in a thread."""

    def __init__(self, server: WireServer) -> None:
        self._server = server
        self.base_url: str = server.base_url
        """Where it listens."""
        self.key: str = server.key
        """The key that clients must send."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables that lead a client here."""
        return self._server.environment

    @property
    def requests(self) -> Sequence[Received]:
        """What was asked, in order."""
        return self._server.requests

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """What was asked and answered, in the order in which the answers ended."""
        return self._server.exchanges

    @property
    def complaints(self) -> Sequence[str]:
        """Why requests were refused, in order."""
        return self._server.complaints

    @property
    def left(self) -> int:
        """How many items of the script have not been played."""
        return self._server.left


@contextmanager
def serve(
    *script: ScriptItem, key: str = KEY, models: Sequence[str] | None = None, port: int = 0
) -> Iterator[Served]:
    """Run a `WireServer` in a thread while the block lasts.

    Raises:
        UsageError: the port is taken.
    """
    server = WireServer(*script, key=key, models=models, port=port)
    ready, loops, faults = (
        threading.Event(),
        list[tuple[asyncio.AbstractEventLoop, asyncio.Event]](),
        list[BaseException](),
    )

    async def run() -> None:
        stop = asyncio.Event()
        async with server:
            loops.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    def live() -> None:
        try:
            asyncio.run(run())
        except BaseException as fault:  # raised again in the thread that owns the server
            faults.append(fault)
        finally:
            ready.set()

    thread = threading.Thread(target=live, name="wire server", daemon=True)
    thread.start()
    ready.wait()
    try:
        if loops:
            yield Served(server)
    finally:
        for loop, stop in loops:
            loop.call_soon_threadsafe(stop.set)
        thread.join()
    if faults:
        raise faults[0]

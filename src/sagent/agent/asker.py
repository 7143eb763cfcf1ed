"""Whoever is asked for leave is told which child asks."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from sagent.children import ASKER
from sagent.schema.message import ToolCall


def asking(
    approve: Callable[[ToolCall], Awaitable[str | None]] | None, name: str
) -> Callable[[ToolCall], Awaitable[str | None]] | None:
    """The same question, of which it is known who asks it."""
    if approve is None:
        return None
    ask = approve

    async def asked(call: ToolCall) -> str | None:
        below = ASKER.get()
        token = ASKER.set(f"{name}/{below}" if below else name)
        try:
            return await ask(call)
        finally:
            # Where the event loop has ended in the midst of the question this is not its context any more.
            with suppress(ValueError):
                ASKER.reset(token)

    return asked

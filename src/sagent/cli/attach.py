"""Following a running agent from another terminal, and writing to it."""

import asyncio
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sagent.cli.agents import letter_of, meant
from sagent.cli.faults import FAILED, write_line
from sagent.cli.paint import Paint, one_line, paint_for, printable
from sagent.cli.standard import step_back
from sagent.errors import AgentClosed
from sagent.post import PATIENCE, shown, told

if TYPE_CHECKING:
    from sagent.cli.intake import Intake
    from sagent.cli.screen import Screen
    from sagent.exchange.calling import Distant
    from sagent.schema.message import Message


def attach(
    name: Annotated[str, Parameter(help="The agent's name, its id, or the beginning of its id.")],
    /,
) -> int:
    """Show all that happens to a running agent; lines that are typed go to it, and Ctrl-C leaves it running.

    Raises:
        UsageError: it is not clear who is meant.
    """
    return asyncio.run(_attached(name))


async def _attached(name: str) -> int:
    from sagent.cli.intake import Intake
    from sagent.cli.screen import Screen
    from sagent.cli.signals import heeding

    found = await meant(name)
    paint = paint_for(sys.stderr, os.environ)
    screen = Screen(sys.stdout, sys.stderr, paint, streams=True)
    following = asyncio.ensure_future(_follow(found, screen, paint))
    writing = asyncio.ensure_future(_write(found, Intake(sys.stdin.fileno()), screen))
    with heeding(lambda: _cancel(following)):
        try:
            await following
        except asyncio.CancelledError:
            step_back()
            screen.note(paint.dim(f"{found.name} goes on"))
            return 0
        except AgentClosed as error:
            write_line(f"{found.name}: {error}")
            return FAILED
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
    screen.note(paint.dim(f"{found.name} has ended"))
    return 0


def _cancel(following: asyncio.Future[None]) -> None:
    following.cancel()


async def _follow(found: "Distant", screen: "Screen", paint: Paint) -> None:
    async with found.followed() as messages:
        screen.note(paint.dim(one_line(f"{shown(found.entry)}; Ctrl-C leaves it running", 400)))
        async for message in messages:
            if line := _said(message, paint):
                screen.note(line)
            screen.show(message)


def _said(message: "Message", paint: Paint) -> str:
    """What its user has said to it, in full; empty for all else."""
    from sagent.messages.words import plain
    from sagent.schema.message import Prompt

    if not isinstance(message, Prompt) or message.author != "user":
        return ""
    return paint.bold(f"> {printable(' '.join(map(plain, message.content)))}")


async def _write(found: "Distant", intake: "Intake", screen: "Screen") -> None:
    from sagent.schema.post import Accepted

    intake.open()
    async for line in intake:
        words = line.decode("utf-8", errors="replace").strip()
        if words:
            (receipt,) = await found.take((letter_of(words),), None, PATIENCE)
            if not isinstance(receipt, Accepted) or receipt.halted:
                screen.note(printable(told(receipt)))

"""The running agents of the user: listing them, and writing to one."""

import asyncio
import getpass
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from sagent.cli.faults import FAILED, write_line
from sagent.cli.paint import one_line, printable
from sagent.errors import UsageError
from sagent.post import PATIENCE

if TYPE_CHECKING:
    from sagent.exchange.calling import Distant
    from sagent.schema.post import Entry, Receipt
    from sagent.schema.signal import Letter

NOBODY: Final = "no agent is running that can be reached: talk to one (`sagent`), or `run_forever` one"

SHOWN: Final[Mapping[str, str]] = {
    "calling": "thinking",
    "gathering": "at its tools",
    "waiting": "about to try again",
}
"""What it says of an agent that is none of a person's words."""

LISTED: Final = 5
"""How many agents are named where it is not clear which is meant."""


def agents(
    *, json_: Annotated[bool, Parameter(name="--json", negative="", help="A JSON array.")] = False
) -> int:
    """Print the running agents: name, id, what each does, model, age, workspace."""
    from sagent.exchange.calling import published
    from sagent.schema.codec import encode_entry

    entries = [found.entry for found in asyncio.run(published())]
    if json_:
        shown = [encode_entry(entry) for entry in entries]
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
        return 0
    if not entries:
        write_line(NOBODY)
    rows = [_cells(entry, time.time()) for entry in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        sys.stdout.write(f"{line}\n")
    return 0


def send(
    name: Annotated[str, Parameter(help="The agent's name, its id, or the beginning of its id.")],
    /,
    *words: Annotated[str, Parameter(help="What is said; piped input goes behind it.")],
    delay: Annotated[
        float | None, Parameter(metavar="SECONDS", help="In how many seconds it is to be read.")
    ] = None,
    timeout: Annotated[
        float, Parameter(metavar="SECONDS", help="The most seconds to wait for a receipt.")
    ] = PATIENCE,
) -> int:
    """Write to a running agent, as a peer of it; print the receipt. Exit code 1: it was not accepted.

    Raises:
        UsageError: nothing is said, or it is not clear to whom.
    """
    from sagent.cli.arguments import check_numbers
    from sagent.cli.words import prompt_of
    from sagent.post import told
    from sagent.schema.post import Accepted

    if not words:
        raise UsageError(f'there is nothing to send: say it, as in `sagent send {name} "look at this"`')
    check_numbers({"--delay": delay, "--timeout": timeout})
    said, _ = prompt_of(words)
    receipt = asyncio.run(_sent(name, letter_of(said), delay, timeout))
    sys.stdout.write(f"{printable(told(receipt))}\n")
    return 0 if isinstance(receipt, Accepted) else FAILED


async def _sent(name: str, letter: "Letter", delay: float | None, timeout: float) -> "Receipt":
    found = await meant(name)
    (receipt,) = await found.take((letter,), delay, timeout)
    return receipt


def letter_of(words: str) -> "Letter":
    """What is said from a command line: an agent can run it, too, so it is never taken for the user's."""
    from sagent.schema.part import Text
    from sagent.schema.signal import Letter

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # before and since Python 3.13: nobody has this number
        user = f"user {os.geteuid()}"
    return Letter(content=(Text(content=words),), author="peer", sender=f"{user} by `sagent send`")


async def meant(name: str) -> "Distant":
    """The running agent of this name or id, or whose id alone begins so.

    Raises:
        UsageError: there is none, or more than one.
    """
    from sagent.exchange.calling import published

    found = await published()
    exact = [each for each in found if name in (each.session_id, each.name)]
    match exact or [each for each in found if name and each.session_id.startswith(name)]:
        case [one]:
            return one
        case []:
            there = ", ".join(dict.fromkeys(each.name for each in found[:LISTED]))
            raise UsageError(f"no agent is called {name!r}; there are {there}" if there else NOBODY)
        case several:
            ids = ", ".join(each.session_id for each in several[:LISTED])
            raise UsageError(f"{len(several)} agents are called {name!r}: give the id of one: {ids}")


def _cells(entry: "Entry", now: float) -> Sequence[str]:
    from sagent.cli.history.figures import ago

    status = SHOWN.get(entry.status, entry.status)
    status = f"{status}: {entry.doing}" if entry.doing else status
    return (
        one_line(entry.name),
        one_line(entry.session_id),
        one_line(status, 40),
        one_line(entry.model, 40),
        ago(now - entry.began) if entry.began else "new",
        one_line(entry.workspace),
    )

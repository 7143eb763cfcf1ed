"""Words, looked for in what was said in sessions."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from sagent.cli.faults import write_line
from sagent.cli.paint import one_line
from sagent.errors import SessionError, UsageError
from sagent.messages.words import plain
from sagent.schema.message import ModelResponse, Prompt, Summary
from sagent.schema.part import Text

if TYPE_CHECKING:
    from sagent.schema.message import Kept

LINES: Final = 3
"""How many lines of a session are shown."""


def search(
    *words: Annotated[str, Parameter(help="What is looked for: all of it, in one message.")],
    all_: Annotated[bool, Parameter(name="--all", negative="", help="In every directory.")] = False,
) -> int:
    """Print the sessions in which somebody said these words, the last used first, and where they stand.

    Exits with 1 where there is none.

    Raises:
        UsageError: nothing is looked for.
    """
    from sagent.sessions.reading import read_log
    from sagent.sessions.shelf import Shelf

    wanted = [word.casefold() for word in words if word.strip()]
    if not wanted:
        raise UsageError("name the words that are looked for, as in `sagent sessions search parser bug`")
    found = False
    for listing in Shelf().list(None if all_ else Path.cwd()):
        try:
            hits = _hits(read_log(listing.path).messages, wanted)
        except SessionError:
            continue  # `sagent sessions` says what is wrong with it
        if hits:
            found = True
            used = datetime.fromtimestamp(listing.used).astimezone()
            where = f"  {one_line(listing.workspace)}" if all_ else ""
            title = one_line(listing.title)
            sys.stdout.write(f"{listing.session_id}  {used:%Y-%m-%d %H:%M}{where}  {title}\n")
            sys.stdout.writelines(f"    {line}\n" for line in hits)
    if not found:
        write_line(
            "no message of a session has all these words in it" + ("" if all_ else "; --all looks everywhere")
        )
    return 0 if found else 1


def _hits(messages: Iterable["Kept"], wanted: Sequence[str]) -> Sequence[str]:
    hits: list[str] = []
    for message in messages:
        if not isinstance(message, Prompt | ModelResponse | Summary):
            continue
        said = "\n".join(plain(part) for part in message.content if isinstance(part, Text))
        folded = said.casefold()
        if all(word in folded for word in wanted):
            who = message.author if isinstance(message, Prompt) else "model"
            line = next((each for each in said.splitlines() if wanted[0] in each.casefold()), said)
            hits.append(f"{who}: {_around(line, wanted[0])}")
            if len(hits) == LINES:
                break
    return hits


def _around(line: str, word: str) -> str:
    """The part of a long line in which the word stands."""
    place = max(0, line.casefold().find(word) - 60)
    return one_line(("…" if place else "") + line[place:], 140)

"""Sessions, deleted for good."""

import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from sagent.cli.faults import write_line
from sagent.cli.paint import one_line
from sagent.errors import SessionError, UsageError
from sagent.sessions.shelf import Listing, Shelf

SPAN: Final = re.compile(r"(\d+)\s*([hdw])")
HOURS: Final = {"h": 1, "d": 24, "w": 168}


def delete(
    *sessions: Annotated[str, Parameter(help="Ids, or their beginnings.")],
    older_than: Annotated[
        str | None,
        Parameter(metavar="AGE", help="All of this directory that were not used for so long: 12h, 30d, 8w."),
    ] = None,
    all_: Annotated[
        bool, Parameter(name="--all", negative="", help="With --older-than: of every directory.")
    ] = False,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="", help="Do not ask.")] = False,
) -> int:
    """Delete sessions, and the files that only they refer to, for good.

    Raises:
        UsageError: there is no such session, or nobody can be asked.
        SessionError: one is in use, or cannot be deleted.
    """
    chosen = _chosen(sessions, older_than, everywhere=all_)
    if not chosen:
        write_line("no session is that old")
        return 0
    for listing in chosen:
        title = one_line(listing.problem or listing.title or "(nothing was said)")
        sys.stdout.write(f"{listing.session_id}  {title}\n")
    sys.stdout.flush()
    if not yes and not _agreed(len(chosen)):
        write_line("nothing was deleted")
        return 1
    shelf = Shelf()
    for listing in chosen:
        shelf.delete(listing.path)
    write_line(f"{len(chosen)} deleted")
    return 0


def _chosen(names: Sequence[str], older_than: str | None, *, everywhere: bool) -> Sequence[Listing]:
    if bool(names) == (older_than is not None):
        raise UsageError("name the sessions to delete, or how old they have to be with --older-than")
    shelf = Shelf()
    if older_than is None:
        try:
            wanted = {shelf.find(name) for name in names}
        except SessionError as error:
            raise UsageError(str(error)) from error
        return [listing for listing in shelf.list() if listing.path in wanted]
    span = SPAN.fullmatch(older_than.strip())
    if span is None:
        raise UsageError(f"--older-than is {older_than!r}: write it as 12h, 30d or 8w")
    before = time.time() - int(span[1]) * HOURS[span[2]] * 3600
    return [listing for listing in _all(shelf, everywhere=everywhere) if listing.used < before]


def _all(shelf: Shelf, *, everywhere: bool) -> Iterable[Listing]:
    return shelf.list(None if everywhere else Path.cwd())


def _agreed(count: int) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("nobody is there to be asked: give --yes to delete them")
    what = "it" if count == 1 else f"these {count}"
    sys.stdout.write(f"delete {what} for good? [y/N] ")
    sys.stdout.flush()
    answer = os.read(sys.stdin.fileno(), 1024).decode(errors="replace")
    return answer.strip().lower() in {"y", "yes"}

"""What is wrong with sessions, and how it is mended."""

import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sagent.cli.faults import write_line
from sagent.cli.paint import one_line, printable
from sagent.errors import SessionError, UsageError
from sagent.sessions.descent import logs_below
from sagent.sessions.shelf import Shelf

if TYPE_CHECKING:
    from sagent.atoms import MessageId
    from sagent.schema.message import Kept
    from sagent.sessions.reading import Log


def doctor(
    *sessions: Annotated[str, Parameter(help="Ids, their beginnings, or logs; else all of this directory.")],
    all_: Annotated[bool, Parameter(name="--all", negative="", help="Those of every directory.")] = False,
    mend: Annotated[
        bool,
        Parameter(negative="", help="Set a damaged log aside, and put in its place what can be used of it."),
    ] = False,
) -> int:
    """Say what is wrong with sessions; nothing is changed unless that is asked for.

    Exits with 1 where something is wrong, and was not mended.

    Raises:
        UsageError: there is no such session.
    """
    from sagent.cli.resumption import log_of

    try:
        files = [log_of(name) for name in sessions]
    except SessionError as error:
        raise UsageError(str(error)) from error
    if not sessions:
        files = [listing.path for listing in Shelf().list(None if all_ else Path.cwd())]
    sick = 0
    files = [log for file in files for log in (file, *logs_below(file))]
    for file in files:
        faults, curable = _examined(file)
        for fault in faults:
            sys.stdout.write(f"{printable(fault)}\n")
        if mend and faults and curable:
            sys.stdout.write(f"{printable(_mended(file))}\n")
        else:
            sick += bool(faults)
    if not files:
        write_line("there is no session" + ("" if all_ else " of this directory; --all looks everywhere"))
        return 0
    good = len(files) - sick
    write_line(f"{len(files)} looked at, {good} sound" if sick else f"{len(files)} looked at, all sound")
    if sick and not mend:
        write_line(
            "a damaged session can be gone on with as it is; `--mend` puts what can be used in its place"
        )
    return 1 if sick else 0


def _examined(file: Path) -> tuple[Sequence[str], bool]:
    """What is wrong with a log, by file and line, and whether that can be mended."""
    from sagent.loop.salvage import salvage
    from sagent.sessions.blobs import blobs_of
    from sagent.sessions.reading import read_log

    try:
        log = read_log(file)
    except SessionError as error:
        return (one_line(str(error), 400),), False
    faults = [f"{file}:{fault.line}: {fault.text}" for fault in log.faults]
    faults += [f"{file}: {fault}" for fault in salvage(log.path()).faults]
    curable = bool(faults)
    for blob in {blob for message in log.messages for blob in blobs_of(message)}:
        try:
            log.bytes_of(blob)
        except SessionError as error:
            faults.append(str(error))
    return faults, curable


def _mended(file: Path) -> str:
    """Put what can be used in place of a damaged log, which is kept under another name."""
    from sagent.sessions.jsonl import JsonlSession
    from sagent.sessions.reading import read_log

    JsonlSession.open(file).close()  # nobody else writes it
    log = read_log(file)
    aside = next(
        path for number in range(1, 10_000) if not (path := _beside(file, f"damaged-{number}")).exists()
    )
    fresh = _beside(file, "mending")
    fresh.unlink(missing_ok=True)
    session = JsonlSession.create(fresh, log.header)
    try:
        for message in _sound(log):
            session.append(message)
    finally:
        session.close()
    file.rename(aside)
    fresh.rename(file)
    return f"{file}: mended; the damaged log is now {aside.name}"


def _sound(log: "Log") -> Sequence["Kept"]:
    """The messages of all branches, those on the way to the newest as they are gone on with."""
    from sagent.loop.salvage import salvage

    path = {message.id for message in log.path()}
    used = deque(salvage(log.path()).messages)
    written: dict[MessageId, Kept] = {}
    for message in log.messages:
        if message.id not in path:
            known = message.parent_id is None or message.parent_id in written
            written[message.id] = message if known else replace(message, parent_id=next(reversed(written)))
        # What stands in for a lost line stands before the one that shows that it is lost.
        while used and message.id in path and (used[0].id == message.id or used[0].id not in path):
            stands = used.popleft()
            written[stands.id] = stands
    return tuple(written.values())


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(f"{file.name}.{ending}")

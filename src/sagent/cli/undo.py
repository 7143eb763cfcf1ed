"""Taking back what an agent changed in files: the command, and the same in a conversation."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from sagent.cli.faults import FAILED, write_line
from sagent.errors import Diverged, UsageError

if TYPE_CHECKING:
    from sagent.agent import Agent
    from sagent.atoms import MessageId
    from sagent.schema.values import FileChange
    from sagent.sessions.jsonl import JsonlSession
    from sagent.tools.undo import Undone
    from sagent.tools.undoable import Extent

EXTENTS: Final[dict[str, "Extent"]] = {"": "call", "turn": "turn", "all": "all"}
"""What can stand behind `/undo`."""


def undo(
    *,
    session: Annotated[
        str | None, Parameter(metavar="ID", help="The session whose id begins so, or a log, not the latest.")
    ] = None,
    call: Annotated[
        str | None, Parameter(metavar="ID", help="This call, or this undo, not the last call.")
    ] = None,
    turn: Annotated[bool, Parameter(help="All since you last spoke before the last change.")] = False,
    all_: Annotated[bool, Parameter(name="--all", negative="", help="All that the session changed.")] = False,
    redo: Annotated[bool, Parameter(help="Take the last undo back: make the changes again.")] = False,
    dry_run: Annotated[bool, Parameter(help="Only show what would become of the files.")] = False,
) -> int:
    """Take back what the latest session of this directory changed in files; by default by its last call.

    Raises:
        UsageError: there is no such session or call, or nothing to be undone.
        SagentError: it cannot be undone; nothing was changed.
    """
    if sum(map(bool, (call, turn, all_, redo))) > 1:
        raise UsageError("--call, --turn, --all and --redo each say what to undo: give one of them")
    from sagent.cli.resumption import old_session
    from sagent.cli.settings import Settings

    workspace = Path.cwd()
    kept = old_session(Settings(session=session), workspace)
    home = Path(kept.header.workspace)
    extent: Extent = "all" if all_ else "turn" if turn else "call"
    try:
        done = asyncio.run(
            _undo(kept, home if home.is_dir() else workspace, extent, call or "", redo=redo, dry_run=dry_run)
        )
    except Diverged as error:
        _print(error.diff)
        write_line(f"sagent: nothing was undone\n{error}")
        return FAILED
    finally:
        kept.close()
    for line in told(done, dry_run=dry_run, undo_by="`sagent undo`", redo_by="`sagent undo --redo`"):
        _print(line)
    return 0


async def undo_in(agent: "Agent | None", words: str) -> Sequence[str]:
    """What is said of an undo in a conversation: `words` are `turn`, `all`, `redo`, or the id of a call.

    Raises:
        SagentError: it cannot be undone; nothing was changed.
    """
    if agent is None:
        return ("nothing has been done yet; `sagent undo` undoes what an earlier session did",)
    extent = EXTENTS.get(words)
    call = words if extent is None and words != "redo" else ""
    try:
        done = await agent.undo(extent or "call", call=call, redo=words == "redo")
    except Diverged as error:
        return *error.diff.split("\n"), "nothing was undone", *str(error).split("\n")
    return tuple(told(done, dry_run=False, undo_by="/undo", redo_by="/undo redo"))


def told(done: "Undone", *, dry_run: bool, undo_by: str, redo_by: str) -> Iterator[str]:
    """What became of files, or would, in lines for a person; and by what that is taken back."""
    signs = [
        *((f"M {name}") for name in done.restored),
        *((f"A {name}") for name in done.made),
        *((f"D {name}") for name in done.removed),
    ]
    if dry_run and done.diff:
        yield done.diff
    yield from sorted(signs, key=lambda line: line[2:])
    what = _counted(len(done.calls), "call")
    if not signs:
        yield "the files are so already: there was nothing to do"
    elif dry_run:
        yield "this would make again what was undone" if done.redone else f"this would undo {what}"
    elif done.redone:
        yield f"made again what was undone; {undo_by} undoes it"
    else:
        yield f"undid {what}; {redo_by} makes the changes again"
    if done.unknown:
        ran = ", ".join(f"{tool} ({_counted(count, 'call')})" for tool, count in done.unknown.items())
        yield f"also ran: {ran}; what that changed in files is not known, and stays as it is"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


async def _undo(
    session: "JsonlSession", workspace: Path, extent: "Extent", call: str, *, redo: bool, dry_run: bool
) -> "Undone":
    """Without an agent: it goes into the log, where the next agent finds it and tells its model."""
    import secrets

    from sagent.loop.desk import Desk
    from sagent.loop.filing import Filing
    from sagent.loop.salvage import salvage
    from sagent.messages.ids import Ids
    from sagent.tools.docket import Docket
    from sagent.tools.threads import in_thread
    from sagent.tools.undo import undo as take_back
    from sagent.tools.undoable import undoable

    log = session.path()
    chosen = undoable(log, extent, call=call, redo=redo)
    desk = Desk(salvage(log).state, Ids(secrets.token_hex(3)))

    async def journal(
        call_id: str, changes: "Sequence[FileChange]", undoes: "Sequence[MessageId]"
    ) -> "MessageId":
        desk.open(time.time())
        entry = desk.filed(Filing(call_id=call_id, changes=changes, undoes=undoes))
        session.append(entry)
        await session.flush()
        return entry.id

    docket = Docket(journal=journal, loop=asyncio.get_running_loop(), workspace=workspace, call_id="")
    return await in_thread(take_back, chosen, workspace, session.read, docket, dry_run=dry_run)


def _print(text: str) -> None:
    from sagent.cli.paint import printable

    sys.stdout.write(f"{printable(text)}\n")

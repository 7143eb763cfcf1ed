"""Sessions as they are named on the command line: begun, found again, and gone on with from some message."""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagent.atoms import MessageId
from sagent.cli.settings import Settings
from sagent.errors import SessionError, UsageError
from sagent.schema.message import Kept, Prompt

if TYPE_CHECKING:
    from sagent.sessions.jsonl import JsonlSession

UNWRITABLE: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT}
)
"""Where another place helps, and more room would not."""


def is_new(session: str | None) -> bool:
    """Whether a log is named that is not there yet."""
    return session is not None and is_path(session) and not Path(session).exists()


def new_session(workspace: Path, log: str | None, *, fsync: bool) -> "JsonlSession":
    """Begin a session, in this file or else in the user's data directory.

    Raises:
        UsageError: the file would be no log.
        SessionError: it cannot be kept there.
    """
    from sagent.sessions.shelf import Shelf

    if log is not None:
        file = Path(log).absolute()
        if file.suffix != ".jsonl":
            raise UsageError(f"there is no session {log}; to begin one in this file, call it .jsonl")
        return Shelf(file.parent, fsync=fsync).create(workspace, session_id=file.stem)
    try:
        return Shelf(fsync=fsync).create(workspace)
    except SessionError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno not in UNWRITABLE:
            raise
        place = error.__cause__.filename or "the user's data directory"
        raise SessionError(
            f"the session cannot be kept ({place}: {error.__cause__.strerror}); "
            "set XDG_DATA_HOME to a directory that can be written, or give --no-session-persistence"
        ) from error


def old_session(settings: Settings, workspace: Path) -> "JsonlSession":
    """Open the session that is named, or the latest.

    Raises:
        UsageError: there is none, or another agent is using it.
    """
    from sagent.sessions.jsonl import JsonlSession
    from sagent.sessions.shelf import Shelf

    try:
        if settings.session is None:
            return Shelf(fsync=settings.fsync).latest(None if settings.anywhere else workspace)
        if is_path(settings.session):
            return JsonlSession.open(Path(settings.session), fsync=settings.fsync)
        return Shelf(fsync=settings.fsync).open(settings.session)
    except SessionError as error:
        # Whoever names a session that is not there, or is in use, has to name another.
        raise UsageError(str(error)) from error


def log_of(session: str) -> Path:
    """The log of a session that is named by its id, the beginning of it, or its log.

    Raises:
        SessionError: none or several are called so.
    """
    from sagent.sessions.shelf import Shelf

    return Path(session) if is_path(session) else Shelf().find(session)


def is_path(session: str) -> bool:
    """Whether a session is named by its log, not by its id."""
    return "/" in session or session.endswith(".jsonl")


def fork_point(log: Sequence[Kept], named: str) -> MessageId | None:
    """The message that a fork goes on from: the one whose id begins so; `last` is the one before the user's
    last words.

    Raises:
        UsageError: there is none, or several.
    """
    if named == "last":
        spoken = [
            place for place, kept in enumerate(log) if isinstance(kept, Prompt) and kept.author == "user"
        ]
        if not spoken or not spoken[-1]:
            raise UsageError("nobody has said anything in this session that could be said otherwise")
        return log[spoken[-1] - 1].id
    found = [kept.id for kept in log if kept.id.startswith(named)]
    if len(found) != 1 and named not in found:
        many = f"{len(found)} messages begin" if found else "no message of the session begins"
        raise UsageError(f"--fork: {many} with {named!r}; `sagent sessions show` has the ids")
    return MessageId(named) if named in found else found[0]

"""Where sessions lie: a folder for each workspace, a file for each session."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from typing import Final

from sagent.errors import SessionError
from sagent.lib.value import frozen
from sagent.sessions.descent import SUFFIX, folder_below, logs_below
from sagent.sessions.journal import Journal
from sagent.sessions.jsonl import JsonlSession
from sagent.sessions.records import fresh_header, header_of
from sagent.sessions.sweeping import sweep
from sagent.sessions.titles import title_of

_BLOCK: Final = 1 << 16


@frozen(kw_only=True)
class Listing:
    """What a list of sessions shows of one, read without opening it."""

    session_id: str
    path: Path
    workspace: str
    """Empty where the file is broken."""
    began: float
    """In seconds since 1970 UTC."""
    used: float
    """When it was last written to, in seconds since 1970 UTC."""
    size: int
    """How many bytes."""
    title: str
    """The first words of the first prompt; empty if there is none yet."""
    problem: str
    """What is wrong with the file; empty if nothing is."""


class Shelf:
    """All sessions of a user; or, with `session_dir`, all in that folder."""

    def __init__(self, session_dir: Path | None = None, *, fsync: bool = True) -> None:
        """Without `fsync` what is said outlives a killed process, but perhaps no power cut."""
        self._session_dir = session_dir
        self._fsync = fsync

    def folder(self, workspace: Path) -> Path:
        """The folder that the sessions of a workspace lie in."""
        return self._session_dir or _root() / workspace_key(workspace)

    def create(self, workspace: Path, *, session_id: str = "") -> JsonlSession:
        """Begin a session; without an id it gets one that sorts by time.

        Raises:
            SessionError: it cannot be made, or there is one of that id.
        """
        name = session_id or new_session_id(time.time())
        header = fresh_header(name, workspace)
        return JsonlSession.create(self.folder(workspace) / f"{name}{SUFFIX}", header, fsync=self._fsync)

    def latest(self, workspace: Path | None) -> JsonlSession:
        """Open the session of a workspace, or of all, that was last written to.

        Raises:
            SessionError: there is none, or another agent is using it.
        """
        return JsonlSession.open(self.newest(workspace), fsync=self._fsync)

    def newest(self, workspace: Path | None) -> Path:
        """The file of the session of a workspace, or of all, that was last written to.

        Raises:
            SessionError: there is none.
        """
        for path in sorted(self._files(workspace), key=_use, reverse=True):
            # Of those that were used before it nothing is read: there may be thousands.
            listing = _listing(path)
            if listing is not None and not listing.problem and _belongs(listing, workspace):
                return path
        where = f" for {workspace.resolve()}" if workspace is not None else ""
        raise SessionError(f"there is no session{where}; start one first")

    def open(self, name: str) -> JsonlSession:
        """Open a session of any workspace by its id, or by the beginning of it that only one has.

        Raises:
            SessionError: none or several begin so, or another agent is using it.
        """
        return JsonlSession.open(self.find(name), fsync=self._fsync)

    def find(self, name: str) -> Path:
        """The file of a session of any workspace, by its id or by the beginning of it that only one has.

        Raises:
            SessionError: none or several begin so.
        """
        found = [path for path in self._files() if path.stem.startswith(name)]
        exact = [path for path in found if path.stem == name]
        match exact or found:
            case [path]:
                return path
            case []:
                raise SessionError(f"no session begins with {name!r}; `sagent sessions` lists them")
            case several:
                some = ", ".join(sorted(path.stem for path in several)[:3])
                raise SessionError(
                    f"{len(several)} sessions begin with {name!r}: {some} ...; give more of the id"
                )

    def delete(self, file: Path) -> None:
        """Delete a session, its damaged logs, its children, and the files that no other session refers to.

        Raises:
            SessionError: it is in use, or cannot be deleted.
        """
        for log in (file, *logs_below(file)):
            Journal.open(log).close()  # whoever writes it holds its lock
        try:
            if folder_below(file).is_dir():
                rmtree(folder_below(file))
            for aside in file.parent.glob(f"{file.name}.damaged-*"):
                aside.unlink()
            file.unlink()
            sweep(file.parent)
        except OSError as error:
            raise SessionError(f"{file} cannot be deleted ({error.strerror})") from error

    def list(self, workspace: Path | None = None) -> Sequence[Listing]:
        """The sessions of a workspace, or of all, the last used first; broken ones with their problem."""
        listings = [listing for path in self._files(workspace) if (listing := _listing(path)) is not None]
        listings = [listing for listing in listings if listing.problem or _belongs(listing, workspace)]
        return tuple(sorted(listings, key=lambda listing: (listing.used, listing.session_id), reverse=True))

    def _files(self, workspace: Path | None = None) -> Iterator[Path]:
        if self._session_dir is not None or workspace is not None:
            folder = self._session_dir or _root() / workspace_key(workspace or Path())
            return folder.glob(f"*{SUFFIX}")
        return _root().glob(f"*/*{SUFFIX}")


def workspace_key(workspace: Path) -> str:
    """The folder name of a workspace: readable, and never the same for two."""
    home = workspace.resolve()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", "/".join(home.parts[-2:])).strip("-")[:40]
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return f"{slug}-{digest}" if slug else digest


def new_session_id(now: float) -> str:
    """A fresh id that sorts by its time."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{moment:%Y%m%d-%H%M%S}-{moment.microsecond // 1000:03d}-{secrets.token_hex(3)}"


def _root() -> Path:
    from platformdirs import user_data_path

    return user_data_path("sagent") / "sessions"


def _use(path: Path) -> tuple[float, str]:
    """When a file was last written to; what has gone meanwhile comes last."""
    try:
        return path.stat().st_mtime, path.stem
    except OSError:
        return 0.0, path.stem


def _belongs(listing: Listing, workspace: Path | None) -> bool:
    return workspace is None or listing.workspace == str(workspace.resolve())


def _listing(path: Path) -> Listing | None:
    """Read the beginning of a file; none if it has gone meanwhile."""
    workspace, began, title, problem = "", 0.0, "", ""
    try:
        status = path.stat()
    except OSError:
        return None
    try:
        with path.open("rb") as file:
            header = header_of(file.readline(_BLOCK), path)
            workspace, began = header.workspace, header.timestamp
            title = title_of(file)
    except OSError as error:
        problem = f"{path} cannot be read ({error.strerror})"
    except SessionError as error:
        problem = str(error)
    return Listing(
        session_id=path.stem,
        path=path,
        workspace=workspace,
        began=began,
        used=status.st_mtime,
        size=status.st_size,
        title=title,
        problem=problem,
    )

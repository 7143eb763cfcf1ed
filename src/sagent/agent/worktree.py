"""A git worktree for one child: made of the last commit on a new branch, and kept only if it was changed."""

import asyncio
import os
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Final, Self

from sagent.errors import ToolError
from sagent.lib.value import frozen

REMOVED: Final = "Nothing in its worktree was changed, and it was removed."

HELD: Final[set[Path]] = set()
"""Those that somebody in this process works in, or is about to remove."""


def trees() -> Path:
    """Where they are: in the user's data directory, each called like the session of its child."""
    from platformdirs import user_data_path

    return user_data_path("sagent") / "worktrees"


@frozen(kw_only=True)
class Worktree:
    """Where a child works by itself."""

    repository: Path
    root: Path
    branch: str
    start: str
    """The commit that it began with."""
    workspace: Path
    """In it, where its parent's workspace is in the repository."""

    @classmethod
    async def made(cls, workspace: Path, name: str, session_id: str) -> Self:
        """Make one, in the user's data directory.

        Raises:
            ToolError: it cannot be made here.
        """
        from sagent.sessions.private import private_directory

        repository = Path(await _git(workspace, "rev-parse", "--show-toplevel"))
        start = await _git(workspace, "rev-parse", "--verify", "HEAD")
        below = await _git(workspace, "rev-parse", "--show-prefix")
        root = trees() / session_id
        branch = f"sagent/{name}-{_tail(session_id)}"
        try:
            private_directory(root.parent)
        except OSError as error:
            raise ToolError(
                f"no worktree is made: {root.parent} cannot be made ({error.strerror})"
            ) from error
        tree = cls(repository=repository, root=root, branch=branch, start=start, workspace=root / below)
        HELD.add(root)
        try:
            await _git(repository, "worktree", "add", "--quiet", "-b", branch, str(root), start)
        except asyncio.CancelledError:
            if await asyncio.to_thread(root.is_dir):
                await tree.settle()
            HELD.discard(root)
            raise
        except ToolError:
            HELD.discard(root)
            raise
        return tree

    @classmethod
    async def found(cls, root: Path) -> Self:
        """One that an earlier process has made.

        Raises:
            ToolError: git does not know it any more, or where it began.
        """
        first, _, _ = (await _git(root, "worktree", "list", "--porcelain")).partition("\n")
        repository = Path(first.removeprefix("worktree "))
        pattern = f"refs/heads/sagent/*-{_tail(root.name)}"
        branch = await _git(root, "for-each-ref", "--format=%(refname:lstrip=2)", pattern)
        heads = await _git(root, "log", "--walk-reflogs", "--format=%H", f"refs/heads/{branch}", "--")
        start = heads.rpartition("\n")[2]
        return cls(repository=repository, root=root, branch=branch, start=start, workspace=root)

    async def settle(self) -> str:
        """Remove it if nothing in it has changed; else what has, and where that is.

        Raises:
            ToolError: git cannot say what has changed.
        """
        return await _whole(self._settled())

    async def _settled(self) -> str:
        HELD.add(self.root)
        try:
            return await self._removed() or await self._kept()
        finally:
            HELD.discard(self.root)

    async def _removed(self) -> str:
        """What is said where nothing in it has changed; empty where something has."""
        branch = await _git(self.root, "for-each-ref", "--format=%(objectname)", f"refs/heads/{self.branch}")
        heads = {branch, await _git(self.root, "rev-parse", "HEAD")}
        if heads != {self.start} or await _git(self.root, "status", "--porcelain"):
            return ""
        await _git(self.repository, "worktree", "remove", "--force", str(self.root))
        await _git(self.repository, "branch", "--quiet", "-D", self.branch)
        return REMOVED

    async def _kept(self) -> str:
        changed = (await _git(self.root, "status", "--porcelain")).splitlines()
        commits = await _git(self.root, "rev-list", "--count", f"{self.start}..HEAD")
        return (
            f"Its work is in the git worktree {self.root}, on branch {self.branch}: commits: {commits}, "
            f"files not committed: {len(changed)}."
        )


def _tail(session_id: str) -> str:
    return session_id.rpartition("-")[2]


async def _whole(work: Coroutine[None, None, str]) -> str:
    """Be cancelled only when this has ended: half of it would leave what nobody knows of."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def _git(place: Path, *command: str) -> str:
    """What git says.

    Raises:
        ToolError: it cannot do that here.
    """
    return await _whole(_told(place, command))


async def _told(place: Path, command: Sequence[str]) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            # A repository may name programs that git is to run for this: not for ours.
            *("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
            *command,
            cwd=place,
            env={**os.environ, "LC_ALL": "C"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise ToolError(f"git cannot be run: {error.strerror}") from error
    told, complaint = await process.communicate()
    if process.returncode != 0:
        why = complaint.decode(errors="replace").strip().splitlines()
        raise ToolError(f"git {command[0]} failed in {place}: {why[-1] if why else process.returncode}")
    return told.decode(errors="surrogateescape").strip()

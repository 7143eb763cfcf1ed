"""The git worktrees of children that ended with a process: removed as at any end, or named."""

import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sagent.agent.worktree import HELD, REMOVED, Worktree, trees
from sagent.errors import SagentError, SessionError, ToolError
from sagent.messages.words import plain
from sagent.protocols import Session
from sagent.schema.message import Kept, Prompt, ToolResult
from sagent.schema.part import Text
from sagent.schema.signal import Letter
from sagent.sessions.descent import folder_below, logs_below
from sagent.sessions.jsonl import JsonlSession

if TYPE_CHECKING:
    from sagent.agent.children import AgentChildren

_log = logging.getLogger("sagent.agent")


async def tidy(own: "AgentChildren") -> None:
    """Do that for the children of one agent, before it spawns any in this process; it is told by mail."""
    driver = own.driver()
    async for words in settled(driver.session, driver.path, driver.core.state.children):
        said = Letter(content=(Text(content=words),), author="background", sender="AgentSpawn")
        try:
            await own.driver().deliver((said,))
        except SagentError as error:
            _log.warning("%s could not be told of a git worktree: %s", own.setup.name, error)


async def settled(
    session: Session, path: Callable[[], Iterable[Kept]], serving: Collection[str]
) -> AsyncIterator[str]:
    """Remove those in which nothing has changed; say of each other one where it is, if nobody has said so.

    Those of children that are `serving` are theirs, as are those of which somebody else has the log.
    """
    for root in _left(session, serving):
        try:
            told = await (await Worktree.found(root)).settle()
        except ToolError as error:
            _log.warning("the git worktree %s is left as it is: %s", root, error)
            continue
        if told != REMOVED and not _is_named(root, path()):
            yield f"The agent {root.name} ended with its process. {told}"


def _left(session: Session, serving: Collection[str]) -> Iterator[Path]:
    if not isinstance(session, JsonlSession):
        return
    known = {root.name: root for root in trees().glob("*") if root not in HELD}
    if not known:
        return
    for log in _logs(session.file, serving):
        if log.stem in known and _is_free(log):
            yield known[log.stem]


def _logs(file: Path, serving: Collection[str]) -> Iterator[Path]:
    for child in sorted(folder_below(file).glob(f"*{file.suffix}")):
        if child.stem not in serving:
            yield child
            yield from logs_below(child)


def _is_free(log: Path) -> bool:
    try:
        JsonlSession.open(log).close()
    except SessionError:
        return False
    return True


def _is_named(root: Path, path: Iterable[Kept]) -> bool:
    named = f"git worktree {root}"
    told = (kept.content for kept in path if isinstance(kept, Prompt | ToolResult))
    return any(named in plain(part) for content in told for part in content)

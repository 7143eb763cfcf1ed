"""Telling an agent's log, from a thread, what is about to become of files."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sagent.atoms import MessageId
from sagent.errors import SagentError, ToolError
from sagent.lib.value import frozen
from sagent.schema.values import FileChange
from sagent.tools.changes import Change, is_made, recorded

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

Journal: TypeAlias = Callable[
    [str, Sequence[FileChange], Sequence[MessageId]], Coroutine[None, None, MessageId]
]
"""What keeps changes in a log (`Host.journal`): whose, which, and which earlier ones they take back."""


@frozen(kw_only=True)
class Docket:
    """Where one call notes its changes; without a journal it notes nothing."""

    journal: Journal | None
    loop: "AbstractEventLoop"
    """Where the journal is kept."""
    workspace: Path
    call_id: str

    @contextmanager
    def entered(self, changes: Sequence[Change], undoes: Sequence[MessageId] = ()) -> Iterator[None]:
        """Inside the block, which makes these changes, they are in the log and on the disk.

        Raises:
            SagentError: they cannot be kept; then none may be made.
        """
        changes = [change for change in changes if change.data != change.before]
        if self.journal is None or not (changes or undoes):
            yield
            return
        entry = self._enter([recorded(change, self.workspace) for change in changes], undoes)
        try:
            yield
        except BaseException:
            if not any(is_made(change) for change in changes):
                with suppress(SagentError):  # what went wrong first is told
                    self._enter((), (entry,))
            raise

    def _enter(self, changes: Sequence[FileChange], undoes: Sequence[MessageId]) -> MessageId:
        from asyncio import run_coroutine_threadsafe
        from concurrent.futures import CancelledError

        if self.journal is None:
            raise AssertionError("only what is journalled is entered")
        job = self.journal(self.call_id, changes, undoes)
        try:
            entry = run_coroutine_threadsafe(job, self.loop)
        except RuntimeError as error:
            job.close()
            raise ToolError("nothing was changed: the agent has ended") from error
        while not entry.done():
            if self.loop.is_closed():
                job.close()
                raise ToolError("nothing was changed: the agent has ended")
            with suppress(TimeoutError):
                entry.exception(timeout=1.0)
        try:
            return entry.result()
        except CancelledError as error:
            raise ToolError("nothing was changed: the agent is ending") from error

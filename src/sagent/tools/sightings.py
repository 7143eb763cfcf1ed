"""What an agent has seen of files, so that it does not overwrite what it does not know."""

from collections.abc import MutableMapping
from dataclasses import field, replace
from enum import Enum
from pathlib import Path
from typing import Self

from typing_extensions import override

from sagent.host import Host
from sagent.lib.value import frozen
from sagent.schema.message import ToolCall
from sagent.tools.crafted import Crafted, Directive
from sagent.tools.docket import Docket, Journal


class Doubt(Enum):
    """Why an agent does not know what a file contains, as it is told."""

    UNREAD = "it has not been read since this agent was started or resumed"
    CHANGED = "it was changed by somebody else since it was read"


@frozen()
class Sighted(Crafted[Directive]):
    """A tool that shows files, or changes them; the tools of one agent share what it has seen."""

    seen: MutableMapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """The SHA-256 of each file's content when it was last seen, by the file's real path."""
    journal: Journal | None = field(default=None, repr=False, compare=False)
    """What keeps changes of files, so that they can be undone; None where nobody does."""

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool in the host's workspace, knowing what the host has seen, and keeping its log."""
        return replace(self, workspace=host.workspace, seen=host.seen, journal=host.journal)

    def docket(self, call: ToolCall) -> Docket:
        """Where a call that runs on this event loop notes its changes."""
        from asyncio import get_running_loop

        return Docket(
            journal=self.journal, loop=get_running_loop(), workspace=self.workspace, call_id=call.call_id
        )

    def note(self, path: Path, data: bytes) -> None:
        """The agent knows that the file, whose links are followed, has this content."""
        self.saw(path, _digest(data))

    def saw(self, path: Path, digest: str) -> None:
        """The agent knows that the file, whose links are followed, has content with this SHA-256."""
        self.seen[str(path)] = digest

    def forget(self, path: Path) -> None:
        """The file is gone."""
        self.seen.pop(str(path), None)

    def doubt(self, path: Path, data: bytes) -> Doubt | None:
        """Why the agent does not know the content of a file; None if it does."""
        known = self.seen.get(str(path))
        if known is None:
            return Doubt.UNREAD
        return None if known == _digest(data) else Doubt.CHANGED


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()

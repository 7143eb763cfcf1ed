"""The agent as its tools see it."""

from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Protocol

from sagent.atoms import CallId, MessageId
from sagent.children import Children
from sagent.control import Control
from sagent.post import Post
from sagent.schema.values import FileChange
from sagent.tasks import Tasks


class Host(Protocol):
    """What a tool may ask of the agent that it serves."""

    async def journal(
        self, call_id: str, changes: Sequence[FileChange], undoes: Sequence[MessageId] = (), /
    ) -> MessageId:
        """Keep what a call is about to do to files, on the disk, so that it can be undone.

        `undoes` are earlier entries that hold no longer; what comes back is the name of this one.

        Raises:
            SessionError: it cannot be kept.
            AgentClosed: the agent has ended.
        """
        ...

    @property
    def children(self) -> Children:
        """The agents that it has spawned, and the way to more."""
        ...

    @property
    def control(self) -> Control:
        """What it sees and may change of itself."""
        ...

    def detach(self, call_id: CallId, notice: str, deadline: float | None = 600.0, /) -> bool:
        """Let a running call go on in the background, and tell the model so; whether it does.

        An answer waits for so many seconds for its result; with None for as long as it takes.
        """
        ...

    def moved(self, call_id: CallId, folder: Path, /) -> bool:
        """Let commands start there from now on, if the model waits for this call; whether they do."""
        ...

    def place(self, call_id: CallId, /) -> Path:
        """Where the commands of a call start: where those before its response have ended."""
        ...

    @property
    def post(self) -> Post:
        """How it reaches other agents."""
        ...

    @property
    def result_room(self) -> int:
        """How many bytes of text one result may have now; of more, the middle is kept in a file."""
        ...

    @property
    def workspace(self) -> Path:
        """The directory that the agent works in."""
        ...

    @property
    def seen(self) -> MutableMapping[str, str]:
        """What tools have shown it of files: a digest of the content by the path; none after a resume."""
        ...

    @property
    def tasks(self) -> Tasks:
        """What goes on in its background."""
        ...

"""What a tool may be able to do besides: each is found by its shape, none is a must."""

from collections.abc import Sequence
from pathlib import Path

from typing_extensions import Protocol, runtime_checkable

from sagent.host import Host
from sagent.lib.value import frozen
from sagent.protocols import Tool
from sagent.schema.message import ToolCall


@runtime_checkable
class Hosted(Protocol):
    """A tool that needs the agent it serves."""

    def hosted_by(self, host: Host, /) -> Tool:
        """The same tool, serving this agent."""
        ...


@runtime_checkable
class Sweeping(Protocol):
    """A tool that leaves something running between its calls."""

    async def sweep(self) -> None:
        """End all of that, and return when it is gone: its agent ends."""
        ...


@runtime_checkable
class Summarized(Protocol):
    """A tool that can say in one line what a call is about to do."""

    def summary(self, call: ToolCall, /) -> str:
        """The line; it is asked for only where somebody watches, or wants to know what runs."""
        ...


@runtime_checkable
class Instructed(Protocol):
    """A tool with a section of its own in the system prompt."""

    def prompt(self) -> str: ...


@runtime_checkable
class Detachable(Protocol):
    """A tool whose calls may go on by themselves while the conversation does."""

    @property
    def detachable(self) -> bool: ...


@runtime_checkable
class Polling(Protocol):
    """A tool that is called again and again with the same result, on purpose."""

    @property
    def polls(self) -> bool: ...


@runtime_checkable
class Renewable(Protocol):
    """A tool whose old results may be left out when a conversation is condensed: a call gives them again."""

    @property
    def supports_microcompaction(self) -> bool: ...


@runtime_checkable
class Volatile(Protocol):
    """A tool in whose results something changes from call to call and means nothing, such as a duration."""

    @property
    def volatile(self) -> str:
        """A regular expression for it: matched in texts, and against whole names of JSON fields."""
        ...


@frozen(kw_only=True)
class Reach:
    """What a call is going to touch; one that touches nothing of these needs nobody's leave."""

    reads: Sequence[Path] = ()
    """Files and directories that are looked at, with all below them."""
    writes: Sequence[Path] = ()
    """Files and directories that are made, changed, moved or removed."""
    commands: Sequence[str] = ()
    """What a shell is given to run."""
    folder: Path | None = None
    """Where it runs them; None is the workspace."""


@runtime_checkable
class Reaching(Protocol):
    """A tool that can say what a call is going to touch, so that it can be judged before it runs."""

    def reach(self, call: ToolCall, /) -> Reach | None:
        """What it touches; paths as they are given, links not followed. None where it always takes leave.

        Raises:
            SagentError: the call is one that cannot be done anyway.
        """
        ...


@runtime_checkable
class Needing(Protocol):
    """A tool that cannot work everywhere, and can say so before it is used."""

    def check(self) -> None:
        """See whether it can work here.

        Raises:
            UsageError: it takes something that is not installed; the message says how to get it.
        """
        ...

"""What a tool may be able to do besides: each is found by its shape, none is a must."""

from typing import Protocol, runtime_checkable

from sagent.protocols import Host, Tool
from sagent.schema.message import ToolCall


@runtime_checkable
class Hosted(Protocol):
    """A tool that needs the agent it serves."""

    def hosted_by(self, host: Host, /) -> Tool:
        """The same tool, serving this agent."""
        ...


@runtime_checkable
class Summarized(Protocol):
    """A tool that can say in one line what a call is about to do."""

    def summary(self, call: ToolCall, /) -> str: ...


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
class Volatile(Protocol):
    """A tool in whose results something changes from call to call and means nothing, such as a duration."""

    @property
    def volatile(self) -> str:
        """A regular expression for it: matched in texts, and against whole names of JSON fields."""
        ...

"""An agent's children, as tools find them: agents that it has spawned, each with a log of its own."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from sagent.schema.event import Event
from sagent.schema.message import ToolCall, ToolResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a child is asked to do, and what it is to be."""

    prompt: str
    name: str = ""
    """What it is called; empty for a number."""
    tools: Sequence[str] | None = None
    """The tools that it is given, of those of its parent; None for all."""
    model: str = ""
    """The model that it begins with, as people name it; empty for its parent's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLimits:
    """How far a tree of agents may grow by what its models spawn; code may spawn what it likes."""

    max_depth: int = 3
    """How many generations there may be below the first agent."""
    max_children: int = 100
    """How many agents may be spawned in all."""


class Children(Protocol):
    """An agent's children."""

    def work(self, call: ToolCall, errand: Errand, /) -> AsyncIterator[Event | ToolResult]:
        """Have a new child run an errand for a call: what it says and does, and last its answer.

        Closing the iterator ends the child, and returns when it is gone.

        Raises:
            ToolError: there may be no such child.
        """
        ...

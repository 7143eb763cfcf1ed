"""An agent's children, as tools find them: agents that it has spawned, each with a log of its own."""

from collections.abc import AsyncIterator, Sequence
from contextvars import ContextVar
from typing import Final, Protocol

from sagent.lib.json import JsonObject
from sagent.lib.value import frozen
from sagent.schema.event import Event
from sagent.schema.message import ToolCall, ToolResult

ASKER: Final = ContextVar("sagent_asker", default="")
"""While leave is asked for: the name of the child that asks; empty where the agent itself does."""

CONCURRENCY: Final = 8
"""How many agents work at once where nobody says otherwise."""


@frozen(kw_only=True)
class Errand:
    """What a child is asked to do, or several each, and what they are to be."""

    prompts: Sequence[str]
    together: bool = False
    """Whether the answers are told as those of several, though it be one."""
    concurrency: int = CONCURRENCY
    """How many of several work at once."""
    name: str = ""
    """What it is called; empty for a number. One of that name that has ended goes on with its log."""
    tools: Sequence[str] | None = None
    """The tools that it is given, of those of its parent; None for all."""
    model: str = ""
    """The model that it begins with, as people name it; empty for its parent's."""
    effort: str = ""
    """How hard that thinks; empty for as it is."""
    output: JsonObject | None = None
    """The JSON Schema that its answer has to fit."""
    background: bool = False
    """Whether the parent goes on meanwhile."""
    hot: bool = False
    """Whether it begins with its parent's conversation."""
    workspace: str = ""
    """The directory that it works in, inside of its parent's; empty for the same."""
    worktree: bool = False
    """Whether it works in a git worktree of its own."""
    max_rounds: int | None = None
    max_depth: int | None = None
    """How many generations there may be below it; None for as many as the tree allows."""
    persistent: bool = False
    """Whether it serves its inbox from now on, also in another process, and its parent goes on."""
    budget_usd: float | None = None
    budget_tokens: int | None = None


@frozen(kw_only=True)
class TreeLimits:
    """How far a tree of agents may grow by what its models spawn; code may spawn what it likes."""

    max_depth: int = 3
    """How many generations there may be below the first agent."""
    max_running: int = CONCURRENCY
    """How many may be at work at once; who waits for children is not, and others wait for their turn.

    One in the background takes the place of its parent where there is no other, so that both come to an end.
    """
    max_children: int = 100
    """How many agents may be spawned in all."""


TREE_LIMITS: Final = TreeLimits()
"""How far it may grow where nobody says otherwise."""


class Children(Protocol):
    """An agent's children."""

    def work(self, call: ToolCall, errand: Errand, /) -> AsyncIterator[Event | ToolResult]:
        """Have children run an errand for a call: what they say and do, and last what came of it.

        Closing the iterator ends the children, and returns when they are gone.

        Raises:
            ToolError: there may be no such child.
        """
        ...

    async def stop(self, name: str, /) -> str:
        """End a child by its name or session; return what it was called when it is gone.

        Raises:
            ToolError: none is called so.
        """
        ...

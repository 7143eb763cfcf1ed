"""What an agent may say of a child that it spawns; all else is as it is itself."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from sagent.protocols import Model, Tool


class Upbringing(TypedDict, total=False):
    """What may be said of a child."""

    name: str
    """What it is called; else it gets a number."""
    description: str
    """What it is good for, where it is used as a tool."""
    group: str
    """A name by which others may write to it and to all of its group at once; else none."""
    system: str
    """Its system prompt; else its parent's."""
    tools: Sequence[Tool]
    """Its tools, one's own as well; else those of its parent that are on."""
    model: Model | str
    """Its model, or the name of one; else its parent's."""
    workspace: Path
    """The directory that it works in; else its parent's."""
    persistent: bool
    """Whether it serves its inbox, once it does, also when its parent goes on in another process."""
    max_tool_call_rounds: int | None
    """How many rounds of tool calls one prompt may take; else as many as it likes."""
    max_budget_usd: float | None
    """How many US dollars of its parent's budget it may spend; else all that is left."""
    max_budget_tokens: int | None
    """The same in tokens."""

"""The mail that has been accepted and has not entered the view: what waits, and in which order it enters."""

from collections.abc import Iterator, Sequence

from sagent.loop.state import Pending, State
from sagent.schema.message import LimitsChanged, ModelChanged, Prompt, System, ToolResult, ToolsChanged


def mail_waits(state: State) -> bool:
    """Whether there is anything that a model would have to be told."""
    return any(isinstance(kept, Prompt | ToolResult) for kept in state.pending.values())


def user_waits(state: State) -> bool:
    """Whether the user has spoken."""
    return any(prompt.author == "user" for prompt in _prompts(state))


def urgent_waits(state: State) -> bool:
    """Whether somebody has spoken who must not wait for running calls."""
    return any(is_urgent(state, prompt) for prompt in _prompts(state))


def is_urgent(state: State, prompt: Prompt) -> bool:
    """Whether running calls must not keep it waiting: the user's, or from inside one of them (R5)."""
    return prompt.author == "user" or prompt.call_id in state.open


def in_order(state: State) -> Sequence[Pending]:
    """All that waits, as it enters: the user's words, then changes, then everything else (R2)."""
    front: list[Pending] = []
    changes: list[Pending] = []
    back: list[Pending] = []
    for kept in state.pending.values():
        match kept:
            case Prompt(author="user"):
                front.append(kept)
            case Prompt() | ToolResult():
                back.append(kept)
            case System() | ModelChanged() | ToolsChanged() | LimitsChanged():
                changes.append(kept)
    return (*front, *changes, *back)


def _prompts(state: State) -> Iterator[Prompt]:
    return (kept for kept in state.pending.values() if isinstance(kept, Prompt))

# Generated from schemas/event.json by `python -m codegen`. Change the schema and run that again.
"""What is shown while it happens, and not kept."""

from __future__ import annotations

from typing import Literal, TypeAlias

from sagent.atoms import CallId, ToolName
from sagent.lib.value import frozen
from sagent.schema.values import Usage


@frozen(kw_only=True)
class TextDelta:
    """A piece of the answer."""

    descriptor: Literal["text/x-delta"] = "text/x-delta"
    content: str
    """The piece."""


@frozen(kw_only=True)
class ThinkingDelta:
    """A piece of a thought."""

    descriptor: Literal["text/x-thinking-delta"] = "text/x-thinking-delta"
    content: str
    """The piece."""


@frozen(kw_only=True)
class ToolLabel:
    """A tool call has begun."""

    descriptor: Literal["text/x-tool-label"] = "text/x-tool-label"
    call_id: CallId
    """The call."""
    tool: ToolName
    """The tool."""
    content: str
    """What it is about to do, in one line."""


@frozen(kw_only=True)
class Progress:
    """News of a running call."""

    descriptor: Literal["application/x-progress"] = "application/x-progress"
    call_id: CallId
    """The call."""
    content: str
    """The news."""
    continues: bool = False
    """Whether it goes on where the last news ended, and not on a line of its own."""
    file: str = ""
    """Where all that the call has written so far can be read; empty where it is not kept."""


@frozen(kw_only=True)
class Retry:
    """A model call will be tried again, or waits for its turn since its provider wants fewer requests."""

    descriptor: Literal["application/x-retry"] = "application/x-retry"
    content: str
    """What went wrong."""
    attempt: int
    """The number of the attempt that failed; 0 where none did, and the call waits for its turn."""
    seconds: float
    """How long until the next; 0 where nobody knows."""


@frozen(kw_only=True)
class Halted:
    """The agent has stopped and waits for the user."""

    descriptor: Literal["application/x-halted"] = "application/x-halted"
    reason: Literal["user", "error", "rounds", "repetition", "budget", "context"]
    """Who or what stopped it."""
    content: str
    """The reason, for a person to read."""


@frozen(kw_only=True)
class Done:
    """A prompt has been answered."""

    descriptor: Literal["application/x-done"] = "application/x-done"
    content: Usage
    """What all model calls of the turn consumed together."""
    cost_usd: float | None
    """What they cost in US dollars; null where a price is unknown."""
    context_tokens: int
    """How many tokens the conversation held at the last call."""


@frozen(kw_only=True)
class Notice:
    """Something that the user should know, for a person to read."""

    descriptor: Literal["application/x-notice"] = "application/x-notice"
    content: str
    """The words."""


Event: TypeAlias = TextDelta | ThinkingDelta | ToolLabel | Progress | Retry | Halted | Done | Notice
"""A crumb: rendered, not kept."""

# Generated from schemas/signal.json by `python -m codegen`. Change the schema and run that again.
"""What is put into an agent's inbox: words, and verbs that steer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.json import JsonObject
from sagent.lib.value import frozen
from sagent.schema.part import Part
from sagent.schema.values import Author


@frozen(kw_only=True)
class Letter:
    """What somebody says to an agent. Once accepted it becomes a prompt."""

    descriptor: Literal["multipart/x-letter"] = "multipart/x-letter"
    content: Sequence[Part]
    """What is said."""
    author: Author
    """Who says it."""
    sender: str
    """The sender's name, where the author has one."""
    call_id: str = ""
    """The call inside which the sender runs, where it is a descendant of the reader; else empty."""
    output: JsonObject | None = None
    """The JSON Schema that the answer has to fit; null where it may be any words."""
    errand: str = ""
    """
    Names what an agent has asked of a child that serves its inbox: in the child's log the prompt, in
    its own the answer; else empty.
    """


@frozen(kw_only=True)
class Halt:
    """Stop calling the model, and wait for the user."""

    descriptor: Literal["application/x-halt"] = "application/x-halt"
    content: str = ""
    """Why."""


@frozen(kw_only=True)
class Kill:
    """End a running call, or one that is planned."""

    descriptor: Literal["application/x-kill"] = "application/x-kill"
    content: CallId
    """The call."""
    reason: str = ""
    """Why, or by whom, as its outcome tells it; empty for the user's wish."""


@frozen(kw_only=True)
class Detach:
    """Let a running call go on by itself, and the conversation without it."""

    descriptor: Literal["application/x-detach"] = "application/x-detach"
    content: CallId
    """The call."""
    notice: str = ""
    """
    What the model is told of it, where there is more to say than that it goes on; its result is then
    waited for like that of a job.
    """
    deadline: float | None = 600
    """
    How many seconds from then an answer waits for it, where there is a notice; null for as long as it
    takes.
    """


@frozen(kw_only=True)
class Undetach:
    """Wait for a detached call before the model is called again."""

    descriptor: Literal["application/x-undetach"] = "application/x-undetach"
    content: CallId
    """The call."""


@frozen(kw_only=True)
class Withdraw:
    """Take back words that the model has not seen yet."""

    descriptor: Literal["application/x-withdraw"] = "application/x-withdraw"
    content: MessageId
    """The prompt."""


@frozen(kw_only=True)
class Clear:
    """Forget the conversation; the log keeps it."""

    descriptor: Literal["application/x-clear"] = "application/x-clear"
    content: str = ""
    """Why."""
    guidance: str = ""
    """
    What the agent goes on with: then what was asked is still to be answered, and calls that run are
    waited for. Empty: at once, and nothing is.
    """
    by: str = ""
    """The name of the agent that wants it for itself; empty where its user does."""


@frozen(kw_only=True)
class Compact:
    """Let a summary stand for the conversation so far, as soon as no call runs."""

    descriptor: Literal["application/x-compact"] = "application/x-compact"
    content: str = ""
    """What it is to pay attention to."""
    again: bool = False
    """Whether the last summary is to be written again, of all that it stands for."""
    by: str = ""
    """The name of the agent that wants it for itself; empty where its user does."""
    reason: str = ""
    """Why; empty where nobody said."""


@frozen(kw_only=True)
class Restore:
    """Take the last summary back."""

    descriptor: Literal["application/x-restore"] = "application/x-restore"


@frozen(kw_only=True)
class Quit:
    """End the agent."""

    descriptor: Literal["application/x-quit"] = "application/x-quit"
    content: str = ""
    """Why."""


@frozen(kw_only=True)
class Schedule:
    """Say something later; it outlives the process."""

    descriptor: Literal["application/x-schedule"] = "application/x-schedule"
    content: Letter
    """What is said."""
    seconds: float
    """How many seconds from now."""


@frozen(kw_only=True)
class Start:
    """Begin a call in the background, now or later; its result comes as mail."""

    descriptor: Literal["application/x-start"] = "application/x-start"
    tool: ToolName
    """The tool."""
    content: JsonObject
    """The directive."""
    seconds: float = 0
    """How many seconds from now."""
    promises: bool = True
    """Whether its result is wanted: then an answer waits for it. A service promises none."""
    deadline: float | None = 600
    """How many seconds from its start an answer waits for it; null for as long as it takes."""


Signal: TypeAlias = Halt | Kill | Detach | Undetach | Withdraw | Clear | Compact | Restore | Quit | Schedule | Start
"""A verb that arrives as mail."""


Mail: TypeAlias = Letter | Signal
"""Anything an inbox takes."""

# Generated from schemas/post.json by `python -m codegen`. Change the schema and run that again.
"""What agents and the processes that they run in tell each other: letters, receipts and directories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from sagent.atoms import MessageId
from sagent.lib.value import frozen


@frozen(kw_only=True)
class Accepted:
    """A letter is in its receiver's log; it will be read exactly once."""

    descriptor: Literal["application/x-accepted"] = "application/x-accepted"
    content: MessageId
    """What it is called there: the prompt, or, where it comes later, the plan."""
    to: str
    """The receiver's name."""
    session_id: str
    """The receiver's stable id."""
    due: float | None = None
    """When it will be read, in seconds since 1970 UTC; null for as soon as it can be."""
    halted: str = ""
    """Why the receiver has stopped and reads it only when its user speaks; empty where it has not."""


@frozen(kw_only=True)
class Rejected:
    """A letter was not taken; nothing of it is kept."""

    descriptor: Literal["application/x-rejected"] = "application/x-rejected"
    content: str
    """Why, and what can be done, in words."""
    to: str
    """The agent that was meant, as the sender named it."""
    why: Literal["full", "unknown", "stopped"]
    """Its inbox is full; there is no such agent, or several; it has ended, or nothing runs it."""


@frozen(kw_only=True)
class Expired:
    """No answer came in time: nobody knows whether the letter was kept."""

    descriptor: Literal["application/x-expired"] = "application/x-expired"
    content: str
    """What was waited for, in words."""
    to: str
    """The agent that was meant, as the sender named it."""


Receipt: TypeAlias = Accepted | Rejected | Expired
"""What became of a letter."""


@frozen(kw_only=True)
class Entry:
    """A live agent, as a directory shows it."""

    name: str
    """What it is called; others may be called the same."""
    session_id: str
    """Its stable id, which is the name of its log."""
    status: Literal["idle", "calling", "compacting", "waiting", "gathering", "halted", "closed"]
    """What it is doing now."""
    doing: str
    """What it says that it is doing; empty where it says nothing."""
    model: str
    """Its model, behind the provider and a slash."""
    workspace: str
    """The directory that it works in."""
    parent: str
    """The name of the agent that it works for; empty for none."""
    group: str
    """The group that it belongs to; empty for none."""
    persistent: bool
    """Whether it serves until somebody ends it."""
    began: float
    """When it first ran, in seconds since 1970 UTC."""
    pid: int
    """The process that it runs in."""


@frozen(kw_only=True)
class ListAgents:
    """Asks for the agents that a process has published."""

    descriptor: Literal["application/x-list-agents"] = "application/x-list-agents"


@frozen(kw_only=True)
class SendLetter:
    """Asks a process to hand one of its agents a letter."""

    descriptor: Literal["application/x-send-letter"] = "application/x-send-letter"
    to: str
    """The agent's id."""
    content: str
    """What is said."""
    sender: str
    """Who says it."""
    seconds: float | None = None
    """In how many seconds it is to be read; null for now."""


@frozen(kw_only=True)
class AwaitIdle:
    """Asks a process to tell when one of its agents has nothing to do."""

    descriptor: Literal["application/x-await-idle"] = "application/x-await-idle"
    to: str
    """The agent's id."""


@frozen(kw_only=True)
class FollowAgent:
    """Asks a process for all that happens to one of its agents from now on."""

    descriptor: Literal["application/x-follow-agent"] = "application/x-follow-agent"
    to: str
    """The agent's id."""


PostRequest: TypeAlias = ListAgents | SendLetter | AwaitIdle | FollowAgent
"""What one process asks of another."""


@frozen(kw_only=True)
class Roster:
    """The agents that a process has published; of one that is followed, that one."""

    descriptor: Literal["application/x-roster"] = "application/x-roster"
    content: Sequence[Entry]
    """An entry for each."""


@frozen(kw_only=True)
class Rest:
    """An agent has nothing to do."""

    descriptor: Literal["application/x-rest"] = "application/x-rest"
    content: str
    """How it rests, in words."""


@frozen(kw_only=True)
class Complaint:
    """What was asked cannot be understood or done."""

    descriptor: Literal["application/x-complaint"] = "application/x-complaint"
    content: str
    """Why, in words."""


PostAnswer: TypeAlias = Roster | Receipt | Rest | Complaint
"""What a process answers."""

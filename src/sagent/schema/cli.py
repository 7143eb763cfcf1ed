# Generated from schemas/cli.json by `python -m codegen`. Change the schema and run that again.
"""What the command line tells other programs, and what they can tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from sagent.atoms import CallId, ToolName
from sagent.lib.json import JsonObject, JsonValue
from sagent.lib.value import frozen
from sagent.schema.message import Message, ToolCall, ToolResult
from sagent.schema.part import Text
from sagent.schema.signal import Mail
from sagent.schema.values import StopReason, Usage


@frozen(kw_only=True)
class Problem:
    """Why there is no answer."""

    kind: str
    """
    The name of the error in sagent.errors, such as Unauthorized; where the agent reached a limit of its
    own, RoundsExhausted, BudgetExhausted or Repetition.
    """
    message: str
    """What went wrong and what can be done, for a person to read."""


@frozen(kw_only=True)
class ModelUsage:
    """What one model consumed."""

    provider: str
    """Where the model lives."""
    model: str
    """The model, as it was asked for."""
    requests: int
    """How many requests were answered, or broken off; a summary counts as one."""
    usage: Usage
    """What they consumed together."""
    cost_usd: float | None
    """What they cost in US dollars; null where a price is unknown."""


@frozen(kw_only=True)
class CacheMisses:
    """Requests that a cache did not help, by reason."""

    first: int
    """Nothing had been asked before."""
    short: int
    """The request was too short for any provider to cache."""
    model: int
    """Another model had been asked before."""
    history: int
    """What came before was condensed, cleared or repaired."""
    system: int
    """The system prompt had changed."""
    tools: int
    """The tools had changed."""
    expired: int
    """The request before was longer ago than the provider keeps a cache."""
    unknown: int
    """Nothing is known that would explain it."""


@frozen(kw_only=True)
class Begun:
    """An agent is ready; of a stream it is the first line."""

    descriptor: Literal["application/x-begun"] = "application/x-begun"
    version: str
    """The version of sagent."""
    session_id: str
    """The session."""
    workspace: str
    """The directory it works in."""
    provider: str
    """Where the model lives."""
    model: str
    """The model that is asked."""
    tools: Sequence[ToolName]
    """The tools that it may use."""


@frozen(kw_only=True)
class Asked:
    """A tool call waits for leave: answer it with a Verdict."""

    descriptor: Literal["application/x-asked"] = "application/x-asked"
    call_id: CallId
    """The call."""
    tool: ToolName
    """The tool that is to be run."""
    content: JsonObject
    """What it is to do."""
    reason: str = ""
    """Why it does not simply run."""


@frozen(kw_only=True)
class Misread:
    """A line of the input was left out; all others hold."""

    descriptor: Literal["application/x-misread"] = "application/x-misread"
    line: int
    """The number of the line, from 1."""
    content: str
    """What is wrong with it."""


@frozen(kw_only=True)
class Say:
    """A prompt with files, or, while the agent works, words that steer it."""

    descriptor: Literal["application/x-say"] = "application/x-say"
    content: str
    """The words."""
    files: Sequence[str]
    """Paths of pictures, PDFs and text files that go along."""


@frozen(kw_only=True)
class Verdict:
    """The answer to an Asked."""

    descriptor: Literal["application/x-verdict"] = "application/x-verdict"
    call_id: CallId
    """The call."""
    allow: bool
    """Whether it may run."""
    reason: str = ""
    """Why not, for the model to read."""
    always: bool = False
    """
    Whether calls like it may run from now on without being asked about, as long as this agent lives,
    where there is a rule that says so.
    """


StreamInput: TypeAlias = Text | Say | Verdict | Mail
"""One line that --input-format stream-json reads; a Text is a prompt without files."""


@frozen(kw_only=True)
class BeforeTool:
    """What a hook of the settings is asked before a tool runs."""

    descriptor: Literal["application/x-before-tool"] = "application/x-before-tool"
    content: ToolCall
    """The call."""
    workspace: str
    """The directory that the agent works in."""
    cwd: str
    """The directory that the commands of the call start in."""


@frozen(kw_only=True)
class AfterTool:
    """What a hook of the settings is told after a tool has run."""

    descriptor: Literal["application/x-after-tool"] = "application/x-after-tool"
    content: ToolCall
    """The call."""
    result: ToolResult
    """What came of it; its id, parent and time are those of a message that is not kept yet."""
    workspace: str
    """The directory that the agent works in."""
    cwd: str
    """The directory that the commands of the call start in."""


@frozen(kw_only=True)
class CacheUse:
    """How often a provider's cache held what a request had in common with the one before."""

    hits: int
    """Requests of which at least half of what could be was read from the cache."""
    misses: int
    """Requests of which less was."""
    reasons: CacheMisses
    """Why."""


@frozen(kw_only=True)
class Result:
    """What became of the prompt, as --output-format json prints it; of a stream it is the last line."""

    descriptor: Literal["application/x-result"] = "application/x-result"
    answer: str | None
    """The answer's text, or what there was of it when it broke off; null if nothing was said."""
    session_id: str | None
    """The session that the prompt belongs to; null if none was begun."""
    model: str | None
    """The model that answered last; null if none did."""
    stop: StopReason | None
    """Why the last response ended; null if there was none."""
    usage: Usage
    """
    What all model calls for this prompt consumed together, those of agents that worked for this one
    too.
    """
    cost_usd: float | None
    """What they cost in US dollars; null where a price is unknown."""
    usage_by_model: Sequence[ModelUsage]
    """The same for each model, in the order of first requests."""
    cache: CacheUse
    """What the providers' caches held of it."""
    error: Problem | None
    """Why there is no answer; null if there is one."""
    output: JsonValue = None
    """
    The answer as JSON, where --output-schema asks for it; null where it does not, or there is none that
    fits.
    """


StreamLine: TypeAlias = Begun | Asked | Misread | Result | Message
"""One line that --output-format stream-json prints."""

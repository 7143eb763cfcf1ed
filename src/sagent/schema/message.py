# Generated from schemas/message.json by `python -m codegen`. Change the schema and run that again.
"""Everything that can be said in this program: content plus a MIME descriptor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from sagent.atoms import CallId, MessageId, ToolName
from sagent.lib.json import JsonObject
from sagent.lib.value import frozen
from sagent.schema.event import Event
from sagent.schema.part import Part
from sagent.schema.signal import Letter, Mail
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import (
    Author,
    Fate,
    FileChange,
    Limits,
    ModelSpec,
    Origin,
    Rules,
    Standing,
    StopReason,
    Usage,
)


@frozen(kw_only=True)
class Envelope:
    """What every kept message has."""

    id: MessageId
    """The message's name."""
    parent_id: MessageId | None
    """The message before it; null for the first."""
    timestamp: float
    """When it was made, in seconds since 1970 UTC."""


@frozen(kw_only=True)
class Amendment(Envelope):
    """What a change has besides: who wanted it, and why."""

    by: str = ""
    """The name of the agent that wanted it; empty where its user or its program did."""
    reason: str = ""
    """Why; empty where nobody said."""


@frozen(kw_only=True)
class Prompt(Envelope):
    """Words for the model, from a user, a peer, a background task or the system."""

    descriptor: Literal["multipart/x-prompt"] = "multipart/x-prompt"
    content: Sequence[Part]
    """What is said."""
    author: Author
    """Who says it."""
    sender: str
    """The sender's name, where the author has one."""
    call_id: str = ""
    """The call inside which the sender runs, where it is a descendant of the reader; else empty."""
    scheduled: str = ""
    """The scheduled mail that has become this; else empty."""
    output: JsonObject | None = None
    """The JSON Schema that the answer has to fit; null where it may be any words."""
    errand: str = ""
    """
    Names what an agent has asked of a child that serves its inbox: in the child's log the prompt, in
    its own the answer; else empty.
    """


@frozen(kw_only=True)
class ToolCall:
    """A model asks for a tool to run. The content is the directive."""

    descriptor: Literal["multipart/x-tool-call"] = "multipart/x-tool-call"
    call_id: CallId
    """Our name for the call."""
    vendor_id: str
    """The provider's name for it; empty where it has none."""
    tool: ToolName
    """The tool."""
    content: JsonObject
    """The directive."""
    raw: str = ""
    """The directive as it was sent, where that was not a JSON object."""


@frozen(kw_only=True)
class ToolResult(Envelope):
    """What came of a call."""

    descriptor: Literal["multipart/x-tool-result"] = "multipart/x-tool-result"
    call_id: CallId
    """The call."""
    tool: ToolName
    """The tool."""
    content: Sequence[Part]
    """What the tool says."""
    failed: bool
    """Whether the call failed."""
    seconds: float
    """How long it ran."""


ResponsePart: TypeAlias = Part | ToolCall
"""A piece of a response."""


@frozen(kw_only=True)
class System(Amendment):
    """The system prompt, as it is sent."""

    descriptor: Literal["application/x-system"] = "application/x-system"
    content: str
    """The prompt."""


@frozen(kw_only=True)
class ModelChanged(Amendment):
    """Another model takes over."""

    descriptor: Literal["application/x-model-changed"] = "application/x-model-changed"
    content: ModelSpec
    """The model."""


@frozen(kw_only=True)
class ToolsChanged(Amendment):
    """Other tools are offered."""

    descriptor: Literal["application/x-tools-changed"] = "application/x-tools-changed"
    content: Sequence[ToolDefinition]
    """All tools that are offered from now on, as they are sent."""
    off: Sequence[ToolName] | None = None
    """The tools at hand that are turned off, and so not offered; null for none."""


@frozen(kw_only=True)
class LimitsChanged(Amendment):
    """Other limits hold."""

    descriptor: Literal["application/x-limits-changed"] = "application/x-limits-changed"
    content: Limits
    """All limits that hold from now on."""


@frozen(kw_only=True)
class StatusChanged(Amendment):
    """How an agent says that its work stands, for whoever watches."""

    descriptor: Literal["application/x-status"] = "application/x-status"
    content: Standing
    """All that is said of it from now on."""


@frozen(kw_only=True)
class Drained(Envelope):
    """Mail that entered the context."""

    descriptor: Literal["application/x-drained"] = "application/x-drained"
    content: Sequence[MessageId]
    """
    The mail and the changes, in the order in which they entered; none where only the turn of an output
    is over.
    """
    output_of: str = ""
    """The prompt, drained now or before, whose output the next answer has to fit; empty for none."""


@frozen(kw_only=True)
class Withdrawn(Envelope):
    """Mail that was taken back before it was read."""

    descriptor: Literal["application/x-withdrawn"] = "application/x-withdrawn"
    content: MessageId
    """The prompt."""


@frozen(kw_only=True)
class Detached(Envelope):
    """A call goes on by itself; this stands where its result would have stood."""

    descriptor: Literal["application/x-detached"] = "application/x-detached"
    call_id: CallId
    """The call."""
    tool: ToolName
    """The tool."""
    content: str
    """What the model is told."""
    promises: bool = False
    """Whether its result is wanted: then an answer waits for it, as for a job."""
    deadline: float | None = 600
    """How many seconds from then on it does; null for as long as it takes."""


@frozen(kw_only=True)
class Cleared(Amendment):
    """The conversation starts anew; what came before stays in the log."""

    descriptor: Literal["application/x-cleared"] = "application/x-cleared"
    content: str
    """Why, in words for the user."""
    continues: bool = False
    """Whether what was asked before is still to be answered."""


@frozen(kw_only=True)
class CwdChanged(Envelope):
    """Commands start in another directory from now on."""

    descriptor: Literal["application/x-cwd-changed"] = "application/x-cwd-changed"
    content: str
    """The directory; an absolute path."""


@frozen(kw_only=True)
class Summary(Amendment):
    """What stands in the conversation for all that came before, which stays in the log."""

    descriptor: Literal["multipart/x-summary"] = "multipart/x-summary"
    content: Sequence[Part]
    """What the model is shown instead."""
    kept_from: MessageId | None
    """The first message of the conversation that is kept as it was; null where none is."""
    guidance: str
    """What it was to pay attention to; empty where nobody said."""
    tokens: int
    """How many tokens the conversation had, as estimated."""
    model: str
    """The model that wrote it."""
    usage: Usage
    """What writing it consumed."""
    cost_usd: float | None
    """What that cost in US dollars; null where the price is unknown."""


@frozen(kw_only=True)
class Restored(Envelope):
    """
    The last summary is taken back: the conversation is again what it stood for, and what has been said
    since.
    """

    descriptor: Literal["application/x-restored"] = "application/x-restored"
    content: MessageId
    """The summary."""


@frozen(kw_only=True)
class Thinned(Envelope):
    """Old results in what a summary has kept are shown in a line each: they can be had again."""

    descriptor: Literal["application/x-thinned"] = "application/x-thinned"
    content: Sequence[MessageId]
    """The results."""


@frozen(kw_only=True)
class Job:
    """A call in the background: nobody waits for it in the conversation."""

    descriptor: Literal["application/x-job"] = "application/x-job"
    content: ToolCall
    """The call."""
    promises: bool
    """Whether its result is wanted: then an answer waits for it. A service promises none."""
    deadline: float | None
    """How many seconds from its start an answer waits for it; null for as long as it takes."""


Plan: TypeAlias = Letter | Job
"""What can be planned for later: words, or a call."""


@frozen(kw_only=True)
class Scheduled(Envelope):
    """Something is to happen later, in this process or the next."""

    descriptor: Literal["application/x-scheduled"] = "application/x-scheduled"
    content: Plan
    """What is said, or begun, then."""
    due: float
    """When, in seconds since 1970 UTC."""


@frozen(kw_only=True)
class JobStarted(Envelope):
    """A call begins in the background."""

    descriptor: Literal["application/x-job-started"] = "application/x-job-started"
    content: Job
    """The job."""
    scheduled: str = ""
    """The scheduled message that has become this; else empty."""


@frozen(kw_only=True)
class Reserved(Envelope):
    """What the request that follows may cost at most is set aside; the response settles it."""

    descriptor: Literal["application/x-reserved"] = "application/x-reserved"
    content: float
    """In US dollars; nothing where it was not sent after all, or costs nothing."""
    tokens: int
    """In tokens read and written."""


@frozen(kw_only=True)
class FilesChanged(Envelope):
    """Files are about to be changed, by a call or by a person who takes changes back."""

    descriptor: Literal["application/x-files-changed"] = "application/x-files-changed"
    content: Sequence[FileChange]
    """The changes; none where nothing was changed after all."""
    call_id: str
    """The call that changes them; empty where a person takes changes back."""
    undoes: Sequence[MessageId]
    """The earlier changes that no longer hold from here on."""


@frozen(kw_only=True)
class AgentSpawned(Envelope):
    """The agent has a child from here on: an agent of its own, with a log of its own."""

    descriptor: Literal["application/x-agent-spawned"] = "application/x-agent-spawned"
    content: str
    """The child's session, whose log lies below this one."""
    name: str
    """What the child is called."""
    call_id: str
    """The call that it works for; empty where code has spawned it."""
    about: str
    """What it is asked to do, in its first words; empty where nobody knows yet."""
    tools: Sequence[ToolName]
    """The tools that it is given."""
    model: ModelSpec
    """The model that it begins with."""
    workspace: str
    """The directory that it works in."""
    limits: Limits
    """Where it stops by itself."""
    persistent: bool
    """Whether it serves its inbox until it is ended, also when the program was restarted."""
    max_depth: int | None = None
    """How many generations of agents there may be below it; null where nobody has said."""
    group: str = ""
    """The group that it belongs to; empty for none."""
    own_tools: Sequence[ToolName] | None = None
    """
    Those of its tools that are not its parent's, so that only who has given them can give them again;
    null for none.
    """
    rules: Rules | None = None
    """What its calls may do; null where its parent's rules hold."""


@frozen(kw_only=True)
class AgentEnded(Envelope):
    """
    A child has ended; what it and its own children have used since it was spawned counts for its
    parent.
    """

    descriptor: Literal["application/x-agent-ended"] = "application/x-agent-ended"
    content: str
    """The child's session."""
    how: Fate
    """How it has ended."""
    usage: Usage
    """What all model calls consumed together."""
    cost_usd: float | None
    """What they cost in US dollars; null where that is unknown."""
    charged_usd: float
    """
    What counts against a budget in US dollars: what was spent, and what was set aside where that is
    unknown.
    """
    charged_tokens: int
    """The same in tokens."""


@frozen(kw_only=True)
class Quarantined(Envelope):
    """What other agents have said is no longer shown: no request went through with it."""

    descriptor: Literal["application/x-quarantined"] = "application/x-quarantined"
    content: Sequence[MessageId]
    """Their prompts, of those that entered the conversation last."""
    why: str
    """What the provider said."""


@frozen(kw_only=True)
class Repaired(Envelope):
    """
    The model in force refused the history, or would; what it stumbled over is left out for it from here
    on. If that did not help, it is taken back.
    """

    descriptor: Literal["application/x-repaired"] = "application/x-repaired"
    content: str
    """What the provider said, or would say."""
    omitted: Literal["native", "files", "nothing"]
    """
    What is left out of what was said before: the models' own items, with their thoughts and signatures,
    or besides them files; nothing where all is said again that was left out for a refusal since the
    last response.
    """
    since: int = 0
    """The place in the conversation of the first entry whose files are left out."""
    until: int = 0
    """The place behind the last one; 0 stands for all until here, where no `files` are named."""
    files: int = 0
    """How many files, the first ones, of the entry at that place are left out as well."""
    named: str = ""
    """
    The digest of the one file that is left out, wherever it stands, if the provider has named it; empty
    if not.
    """


Deed: TypeAlias = ToolCall | ToolResult
"""What is asked for and done."""


Note: TypeAlias = System | ModelChanged | ToolsChanged | LimitsChanged | StatusChanged | Drained | Withdrawn | Detached | Cleared | CwdChanged | Summary | Restored | Thinned | Scheduled | JobStarted | Reserved | Quarantined | Repaired | FilesChanged | AgentSpawned | AgentEnded
"""A change of the agent that must survive it."""


@frozen(kw_only=True)
class ModelResponse(Envelope):
    """What a model answered."""

    descriptor: Literal["multipart/x-model-response"] = "multipart/x-model-response"
    content: Sequence[ResponsePart]
    """Its parts and calls, in order."""
    origin: Origin
    """Where it comes from."""
    model: str
    """The model that really answered."""
    stop: StopReason
    """Why it ended."""
    usage: Usage
    """What it consumed."""
    cost_usd: float | None
    """What it cost in US dollars; null where the price is unknown."""
    native: Sequence[JsonObject]
    """The provider's own items, verbatim; empty where the content encodes to exactly these."""


Turn: TypeAlias = Prompt | ModelResponse
"""Who said it."""


Kept: TypeAlias = Turn | ToolResult | Note
"""What the log keeps."""


Message: TypeAlias = Part | Turn | Deed | Note | Mail | Event
"""Everything that crosses the runtime's boundary."""

"""What goes into the core and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sagent.atoms import CallId, MessageId
from sagent.compaction.compactor import Shortening
from sagent.errors import ProviderError, SessionError
from sagent.loop.budget import Shortage
from sagent.loop.change import Change
from sagent.loop.drawing import Draws, Drew, Grants
from sagent.loop.filing import Filed, Filing
from sagent.loop.resolution import Reason, Resolution
from sagent.protocols import Reply
from sagent.schema.event import Event
from sagent.schema.message import AgentEnded, AgentSpawned, Kept, ToolCall
from sagent.schema.part import Part
from sagent.schema.signal import Mail


@dataclass(frozen=True, slots=True)
class Responded:
    """The model has answered call `number`."""

    number: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class Condensed:
    """What call `number` was to condense is condensed: this is to stand for it."""

    number: int
    content: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Broke:
    """Model call `number` failed; `partial` is the text that had been shown."""

    number: int
    error: ProviderError
    partial: str
    begun: bool = False  # whether anything had come, so that it may have to be paid for


@dataclass(frozen=True, slots=True)
class Stopped:
    """Model call `number` has been cancelled; `partial` is the text that had been shown."""

    number: int
    partial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A tool call has ended."""

    call_id: CallId
    content: Sequence[Part]
    failed: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Somebody decided about an asked call; `refusal` says why not, None is leave."""

    call_id: CallId
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Timer:
    """One alarm; a newer one of its kind makes it void, but of those that are due each counts."""

    kind: Literal["grace", "patience", "retry", "room", "hold", "due"]
    number: int


@dataclass(frozen=True, slots=True)
class Fired:
    """An alarm went off."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Moved:
    """Commands start in this directory from now on."""

    folder: str


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Nobody waits for the answer to this prompt any more."""

    prompt: MessageId


@dataclass(frozen=True, slots=True)
class AppendFailed:
    """The log could not be written."""

    error: SessionError


News: TypeAlias = Responded | Condensed | Draws | Drew | Broke | Stopped | Outcome | Verdict
"""What becomes of what the core wanted done."""

Birth: TypeAlias = AgentSpawned | AgentEnded
"""A child is about to begin, or has ended; the core seals the note, and keeps it."""

Input: TypeAlias = Mail | Change | News | Fired | Moved | Abandoned | Filing | Birth | AppendFailed
"""All that the core takes."""


@dataclass(frozen=True, slots=True)
class Append:
    """Write this to the log before anything that follows."""

    message: Kept


@dataclass(frozen=True, slots=True)
class Receipt:
    """Mail has been accepted under this name; the log is flushed first."""

    accepted: MessageId
    halted: str = ""  # why it will not be read until the user speaks


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the agent's parent that it has halted, or has put letters aside; these senders too."""

    reason: Reason | Literal["quarantine"]
    text: str
    senders: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CallModel:
    """Ask the model to go on from the state's view, in so many tokens; the log is flushed first."""

    number: int
    max_output: int | None = None


@dataclass(frozen=True, slots=True)
class Condense:
    """Have the beginning of the conversation condensed, as model call `number`; the log is flushed first."""

    number: int
    shortening: Shortening
    facts: Sequence[str]


@dataclass(frozen=True, slots=True)
class CancelModel:
    """End model call `number`, and say so with `Stopped`."""

    number: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask whether this call may run."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run this call; the log is flushed first."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class CancelTool:
    """End this call; its outcome gives the reason."""

    call_id: CallId
    reason: str


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Feed `Fired(timer)` back after so many seconds."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True)
class AwaitRoom:
    """Feed `Fired(timer)` back when others may have given back what a request lacks."""

    timer: Timer
    shortage: Shortage


@dataclass(frozen=True, slots=True)
class Emit:
    """Show this, and forget it."""

    event: Event


@dataclass(frozen=True, slots=True)
class Resolve:
    """Tell whoever waits for these prompts."""

    prompts: Sequence[MessageId]
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Close:
    """End everything that still runs, and let go of the log."""

    text: str


Effect: TypeAlias = (
    Append
    | Receipt
    | Filed
    | Report
    | CallModel
    | Condense
    | Grants
    | CancelModel
    | Ask
    | RunTool
    | CancelTool
    | StartTimer
    | AwaitRoom
    | Emit
    | Resolve
    | Idle
    | Close
)
"""All that the core wants done, to be performed in order."""

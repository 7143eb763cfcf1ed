"""What goes into the core and what comes out of it."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from sagent.atoms import CallId, MessageId
from sagent.compaction.compactor import Shortening
from sagent.errors import ProviderError, SessionError
from sagent.lib.value import frozen
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


@frozen()
class Responded:
    """The model has answered call `number`."""

    number: int
    reply: Reply


@frozen()
class Condensed:
    """What call `number` was to condense is condensed: this is to stand for it."""

    number: int
    content: Sequence[Part]


@frozen()
class Broke:
    """Model call `number` failed; `partial` is the text that had been shown."""

    number: int
    error: ProviderError
    partial: str
    begun: bool = False  # whether anything had come, so that it may have to be paid for


@frozen()
class Stopped:
    """Model call `number` has been cancelled; `partial` is the text that had been shown."""

    number: int
    partial: str


@frozen(kw_only=True)
class Outcome:
    """A tool call has ended."""

    call_id: CallId
    content: Sequence[Part]
    failed: bool
    seconds: float


@frozen()
class Verdict:
    """Somebody decided about an asked call; `refusal` says why not, None is leave."""

    call_id: CallId
    refusal: str | None


@frozen()
class Timer:
    """One alarm; a newer one of its kind makes it void, but of those that are due each counts."""

    kind: Literal["grace", "patience", "retry", "room", "hold", "due"]
    number: int


@frozen()
class Fired:
    """An alarm went off."""

    timer: Timer


@frozen()
class Moved:
    """Commands start in this directory from now on."""

    folder: str


@frozen()
class Abandoned:
    """Nobody waits for the answer to this prompt any more."""

    prompt: MessageId


@frozen()
class AppendFailed:
    """The log could not be written."""

    error: SessionError


News: TypeAlias = Responded | Condensed | Draws | Drew | Broke | Stopped | Outcome | Verdict
"""What becomes of what the core wanted done."""

Birth: TypeAlias = AgentSpawned | AgentEnded
"""A child is about to begin, or has ended; the core seals the note, and keeps it."""

Input: TypeAlias = Mail | Change | News | Fired | Moved | Abandoned | Filing | Birth | AppendFailed
"""All that the core takes."""


@frozen()
class Append:
    """Write this to the log before anything that follows."""

    message: Kept


@frozen()
class Receipt:
    """Mail has been accepted under this name; the log is flushed first."""

    accepted: MessageId
    halted: str = ""  # why it will not be read until the user speaks


@frozen()
class Report:
    """Tell the agent's parent that it has halted, or has put letters aside; these senders too."""

    reason: Reason | Literal["quarantine"]
    text: str
    senders: Sequence[str] = ()


@frozen()
class CallModel:
    """Ask the model to go on from the state's view, in so many tokens; the log is flushed first."""

    number: int
    max_output: int | None = None


@frozen()
class Condense:
    """Have the beginning of the conversation condensed, as model call `number`; the log is flushed first."""

    number: int
    shortening: Shortening
    facts: Sequence[str]


@frozen()
class CancelModel:
    """End model call `number`, and say so with `Stopped`."""

    number: int


@frozen()
class Ask:
    """Ask whether this call may run."""

    call: ToolCall


@frozen()
class RunTool:
    """Run this call; the log is flushed first."""

    call: ToolCall


@frozen()
class CancelTool:
    """End this call; its outcome gives the reason."""

    call_id: CallId
    reason: str


@frozen()
class StartTimer:
    """Feed `Fired(timer)` back after so many seconds."""

    timer: Timer
    seconds: float


@frozen()
class AwaitRoom:
    """Feed `Fired(timer)` back when others may have given back what a request lacks."""

    timer: Timer
    shortage: Shortage


@frozen()
class Emit:
    """Show this, and forget it."""

    event: Event


@frozen()
class Resolve:
    """Tell whoever waits for these prompts."""

    prompts: Sequence[MessageId]
    resolution: Resolution


@frozen()
class Idle:
    """Nothing is left to do."""


@frozen()
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

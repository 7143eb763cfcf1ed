"""Messages as a person reads them: pure, and the same for all surfaces."""

from collections.abc import Mapping, Sequence
from time import localtime, strftime
from typing import Final

from sagent.cli.paint import Paint, one_line, printable
from sagent.cli.repairs import left_out
from sagent.messages.words import plain, stands, whose
from sagent.schema.event import Done, Halted, Notice, Progress, Retry, TextDelta, ThinkingDelta, ToolLabel
from sagent.schema.message import (
    AgentEnded,
    AgentSpawned,
    Cleared,
    CwdChanged,
    Detached,
    Drained,
    FilesChanged,
    Job,
    JobStarted,
    LimitsChanged,
    Message,
    ModelChanged,
    ModelResponse,
    Prompt,
    Quarantined,
    Repaired,
    Reserved,
    Restored,
    Scheduled,
    StatusChanged,
    Summary,
    System,
    Thinned,
    ToolCall,
    ToolResult,
    ToolsChanged,
    Withdrawn,
)
from sagent.schema.part import Audio, Data, Document, ErrorText, Foreign, Image, Text, Thinking
from sagent.schema.signal import (
    Clear,
    Compact,
    Detach,
    Halt,
    Kill,
    Letter,
    Quit,
    Restore,
    Schedule,
    Start,
    Undetach,
    Withdraw,
)
from sagent.schema.values import Fate, Usage

FATES: Final[Mapping[Fate, str]] = {
    "answered": "an agent has answered",
    "failed": "an agent has failed",
    "killed": "an agent was ended",
    "lost": "an agent was lost with its program",
}
"""How one has ended that was spawned."""

TOLD = 8
"""How many lines are shown of what one has answered."""

TAIL = 3
"""How many lines of a failed call are shown: the last ones, which say why."""

WIDEST = 400
"""How many characters of each: the next step often stands at the end of a line."""


def activity(message: Message, paint: Paint) -> str:
    """What a person is told when this happens; empty for what is shown otherwise or not at all."""
    match message:
        case ToolLabel():
            return f"{paint.green('●')} {one_line(message.content)}"
        case ToolResult(failed=True):
            return _failure(message, paint)
        case ToolResult(tool="AgentSpawn"):
            return _told(message, paint)
        case Detached():
            return paint.dim(f"  {one_line(message.tool)} goes on in the background")
        case JobStarted(scheduled=""):
            return ""  # whoever began it says so, and what it does is shown as of any call
        case JobStarted():
            return paint.dim(f"  {one_line(message.content.content.tool)} begins in the background")
        case Scheduled():
            return paint.dim(
                f"  planned for {strftime('%H:%M:%S', localtime(message.due))}: {_plan(message)}"
            )
        case Retry():
            return paint.yellow(retrying(message))
        case Notice():
            return paint.dim(one_line(message.content, 400))
        case Repaired():
            return paint.yellow(f"{left_out(message)} ({one_line(message.content, 300)})")
        case Quarantined():
            what = f"letters of other agents, put aside: {len(message.content)}"
            return paint.yellow(f"no request went through with {what} ({one_line(message.why, 200)})")
        case Halted(reason="user"):
            return paint.red("stopped")
        case Halted():
            return paint.red(f"stopped: {one_line(message.content, 400)}")
        case Done():
            return paint.dim(bill(message.content, message.cost_usd))
        case Cleared():
            why = f" ({message.by}: {message.content})" if message.by else ""
            return paint.dim(one_line(f"the conversation starts anew{why}", 400))
        case Summary():
            size = f"about {message.tokens:,} tokens are condensed"
            cost = bill(message.usage, message.cost_usd)
            return paint.dim(one_line(f"{size} ({cost}){whose(message)}", 400))
        case Thinned():
            return paint.dim(f"old results that can be had again are left out: {len(message.content)}")
        case StatusChanged():
            line = one_line(f"{stands(message.content)}{whose(message)}", 400)
            return paint.yellow(line) if message.content.needs_user else paint.dim(line)
        case ModelChanged() if message.by:
            spec = message.content
            options = "".join(f", {name} {value}" for name, value in spec.options.items())
            return paint.dim(one_line(f"model: {spec.provider} {spec.model}{options}{whose(message)}", 400))
        case ToolsChanged() if message.by:
            off = ", ".join(message.off or ()) or "none"
            return paint.dim(one_line(f"tools turned off: {off}{whose(message)}", 400))
        case System() | LimitsChanged() if message.by:
            what = "system prompt" if isinstance(message, System) else "limits"
            return paint.dim(one_line(f"{what} changed{whose(message)}", 400))
        case Prompt(author="peer" | "background"):
            said = " ".join(map(plain, message.content))
            return paint.dim(one_line(f"[{message.author} {message.sender}] {said}", 400))
        case Restored():
            return paint.dim("the last summary is taken back")
        case Text() | Thinking() | ErrorText() | Data() | Image() | Document() | Audio() | Foreign():
            return ""
        case TextDelta() | ThinkingDelta() | Progress() | ToolCall() | ToolResult():
            return ""
        case Prompt() | ModelResponse() | System() | ToolsChanged() | LimitsChanged():
            return ""
        case ModelChanged() | CwdChanged() | Drained() | Withdrawn() | Reserved() | FilesChanged():
            return ""
        case AgentEnded():
            return paint.dim(f"  {FATES[message.how]} ({bill(message.usage, message.cost_usd)})")
        case AgentSpawned():
            return ""
        case Letter() | Halt() | Kill() | Detach() | Undetach() | Withdraw() | Clear() | Quit():
            return ""
        case Schedule() | Start() | Compact() | Restore():
            return ""


def _plan(scheduled: Scheduled) -> str:
    match scheduled.content:
        case Letter() as said:
            return one_line(" ".join(map(plain, said.content)))
        case Job() as job:
            return one_line(job.content.tool)


def retrying(message: Retry) -> str:
    """That a model call failed or waits for its turn, and when it is tried again."""
    problem = one_line(message.content, 400)
    if not message.attempt:
        return f"{problem} ({_seconds(message.seconds)})" if message.seconds else problem
    return f"attempt {message.attempt} failed, next in {_seconds(message.seconds)}: {problem}"


def bill(usage: Usage, cost_usd: float | None) -> str:
    """What was consumed, and what that cost."""
    cached = f" ({usage.cache_read_tokens:,} cached)" if usage.cache_read_tokens else ""
    price = "price unknown" if cost_usd is None else money(cost_usd)
    return f"{usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out, {price}"


def money(usd: float) -> str:
    """An amount in dollars, with as many digits as it takes to see something."""
    if usd == 0:
        return "$0"
    return f"${usd:.2f}" if usd >= 1 else f"${usd:.4f}" if usd >= 0.0001 else "under $0.0001"


def diff(text: str, paint: Paint) -> str:
    """A unified diff with its lines in colours."""
    return "\n".join(_diff_line(line, paint) for line in printable(text).splitlines())


def _diff_line(line: str, paint: Paint) -> str:
    if line.startswith(("+++", "---", "diff ", "index ")):
        return paint.bold(line)
    if line.startswith("@@"):
        return paint.dim(line)
    return paint.green(line) if line.startswith("+") else paint.red(line) if line.startswith("-") else line


def _failure(result: ToolResult, paint: Paint) -> str:
    lines = [line for part in result.content for line in _lines(plain(part))]
    last = [f"  {one_line(line, WIDEST)}" for line in lines[-TAIL:]]
    omitted = f" (the last {TAIL} of {len(lines)} lines)" if len(lines) > TAIL else ""
    return paint.red("\n".join([f"✗ {one_line(result.tool)} failed{omitted}", *last]))


def _told(result: ToolResult, paint: Paint) -> str:
    lines = [line for part in result.content for line in _lines(plain(part))]
    first = [f"  {one_line(line, WIDEST)}" for line in lines[:TOLD]]
    more = [f"  (and {len(lines) - TOLD} more lines)"] if len(lines) > TOLD else []
    return paint.dim("\n".join([*first, *more]))


def _lines(text: str) -> Sequence[str]:
    return [line for line in printable(text).splitlines() if line.strip()]


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"

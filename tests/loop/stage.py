"""A stage for the core: makes what goes in, does what a driver does, and writes down what came out."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from sagent.atoms import CallId, MessageId, ToolName
from sagent.errors import Overloaded, ProviderError
from sagent.lib.json import EMPTY, JsonObject
from sagent.loop.budget import Grant, Meter
from sagent.loop.change import Change
from sagent.loop.core import Core
from sagent.loop.drawing import Draws, Drew, Grants
from sagent.loop.extent import Window
from sagent.loop.filing import Filed
from sagent.loop.leave import Leave, Refusal
from sagent.loop.phase import Calling, Closed, Compacting, Gathering, HaltedFor, Idling, Waiting
from sagent.loop.purse import Purse
from sagent.loop.resolution import Resolution
from sagent.loop.room import Cut
from sagent.loop.state import State, fold
from sagent.loop.traffic import (
    Append,
    Ask,
    AwaitRoom,
    Broke,
    CallModel,
    CancelModel,
    CancelTool,
    Close,
    Condense,
    Condensed,
    Effect,
    Emit,
    Fired,
    Idle,
    Input,
    Outcome,
    Receipt,
    Report,
    Resolve,
    Responded,
    RunTool,
    StartTimer,
    Stopped,
    Timer,
    Verdict,
)
from sagent.messages.ids import Ids
from sagent.messages.view import Viewed
from sagent.messages.words import plain
from sagent.protocols import Reply, Tariff
from sagent.schema.event import Event
from sagent.schema.message import (
    Detached,
    Kept,
    ModelChanged,
    ModelResponse,
    Prompt,
    ResponsePart,
    System,
    ToolCall,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.part import Text
from sagent.schema.signal import Detach, Kill, Letter, Undetach, Withdraw
from sagent.schema.values import Author, ModelSpec, StopReason, Usage
from sagent.testing import reply

USAGE = Usage(
    input_tokens=10,
    cache_read_tokens=0,
    cache_write_tokens=0,
    cache_write_1h_tokens=0,
    output_tokens=5,
    reasoning_tokens=0,
)

LEAVES = {
    "slow": Leave(detachable=True),
    "edit": Leave(),
    "ask": Leave(asks=True),
    "poll": Leave(polls=True),
    "timed": Leave(volatile=re.compile(r"\d+\.\d+ s")),
}
"""The tools of the stage, and what the gate says of them; any other is unknown."""

BUSY = Overloaded("busy", retry_after=1.0)
"""A failure that is tried again after exactly a second."""


def gate(asked: ToolCall) -> Leave | Refusal:
    """Knows the tools of the stage; a directive that is no object does not fit."""
    if asked.raw:
        return Refusal("not run: malformed")
    return LEAVES.get(asked.tool) or Refusal("not run: unknown")


def spec(model: str = "one") -> ModelSpec:
    """A model's name and address."""
    return ModelSpec(provider="Stage", dialect="stage", endpoint="", model=model, options=EMPTY)


def letter(words: str, author: Author = "user", inside: str = "") -> Letter:
    """What somebody says, who may run inside a call."""
    return Letter(content=(Text(content=words),), author=author, sender="", call_id=inside)


def answer(*content: str | ResponsePart, stop: StopReason | None = None) -> Reply:
    """A reply that consumed `USAGE` and cost a cent."""
    return reply(*content, stop=stop, usage=USAGE, cost_usd=0.01)


def bad(tool: str) -> ToolCall:
    """A call whose directive was no JSON object."""
    return ToolCall(call_id=CallId("v"), vendor_id="", tool=ToolName(tool), content=EMPTY, raw="{")


def kind(effect: Effect) -> str:
    """An effect in one word: `+Prompt` is a prompt appended."""
    match effect:
        case Append():
            return f"+{type(effect.message).__name__}"
        case Emit():
            return type(effect.event).__name__
        case StartTimer():
            return f"StartTimer({effect.timer.kind})"
        case Resolve():
            return f"Resolve({type(effect.resolution).__name__})"
        case _:
            return type(effect).__name__


def kinds(effects: Sequence[Effect]) -> str:
    """Effects in one line."""
    return " ".join(kind(effect) for effect in effects)


def shown_events(effects: Sequence[Effect]) -> Sequence[Event]:
    """What was only shown."""
    return [effect.event for effect in effects if isinstance(effect, Emit)]


def line(entry: Viewed) -> str:
    """What a model is shown, in one line."""
    match entry:
        case Prompt():
            return f"{entry.author}: {' '.join(plain(part) for part in entry.content)}"
        case ModelResponse():
            parts = [f"{p.tool}()" if isinstance(p, ToolCall) else plain(p) for p in entry.content]
            return f"model: {' '.join(parts)}"
        case ToolResult():
            said = " ".join(plain(part) for part in entry.content)
            return f"{entry.tool} {'failed' if entry.failed else 'said'}: {said}"
        case Detached():
            return f"{entry.tool} detached"
        case System():
            return f"system becomes: {entry.content}"
        case ToolsChanged():
            return f"tools become: {' '.join(tool.name for tool in entry.content)}"
        case ModelChanged():
            return f"model becomes: {entry.content.model}"


def phase(core: Core) -> str:
    """The core's phase in one word."""
    match core.phase:
        case Idling():
            return "idle"
        case Calling():
            return "halting" if core.phase.halting else "calling"
        case Compacting():
            return "compacting"
        case Waiting():
            return "waiting"
        case Gathering():
            return "gathering"
        case HaltedFor():
            return "halted"
        case Closed():
            return "closed"


class Stage:
    """A core and the driver's part, played by hand: what is live is written down and ends when told."""

    def __init__(
        self,
        log: Sequence[Kept] = (),
        *,
        maker: str = "t",
        attempts: int = 5,
        meter: Meter = lambda _, __: Tariff(),
        window: Window = lambda _: None,
        cut: Cut | None = None,
        renewable: Set[ToolName] = frozenset(),
        fallbacks: Sequence[ModelSpec] = (),
        purse: Purse | None = None,
        stands: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.log = list(log)
        self.core = Core(
            fold(log),
            Ids(maker),
            gate,
            meter=meter,
            window=window,
            cut=cut,
            renewable=renewable,
            fallbacks=fallbacks,
            max_attempts=attempts,
            purse=purse,
            stands=stands,
        )
        self.now = 1.0
        self.effects: Sequence[Effect] = ()
        """What the last input made of the core."""
        self.model: int | None = None
        """The number of the model call that runs; it may have been cancelled."""
        self.tools: dict[CallId, ToolCall] = {}
        self.asked: dict[CallId, ToolCall] = {}
        self.cancelled: dict[CallId, str] = {}
        self.timers: list[StartTimer] = []
        self.rung: list[Timer] = []
        """Alarms that others have set off by giving back what they had set aside."""
        self.resolved: dict[MessageId, Resolution] = {}
        self.told: list[Effect] = []
        """Everything that the core has wanted done."""
        self.reports: list[str] = []
        """What the parent was told."""
        self._do(self.core.resume(self.now))
        if not log:
            self.take(Change(system="Be brief.", model=spec()))

    @property
    def state(self) -> State:
        return self.core.state

    @property
    def phase(self) -> str:
        return phase(self.core)

    @property
    def condensing(self) -> bool:
        """Whether a summary is being written."""
        return self.model is not None and isinstance(self.core.phase, Compacting)

    @property
    def answering(self) -> bool:
        """Whether a model call runs that is to be answered."""
        return self.model is not None and not isinstance(self.core.phase, Compacting)

    @property
    def view(self) -> Sequence[str]:
        """What the model is shown, a line for each entry."""
        return [line(entry) for entry in self.core.state.view]

    @property
    def kinds(self) -> str:
        """What the last input made of the core, in one line."""
        return kinds(self.effects)

    def take(self, arrived: Input) -> Sequence[Effect]:
        """Feed the core, and do what it says."""
        self.now += 1.0
        return self._do(self.core.take(arrived, self.now))

    def serves(self) -> None:
        """It runs forever from now on."""
        self._do(self.core.serve(self.now))

    def says(self, words: str, author: Author = "user") -> MessageId:
        """Somebody speaks; the prompt that this became."""
        effects = self.take(letter(words, author))
        return next(effect.accepted for effect in effects if isinstance(effect, Receipt))

    def asks(self, output: JsonObject, author: Author = "user") -> MessageId:
        """Somebody asks for an answer that fits a schema."""
        effects = self.take(replace(letter("hey", author), output=output))
        return next(effect.accepted for effect in effects if isinstance(effect, Receipt))

    def replies(self, *content: str | ResponsePart, stop: StopReason | None = None) -> None:
        """The model answers the call that runs."""
        self.take(Responded(self._over(), answer(*content, stop=stop)))

    def condenses(self, words: str = "in short", cost_usd: float = 0.01) -> None:
        """The summary that is written is complete."""
        self.draws(100)
        self.drew(cost_usd=cost_usd)
        self.take(Condensed(self._over(), (Text(content=words),)))

    def draws(self, size: int, max_output: int | None = None) -> Grant | str | None:
        """Whoever condenses wants to ask a model something; what the core says, if anything."""
        assert self.model is not None
        effects = self.take(Draws(self.model, size, max_output))
        return next((effect.granted for effect in effects if isinstance(effect, Grants)), None)

    def drew(self, *, usage: Usage = USAGE, cost_usd: float | None = 0.01) -> None:
        """It has been answered."""
        assert self.model is not None
        self.take(Drew(self.model, replace(answer("in short"), usage=usage, cost_usd=cost_usd)))

    def breaks(self, error: ProviderError = BUSY, partial: str = "") -> None:
        """The model call that runs fails."""
        self.take(Broke(self._over(), error, partial))

    def stops(self, partial: str = "") -> None:
        """The model call that was cancelled is over."""
        self.take(Stopped(self._over(), partial))

    def ends(self, tool: str, words: str = "done", *, failed: bool = False, seconds: float = 1.0) -> None:
        """The oldest running call of a tool ends."""
        call_id = self.call_id(tool)
        del self.tools[call_id]
        content = (Text(content=words),)
        self.take(Outcome(call_id=call_id, content=content, failed=failed, seconds=seconds))

    def decides(self, tool: str, refusal: str | None = None) -> None:
        """Somebody decides about the oldest asked call of a tool."""
        call_id = next(key for key, asked in self.asked.items() if asked.tool == tool)
        del self.asked[call_id]
        self.take(Verdict(call_id, refusal))

    def rings(self, kind: str) -> None:
        """The newest timer of a kind goes off."""
        self.take(Fired(self.timer(kind).timer))

    def kills(self, tool: str) -> None:
        """The user ends the oldest running call of a tool."""
        self.take(Kill(content=self.call_id(tool)))

    def detaches(self, tool: str) -> None:
        """The user lets the oldest running call of a tool go on by itself."""
        self.take(Detach(content=self.call_id(tool)))

    def undetaches(self, tool: str) -> None:
        """The user wants to wait for it after all."""
        self.take(Undetach(content=self.call_id(tool)))

    def withdraws(self, prompt: MessageId) -> None:
        """The user takes words back."""
        self.take(Withdraw(content=prompt))

    def swaps(self, model: str) -> None:
        """Another model is to take over."""
        self.take(Change(model=spec(model)))

    def call_id(self, tool: str) -> CallId:
        """The oldest running call of a tool."""
        return next(key for key, running in self.tools.items() if running.tool == tool)

    def timer(self, kind: str) -> StartTimer:
        """The newest timer of a kind."""
        return next(started for started in reversed(self.timers) if started.timer.kind == kind)

    def _over(self) -> int:
        assert self.model is not None
        number, self.model = self.model, None
        return number

    def _do(self, effects: Sequence[Effect]) -> Sequence[Effect]:
        self.effects = tuple(effects)
        self.told += self.effects
        for effect in self.effects:
            self.perform(effect)
        return self.effects

    def perform(self, effect: Effect) -> None:
        """Write down what a driver would do."""
        match effect:
            case Append():
                self.log.append(effect.message)
            case CallModel() | Condense():
                self.model = effect.number
            case RunTool():
                self.tools[effect.call.call_id] = effect.call
            case CancelTool():
                self.cancelled[effect.call_id] = effect.reason
            case Ask():
                self.asked[effect.call.call_id] = effect.call
            case StartTimer():
                self.timers.append(effect)
            case AwaitRoom():
                effect.shortage.wait(lambda: self.rung.append(effect.timer))
            case Resolve():
                for prompt in effect.prompts:
                    assert prompt not in self.resolved, "nobody is answered twice"
                    self.resolved[prompt] = effect.resolution
            case Report():
                self.reports.append(": ".join([effect.reason, *effect.senders, effect.text]))
            case Receipt() | Filed() | CancelModel() | Emit() | Grants() | Idle() | Close():
                pass

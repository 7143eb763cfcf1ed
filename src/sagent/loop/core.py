"""The core: takes what happens, answers with what to do. No I/O, no clock, no randomness, no asyncio.

Rule 1: every durable change is a message that goes over the desk, and `State.apply` makes it.
Rule 2: everything else the core knows (phase, timers, who waits) may be lost with the process.
Rule 3: mail enters the view in `_drain` and nowhere else.

            | Idle      | Calling         | Waiting    | Gathering            | HaltedFor       | Closed
  letter    | drain,call| keep            | user: call | user: grace timer    | user: go on     | refuse
  change    | keep      | keep            | keep       | keep                 | keep            | -
  halt      | -**       | cancel, halted* | halted     | halted*, tools go on | -               | -
  kill      | detached  | detached        | detached   | cancel that tool     | cancel that tool| -
  detach    | -         | -               | -          | stub that call       | stub that call  | -
  undetach  | hold      | hold            | hold       | hold                 | hold            | -
  schedule  | plan      | plan            | plan       | plan                 | plan            | -
  start     | run or plan, in any phase                                                       | -
  withdraw  | take back | take back       | take back  | take back            | take back       | -
  clear     | new view  | cancel, go on   | go on      | cancel tools, go on  | new view        | -
  quit      | closed    | closed          | closed     | closed               | closed          | -
  responded | -         | judge           | -          | -                    | -               | -
  broke     | -         | retry or halted | -          | -                    | -               | -
  stopped   | -         | halted*         | -          | -                    | -               | -
  outcome   | deliver   | keep            | keep       | drain,call when all  | keep            | -
  verdict   | -         | -               | -          | run or refuse        | run or refuse   | -
  fired     | hold      | -               | retry      | grace, patience      | retry (forever) | -
  due       | as letter or start, in any phase                                                | -
  abandoned | -         | halt            | halted     | halted, kill calls   | -               | -
  unwritten | closed    | closed          | closed     | closed               | closed          | -

  **: halted where a call runs in the background, so that its outcome waits for the user too.
  *: goes on at once where user mail is pending.  -: nothing happens.  keep: appended; enters at a drain.
  What is still pending when it is abandoned is withdrawn in any phase. `Asking` is no phase of its own:
  some calls of a Gathering cohort wait for leave while others run.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from sagent.atoms import CallId, MessageId
from sagent.errors import (
    AgentClosed,
    BadAnswer,
    Illegal,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Unreachable,
)
from sagent.loop import retry
from sagent.loop.background import promised
from sagent.loop.budget import Meter, grant
from sagent.loop.desk import Desk, text_parts
from sagent.loop.judgement import judge
from sagent.loop.leave import Gate, Leave, Refusal
from sagent.loop.phase import Calling, Closed, Gathering, HaltedFor, Idling, Phase, Waiting
from sagent.loop.repair import omission
from sagent.loop.repetition import HALT_AT, WARN_AT, WARNING, Repetition
from sagent.loop.state import Pending, State
from sagent.loop.swap import swapped
from sagent.loop.traffic import (
    Abandoned,
    Answered,
    AppendFailed,
    Ask,
    Broke,
    CallModel,
    CancelModel,
    CancelTool,
    Change,
    Close,
    Dropped,
    Effect,
    Emit,
    Fired,
    HaltedBy,
    Idle,
    Input,
    Outcome,
    Reason,
    Receipt,
    Report,
    Resolution,
    Resolve,
    Responded,
    RunTool,
    StartTimer,
    Stopped,
    Timer,
    Verdict,
)
from sagent.loop.turn import Turn, answer_text
from sagent.messages.ids import Ids
from sagent.messages.words import visible_text
from sagent.protocols import Reply, Tariff
from sagent.schema.event import Halted, Notice, Retry
from sagent.schema.message import (
    Job,
    LimitsChanged,
    ModelChanged,
    Prompt,
    ResponsePart,
    System,
    ToolCall,
    ToolResult,
    ToolsChanged,
)
from sagent.schema.signal import (
    Clear,
    Detach,
    Halt,
    Kill,
    Letter,
    Quit,
    Schedule,
    Start,
    Undetach,
    Withdraw,
)
from sagent.schema.values import ModelSpec, StopReason

GRACE: Final = 0.3
"""Seconds that running calls get to end by themselves when the user speaks (R5)."""

PATIENCE: Final = 10.0
"""Seconds that calls which cannot be detached get beyond that (R5)."""

TIRELESS_PAUSE: Final = 60.0
"""Seconds after which an agent that runs forever tries again what was unreachable (R20)."""

STUB: Final = "detached: still running; its result arrives in a later message"


class Core:
    """One agent's decisions. `state` is durable; everything else here may be lost."""

    def __init__(
        self,
        state: State,
        ids: Ids,
        gate: Gate,
        *,
        meter: Meter = lambda _, __: Tariff(),
        fallbacks: Sequence[ModelSpec] = (),
        max_attempts: int = 5,
    ) -> None:
        self.state = state
        self.phase: Phase = Idling()
        self.tireless: bool = False
        """Whether to try again for as long as it takes, as an agent that runs forever does (R20)."""
        self.grace = GRACE
        """Seconds that running calls get to end by themselves when the user speaks."""
        self._desk = Desk(state, ids)
        self._turn = Turn()
        self._gate = gate
        self._meter = meter
        self._fallbacks = tuple(fallbacks)
        self._max_attempts = max_attempts
        self._number = 0
        self._alarms: dict[str, int] = {}
        self._due: dict[int, MessageId] = {}
        self._owed = False
        self._cohort = False
        self._deserted = False
        self._running: dict[CallId, tuple[ToolCall, Leave]] = {}
        self._leaves: dict[CallId, Leave] = {}
        self._asking: dict[CallId, ToolCall] = {}
        self._held: set[CallId] = set()
        self._repetition = Repetition()

    @property
    def calling(self) -> int | None:
        """The number of the model call that is wanted now."""
        return self.phase.number if isinstance(self.phase, Calling) and not self.phase.halting else None

    @property
    def running(self) -> Sequence[CallId]:
        """The tool calls that run now, those in the background too."""
        return tuple(self._running)

    def serve(self, now: float) -> Sequence[Effect]:
        """Run forever from now on: no answer waits for a job any more, and trying again has no end."""
        self._desk.open(now)
        self.tireless = True
        self._unhold()
        return self._desk.sheet()

    def resume(self, now: float) -> Sequence[Effect]:
        """Close what the last process left open (R18); to be called once, before anything is taken."""
        self._desk.open(now)
        lost = "the process ended before this finished; it may have partly run"
        jobs = [started.content.content for started in self.state.jobs.values()]
        for call in [*self.state.open.values(), *self.state.detached.values(), *jobs]:
            self._desk.result(call, text_parts(lost), failed=True)
        if self.state.reserved is not None:
            self._desk.response((), "failed", None)  # nobody knows what it cost: what was set aside
        for message_id in self.state.timers:
            self._plan(message_id)
        return self._desk.sheet()

    def take(self, arrived: Input, now: float) -> Sequence[Effect]:
        """Take one thing that happened; return what to do, in order.

        Raises:
            AgentClosed: a letter came after the end.
        """
        self._desk.open(now)
        if isinstance(self.phase, Closed):
            if isinstance(arrived, Letter):
                raise AgentClosed(f"the agent has ended and takes no more mail: {self.phase.text}")
            return ()
        match arrived:
            case Letter():
                self._letter(arrived)
            case Change():
                self._desk.change(arrived)
            case Halt():
                self._halt()
            case Kill():
                self._kill(arrived.content, "killed by the user")
            case Detach():
                self._detach(arrived.content)
            case Undetach():
                if arrived.content in self.state.background - self.state.forgotten:
                    self._held.add(arrived.content)
            case Withdraw():
                self._withdraw(arrived.content)
            case Clear():
                self._clear(arrived.content)
            case Quit():
                if isinstance(self.phase, Calling):
                    self._respond((), "interrupted")  # what it cost is not known
                self._close(arrived.content or "quit")
            case Schedule():
                plan = self._desk.scheduled(arrived.content, now + arrived.seconds)
                self._desk.do(Receipt(plan.id))
                self._plan(plan.id)
            case Start():
                self._start(arrived)
            case Responded():
                self._responded(arrived.number, arrived.reply)
            case Broke():
                self._broke(arrived)
            case Stopped():
                self._stopped(arrived.number, arrived.partial)
            case Outcome():
                self._outcome(arrived)
            case Verdict():
                self._verdict(arrived.call_id, arrived.refusal)
            case Fired():
                self._fired(arrived.timer)
            case Abandoned():
                self._abandoned(arrived.prompt)
            case AppendFailed():
                self._close(str(arrived.error))
        return self._desk.sheet()

    # Mail.

    def _letter(self, letter: Letter, scheduled: str = "") -> None:
        prompt = self._desk.letter(letter, scheduled)
        user, urgent = letter.author == "user", self._is_urgent(prompt)
        if not scheduled:
            self._turn.accept(prompt.id)
            deaf = isinstance(self.phase, HaltedFor) and not user and "retry" not in self._alarms
            halted = self.phase.text if deaf and isinstance(self.phase, HaltedFor) else ""
            self._desk.do(Receipt(prompt.id, halted))
        match self.phase:
            case Idling():
                self._proceed()
            case Waiting() if user:
                self._proceed()
            case Gathering() if urgent:
                self._alarm("grace", self.grace)
            case HaltedFor() if user and self.state.open:
                self.phase = Gathering()
                self._alarm("grace", self.grace)
            case HaltedFor() if user:
                self._proceed()
            case Calling() | Waiting() | Gathering() | HaltedFor() | Closed():
                pass

    def _withdraw(self, prompt: MessageId) -> None:
        if prompt in self.state.timers:
            self._desk.withdrawn(prompt)
            self._unhold()
        elif isinstance(self.state.pending.get(prompt), Prompt):
            self._desk.withdrawn(prompt)
            self._resolve(
                self._turn.dismiss(prompt),
                Dropped("withdrawn", "the prompt was withdrawn before the model saw it"),
            )

    def _abandoned(self, prompt: MessageId) -> None:
        self._turn.desert(prompt)
        if isinstance(self.state.pending.get(prompt), Prompt):
            self._desk.withdrawn(prompt)
        elif prompt in self._turn.asked:
            del self._turn.asked[prompt]
            if not self._turn.asked:
                calls = list(self.state.open)
                self._deserted = True
                self._halt()
                for call_id in calls:
                    self._kill(call_id, "stopped, since nobody waits for the answer any more")

    # Asking the model.

    def _proceed(self, attempt: int = 1) -> None:
        """Drain, then call the model if there is anything new to tell it, else go idle."""
        self._held &= self.state.background
        if self._held:
            self.phase = Gathering()
            return
        if self._owed or self._mail_waits():
            self._drain()
            self._call(attempt)
        else:
            self.phase = Idling()
            self._desk.do(Idle())

    def _drain(self) -> None:
        pending = list(self.state.pending.values())
        if not pending:
            return
        front: list[Pending] = []
        changes: list[Pending] = []
        back: list[Pending] = []
        for kept in pending:
            match kept:
                case Prompt(author="user"):
                    front.append(kept)
                case Prompt() | ToolResult():
                    back.append(kept)
                case System() | ModelChanged() | ToolsChanged() | LimitsChanged():
                    changes.append(kept)
        before = self.state.model
        self._desk.drained([kept.id for kept in [*front, *changes, *back]])
        if self.state.model != before and (told := swapped(self.state, before, self._meter)):
            self._desk.do(Emit(Notice(content=told)))
        prompts = [kept for kept in [*front, *back] if isinstance(kept, Prompt)]
        self._turn.hear([prompt.id for prompt in prompts])
        if any(prompt.author != "system" for prompt in prompts):
            self._turn.forgive()
            self._repetition.forget()

    def _call(self, attempt: int) -> None:
        self._owed = self._cohort = False
        self._alarms.clear()
        granted = grant(self.state, self._meter)
        if isinstance(granted, str):
            self._halted("budget", granted, "")
            return
        if granted is not None:
            self._desk.reserved(granted.usd, granted.tokens)
        self._number += 1
        self.phase = Calling(self._number, attempt)
        self._desk.do(CallModel(self._number, granted.max_output if granted else None))

    def _current(self, number: int) -> Calling | None:
        """The call with this number, if it is the one under way; news of any other comes too late."""
        return self.phase if isinstance(self.phase, Calling) and self.phase.number == number else None

    def _responded(self, number: int, reply: Reply) -> None:
        current = self._current(number)
        if current is None or current.halting:
            self._stopped(number, visible_text(reply.content), reply)
            return
        judged = judge(reply, resends=self._turn.resends, empties=self._turn.empties)
        calls: list[ToolCall] = []
        content: list[ResponsePart] = []
        for part in judged.content:
            if isinstance(part, ToolCall):
                part = replace(part, call_id=self._desk.call_id())
                calls.append(part)
            content.append(part)
        self._respond(content, judged.stop, replace(reply, native=judged.native))
        match judged.next:
            case "run":
                self._turn.forgive()
                self._gather(calls)
                return
            case "answer":
                self._answer(content, judged.stop)
                return
            case "again" if not self._held & self.state.background:
                self._call(1)
                return
            case "again":
                pass
            case "retry_empty":
                self._turn.empties += 1
            case "resend":
                self._turn.resends += 1
                self._desk.prompt(text_parts(judged.advice), "system")
        self._owed = True
        self._proceed()

    def _respond(self, content: Sequence[ResponsePart], stop: StopReason, reply: Reply | None = None) -> None:
        self._turn.charge(self._desk.response(content, stop, reply))

    def _answer(self, content: Sequence[ResponsePart], stop: StopReason) -> None:
        self._desk.do(Emit(self._turn.done(self.state.context_tokens)))
        self._turn.answered = Answered(answer_text(content, stop), stop)
        self._settle()
        self._proceed()

    def _broke(self, arrived: Broke) -> None:
        number, error, partial = arrived.number, arrived.error, arrived.partial
        current = self._current(number)
        if current is None or current.halting:
            self._stopped(number, partial)
            return
        if partial or arrived.begun or isinstance(error, BadAnswer):
            self._respond(text_parts(partial), "failed")
        elif self.state.reserved is not None:
            self._desk.reserved(0.0, 0)  # nothing came, so nothing is charged
        if isinstance(error, Illegal) and self._repair(error):
            return
        pause = retry.delay(current.attempt, error) if current.attempt < self._max_attempts else None
        if pause is None and self._falls_back(error):
            return
        if pause is None:
            self._halted("error", str(error), partial, error)
            return
        self.phase = Waiting(current.attempt)
        self._owed = True
        self._desk.do(Emit(Retry(content=str(error), attempt=current.attempt, seconds=pause)))
        self._alarm("retry", pause)

    def _falls_back(self, error: ProviderError) -> bool:
        """Let the next model in line go on, where it is the provider that fails and not the conversation."""
        before = self.state.model
        if before is None or isinstance(error, Illegal | Overflow):
            return False
        line = [spec for spec in self._fallbacks if spec not in (before, *self._turn.failed)]
        if not line:
            return False
        self._turn.failed.append(before)
        self._desk.change(Change(model=line[0]))
        told = (
            f"{before.provider} {before.model} failed ({error}); {line[0].provider} {line[0].model} is asked"
        )
        self._desk.do(Emit(Notice(content=told)))
        self._owed = True
        self._proceed()
        return True

    def _repair(self, error: Illegal) -> bool:
        """Leave out what the provider stumbles over, once, and call again (R10)."""
        omitted = None if self._turn.repaired else omission(self.state, error)
        if omitted is None:
            return False
        self._turn.repaired = True
        self._desk.repaired(str(error), omitted)
        self._call(1)
        return True

    def _stopped(self, number: int, partial: str, reply: Reply | None = None) -> None:
        if self._current(number) is None:
            return  # it was cleared away, and is in the log as a call that failed
        if partial or reply is not None or self.state.reserved is not None:
            whole = None if reply is None else replace(reply, native=())
            self._respond(text_parts(partial), "interrupted", whole)
        self._halted("user", "halted", partial)

    # Halting.

    def _halt(self) -> None:
        match self.phase:
            case Calling(halting=False) as phase:
                self.phase = replace(phase, halting=True)
                self._desk.do(CancelModel(phase.number))
            case Gathering() if self._user_waits():
                self._detach_what_can()
            case Gathering() | Waiting():
                self._halted("user", "halted", "")
            case Idling() if self._running or self._turn.answered:
                # What runs in the background goes on, but its outcome no longer wakes the agent.
                self._halted("user", "halted", "")
            case HaltedFor():
                self._alarms.pop("retry", None)
            case Idling() | Calling() | Closed():
                pass

    def _halted(self, reason: Reason, text: str, partial: str, error: ProviderError | None = None) -> None:
        """Go on with what the user has said meanwhile; without it, stop and tell all who wait (R8, R20)."""
        wanted = self._user_waits() or (self._deserted and self._turn.awaits(self.state.pending))
        self._deserted = False
        if reason in {"user", "rounds"} and wanted and not self.state.open:
            self._proceed()
            return
        self.phase = HaltedFor(reason, text)
        self._owed = False
        self._alarms.clear()
        self._desk.do(Emit(Halted(reason=reason, content=text)))
        answered = self._turn.answered
        partial = partial or (answered.text if answered else "")
        self._resolve(self._turn.end_all(), HaltedBy(reason, text, partial, error))
        if self.tireless and isinstance(error, Unreachable | Overloaded | Quota):
            self._alarm("retry", TIRELESS_PAUSE)
        elif self.tireless:
            self._desk.do(Report(reason, text))

    def _mail_waits(self) -> bool:
        return any(isinstance(kept, Prompt | ToolResult) for kept in self.state.pending.values())

    def _user_waits(self) -> bool:
        return any(isinstance(kept, Prompt) and kept.author == "user" for kept in self.state.pending.values())

    def _urgent_waits(self) -> bool:
        return any(isinstance(kept, Prompt) and self._is_urgent(kept) for kept in self.state.pending.values())

    def _is_urgent(self, prompt: Prompt) -> bool:
        """Whether running calls must not keep it waiting: the user's, or from inside one of them (R5)."""
        return prompt.author == "user" or prompt.call_id in self.state.open

    def _clear(self, why: str) -> None:
        phase = self.phase
        running = [call_id for call_id in self.state.open if call_id in self._running]
        self._asking = {key: call for key, call in self._asking.items() if key not in self.state.open}
        if isinstance(phase, Calling):
            self._respond((), "failed")  # what it cost is not known, and nobody waits to hear it
        self._desk.cleared(why or "asked by the user")
        if isinstance(phase, Calling):
            self._desk.do(CancelModel(phase.number))
        for call_id in running:
            self._desk.do(CancelTool(call_id, "stopped, since the conversation was cleared"))
        self._owed = self._cohort = False
        self._held = set()
        tireless = isinstance(phase, HaltedFor)
        self._alarms = {key: alarm for key, alarm in self._alarms.items() if key == "retry" and tireless}
        why = "the conversation was cleared before the answer was complete"
        self._resolve(self._turn.end(), Dropped("cleared", why))
        self._repetition.forget()
        if not (isinstance(phase, Idling | HaltedFor) and self._mail_waits()):
            self._proceed()

    def _close(self, text: str) -> None:
        if isinstance(self.phase, Calling):
            self._desk.do(CancelModel(self.phase.number))
        for call_id in self._running:
            self._desk.do(CancelTool(call_id, "stopped, since the agent has ended"))
        self.phase = Closed(text)
        self._resolve(self._turn.end_all(), Dropped("closed", f"the agent has ended: {text}"))
        self._desk.do(Close(text))

    # Tools.

    def _gather(self, calls: Sequence[ToolCall]) -> None:
        self.phase = Gathering()
        self._cohort = True
        self._leaves.clear()
        most = self.state.limits.max_tool_call_rounds
        if most is not None and self.state.rounds > most:
            for call in calls:
                why = f"not run: the limit of {most} rounds of tool calls is reached"
                self._desk.result(call, text_parts(why), failed=True)
            self._halted("rounds", f"stopped after {most} rounds of tool calls without an answer", "")
            return
        for call in calls:
            self._admit(call)
        self._after_answer()
        if self.state.open and self._urgent_waits():
            self._alarm("grace", self.grace)

    def _admit(self, call: ToolCall) -> None:
        """Run a call, ask about it, or say at once why not."""
        match self._gate(call):
            case Refusal(why=why):
                self._desk.result(call, text_parts(why), failed=True)
            case Leave(asks=True):
                self._asking[call.call_id] = call
                self._desk.do(Ask(call))
            case Leave() as leave:
                self._run(call, leave)

    def _run(self, call: ToolCall, leave: Leave) -> None:
        self._running[call.call_id] = (call, leave)
        self._leaves[call.call_id] = leave
        self._desk.do(RunTool(call))

    def _outcome(self, outcome: Outcome) -> None:
        running = self._running.pop(outcome.call_id, None)
        if running is None:
            return
        call, _ = running
        self._desk.result(call, outcome.content, failed=outcome.failed, seconds=outcome.seconds)
        self._after_answer()

    def _verdict(self, call_id: CallId, refusal: str | None) -> None:
        call = self._asking.pop(call_id, None)
        if call is None:
            return
        if refusal is not None:
            self._desk.result(call, text_parts(f"not run: {refusal}"), failed=True)
            self._after_answer()
            return
        match self._gate(call):
            case Leave() as leave:
                self._run(call, leave)
            case Refusal(why=why):
                self._desk.result(call, text_parts(why), failed=True)
                self._after_answer()

    def _after_answer(self) -> None:
        """Go on if the cohort is complete, or if an outcome wakes an idle agent."""
        if isinstance(self.phase, Gathering | Idling) and not self.state.open:
            stale = 0
            if self._cohort:
                self._cohort = False
                self._owed = True
                # Words of the user that wait begin the count anew.
                stale = 0 if self._user_waits() else self._staleness()
            if stale >= HALT_AT:
                text = f"stopped: {stale} rounds in a row repeated earlier calls with the same results"
                self._halted("repetition", text, "")
                return
            if stale == WARN_AT:
                self._desk.prompt(text_parts(WARNING), "system")
            self._proceed()

    def _staleness(self) -> int:
        """How many rounds in a row, with this one, repeated earlier ones (R16); polling does not count."""
        polling = {call_id for call_id, leave in self._leaves.items() if leave.polls}
        return self._repetition.count(
            [pair for pair in self.state.last_round() if pair[0].call_id not in polling],
            {call_id: leave.volatile for call_id, leave in self._leaves.items() if leave.volatile},
        )

    def _kill(self, call_id: CallId, reason: str) -> None:
        if call_id in self._running:
            self._desk.do(CancelTool(call_id, reason))
        elif call_id in self._asking:
            self._desk.result(self._asking.pop(call_id), text_parts(f"not run: {reason}"), failed=True)
            self._after_answer()
        else:
            for message_id, planned in list(self.state.timers.items()):
                if isinstance(planned.content, Job) and planned.content.content.call_id == call_id:
                    self._withdraw(message_id)

    def _detach(self, call_id: CallId) -> None:
        if call_id in self.state.open and self._may_detach(call_id):
            self._desk.detached(self.state.open[call_id], STUB)
            self._after_answer()

    def _may_detach(self, call_id: CallId) -> bool:
        return call_id in self._running and self._running[call_id][1].detachable

    def _detach_what_can(self) -> None:
        """Somebody must be heard while calls run: stub what can go on, wait a little for the rest (R5)."""
        self._held = set()
        user = self._user_waits()
        for call in list(self.state.open.values()):
            if call.call_id in self._asking and user:
                del self._asking[call.call_id]
                self._desk.result(call, text_parts("not run: the user spoke instead"), failed=True)
            elif self._may_detach(call.call_id):
                self._desk.detached(call, STUB)
        if self.state.open:
            self._alarm("patience", PATIENCE)
        else:
            self._after_answer()

    # Jobs.

    def _start(self, start: Start) -> None:
        """A call in the background: it has no slot in the view, and its outcome comes as mail (R17)."""
        call = ToolCall(call_id=self._desk.call_id(), vendor_id="", tool=start.tool, content=start.content)
        job = Job(content=call, promises=start.promises, deadline=start.deadline)
        if start.seconds:
            plan = self._desk.scheduled(job, self._desk.now + start.seconds)
            self._desk.do(Receipt(plan.id))
            self._plan(plan.id)
        else:
            self._begin(job)

    def _begin(self, job: Job, scheduled: str = "") -> None:
        started = self._desk.job(job, scheduled)
        if not scheduled:
            self._desk.do(Receipt(started.id))
        self._admit(job.content)
        if job.content.call_id not in self.state.jobs:
            self._after_answer()  # it was refused at once

    def _plan(self, message_id: MessageId) -> None:
        self._number += 1
        self._due[self._number] = message_id
        pause = max(0.0, self.state.timers[message_id].due - self._desk.now)
        self._desk.do(StartTimer(Timer("due", self._number), pause))

    def _fall_due(self, number: int) -> None:
        planned = self.state.timers.get(self._due.pop(number, MessageId("")))
        if planned is None:
            return  # it was withdrawn
        match planned.content:
            case Letter() as letter:
                self._letter(letter, scheduled=planned.id)
            case Job() as job:
                self._begin(job, scheduled=planned.id)

    def _unhold(self) -> None:
        """What an answer waited for may be over: give it, unless the model is at work on another one."""
        if isinstance(self.phase, Idling | Gathering) and not self.state.open:
            self._settle()

    def _settle(self) -> None:
        """Give the answer to those who wait, unless a job is to be waited for first (R17)."""
        answer = self._turn.answered
        if answer is None:
            return
        self._alarms.pop("hold", None)
        seconds, names = promised(self.state, self._desk.now)
        if names and not self.tireless and seconds > 0 and self._turn.asked:
            if seconds != math.inf:
                self._alarm("hold", seconds)
            return
        if names and not self.tireless:
            still = f"[still running: {', '.join(names)}]"
            answer = replace(answer, text=f"{answer.text}\n\n{still}" if answer.text else still)
        self._resolve(self._turn.end(), answer)

    # Time.

    def _alarm(self, kind: Literal["grace", "patience", "retry", "hold"], seconds: float) -> None:
        if kind not in self._alarms:
            self._number += 1
            self._alarms[kind] = self._number
            self._desk.do(StartTimer(Timer(kind, self._number), seconds))

    def _fired(self, timer: Timer) -> None:
        if timer.kind == "due":
            self._fall_due(timer.number)
            return
        if self._alarms.get(timer.kind) != timer.number:
            return
        del self._alarms[timer.kind]
        match timer.kind:
            case "retry" if isinstance(self.phase, HaltedFor):
                self._owed = True
                self._proceed()
            case "retry" if isinstance(self.phase, Waiting):
                self._proceed(self.phase.attempt + 1)
            case "grace" if isinstance(self.phase, Gathering) and self._urgent_waits():
                self._detach_what_can()
            case "patience" if self._urgent_waits():
                who = "the user" if self._user_waits() else "an agent that runs inside a call"
                for call_id in self.state.open.keys() - self._asking.keys():
                    self._desk.do(
                        CancelTool(call_id, f"stopped, since {who} spoke and it did not end in time")
                    )
            case "hold":
                self._unhold()
            case "retry" | "grace" | "patience" | "due":
                pass

    def _resolve(self, prompts: Sequence[MessageId], resolution: Resolution) -> None:
        if prompts:
            self._desk.do(Resolve(prompts, resolution))

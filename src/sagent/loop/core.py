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
from typing import Final

from sagent.atoms import CallId, MessageId
from sagent.errors import (
    AgentClosed,
    BadAnswer,
    Overloaded,
    ProviderError,
    Quota,
    Unreachable,
)
from sagent.loop.background import promised
from sagent.loop.budget import Meter, grant
from sagent.loop.clock import Clock
from sagent.loop.cohort import Cohort
from sagent.loop.desk import Desk, text_parts
from sagent.loop.judgement import judge
from sagent.loop.leave import Gate
from sagent.loop.mailbag import in_order, is_urgent, mail_waits, urgent_waits, user_waits
from sagent.loop.phase import Calling, Closed, Gathering, HaltedFor, Idling, Phase, Waiting
from sagent.loop.recovery import Mend, Pause, Relieve, recovery
from sagent.loop.repetition import HALT_AT, WARN_AT, WARNING
from sagent.loop.state import State
from sagent.loop.swap import swapped
from sagent.loop.traffic import (
    Abandoned,
    Answered,
    AppendFailed,
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
    Prompt,
    ResponsePart,
    ToolCall,
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
        self._clock = Clock(self._desk)
        self._cohort = Cohort(self._desk, gate)
        self._turn = Turn()
        self._meter = meter
        self._fallbacks = tuple(fallbacks)
        self._max_attempts = max_attempts
        self._owed = False
        self._gathers = False
        self._deserted = False
        self._held: set[CallId] = set()

    @property
    def calling(self) -> int | None:
        """The number of the model call that is wanted now."""
        return self.phase.number if isinstance(self.phase, Calling) and not self.phase.halting else None

    @property
    def running(self) -> Sequence[CallId]:
        """The tool calls that run now, those in the background too."""
        return self._cohort.running

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
            self._clock.plan(message_id)
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
                if self._cohort.detach(arrived.content):
                    self._after_answer()
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
                self._clock.plan(plan.id)
            case Start():
                self._start(arrived)
            case Responded():
                self._responded(arrived.number, arrived.reply)
            case Broke():
                self._broke(arrived)
            case Stopped():
                self._stopped(arrived.number, arrived.partial)
            case Outcome():
                if self._cohort.end(arrived):
                    self._after_answer()
            case Verdict():
                if self._cohort.decide(arrived.call_id, arrived.refusal):
                    self._after_answer()
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
        user, urgent = letter.author == "user", is_urgent(self.state, prompt)
        if not scheduled:
            self._turn.accept(prompt.id)
            deaf = isinstance(self.phase, HaltedFor) and not user and "retry" not in self._clock
            halted = self.phase.text if deaf and isinstance(self.phase, HaltedFor) else ""
            self._desk.do(Receipt(prompt.id, halted))
        match self.phase:
            case Idling():
                self._proceed()
            case Waiting() if user:
                self._proceed()
            case Gathering() if urgent:
                self._clock.alarm("grace", self.grace)
            case HaltedFor() if user and self.state.open:
                self.phase = Gathering()
                self._clock.alarm("grace", self.grace)
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
        if self._owed or mail_waits(self.state):
            self._drain()
            self._call(attempt)
        else:
            self.phase = Idling()
            self._desk.do(Idle())

    def _drain(self) -> None:
        entering = in_order(self.state)
        if not entering:
            return
        before = self.state.model
        self._desk.drained([kept.id for kept in entering])
        if self.state.model != before and (told := swapped(self.state, before, self._meter)):
            self._desk.do(Emit(Notice(content=told)))
        prompts = [kept for kept in entering if isinstance(kept, Prompt)]
        self._turn.hear([prompt.id for prompt in prompts])
        if any(prompt.author != "system" for prompt in prompts):
            self._turn.forgive()
            self._cohort.heard()

    def _call(self, attempt: int) -> None:
        self._owed = self._gathers = False
        self._clock.silence()
        granted = grant(self.state, self._meter)
        if isinstance(granted, str):
            self._halted("budget", granted, "")
            return
        if granted is not None:
            self._desk.reserved(granted.usd, granted.tokens)
        number = self._desk.number()
        self.phase = Calling(number, attempt)
        self._desk.do(CallModel(number, granted.max_output if granted else None))

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
        way = recovery(
            self.state,
            self._turn,
            error,
            current.attempt,
            max_attempts=self._max_attempts,
            fallbacks=self._fallbacks,
        )
        match way:
            case Mend(omitted=omitted):
                self._turn.repaired = True
                self._desk.repaired(str(error), omitted)
                self._call(1)
            case Pause(seconds=seconds):
                self.phase = Waiting(current.attempt)
                self._owed = True
                self._desk.do(Emit(Retry(content=str(error), attempt=current.attempt, seconds=seconds)))
                self._clock.alarm("retry", seconds)
            case Relieve(failed=failed, by=by):
                self._turn.failed.append(failed)
                self._desk.change(Change(model=by))
                told = f"{failed.provider} {failed.model} failed ({error}); {by.provider} {by.model} is asked"
                self._desk.do(Emit(Notice(content=told)))
                self._owed = True
                self._proceed()
            case None:
                self._halted("error", str(error), partial, error)

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
            case Gathering() if user_waits(self.state):
                self._detach_what_can()
            case Gathering() | Waiting():
                self._halted("user", "halted", "")
            case Idling() if self.running or self._turn.answered:
                # What runs in the background goes on, but its outcome no longer wakes the agent.
                self._halted("user", "halted", "")
            case HaltedFor():
                self._clock.silence("retry")
            case Idling() | Calling() | Closed():
                pass

    def _halted(self, reason: Reason, text: str, partial: str, error: ProviderError | None = None) -> None:
        """Go on with what the user has said meanwhile; without it, stop and tell all who wait (R8, R20)."""
        wanted = user_waits(self.state) or (self._deserted and self._turn.awaits(self.state.pending))
        self._deserted = False
        if reason in {"user", "rounds"} and wanted and not self.state.open:
            self._proceed()
            return
        self.phase = HaltedFor(reason, text)
        self._owed = False
        self._clock.silence()
        self._desk.do(Emit(Halted(reason=reason, content=text)))
        answered = self._turn.answered
        partial = partial or (answered.text if answered else "")
        self._resolve(self._turn.end_all(), HaltedBy(reason, text, partial, error))
        if self.tireless and isinstance(error, Unreachable | Overloaded | Quota):
            self._clock.alarm("retry", TIRELESS_PAUSE)
        elif self.tireless:
            self._desk.do(Report(reason, text))

    def _clear(self, why: str) -> None:
        phase = self.phase
        running = self._cohort.forget()
        if isinstance(phase, Calling):
            self._respond((), "failed")  # what it cost is not known, and nobody waits to hear it
        self._desk.cleared(why or "asked by the user")
        if isinstance(phase, Calling):
            self._desk.do(CancelModel(phase.number))
        for call_id in running:
            self._desk.do(CancelTool(call_id, "stopped, since the conversation was cleared"))
        self._owed = self._gathers = False
        self._held = set()
        self._clock.silence("grace", "patience", "hold")
        if not isinstance(phase, HaltedFor):
            self._clock.silence("retry")
        why = "the conversation was cleared before the answer was complete"
        self._resolve(self._turn.end(), Dropped("cleared", why))
        if not (isinstance(phase, Idling | HaltedFor) and mail_waits(self.state)):
            self._proceed()

    def _close(self, text: str) -> None:
        if isinstance(self.phase, Calling):
            self._desk.do(CancelModel(self.phase.number))
        self._cohort.cancel("stopped, since the agent has ended")
        self.phase = Closed(text)
        self._resolve(self._turn.end_all(), Dropped("closed", f"the agent has ended: {text}"))
        self._desk.do(Close(text))

    # Tools.

    def _gather(self, calls: Sequence[ToolCall]) -> None:
        self.phase = Gathering()
        self._gathers = True
        self._cohort.begin()
        most = self.state.limits.max_tool_call_rounds
        if most is not None and self.state.rounds > most:
            for call in calls:
                why = f"not run: the limit of {most} rounds of tool calls is reached"
                self._desk.result(call, text_parts(why), failed=True)
            self._halted("rounds", f"stopped after {most} rounds of tool calls without an answer", "")
            return
        for call in calls:
            self._cohort.admit(call)
        self._after_answer()
        if self.state.open and urgent_waits(self.state):
            self._clock.alarm("grace", self.grace)

    def _after_answer(self) -> None:
        """Go on if the cohort is complete, or if an outcome wakes an idle agent."""
        if isinstance(self.phase, Gathering | Idling) and not self.state.open:
            stale = 0
            if self._gathers:
                self._gathers = False
                self._owed = True
                # Words of the user that wait begin the count anew.
                stale = 0 if user_waits(self.state) else self._cohort.staleness()
            if stale >= HALT_AT:
                text = f"stopped: {stale} rounds in a row repeated earlier calls with the same results"
                self._halted("repetition", text, "")
                return
            if stale == WARN_AT:
                self._desk.prompt(text_parts(WARNING), "system")
            self._proceed()

    def _kill(self, call_id: CallId, reason: str) -> None:
        if self._cohort.kill(call_id, reason):
            self._after_answer()
            return
        for message_id, planned in list(self.state.timers.items()):
            if isinstance(planned.content, Job) and planned.content.content.call_id == call_id:
                self._withdraw(message_id)

    def _detach_what_can(self) -> None:
        """Somebody must be heard while calls run: stub what can go on, wait a little for the rest (R5)."""
        self._held = set()
        self._cohort.make_way(for_user=user_waits(self.state))
        if self.state.open:
            self._clock.alarm("patience", PATIENCE)
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
            self._clock.plan(plan.id)
        else:
            self._begin(job)

    def _begin(self, job: Job, scheduled: str = "") -> None:
        started = self._desk.job(job, scheduled)
        if not scheduled:
            self._desk.do(Receipt(started.id))
        self._cohort.admit(job.content)
        if job.content.call_id not in self.state.jobs:
            self._after_answer()  # it was refused at once

    def _fall_due(self, number: int) -> None:
        planned = self._clock.due(number)
        if planned is None:
            return
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
        self._clock.silence("hold")
        seconds, names = promised(self.state, self._desk.now)
        if names and not self.tireless and seconds > 0 and self._turn.asked:
            if seconds != math.inf:
                self._clock.alarm("hold", seconds)
            return
        if names and not self.tireless:
            still = f"[still running: {', '.join(names)}]"
            answer = replace(answer, text=f"{answer.text}\n\n{still}" if answer.text else still)
        self._resolve(self._turn.end(), answer)

    # Time.

    def _fired(self, timer: Timer) -> None:
        if timer.kind == "due":
            self._fall_due(timer.number)
            return
        if not self._clock.rings(timer.kind, timer.number):
            return
        match timer.kind:
            case "retry" if isinstance(self.phase, HaltedFor):
                self._owed = True
                self._proceed()
            case "retry" if isinstance(self.phase, Waiting):
                self._proceed(self.phase.attempt + 1)
            case "grace" if isinstance(self.phase, Gathering) and urgent_waits(self.state):
                self._detach_what_can()
            case "patience" if urgent_waits(self.state):
                who = "the user" if user_waits(self.state) else "an agent that runs inside a call"
                self._cohort.cancel_open(f"stopped, since {who} spoke and it did not end in time")
            case "hold":
                self._unhold()
            case "retry" | "grace" | "patience":
                pass

    def _resolve(self, prompts: Sequence[MessageId], resolution: Resolution) -> None:
        if prompts:
            self._desk.do(Resolve(prompts, resolution))

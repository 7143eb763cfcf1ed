"""The core: takes what happens, answers with what to do. No I/O, no clock, no randomness, no asyncio.

Rule 1: every durable change is a message that goes over the desk, and `State.apply` makes it.
Rule 2: everything else the core knows (phase, timers, who waits) may be lost with the process.
Rule 3: mail enters the view in `_drain` and nowhere else.
Rule 4: a prompt that asks for another output than the turn's waits for its end (`Mailbag`); while the turn's
    answer waits for a job, the phase is then Gathering.

            | Idle      | Calling       | Compacting | Waiting    | Gathering          | HaltedFor    | Closed
  letter    | drain,call| keep          | keep       | user: call | user: grace timer  | user: go on  | refuse
            | of agents and of the background: refused, in any phase, where too many wait       |
  change    | keep      | keep          | keep       | keep       | keep               | keep         | -
  moved     | kept, in any phase                                                                      | -
  halt      | -**       | cancel,halted*| as calling | halted     | halted*, tools go on| -            | -
  kill      | detached  | detached      | detached   | detached   | cancel that tool   | cancel that tool| -
  detach    | -         | -             | -          | -          | stub that call     | stub that call| -
  undetach  | hold      | hold          | hold       | hold       | hold               | hold         | -
  schedule  | plan, in any phase                                                                      | -
  start     | run or plan, in any phase                                                               | -
  withdraw  | take back, in any phase                                                                 | -
  compact   | at once   | then          | says so    | then       | after the cohort   | at once      | -
  clear     | new view  | cancel, go on | as calling | go on      | cancel tools, go on| new view     | -
  renew     | new view  | then          | then       | then       | after the cohort   | -            | -
  quit      | closed, in any phase                                                                    | -
  responded | -         | judge         | -          | -          | -                  | -            | -
  condensed | -         | -             | new view   | -          | -                  | -            | -
  draws     | -         | -             | leave or no| -          | -                  | -            | -
  drew      | -         | -             | count      | -          | -                  | -            | -
  broke     | -         | retry, halted***| retry,go on| -        | -                  | -            | -
  stopped   | -         | halted*       | halted*    | -          | -                  | -            | -
  outcome   | deliver   | keep          | keep       | keep       | drain,call when all| keep         | -
  verdict   | -         | -             | -          | -          | run or refuse      | run or refuse| -
  fired     | hold      | -             | retry, room| retry, room| grace, patience    | retry (forever)| -
  due       | as letter or start, in any phase                                                        | -
  abandoned | -         | halt          | halt       | halted     | halted, kill calls | -            | -
  filing    | keep, in any phase; what is undone is told at the next drain                                | -
  spawned   | keep, in any phase                                                                      | -
  ended     | keep, in any phase                                                                      | keep
  unwritten | closed, in any phase                                                                    | -

  **: halted where a call runs in the background, so that its outcome waits for the user too.
  ***: an agent that runs forever puts aside what agents have said, where it is due to that, and goes on.
  renew: a clear with guidance, which the agent asks for itself.
  *: goes on at once where user mail is pending.  -: nothing happens.  keep: appended; enters at a drain.
  What is planned is killed in any phase, with an outcome that is delivered as that of a call that ran.
  A kill, a detach, an undetach or a withdraw of what is not there is answered in a line.
  What is still pending when it is abandoned is withdrawn in any phase. `Asking` is no phase of its own:
  some calls of a Gathering cohort wait for leave while others run.
"""

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from sagent.atoms import CallId, MessageId, ToolName
from sagent.errors import AgentClosed, BadAnswer, Overflow, ProviderError
from sagent.lib.nothing import NOTHING
from sagent.loop import retry
from sagent.loop.background import facts, leftovers, promised
from sagent.loop.budget import Meter, Shortage
from sagent.loop.change import Change
from sagent.loop.clock import Clock
from sagent.loop.cohort import Cohort
from sagent.loop.desk import Desk, text_parts
from sagent.loop.drawing import Draws, Drew, Grants
from sagent.loop.extent import Window
from sagent.loop.filing import Filed, Filing
from sagent.loop.judgement import Judged, held, judge
from sagent.loop.leave import Gate
from sagent.loop.mailbag import MOST, Mailbag, admit, is_urgent
from sagent.loop.phase import Calling, Closed, Compacting, Gathering, HaltedFor, Idling, Phase, Waiting
from sagent.loop.purse import Purse
from sagent.loop.quarantine import MOST_IN_A_ROW, is_unanswered, poison
from sagent.loop.recovery import Mend, Pause, Relieve, Shorten, recovery
from sagent.loop.repetition import HALT_AT, WARN_AT, WARNING
from sagent.loop.resolution import Answered, Dropped, HaltedBy, Reason, Resolution
from sagent.loop.room import Cut, Room
from sagent.loop.state import Pending, State
from sagent.loop.swap import swapped
from sagent.loop.till import Till
from sagent.loop.traffic import (
    Abandoned,
    AppendFailed,
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
    Moved,
    Outcome,
    Receipt,
    Report,
    Resolve,
    Responded,
    Stopped,
    Timer,
    Verdict,
)
from sagent.loop.truth import news
from sagent.loop.turn import Turn, answer_text, shortfall
from sagent.messages.ids import Ids
from sagent.messages.words import visible_text
from sagent.protocols import Reply, Tariff
from sagent.schema.event import Halted, Retry
from sagent.schema.message import (
    AgentEnded,
    AgentSpawned,
    Job,
    Prompt,
    ResponsePart,
    ToolCall,
)
from sagent.schema.part import Part
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
from sagent.schema.values import Author, ModelSpec

GRACE: Final = 0.3
"""Seconds that running calls get to end by themselves when the user speaks (R5)."""

REMINDER: Final = "What the answer has to look like still holds."
"""What a model is told along with the schema that the answer has to fit."""

RENEWED: Final = "You have cleared the conversation; what came before is no longer shown. You told yourself:"
"""What stands before an agent's own guidance in a conversation that it has cleared."""

CONDENSED: Final = "You have had the conversation summarized. You told yourself:"
"""What stands before it behind a summary that it has asked for."""

PATIENCE: Final = 10.0
"""Seconds that calls which cannot be detached get beyond that (R5)."""


Due: TypeAlias = Literal["nothing", "results", "call"]
"""What the model is owed: nothing new; results of its calls, which still come; a call with what is new."""


class Core:
    """One agent's decisions. `state` is durable; everything else here may be lost."""

    __slots__ = (
        *("_clock", "_cohort", "_deserted", "_desk", "_due", "_fallbacks", "_held", "_max_attempts"),
        *("_meter", "_put_aside", "_room", "_stands", "_till", "_turn", "gate", "grace"),
        *("most_letters", "phase", "state", "tireless"),
    )

    def __init__(
        self,
        state: State,
        ids: Ids,
        gate: Gate,
        *,
        meter: Meter = lambda _, __: Tariff(),
        window: Window = lambda _: None,
        cut: Cut | None = None,
        renewable: Set[ToolName] = frozenset(),
        fallbacks: Sequence[ModelSpec] = (),
        max_attempts: int = 5,
        purse: Purse | None = None,
        stands: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """`stands` says how the children stand that serve, by their sessions."""
        self.state = state
        self.phase: Phase = Idling()
        self.tireless: bool = False
        """Whether to try again for as long as it takes, as an agent that runs forever does (R20)."""
        self.grace = GRACE
        """Seconds that running calls get to end by themselves when the user speaks."""
        self.most_letters: int = MOST
        """How many letters of agents and of the background may wait to be read; the user's always may."""
        self.gate = gate
        """What judges a call before it runs."""
        self._desk = Desk(state, ids, purse)
        self._clock = Clock(self._desk)
        self._cohort = Cohort(self._desk, gate)
        self._room = Room(self._desk, window, cut, renewable)
        self._turn = Turn()
        self._meter = meter
        self._till = Till(self._desk, self._turn, meter)
        self._fallbacks = tuple(fallbacks)
        self._max_attempts = max_attempts
        self._stands = stands
        self._due: Due = "nothing"
        self._deserted = False
        self._held: Set[CallId] = NOTHING
        self._put_aside = 0

    @property
    def calling(self) -> int | None:
        """The number of the model call that is wanted now."""
        phase = self.phase
        return phase.number if isinstance(phase, Calling | Compacting) and not phase.halting else None

    @property
    def purse(self) -> Purse:
        """The agent's place in the ledger of its tree."""
        return self._desk.purse

    @property
    def running(self) -> Sequence[CallId]:
        """The tool calls that run now, those in the background too."""
        return self._cohort.running

    def result_room(self, call_id: CallId) -> int:
        """How many bytes of text the result of a call may have now."""
        return self._room.result(call_id)

    def serve(self, now: float) -> Sequence[Effect]:
        """Run forever from now on: no answer waits for a job any more, and trying again has no end."""
        self._desk.open(now)
        self.tireless = True
        self._unhold()
        return self._desk.sheet()

    def resume(
        self, now: float, gone: Sequence[AgentEnded] = (), told: Sequence[tuple[str, str]] = ()
    ) -> Sequence[Effect]:
        """Close what the last process left open (R18); to be called once, before anything is taken.

        `gone` are the children that were at work; `told` is what the model hears of besides with whatever it
        is told next, each with its sender.
        """
        self._desk.open(now)
        for note in gone:
            self._desk.birth(note)
        for sender, words in told:
            self._desk.prompt(text_parts(words), "system", sender=sender)
        lost = "the process ended before this finished; it may have partly run"
        jobs = [started.content.content for started in self.state.jobs.values()]
        for call in [*self.state.open.values(), *self.state.detached.values(), *jobs]:
            self._desk.result(call, text_parts(lost), failed=True)
        if self.state.account.reserved is not None:
            self._desk.response((), "failed", None)  # nobody knows what it cost: what was set aside
        for message_id in self.state.timers:
            self._clock.plan(message_id)
        return self._desk.sheet()

    def take(self, arrived: Input, now: float) -> Sequence[Effect]:
        """Take one thing that happened; return what to do, in order.

        Raises:
            AgentClosed: a letter came after the end.
            InboxFull: too many letters of agents wait to be read.
        """
        self._desk.open(now)
        if isinstance(self.phase, Closed):
            if isinstance(arrived, Letter):
                raise AgentClosed(f"the agent has ended and takes no more mail: {self.phase.text}")
            if isinstance(arrived, AgentEnded):
                self._desk.do(Filed(self._desk.birth(arrived).id))  # children end with the agent
            return self._desk.sheet()
        match arrived:
            case Outcome():
                if self._cohort.end(arrived):
                    self._after_answer()
            case Letter():
                admit(self.state, arrived, self.most_letters)
                self._letter(arrived)
            case Change():
                self._desk.change(arrived)
            case Halt():
                self._halt()
            case Kill():
                if not self._kill(arrived.content, arrived.reason or "killed by the user"):
                    self._desk.tell(f"nothing is killed: no call {arrived.content} runs")
            case Detach():
                if self._cohort.detach(arrived):
                    self._after_answer()
                else:
                    why = "can go on by itself" if arrived.content in self.state.open else "is waited for"
                    self._desk.tell(f"nothing is detached: no call {arrived.content} {why}")
            case Undetach():
                if arrived.content in self.state.background - self.state.forgotten:
                    self._held |= {arrived.content}
                else:
                    self._desk.tell(
                        f"nothing is waited for: no call {arrived.content} runs in the background"
                    )
            case Withdraw():
                self._withdraw(arrived.content)
            case Clear(guidance=""):
                self._clear(arrived)
            case Clear():
                if not isinstance(self.phase, HaltedFor):
                    self._room.renew(arrived)
                if isinstance(self.phase, Idling):
                    self._proceed()
            case Compact() | Restore() if isinstance(self.phase, Compacting):
                self._desk.tell("the conversation is being compacted already; ask again when that is done")
            case Compact() | Restore():
                self._room.wish(arrived)
                if isinstance(self.phase, Idling):
                    self._proceed()
                elif isinstance(self.phase, HaltedFor) and not self.state.open:
                    _ = self._makes_room(1)
            case Quit():
                if isinstance(self.phase, Calling | Compacting):
                    self._till.write_off(self.phase, "interrupted")
                self._close(arrived.content or "quit")
            case Schedule():
                admit(self.state, arrived.content, self.most_letters)
                plan = self._desk.scheduled(arrived.content, now + arrived.seconds)
                self._desk.do(Receipt(plan.id))
                self._clock.plan(plan.id)
            case Start():
                self._start(arrived)
            case Responded():
                self._responded(arrived.number, arrived.reply)
            case Condensed():
                self._condensed(arrived.number, arrived.content)
            case Draws():
                self._draws(arrived)
            case Drew():
                self._drew(arrived.number, arrived.reply)
            case Broke():
                self._broke(arrived)
            case Stopped():
                self._stopped(arrived.number, arrived.partial)
            case Verdict():
                if self._cohort.decide(arrived.call_id, arrived.refusal):
                    self._after_answer()
            case Fired():
                self._fired(arrived.timer)
            case Moved():
                self._desk.moved(arrived.folder)
            case Abandoned():
                self._abandoned(arrived.prompt)
            case Filing():
                self._desk.do(Filed(self._desk.filed(arrived).id))
            case AgentSpawned() | AgentEnded():
                self._desk.do(Filed(self._desk.birth(arrived).id))
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
            case Waiting() if user and prompt in self._mail.prompts:
                self._proceed()
            case Gathering() if urgent:
                self._clock.alarm("grace", self.grace)
            case HaltedFor() if user and self.state.open:
                self.phase = Gathering()
                self._clock.alarm("grace", self.grace)
            case HaltedFor() if user:
                self._proceed()
            case Calling() | Compacting() | Waiting() | Gathering() | HaltedFor() | Closed():
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
            self._unhold()
        else:
            self._desk.tell(f"nothing is withdrawn: no prompt {prompt} waits to be read")

    def _abandoned(self, prompt: MessageId) -> None:
        self._turn.desert(prompt)
        if isinstance(self.state.pending.get(prompt), Prompt):
            self._desk.withdrawn(prompt)
            self._unhold()
        elif prompt in self._turn.asked:
            del self._turn.asked[prompt]
            if not self._turn.asked:
                calls = list(self.state.open)
                self._deserted = True
                self._halt()
                for call_id in calls:
                    _ = self._kill(call_id, "stopped, since nobody waits for the answer any more")

    # Asking the model.

    def _proceed(self, attempt: int = 1) -> None:
        """Drain, then call the model if there is anything new to tell it, else go idle."""
        self._clock.silence("retry")
        if isinstance(self.phase, HaltedFor):
            self._begin_anew()
            self.phase = Idling()
        if (wish := self._room.renewal()) is not None:
            self._renew(wish)
        self._held = self._held & self.state.background or NOTHING
        if self._held:
            self.phase = Gathering()
        elif self._makes_room(attempt):
            pass
        elif self._due == "call" or self._mail.mail_waits:
            self._remind()
            self._tell_news()
            self._drain()
            self._call(attempt)
        elif self._anybody_waits():
            self.phase = Gathering()  # the turn that they wait for is answered, but for a job (R17)
        else:
            self.phase = Idling()
            self._desk.do(Idle())

    @property
    def _mail(self) -> Mailbag:
        return Mailbag(self.state, self._turn)

    def _anybody_waits(self, author: Author | None = None) -> bool:
        """Whether anybody, or anybody of this kind, has spoken, if only for a later turn."""
        return any(
            isinstance(kept, Prompt) and author in (None, kept.author) for kept in self.state.pending.values()
        )

    def _remind(self) -> None:
        """Tell again what the answer has to fit, where a summary stands for whoever said it."""
        asker = self.state.asker
        if asker is not None and not any(
            isinstance(entry, Prompt) and entry.output == asker.output for entry in self.state.view
        ):
            self._desk.prompt(text_parts(REMINDER), "system", asker)

    def _tell_news(self) -> None:
        """Tell what has changed beside the conversation, along with whatever it is told next."""
        stands = self._stands() if self.state.serving else {}
        heard = any(prompt.author != "system" for prompt in self._mail.prompts)
        for sender, words in list(news(self.state, self.purse, stands, heard=heard)):
            self._desk.prompt(text_parts(words), "system", sender=sender)

    def _drain(self) -> None:
        mail = self._mail
        if not mail.entering:
            return
        self._place(mail.entering, mail.asker)
        self._turn.hear([prompt.id for prompt in mail.prompts])
        if any(prompt.author != "system" for prompt in mail.prompts):
            self._turn.forgive()
            self._cohort.heard()

    def _place(self, entering: Sequence[Pending], asker: Prompt | None) -> None:
        before = self.state.model
        self._desk.drained([kept.id for kept in entering], asker)
        if self.state.model != before and (told := swapped(self.state, before, self._meter)):
            self._desk.tell(told)

    def _call(self, attempt: int) -> None:
        self._due = "nothing"
        self._clock.silence()
        granted = self._till.grant()
        if isinstance(granted, str):
            self._halted("budget", granted, "")
        elif isinstance(granted, Shortage):
            self._await_room(granted, waits_already=isinstance(self.phase, Waiting) and self.phase.for_room)
            self.phase, self._due = Waiting(attempt, for_room=True), "call"
        else:
            number = self._desk.number()
            self.phase = Calling(number, attempt)
            self._desk.do(CallModel(number, granted.max_output))

    def _await_room(self, shortage: Shortage, *, waits_already: bool) -> None:
        if not waits_already:
            self._desk.tell(f"waiting: {shortage.text}; it goes on when they are done")
        self._clock.await_room(shortage)

    def _current(self, number: int) -> Calling | Compacting | None:
        """The call with this number, if it is the one under way; news of any other comes too late."""
        phase = self.phase
        return phase if isinstance(phase, Calling | Compacting) and phase.number == number else None

    # Making room.

    def _makes_room(self, attempt: int) -> bool:
        """Have a conversation condensed that is too long, or as is wished (R13); whether that begins."""
        asks = (self._due == "call" or self._mail.mail_waits) and not isinstance(self.phase, HaltedFor)
        shortening = self._room.shortening(asks=asks)
        if isinstance(shortening, Overflow):
            if not self._puts_aside(shortening):
                self._halted("context", str(shortening), "", shortening)
        elif shortening is not None:
            number = self._desk.number()
            halted = self.phase if isinstance(self.phase, HaltedFor) else None
            self.phase = Compacting(number, attempt, shortening, halted)
            self._desk.do(Condense(number, shortening, facts(self.state)))
        return shortening is not None

    def _draws(self, asked: Draws) -> None:
        """Whoever writes a summary wants to ask once more."""
        phase = self._current(asked.number)
        if isinstance(phase, Compacting) and not phase.halting:
            granted = self._till.draw(asked.size, asked.max_output, phase.drawn)
            # Whoever holds something does not wait for others, or they might wait for each other.
            if isinstance(granted, Shortage) and self.state.account.reserved is None:
                self._await_room(granted, waits_already=phase.wanted is not None)
                self.phase = replace(phase, wanted=asked)
                return
            self.phase = replace(phase, wanted=None)
            self._desk.do(Grants(asked.number, granted.text if isinstance(granted, Shortage) else granted))

    def _drew(self, number: int, reply: Reply) -> None:
        phase = self._current(number)
        if isinstance(phase, Compacting):
            self.phase = replace(phase, drawn=phase.drawn.plus(reply))

    def _condensed(self, number: int, content: Sequence[Part]) -> None:
        phase = self._current(number)
        if not isinstance(phase, Compacting):
            return
        self._turn.charge(self._desk.summary(content, phase.shortening, phase.drawn))
        self._room.condensed()
        if phase.shortening.by and phase.shortening.guidance:
            self._desk.prompt(text_parts(f"{CONDENSED}\n\n{phase.shortening.guidance}"), "system")
        if phase.halting:
            self._halted("user", "halted", "")
        else:
            self._resettle(phase)

    def _resettle(self, phase: Compacting) -> None:
        """Go on where the conversation was when it was to be condensed."""
        if phase.halted is not None:
            self.phase = phase.halted
        if phase.halted is None or self._mail.user_waits:
            self._proceed()
            self._unhold()
        else:
            self._room.hope()

    def _uncondensed(self, phase: Compacting, error: ProviderError) -> None:
        """The summary could not be written: try again, or go on without it."""
        tries = phase.attempt < self._max_attempts and phase.halted is None
        pause = retry.delay(phase.attempt, error, self.state.head or "") if tries else None
        if pause is not None:
            self._pause(phase.attempt, error, pause)
            return
        self._room.give_up()
        self._desk.tell(f"the conversation could not be compacted: {error}")
        self._resettle(phase)

    def _responded(self, number: int, reply: Reply) -> None:
        current = self._current(number)
        if current is None or current.halting:
            self._stopped(number, visible_text(reply.content), reply)
            return
        self._room.hope()
        self._put_aside = 0
        judged = judge(reply, resends=self._turn.resends, empties=self._turn.empties)
        if self.state.asker is not None:
            judged = held(judged, self.state.asker.output, self._turn.misfits)
        calls: list[ToolCall] = []
        content: list[ResponsePart] = []
        for part in judged.content:
            if isinstance(part, ToolCall):
                part = self._desk.named(part)
                calls.append(part)
            content.append(part)
        kept = reply if judged.native is reply.native else replace(reply, native=judged.native)
        self._till.respond(content, judged.stop, kept)
        match judged.next:
            case "run":
                self._turn.forgive()
                self._gather(calls)
                return
            case "answer":
                self._answer(content, judged)
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
            case "reform":
                self._turn.misfits += 1
                self._desk.prompt(text_parts(judged.advice), "system", self.state.asker)
        self._due = "call"
        self._proceed()

    def _answer(self, content: Sequence[ResponsePart], judged: Judged) -> None:
        if lacking := shortfall(self.state.model, content, judged.stop):
            self._desk.tell(lacking)
        self._desk.do(Emit(self._turn.done(self.state.context_tokens)))
        self._turn.answered = Answered(answer_text(content, judged.stop), judged.stop, judged.formed)
        self._settle()
        self._proceed()

    def _broke(self, arrived: Broke) -> None:
        number, error, partial = arrived.number, arrived.error, arrived.partial
        current = self._current(number)
        if current is None or current.halting:
            self._stopped(number, partial)
            return
        if isinstance(current, Compacting):
            self._till.write_off(current, begun=arrived.begun)
            self._uncondensed(current, error)
            return
        begun = arrived.begun or bool(partial) or isinstance(error, BadAnswer)
        self._till.write_off(current, partial=partial, begun=begun)
        way = recovery(
            self.state,
            self._turn,
            error,
            current.attempt,
            max_attempts=self._max_attempts,
            fallbacks=self._fallbacks,
            condenses=self._room.condenses,
        )
        match way:
            case Mend(omission=found):
                self._turn.repaired = self._turn.repaired or found.last
                self._desk.repaired(str(error), found)
                self._call(1)
            case Shorten():
                self._turn.shortened = True
                self._room.need(error)
                self._due = "call"
                self._proceed()
            case Pause(seconds=seconds):
                self._due = "call"
                self._pause(current.attempt, error, seconds)
            case Relieve(failed=failed, by=by):
                self._turn.failed.append(failed)
                self._desk.change(Change(model=by))
                whose = error.where or f"{failed.provider} {failed.model}"
                self._desk.tell(f"{whose}: {error.said}; {by.provider} {by.model} is asked instead")
                self._due = "call"
                self._room.hope()
                # Whatever comes first, a summary too, is asked of the one that stands in; mail waits for it.
                self._place(self._mail.changes, self.state.asker)
                self._proceed()
            case None if self._puts_aside(error):
                pass
            case None:
                self._halted("error", str(error), partial, error)

    def _pause(self, attempt: int, error: ProviderError, seconds: float) -> None:
        self.phase = Waiting(attempt)
        self._desk.do(Emit(Retry(content=str(error), attempt=attempt, seconds=seconds)))
        self._clock.alarm("retry", seconds)

    def _puts_aside(self, error: ProviderError) -> bool:
        """Show no more what agents said, if no request goes through with it, and go on; whether it is so."""
        letters = poison(self.state, error) if self.tireless and self._put_aside < MOST_IN_A_ROW else ()
        if not letters:
            return False
        why = str(error)
        self._put_aside += 1
        self._desk.quarantined([letter.id for letter in letters], why)
        self._desk.do(Report("quarantine", why, sorted({letter.sender for letter in letters})))
        told = HaltedBy("error", why, "", error)
        for letter in letters:
            self._turn.asked.pop(letter.id, None)
            self._resolve(self._turn.dismiss(letter.id), told)
        self._turn.forgive()
        self._room.hope()
        if is_unanswered(self.state, asked=bool(self._turn.asked)):
            self._due = "call"
        elif self._turn.answered is not None:
            self._settle()
        else:
            self._end_turn(told)
        self._proceed()
        return True

    def _stopped(self, number: int, partial: str, reply: Reply | None = None) -> None:
        current = self._current(number)
        if current is None:
            return  # it was cleared away, and is in the log as a call that failed
        if isinstance(current, Compacting):
            self._room.give_up()
            self._till.write_off(current)
        elif partial or reply is not None or self.state.account.reserved is not None:
            whole = None if reply is None else replace(reply, native=())
            self._till.respond(text_parts(partial), "interrupted", whole)
        self._halted("user", "halted", partial)

    # Halting.

    def _halt(self) -> None:
        match self.phase:
            case Calling(halting=False) | Compacting(halting=False) as phase:
                self.phase = replace(phase, halting=True)
                self._desk.do(CancelModel(phase.number))
            case Gathering() if self._anybody_waits("user"):
                self._deserted = False
                if not self._mail.user_waits:
                    self._end_turn(HaltedBy("user", "halted", ""))
                self._detach_what_can()
            case Gathering() | Waiting():
                self._halted("user", "halted", "")
            case Idling() if self.running or self._turn.answered:
                # What runs in the background goes on, but its outcome no longer wakes the agent.
                self._halted("user", "halted", "")
            case HaltedFor():
                self._clock.silence("retry")
            case Idling() | Calling() | Compacting() | Closed():
                pass

    def _halted(self, reason: Reason, text: str, partial: str, error: ProviderError | None = None) -> None:
        """Go on with what the user has said meanwhile; without it, stop and tell all who wait (R8, R20)."""
        wanted = self._anybody_waits("user") or (self._deserted and self._turn.awaits(self.state.pending))
        self._deserted = False
        if reason in {"user", "rounds"} and wanted and not self.state.open:
            mail = self._mail
            if not (mail.user_waits or self._turn.awaits(prompt.id for prompt in mail.prompts)):
                # They ask for another output, and begin a turn of their own: this one is over.
                self._end_turn(HaltedBy(reason, text, partial, error))
            self._proceed()
            return
        self.phase = HaltedFor(reason, text)
        if self._due == "call":
            self._due = "nothing"
        self._room.halt()
        self._clock.silence()
        self._desk.do(Emit(Halted(reason=reason, content=text)))
        answered = self._turn.answered
        partial = partial or (answered.text if answered else "")
        pause = retry.comeback(error) if self.tireless else None
        if pause is None:
            self._begin_anew()
        self._resolve(self._turn.end_all(), HaltedBy(reason, text, partial, error))
        if pause is not None:
            self._clock.alarm("retry", pause)
        elif self.tireless:
            self._desk.do(Report(reason, text))

    def _renew(self, clear: Clear) -> None:
        """The agent goes on in an empty conversation with what it has told itself (R12)."""
        self._desk.cleared(clear)
        self._held = NOTHING
        self._settle()
        told = "\n\n".join(filter(None, [RENEWED, clear.guidance, "\n".join(facts(self.state))]))
        self._desk.prompt(text_parts(told), "system")

    def _clear(self, clear: Clear) -> None:
        phase = self.phase
        self._room.renewal()  # it was not meant for the conversation that begins now
        running = self._cohort.forget()
        if isinstance(phase, Calling | Compacting):
            self._till.write_off(phase)
        self._desk.cleared(clear)
        if isinstance(phase, Calling | Compacting):
            self._desk.do(CancelModel(phase.number))
        for call_id in running:
            self._desk.do(CancelTool(call_id, "stopped, since the conversation was cleared"))
        self._due = "nothing"
        self._held = NOTHING
        self._clock.silence("grace", "patience", "hold")
        if not isinstance(phase, HaltedFor):
            self._clock.silence("retry")
        why = "the conversation was cleared before the answer was complete"
        self._resolve(self._turn.end(), Dropped("cleared", why))
        if not (isinstance(phase, Idling | HaltedFor) and self._mail.mail_waits):
            self._proceed()

    def _close(self, text: str) -> None:
        if isinstance(self.phase, Calling | Compacting):
            self._desk.do(CancelModel(self.phase.number))
        if left := leftovers(self.state, self.running):
            self._desk.tell(left)
        self._cohort.cancel("stopped, since the agent has ended")
        self._desk.purse.leave()
        self.phase = Closed(text)
        self._resolve(self._turn.end_all(), Dropped("closed", f"the agent has ended: {text}"))
        self._desk.do(Close(text))

    # Tools.

    def _gather(self, calls: Sequence[ToolCall]) -> None:
        self.phase = Gathering()
        self._due = "results"
        self._cohort.begin()
        most = self.state.limits.max_tool_call_rounds
        if most is not None and self.state.rounds > most:
            rounds = f"{most} round{'' if most == 1 else 's'} of tool calls"
            for call in calls:
                self._desk.result(call, text_parts(f"not run: the limit of {rounds} is reached"), failed=True)
            self._halted("rounds", f"stopped after {rounds} without an answer", "")
            return
        for call in calls:
            self._cohort.admit(call)
        self._after_answer()
        if self.state.open and self._mail.urgent_waits:
            self._clock.alarm("grace", self.grace)

    def _after_answer(self) -> None:
        """Go on if the cohort is complete, or if an outcome wakes an idle agent."""
        if not self.state.open and isinstance(self.phase, Gathering | Idling):
            stale = 0
            if self._due == "results":
                self._due = "call"
                # Words of the user that wait begin the count anew.
                stale = 0 if self._mail.user_waits else self._cohort.staleness()
            if stale >= HALT_AT:
                text = f"stopped: {stale} rounds in a row repeated earlier calls with the same results"
                self._halted("repetition", text, "")
                return
            if stale == WARN_AT:
                self._desk.prompt(text_parts(WARNING), "system")
            self._proceed()

    def _kill(self, call_id: CallId, reason: str) -> bool:
        """End a call, running or planned; whether there is one."""
        for job in self.state.planned:
            if job.content.call_id == call_id:
                self._desk.result(job.content, text_parts(f"not run: {reason}"), failed=True)
                self._after_answer()
                return True
        if self._cohort.kill(call_id, reason):
            self._after_answer()
            return True
        return call_id in self.running

    def _detach_what_can(self) -> None:
        """Somebody must be heard while calls run: stub what can go on, wait a little for the rest (R5)."""
        self._held = NOTHING
        self._cohort.make_way(for_user=self._mail.user_waits)
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
            if isinstance(self.phase, Gathering):
                self._proceed()
        elif isinstance(self.phase, Gathering) and self._mail.urgent_waits:
            self._clock.alarm("grace", self.grace)

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
        self._end_turn(answer)

    # Time.

    def _fired(self, timer: Timer) -> None:
        if timer.kind == "due":
            self._fall_due(timer.number)
            return
        if not self._clock.rings(timer.kind, timer.number):
            return
        match timer.kind:
            case "retry" if isinstance(self.phase, HaltedFor):
                self.phase, self._due = Idling(), "call"
                self._proceed()
            case "retry" if isinstance(self.phase, Compacting) and self.phase.halted is not None:
                self.phase, self._due = replace(self.phase, halted=None), "call"
            case "retry" if isinstance(self.phase, Waiting):
                self._proceed(self.phase.attempt + 1)
            case "room" if isinstance(self.phase, Waiting):
                self._proceed(self.phase.attempt)
            case "room" if isinstance(self.phase, Compacting) and self.phase.wanted is not None:
                self._draws(self.phase.wanted)
            case "grace" if isinstance(self.phase, Gathering) and self._mail.urgent_waits:
                self._detach_what_can()
            case "patience" if self._mail.urgent_waits:
                who = "the user" if self._mail.user_waits else "an agent that runs inside a call"
                self._cohort.cancel_open(f"stopped, since {who} spoke and it did not end in time")
            case "hold":
                self._unhold()
            case "retry" | "room" | "grace" | "patience":
                pass

    def _end_turn(self, resolution: Resolution) -> None:
        self._begin_anew()
        self._resolve(self._turn.end(), resolution)

    def _begin_anew(self) -> None:
        """A turn is over: where its answer had to fit what that of the next need not, the log says so."""
        if self.state.asker is not None:
            for kept in tuple(self.state.pending.values()):
                if isinstance(kept, Prompt) and kept.author == "system" and kept.output is not None:
                    self._desk.withdrawn(kept.id)  # to answer again is asked of nobody any more
            self._desk.drained((), None)

    def _resolve(self, prompts: Sequence[MessageId], resolution: Resolution) -> None:
        if prompts:
            self._desk.do(Resolve(prompts, resolution))

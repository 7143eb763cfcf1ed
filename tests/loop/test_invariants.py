"""The invariants of LOOP hold after every step, and after a crash at every step."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from sagent.atoms import CallId, MessageId, ToolName
from sagent.compaction.cut import cut_of
from sagent.errors import (
    Crowded,
    Illegal,
    InboxFull,
    Overflow,
    Overloaded,
    ProviderError,
    Quota,
    Refused,
    SessionError,
    Unreachable,
)
from sagent.lib.blob import Blob
from sagent.lib.json import EMPTY, JsonObject, freeze_object
from sagent.loop.background import promised
from sagent.loop.change import Change
from sagent.loop.drawing import Grants
from sagent.loop.filing import Filed, Filing
from sagent.loop.resolution import Answered, HaltedBy
from sagent.loop.salvage import salvage
from sagent.loop.state import BUDGET, FACTS, State, fold
from sagent.loop.traffic import (
    Abandoned,
    Append,
    AppendFailed,
    Ask,
    AwaitRoom,
    CallModel,
    CancelModel,
    CancelTool,
    Close,
    Condense,
    Effect,
    Emit,
    Fired,
    Idle,
    Outcome,
    Receipt,
    Report,
    Resolve,
    Responded,
    RunTool,
    StartTimer,
)
from sagent.messages.view import Changed, View, Viewed
from sagent.messages.words import calls_of
from sagent.schema.event import Halted
from sagent.schema.message import (
    Cleared,
    Detached,
    Drained,
    Job,
    JobStarted,
    Kept,
    ModelChanged,
    ModelResponse,
    Prompt,
    Quarantined,
    Reserved,
    ResponsePart,
    Scheduled,
    System,
    ToolCall,
    ToolResult,
    ToolsChanged,
    Withdrawn,
)
from sagent.schema.part import Text, Thinking
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
)
from sagent.schema.values import Author, FileChange, FileState, Limits, Standing, StopReason
from sagent.testing import call
from tests.loop.stage import Stage, answer, bad, letter, spec

AUTHORS: Sequence[Author] = ("user", "peer", "background", "system")
STOPS: Sequence[StopReason] = (
    "end",
    "tool_calls",
    "length",
    "pause",
    "refusal",
    "filter",
    "malformed_call",
    "interrupted",
    "failed",
)
ERRORS: Sequence[ProviderError] = (
    Unreachable("gone"),
    Overloaded("busy", retry_after=1.0),
    Quota("used up"),
    Refused("no"),
    Illegal("Invalid signature in thinking block"),
    Crowded("too many images", since=2),
    Overflow("too long"),
)
OUTPUTS: Sequence[JsonObject] = (
    freeze_object({"type": "object", "required": ["n"]}),
    freeze_object({"type": "object", "required": ["m"]}),
)
CHANGES: Sequence[Change] = (
    Change(model=spec("two")),
    Change(system="Be kind."),
    Change(tools=()),
    Change(tools=(), off=(ToolName("slow"),), by="Agent", reason="too slow"),
    Change(standing=Standing(status="busy", progress="a", pending="b", needs_user=""), by="Agent"),
)
CALLS = (call("slow"), call("edit"), call("ask"), call("poll"), call("nope"), bad("slow"))
PARTS: Sequence[ResponsePart] = (
    Text(content="words"),
    Text(content='{"n": 1}'),
    Text(content=" "),
    Thinking(content="hm"),
    *CALLS,
)


def legal(view: View, running: Sequence[CallId] = ()) -> bool:
    """I1: each call has one result behind it, before anything else is said; the last calls may be running."""
    owed: list[CallId] = []
    for entry in view:
        match entry:
            case Prompt() | System() | ToolsChanged() | ModelChanged():
                if owed:
                    return False
            case ModelResponse():
                if owed:
                    return False
                owed = [asked.call_id for asked in calls_of(entry)]
            case ToolResult() | Detached():
                if not owed or owed.pop(0) != entry.call_id:
                    return False
    return not owed or owed == list(running)


def said(view: Sequence[Viewed]) -> Sequence[Viewed]:
    """The view without what has changed."""
    return [entry for entry in view if not isinstance(entry, Changed)]


def may_be_sent(view: View) -> bool:
    """A request ends on the user's side, or with a response that was paused."""
    last = said(view)[-1]
    return not isinstance(last, ModelResponse) or last.stop == "pause"


def tells_its_form(state: State) -> bool:
    """What the answer has to fit stands in the view, whatever was condensed."""
    told = [entry.output for entry in state.view if isinstance(entry, Prompt)]
    return state.asker is None or state.asker.output in told


def knows_what_runs(state: State, log: Sequence[Kept]) -> bool:
    """Whether the model has been told all that runs and is planned, if there was a drain just now."""
    newest = next(kept for kept in reversed(log) if not isinstance(kept, Reserved))
    return not isinstance(newest, Drained) or state.known == state.afoot


FILE = FileState(content=Blob.of(b"x"), mode=0o100644)


class Watched(Stage):
    """A stage that holds each effect against what was written before it."""

    def __init__(self, attempts: int, window: int | None, fallbacks: int) -> None:
        self.began: Counter[CallId] = Counter()
        self.accepted: list[MessageId] = []
        self.abandoned: set[MessageId] = set()
        self.ending: set[int] = set()
        self.late: list[int] = []
        others = [spec("three"), spec("four")]
        super().__init__(attempts=attempts, window=lambda _: window, cut=cut_of, fallbacks=others[:fallbacks])

    @override
    def perform(self, effect: Effect) -> None:
        match effect:
            case Append():
                assert effect.message.parent_id == (self.log[-1].id if self.log else None)
                if isinstance(effect.message, Quarantined):
                    self._put_aside(effect.message)
            case Receipt():
                assert self.log[-1].id == effect.accepted, "I7"
                if isinstance(self.log[-1], Prompt):
                    self.accepted.append(effect.accepted)
            case RunTool():
                self._begin(effect.call)
            case CallModel():
                self._call()
                assert may_be_sent(self.state.view)
                assert knows_what_runs(self.state, self.log)
                assert tells_its_form(self.state)
            case Condense():
                self._call()
            case CancelModel():
                assert effect.number == self.model
                self.ending.add(effect.number)
            case CancelTool():
                assert effect.call_id in self.tools, "only what runs is ended"
            case Resolve():
                assert not self.abandoned & set(effect.prompts), "nobody is there to be told"
            case Filed():
                assert self.log[-1].id == effect.entry, "I7"
            case Grants():
                assert effect.number == self.model
                assert effect.number not in self.ending
            case Ask() | StartTimer() | AwaitRoom() | Emit() | Idle() | Close() | Report():
                pass
        super().perform(effect)

    def _begin(self, asked: ToolCall) -> None:
        """I5: a call runs once, and only out of a response that was received whole."""
        self.began[asked.call_id] += 1
        assert self.began[asked.call_id] == 1
        jobs = [m for m in self.log if isinstance(m, JobStarted) and m.content.content == asked]
        whole = [
            m
            for m in self.log
            if isinstance(m, ModelResponse) and asked in m.content and m.stop == "tool_calls"
        ]
        assert len(jobs) + len(whole) == 1

    def _put_aside(self, note: Quarantined) -> None:
        """I2: only what agents have said, behind all that was answered; the rest stands as it stood."""
        before, after = fold(self.log).view, fold([*self.log, note]).view
        gone = [index for index, entry in enumerate(before) if entry.id in note.content]
        assert len(gone) == len(note.content) > 0
        assert all(isinstance(e, Prompt) and e.author != "user" for e in said(before[gone[0] :]))
        assert list(after) == [entry for entry in before if entry.id not in note.content]

    def _call(self) -> None:
        """I1 and I7: what is sent is legal, and all of it is in the log."""
        if self.model is not None:
            assert self.model in self.ending, "one model call at a time"
            self.late.append(self.model)
        asked = fold(self.log)
        assert asked == self.state
        assert legal(asked.view)


class Life(RuleBasedStateMachine):
    """An agent, everybody who talks to it, and a driver that does what it is told, in any order."""

    stage: Watched

    @initialize(
        rounds=st.sampled_from([None, None, 2]),
        attempts=st.integers(1, 3),
        budget=st.sampled_from([None, None, 10**6]),
        window=st.sampled_from([None, 200, 400]),
        fallbacks=st.sampled_from([0, 0, 2]),
        forever=st.sampled_from([False, False, True]),
        most=st.sampled_from([1_000, 1, 2]),
    )
    def begin(
        self,
        rounds: int | None,
        attempts: int,
        budget: int | None,
        window: int | None,
        fallbacks: int,
        forever: bool,
        most: int,
    ) -> None:
        self.stage = Watched(attempts, window, fallbacks)
        self.stage.core.most_letters = most
        if forever:
            self.stage.serves()
        self.stage.take(
            Change(limits=Limits(max_tool_call_rounds=rounds, max_budget_usd=None, max_budget_tokens=budget))
        )

    # Whoever talks to the agent.

    @precondition(lambda self: self.stage.phase != "closed" and len(self.stage.state.pending) < 3)
    @rule(author=st.sampled_from(AUTHORS))
    def somebody_speaks(self, author: Author) -> None:
        self._post(letter("hey", author))

    def _post(self, mail: Letter | Schedule) -> None:
        """R1: only of agents and of the background is too much refused, and then nothing has happened."""
        before = list(self.stage.log)
        try:
            self.stage.take(mail)
        except InboxFull:
            said = mail if isinstance(mail, Letter) else mail.content
            assert said.author in {"peer", "background"}
            assert len(self.stage.state.pending) + len(self.stage.state.timers) > 0
            assert self.stage.log == before

    @precondition(lambda self: self.stage.phase != "closed" and len(self.stage.state.pending) < 3)
    @rule(author=st.sampled_from(AUTHORS[:3]), output=st.sampled_from(OUTPUTS))
    def somebody_asks_for_an_answer_that_fits(self, author: Author, output: JsonObject) -> None:
        self._post(replace(letter("hey", author), output=output))

    @precondition(lambda self: self.stage.phase == "gathering" and len(self.stage.state.pending) < 3)
    @rule(data=st.data())
    def somebody_speaks_from_inside_a_call(self, data: st.DataObject) -> None:
        inside = data.draw(st.sampled_from(["nowhere", *sorted(self.stage.state.open)]))
        self._post(letter("hey", "peer", inside))

    @precondition(lambda self: self.stage.phase != "closed" and len(self.stage.state.timers) < 2)
    @rule(author=st.sampled_from(AUTHORS))
    def somebody_is_to_speak_later(self, author: Author) -> None:
        self._post(Schedule(content=letter("later", author), seconds=5))

    @precondition(lambda self: self.stage.phase != "closed" and len(self.stage.state.jobs) < 2)
    @rule(
        tool=st.sampled_from(["slow", "ask", "nope"]),
        seconds=st.sampled_from([0, 5]),
        promises=st.booleans(),
        deadline=st.sampled_from([0.0, 3.0, None]),
    )
    def a_job_begins(self, tool: str, seconds: float, promises: bool, deadline: float | None) -> None:
        self.stage.take(
            Start(
                tool=ToolName(tool),
                content=EMPTY,
                seconds=seconds,
                promises=promises,
                deadline=deadline,
            )
        )

    @precondition(lambda self: self.stage.state.timers)
    @rule(data=st.data())
    def a_plan_is_dropped(self, data: st.DataObject) -> None:
        self.stage.withdraws(data.draw(st.sampled_from(sorted(self.stage.state.timers))))

    @precondition(lambda self: self.stage.state.planned)
    @rule(data=st.data())
    def a_planned_job_is_killed(self, data: st.DataObject) -> None:
        planned = [job.content.call_id for job in self.stage.state.planned]
        self.stage.take(Kill(content=data.draw(st.sampled_from(planned))))

    @precondition(lambda self: self.stage.phase in ("idle", "gathering", "halted"))
    @rule()
    def the_user_speaks(self) -> None:
        self.stage.says("hey")

    @precondition(lambda self: self.stage.phase in ("calling", "compacting", "waiting", "gathering"))
    @rule()
    def the_user_halts(self) -> None:
        self.stage.take(Halt())

    @precondition(lambda self: len(self.stage.state.pending) < 2)
    @rule(change=st.sampled_from(CHANGES))
    def something_changes(self, change: Change) -> None:
        self.stage.take(change)

    @precondition(lambda self: len(unheard(self.stage)) > 1)
    @rule(data=st.data())
    def somebody_withdraws(self, data: st.DataObject) -> None:
        self.stage.withdraws(data.draw(st.sampled_from(unheard(self.stage))))

    @precondition(lambda self: len(waiting(self.stage)) > (self.stage.phase != "gathering"))
    @rule(data=st.data())
    def somebody_leaves(self, data: st.DataObject) -> None:
        prompt = data.draw(st.sampled_from(waiting(self.stage)))
        self.stage.abandoned.add(prompt)
        self.stage.take(Abandoned(prompt))

    @precondition(lambda self: self.stage.tools)
    @rule(data=st.data(), verb=st.sampled_from([Kill, Detach, Undetach]))
    def the_user_steers_a_call(self, data: st.DataObject, verb: type[Kill | Detach | Undetach]) -> None:
        self.stage.take(verb(content=data.draw(st.sampled_from(sorted(self.stage.tools)))))

    @precondition(lambda self: self.stage.tools)
    @rule(data=st.data(), deadline=st.sampled_from([0.0, 3.0, None]))
    def a_call_takes_long_and_moves_to_the_background(
        self, data: st.DataObject, deadline: float | None
    ) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.stage.tools)))
        self.stage.take(Detach(content=call_id, notice="it goes on", deadline=deadline))

    @precondition(lambda self: self.stage.phase != "closed" and len(self.stage.state.undone) < 2)
    @rule(call_id=st.sampled_from(["", "c1"]), after=st.sampled_from([None, FILE]))
    def files_are_changed_or_changed_back(self, call_id: str, after: FileState | None) -> None:
        change = FileChange(path=f"file {len(self.stage.log) % 3}", before=FILE, after=after)
        undoes = tuple(self.stage.state.undone) if after is None else ()
        self.stage.take(Filing(call_id=call_id, changes=(change,), undoes=undoes))

    @precondition(lambda self: len(self.stage.state.view) > 5 and self.stage.phase != "closed")
    @rule()
    def the_user_clears(self) -> None:
        self.stage.take(Clear())

    @precondition(lambda self: len(self.stage.state.view) > 2 and self.stage.phase != "closed")
    @rule(
        wish=st.sampled_from(
            [
                Clear(guidance="go on", by="Agent"),
                Compact(content="go on", by="Agent"),
                Compact(content="go on", by="Agent", again=True),
            ]
        )
    )
    def the_agent_wants_a_new_context(self, wish: Clear | Compact) -> None:
        self.stage.take(wish)
        ends = [effect for effect in self.stage.effects if isinstance(effect, CancelTool | CancelModel)]
        assert ends == [], "what runs is waited for"

    @precondition(lambda self: len(self.stage.state.view) > 2 and self.stage.phase != "closed")
    @rule(wish=st.sampled_from([Compact(), Compact(content="tea"), Compact(again=True), Restore()]))
    def the_user_has_it_condensed(self, wish: Compact | Restore) -> None:
        self.stage.take(wish)

    @precondition(lambda self: len(self.stage.log) > 60)
    @rule(end=st.sampled_from([Quit(), AppendFailed(SessionError("disk full"))]))
    def it_ends(self, end: Quit | AppendFailed) -> None:
        self.stage.take(end)

    # Whatever runs.

    @precondition(lambda self: self.stage.condensing)
    @rule()
    def a_summary_is_written(self) -> None:
        self.stage.condenses()

    @precondition(lambda self: self.stage.condensing)
    @rule(answered=st.booleans())
    def a_summary_is_asked_for_in_pieces(self, answered: bool) -> None:
        self.stage.draws(50)
        if answered:
            self.stage.drew()

    @precondition(lambda self: self.stage.answering)
    @rule(parts=st.lists(st.sampled_from(PARTS), max_size=4), stop=st.sampled_from(STOPS))
    def the_model_replies(self, parts: list[ResponsePart], stop: StopReason) -> None:
        self.stage.replies(*parts, stop=stop)

    @precondition(lambda self: self.stage.answering)
    @rule(parts=st.lists(st.sampled_from(CALLS), min_size=1, max_size=4))
    def the_model_calls_tools(self, parts: list[ToolCall]) -> None:
        self.stage.replies(*parts, stop="tool_calls")

    @precondition(lambda self: self.stage.model is not None)
    @rule(error=st.sampled_from(ERRORS), partial=st.sampled_from(["", "half"]))
    def the_model_fails(self, error: ProviderError, partial: str) -> None:
        self.stage.breaks(error, partial)

    @precondition(lambda self: self.stage.answering)
    @rule(stop=st.sampled_from(STOPS))
    def the_model_says_something_and_calls_a_tool(self, stop: StopReason) -> None:
        self.stage.replies("words", call("slow"), stop=stop)

    @precondition(lambda self: self.stage.model in self.stage.ending)
    @rule(partial=st.sampled_from(["", "half"]))
    def the_model_stops(self, partial: str) -> None:
        self.stage.stops(partial)

    @precondition(lambda self: self.stage.late)
    @rule(parts=st.lists(st.sampled_from(PARTS), max_size=2))
    def a_forgotten_model_call_comes_to_its_end(self, parts: list[ResponsePart]) -> None:
        self.stage.take(Responded(self.stage.late.pop(), answer(*parts)))

    @precondition(lambda self: self.stage.tools)
    @rule()
    def the_oldest_call_ends(self) -> None:
        self.stage.ends(next(iter(self.stage.tools.values())).tool)

    @precondition(lambda self: self.stage.tools)
    @rule(data=st.data(), failed=st.booleans())
    def a_call_ends(self, data: st.DataObject, failed: bool) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.stage.tools)))
        del self.stage.tools[call_id]
        content = (Text(content="done"),)
        self.stage.take(Outcome(call_id=call_id, content=content, failed=failed, seconds=1.0))

    @precondition(lambda self: self.stage.asked)
    @rule(refusal=st.sampled_from([None, "no"]))
    def somebody_decides(self, refusal: str | None) -> None:
        self.stage.decides("ask", refusal)

    @precondition(lambda self: self.stage.timers)
    @rule(data=st.data())
    def an_alarm_goes_off(self, data: st.DataObject) -> None:
        started = data.draw(st.sampled_from(self.stage.timers))
        self.stage.timers.remove(started)
        self.stage.take(Fired(started.timer))

    # What always holds.

    @invariant()
    def calls_and_results_are_paired(self) -> None:
        state = self.stage.state
        assert legal(state.view, list(state.answers))

    @invariant()
    def every_letter_enters_once_or_is_withdrawn_or_waits(self) -> None:
        ways = Counter[MessageId]()
        for message in self.stage.log:
            if isinstance(message, Drained):
                ways.update(message.content)
            elif isinstance(message, Withdrawn):
                ways[message.content] += 1
        ways.update(self.stage.state.pending.keys())
        assert all(ways[prompt] == 1 for prompt in self.stage.accepted)

    @invariant()
    def senders_keep_their_order_and_users_come_first(self) -> None:
        prompts = {message.id: message for message in self.stage.log if isinstance(message, Prompt)}
        heard: dict[Author, list[MessageId]] = {}
        for note in self.stage.log:
            if isinstance(note, Drained):
                drain = [prompts[entered] for entered in note.content if entered in prompts]
                users = [prompt.author == "user" for prompt in drain]
                assert users == sorted(users, reverse=True)
                for prompt in drain:
                    heard.setdefault(prompt.author, []).append(prompt.id)
        assert all(ids == sorted(ids) for ids in heard.values())

    @invariant()
    def whoever_asks_for_an_output_is_heard_only_where_it_is_in_force(self) -> None:
        prompts = {message.id: message for message in self.stage.log if isinstance(message, Prompt)}
        for note in self.stage.log:
            if isinstance(note, Drained):
                asker = prompts.get(MessageId(note.output_of))
                outputs = [prompts[entered].output for entered in note.content if entered in prompts]
                assert all(output in (None, asker.output if asker else None) for output in outputs)
        for prompt, resolution in self.stage.resolved.items():
            if prompts[prompt].output is not None and isinstance(resolution, Answered):
                assert (resolution.formed is not None) == (resolution.stop == "end")

    @invariant()
    def nothing_is_told_twice_of_what_goes_on_beside_the_conversation(self) -> None:
        told = [kept for kept in self.stage.log if isinstance(kept, Prompt) and kept.author == "system"]
        for sender in (FACTS, BUDGET):
            words = [(prompt.content, prompt.parent_id) for prompt in told if prompt.sender == sender]
            if not any(isinstance(message, Cleared) for message in self.stage.log):
                assert all(one[0] != other[0] for one, other in pairwise(words))

    @invariant()
    def every_detached_call_is_delivered_once(self) -> None:
        log = self.stage.log
        drained = Counter(entered for note in log if isinstance(note, Drained) for entered in note.content)
        for place, stub in enumerate(log):
            if isinstance(stub, Detached):
                told = [m for m in log[place:] if isinstance(m, ToolResult) and m.call_id == stub.call_id]
                assert len(told) == (stub.call_id not in self.stage.state.detached)
                if told and not any(isinstance(message, Cleared) for message in log[place:]):
                    assert drained[told[0].id] + (told[0].id in self.stage.state.pending) == 1

    @invariant()
    def every_job_begins_once_and_is_delivered_once(self) -> None:
        log, state = self.stage.log, self.stage.state
        drained = Counter(entered for note in log if isinstance(note, Drained) for entered in note.content)
        plans = Counter(note.scheduled for note in log if isinstance(note, Prompt | JobStarted))
        assert all(count == 1 for plan, count in plans.items() if plan)
        going = {*state.jobs, *(job.content.call_id for job in state.planned)}
        dropped = {note.content for note in log if isinstance(note, Withdrawn)}
        for place, note in enumerate(log):
            if isinstance(note, JobStarted | Scheduled) and isinstance(note.content, Job):
                call_id = note.content.content.call_id
                told = [m for m in log[place:] if isinstance(m, ToolResult) and m.call_id == call_id]
                assert len(told) == (call_id not in going and note.id not in dropped)
                if told and not any(isinstance(message, Cleared) for message in log[place:]):
                    assert drained[told[0].id] + (told[0].id in state.pending) == 1

    @invariant()
    def idle_means_that_nothing_is_left_and_everybody_was_told(self) -> None:
        stage = self.stage
        if stage.phase == "idle":
            assert not any(isinstance(kept, Prompt | ToolResult) for kept in stage.state.pending.values())
            assert not stage.state.open
        just_halted = any(
            isinstance(effect, Emit) and isinstance(effect.event, Halted) for effect in stage.effects
        )
        if stage.phase == "closed" or just_halted:
            assert waiting(stage) == []
        elif stage.phase == "idle" and waiting(stage):
            seconds, names = promised(stage.state, stage.now)
            assert names, "only a promise lets somebody wait on"
            assert seconds == math.inf or any(timer.timer.kind == "hold" for timer in stage.timers)

    @invariant()
    def the_log_tells_the_whole_state(self) -> None:
        assert fold(self.stage.log) == self.stage.state

    @invariant()
    def a_crash_now_leaves_a_log_that_a_prompt_goes_on_from(self) -> None:
        after = Stage(self.stage.log, maker="u")
        after.now = self.stage.now + 1.0
        after.says("go on")
        assert after.phase == "calling"
        assert legal(after.state.view)
        assert isinstance(said(after.state.view)[-1], Prompt)
        assert fold(after.log) == after.state

    @invariant()
    def a_log_without_damage_is_used_as_it_is(self) -> None:
        found = salvage(self.stage.log)
        assert (found.messages, found.faults, found.state) == (tuple(self.stage.log), (), self.stage.state)

    @precondition(lambda self: len(self.stage.log) > 3)
    @rule(data=st.data())
    def lines_of_a_copy_of_the_log_are_lost(self, data: st.DataObject) -> None:
        # The model is said anew by whoever goes on.
        places = [place for place, kept in enumerate(self.stage.log) if not isinstance(kept, ModelChanged)]
        lost = data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=4))
        left = [message for place, message in enumerate(self.stage.log) if place not in lost]

        after = Stage(salvage(left).messages, maker="u")
        after.now = self.stage.now + 1.0
        after.says("go on")

        assert after.phase == "calling"
        assert legal(after.state.view)
        assert isinstance(said(after.state.view)[0], Prompt)
        assert fold(after.log) == after.state

    @override
    def teardown(self) -> None:
        """Whatever was going on comes to its end, and the next prompt is answered."""
        settle(self.stage)
        if self.stage.phase != "closed":
            prompt = self.stage.says("one more thing")
            settle(self.stage)
            answered = self.stage.resolved[prompt]
            if isinstance(answered, HaltedBy):
                # What it is told of its background may be too much for the smallest windows.
                assert answered.reason == "context"
            else:
                assert isinstance(answered, Answered)
                assert answered.text.startswith("ok")


def unheard(stage: Watched) -> list[MessageId]:
    """The letters that have not been drained."""
    return [p for p in stage.accepted if p in stage.state.pending]


def waiting(stage: Watched) -> list[MessageId]:
    """Those who have had no answer and have not left."""
    return [p for p in stage.accepted if p not in stage.resolved and p not in stage.abandoned]


def settle(stage: Stage) -> None:
    """Let everything end, one after the other."""
    for _ in range(1_000):
        match stage.phase:
            case "calling" | "halting":
                stage.replies("ok")
            case "compacting":
                stage.condenses()
            case "waiting":
                stage.rings("retry")
            case "gathering" if stage.tools:
                stage.ends(next(iter(stage.tools.values())).tool)
            case "idle" if stage.tools:
                stage.ends(next(iter(stage.tools.values())).tool)
            case "gathering" | "idle" if stage.asked:
                stage.decides("ask", "no")
            case "gathering" | "idle" if stage.state.timers:
                started = next(timer for timer in stage.timers if timer.timer.kind == "due")
                stage.timers.remove(started)
                stage.take(Fired(started.timer))
            case _:
                return
    raise AssertionError("it never comes to rest")


def test_the_invariants_hold_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(
        Life, settings=settings(max_examples=100, stateful_step_count=50, deadline=None)
    )

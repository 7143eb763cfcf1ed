"""The durable state of an agent: a fold over its log, and nothing else."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from sagent.atoms import CallId, MessageId, ToolName
from sagent.compaction.brief import quotable
from sagent.compaction.thinning import thinned
from sagent.errors import SessionError
from sagent.lib.nothing import NOTHING
from sagent.loop.account import Account
from sagent.loop.filing import UNDO
from sagent.loop.judgement import is_shown
from sagent.loop.purse import UNLIMITED
from sagent.loop.spared import Spared
from sagent.messages.origin import origin_of
from sagent.messages.size import USUAL, Gauge
from sagent.messages.view import Base, Changed, View, Viewed
from sagent.messages.words import calls_of, delivery, standing_in, visible_text
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
    Kept,
    LimitsChanged,
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
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Fate, Limits, ModelSpec, Origin, Standing

SILENT: Final = Standing(status="", progress="", pending="", needs_user="")
"""Nothing is said of how the work stands."""

PLANNED: Final = "planned "
"""Stands before the id of a call that is to begin."""

FACTS: Final = "facts"
"""The sender of words that tell the model what goes on in its background."""

BUDGET: Final = "budget"
"""The sender of words that tell it how much of its budget is left."""

AGENTS: Final = "agents"
"""The sender of words that tell it how its agents that serve stand."""

ENDED: Final = "Ended since you were told: "
"""Stands there before those that serve no more."""

TOLD: Final = frozenset({FACTS, BUDGET, AGENTS})
"""The senders of words that tell of what is beside the conversation."""

ChangeNote: TypeAlias = Changed | LimitsChanged
"""A change that waits for the next drain."""

Pending: TypeAlias = Prompt | ToolResult | ChangeNote
"""What has been accepted and has not entered the view."""


@dataclass(slots=True)
class State:
    """Everything about an agent that survives its process. `apply` is the only thing that changes it."""

    view: View = field(default_factory=View)
    system: str = ""
    tools: Sequence[ToolDefinition] = ()
    off: Sequence[ToolName] = ()
    """The tools at hand that are turned off."""
    model: ModelSpec | None = None
    limits: Limits = UNLIMITED
    cwd: str = ""
    """The directory that commands start in; empty for the workspace."""
    places: dict[CallId, str] = field(default_factory=dict)
    """The same for each call that has not ended: what it was judged by, whoever has moved since."""
    standing: Standing = SILENT
    """How the agent says that its work stands."""
    head: MessageId | None = None
    pending: dict[MessageId, Pending] = field(default_factory=dict)
    """Accepted mail, changes and outcomes, in order of arrival."""
    open: dict[CallId, ToolCall] = field(default_factory=dict)
    """Calls in the view without a result."""
    answers: dict[CallId, ToolResult | Detached | None] = field(default_factory=dict)
    """The running cohort in call order, with the answers that have come."""
    detached: dict[CallId, ToolCall] = field(default_factory=dict)
    """Calls whose slot holds a stub and whose outcome has not come."""
    promised: dict[CallId, float] = field(default_factory=dict)
    """Those of them whose result is waited for like that of a job, and until when."""
    jobs: dict[CallId, JobStarted] = field(default_factory=dict)
    """Calls that have run in the background from the start, and whose outcome has not come."""
    forgotten: Set[CallId] = frozenset()
    """Detached calls and jobs from before a clear; their outcomes are not delivered."""
    children: dict[str, AgentSpawned] = field(default_factory=dict)
    """The children that have not ended, by their sessions."""
    former: dict[str, str] = field(default_factory=dict)
    """The sessions of those that worked for a call and have ended, by their names."""
    replied: Set[str] = NOTHING
    """What it has asked of children that serve their inboxes, and has been answered."""
    timers: dict[MessageId, Scheduled] = field(default_factory=dict)
    """What is to happen later."""
    begun: int = 0
    """The index in the view from which native items may go back to anybody, by what became of it (R19)."""
    spared: dict[Origin, Spared] = field(default_factory=dict)
    """What models are spared of it, by what each of them has refused (R10)."""
    summary: MessageId | None = None
    """The summary that the view begins with, if it was not taken back."""
    summarized: Sequence[Viewed] = ()
    """What it stands for."""
    thinned: Sequence[Viewed] = ()
    """The results behind it of which only a line is shown, as they were."""
    counted: int = 0
    """The index in the view before which responses tell of a longer conversation, of before the summary."""
    said: list[Prompt] = field(default_factory=list)
    """What the user has said since the last clear, as far as a summary may quote it."""
    undone: dict[MessageId, Sequence[tuple[str, bool]]] = field(default_factory=dict)
    """What a person has taken back, each file with whether it is gone; the model has not been told."""
    known: Set[str] = NOTHING
    """What the model was told goes on in its background, or is planned, and was not told is over."""
    told: str = ""
    """What it was told last of that, if nothing else has told it more since."""
    serve: str = ""
    """What it was told last of its agents that serve, since the last clear."""
    gone: Sequence[tuple[str, Fate]] = ()
    """Those of them that have ended since, and how."""
    left: str = ""
    """What it was told last of its budget, since the last clear."""
    rounds: int = 0
    """Rounds of tool calls, and pauses, since the last prompt entered."""
    asker: Prompt | None = None
    """The prompt whose output the next answer has to fit, until its turn is over."""
    account: Account = field(default_factory=Account)
    context_tokens: int = 0
    """The conversation's size: as the last response reported it; an estimate where a summary came since."""

    def apply(self, message: Kept) -> None:
        """Take one message of the log.

        Raises:
            SessionError: the log contradicts itself.
        """
        self.head = message.id
        match message:
            case ToolResult():
                self._conclude(message)
            case Prompt():
                if message.scheduled:
                    self.timers.pop(MessageId(message.scheduled), None)
                self.pending[message.id] = message
                if message.author == "system":
                    self._tell(message)
                if message.errand and message.author == "peer":
                    self.replied = self.replied | {message.errand}
            case System() | ModelChanged() | ToolsChanged() | LimitsChanged():
                self.pending[message.id] = message
            case StatusChanged():
                self.standing = message.content
            case Scheduled():
                self.timers[message.id] = message
            case JobStarted():
                self.timers.pop(MessageId(message.scheduled), None)
                self.jobs[message.content.content.call_id] = message
                self.places[message.content.content.call_id] = self.cwd
            case Drained():
                entering = [self._taken(entering) for entering in message.content]
                for each in entering:
                    self._enter(each)
                known = [each for each in (self.asker, *entering) if isinstance(each, Prompt)]
                self.asker = next((prompt for prompt in known if prompt.id == message.output_of), None)
            case Withdrawn() if message.content in self.timers:
                del self.timers[message.content]
            case Withdrawn():
                self._taken(message.content)
            case ModelResponse():
                self._respond(message)
            case Detached():
                self._detach(message)
            case Cleared():
                self._clear(continues=message.continues)
            case CwdChanged():
                self.cwd = message.content
            case Summary():
                self._summarize(message)
            case Restored():
                self._restore(message.content)
            case Thinned():
                self._thin(frozenset(message.content))
            case Repaired():
                self._spare(message)
            case FilesChanged():
                # What is put in again before the model has heard of it is as the model left it.
                again = [each for each in message.undoes if self.undone.pop(each, None) is not None]
                if message.content and not message.call_id and not again:
                    gone = [(change.path, change.after is None) for change in message.content]
                    self.undone[message.id] = tuple(gone)
            case Quarantined():
                self._quarantine(frozenset(message.content))
            case Reserved():
                self.account.reserved = message if message.tokens else None
            case AgentSpawned():
                self.children[message.content] = message
            case AgentEnded():
                child = self.children.pop(message.content, None)
                if child is not None and child.call_id:
                    self.former[child.name] = child.content
                if child is not None and child.persistent:
                    self.gone = (*self.gone, (child.name, message.how))
                self.account.below = self.account.below.plus(message)

    @property
    def trusted(self) -> int:
        """The index in the view from which native items may go back to the model in force (R19)."""
        spared = self._spared
        return self.begun if spared is None else max(self.begun, spared.trusted)

    @property
    def unseen(self) -> Mapping[int, int]:
        """How many files of which entries of the view, the first ones, are only words for it (R10)."""
        files = {} if self._spared is None else self._spared.files
        if not files:
            return {}
        return {index: files[entry.id] for index, entry in enumerate(self.view) if entry.id in files}

    @property
    def withheld(self) -> Set[str]:
        """The digests of files that are only words for it, wherever they stand."""
        return NOTHING if self._spared is None else self._spared.named

    @property
    def untried(self) -> bool:
        """Whether nothing has come of the last repair for it yet."""
        return self._spared is not None and self._spared.before is not None

    @property
    def _spared(self) -> Spared | None:
        return None if self.model is None or not self.spared else self.spared.get(origin_of(self.model))

    @property
    def background(self) -> Set[CallId]:
        """The calls that no slot of the view waits for, and whose outcome has not come."""
        return self.detached.keys() | self.jobs.keys()

    @property
    def afoot(self) -> Set[str]:
        """What goes on in the background, or is planned, and will be delivered."""
        plans = [planned(job.content.call_id) for job in self.planned]
        return frozenset([*(self.background - self.forgotten), *plans])

    @property
    def serving(self) -> Sequence[AgentSpawned]:
        """The children that no call waits for: they serve their inbox."""
        return [child for child in self.children.values() if child.persistent]

    @property
    def settled(self) -> bool:
        """Whether nothing waits, runs or is to happen later."""
        return not (self.pending or self.open or self.background or self.timers or self.children)

    @property
    def upcoming(self) -> ModelSpec | None:
        """The model that the next request goes to."""
        changes = [kept.content for kept in self.pending.values() if isinstance(kept, ModelChanged)]
        return changes[-1] if changes else self.model

    @property
    def coming_limits(self) -> Limits:
        """Where it stops by itself at the next request."""
        changes = [kept.content for kept in self.pending.values() if isinstance(kept, LimitsChanged)]
        return changes[-1] if changes else self.limits

    @property
    def turned_off(self) -> Sequence[ToolName]:
        """The tools that are turned off at the next request."""
        changes = [kept.off or () for kept in self.pending.values() if isinstance(kept, ToolsChanged)]
        return changes[-1] if changes else self.off

    @property
    def planned(self) -> Sequence[Job]:
        """The calls that are to begin later."""
        return tuple(job for _, job in self._plans())

    def last_round(self) -> Sequence[tuple[ToolCall, ToolResult | Detached]]:
        """The calls and answers at the end of the view, in call order."""
        answers: list[ToolResult | Detached] = []
        for entry in reversed(self.view):
            match entry:
                case ToolResult() | Detached():
                    answers.append(entry)
                case ModelResponse():
                    return tuple(zip(calls_of(entry), reversed(answers), strict=True))
                case Prompt() | System() | ToolsChanged() | ModelChanged():
                    break
        return ()

    def _plans(self) -> Iterator[tuple[MessageId, Job]]:
        return ((key, kept.content) for key, kept in self.timers.items() if isinstance(kept.content, Job))

    def _tell(self, words: Prompt) -> None:
        if words.sender == UNDO:
            self.undone = {}
        elif words.sender == FACTS:
            self.known, self.told = self.afoot, visible_text(words.content)
        elif words.sender == AGENTS:
            self.serve, self.gone = visible_text(words.content).partition(ENDED)[0].strip(), ()
        elif words.sender == BUDGET:
            self.left = visible_text(words.content)

    def _taken(self, message_id: MessageId) -> Pending:
        try:
            return self.pending.pop(message_id)
        except KeyError as error:
            raise SessionError(f"the log drains {message_id}, which is not waiting there") from error

    def _enter(self, message: Pending) -> None:
        match message:
            case Prompt():
                self.view.add(message)
                if message.author == "user":
                    self.said.append(message)
                if message.author != "system":
                    self.rounds = 0
            case ToolResult():
                self.known = self.known - {message.call_id, planned(message.call_id)} or NOTHING
                running = len(self.background - self.forgotten)
                self.view.add(delivery(message, running=running, planned=len(self.planned)))
            case System() | ToolsChanged() | ModelChanged():
                self._change(message)
            case LimitsChanged():
                self.limits = message.content

    def _change(self, change: Changed) -> None:
        self.view.change(change, Base(system=self.system, tools=self.tools, model=self.model))
        match change:
            case System():
                self.system, self.account.changed = change.content, "system"
            case ToolsChanged():
                self.tools, self.off = change.content, change.off or ()
                self.account.changed = "tools"
            case ModelChanged():
                self.model = change.content

    def _respond(self, response: ModelResponse) -> None:
        self.account.charge(response, self.model)
        if response.origin in self.spared and response.stop not in {"failed", "interrupted"}:
            self.spared[response.origin] = replace(self.spared[response.origin], before=None)
        if response.stop != "failed":  # such a one may come late, from a conversation that was cleared
            self.context_tokens = (
                response.usage.input_tokens + response.usage.output_tokens or self.context_tokens
            )
        calls = calls_of(response)
        if is_shown(response):
            self.view.add(response)
        if calls or response.stop == "pause":
            self.rounds += 1
        if calls:
            self.open = {call.call_id: call for call in calls}
            self.answers = dict.fromkeys(self.open)
            self.places |= dict.fromkeys(self.open, self.cwd)

    def _conclude(self, result: ToolResult) -> None:
        self.places.pop(result.call_id, None)
        if result.call_id in self.open:
            self._answer(result)
            return
        plan = next((key for key, job in self._plans() if job.content.call_id == result.call_id), None)
        if plan is not None:
            del self.timers[plan]
            self.pending[result.id] = result
        elif result.call_id in self.background:
            self.detached.pop(result.call_id, None)
            self.promised.pop(result.call_id, None)
            self.jobs.pop(result.call_id, None)
            if result.call_id in self.forgotten:
                self.forgotten -= {result.call_id}
            else:
                self.pending[result.id] = result

    def _detach(self, stub: Detached) -> None:
        if stub.call_id not in self.open:
            raise SessionError(f"the log detaches {stub.call_id}, which does not run there")
        self.known, self.told = self.known | {stub.call_id}, ""
        self.detached[stub.call_id] = self.open[stub.call_id]
        if stub.promises:
            wait = math.inf if stub.deadline is None else stub.deadline
            self.promised[stub.call_id] = stub.timestamp + wait
        self._answer(stub)

    def _answer(self, answer: ToolResult | Detached) -> None:
        del self.open[answer.call_id]
        self.answers[answer.call_id] = answer
        if not self.open:
            for told in self.answers.values():
                if told is not None:
                    self.view.add(told)
                    self._hear(told)
            self.answers = {}

    def _hear(self, told: ToolResult | Detached) -> None:
        """What a result names, as that of a call that has begun it, need not be told again."""
        if isinstance(told, ToolResult) and (self.jobs or self.timers) and (new := self.afoot - self.known):
            words = visible_text(told.content)
            if named := {each for each in new if each.removeprefix(PLANNED) in words}:
                self.known, self.told = self.known | named, ""

    def _summarize(self, summary: Summary) -> None:
        self.account.charge(summary, self.model)
        places = [index for index, entry in enumerate(self.view) if entry.id == summary.kept_from]
        if summary.kept_from is not None and not places:
            raise SessionError(f"the log keeps {summary.kept_from} behind a summary, which is not there")
        cut = places[0] if places else len(self.view)
        self.summary, self.summarized, self.thinned = summary.id, self.view[:cut], ()
        self._show([standing_in(summary), *self.view[cut:]])
        self.said = list(quotable(self.said, {entry.id for entry in self.view}))

    def _restore(self, summary: MessageId) -> None:
        if summary != self.summary:
            raise SessionError(f"the log takes back the summary {summary}, which is not there")
        whole = {entry.id: entry for entry in self.thinned}
        entries = [*self.summarized, *(whole.get(entry.id, entry) for entry in self.view[1:])]
        self.summary, self.summarized, self.thinned = None, (), ()
        self._show(entries)

    def _thin(self, old: Set[MessageId]) -> None:
        self.thinned = tuple(entry for entry in self.view if entry.id in old)
        self._show(thinned(self.view, old))

    def _spare(self, repaired: Repaired) -> None:
        if self.model is None:
            raise SessionError("the log has a repair before any model")
        origin = origin_of(self.model)
        self.spared[origin] = self.spared.get(origin, Spared()).more(repaired, self.view)
        self.account.changed = "history"

    def _show(self, entries: Sequence[Viewed]) -> None:
        """Show another beginning, with what holds now: what was bound to the old one goes not back (R19)."""
        self.view = View([entry for entry in entries if not isinstance(entry, Changed)])
        self.begun = self.counted = len(self.view)
        self._trust_again(0)
        self.account.changed = "history"
        self.context_tokens = Gauge(USUAL).tokens(self.system, self.tools, self.view, since=self.counted)

    def _trust_again(self, most: int) -> None:
        self.spared = {
            origin: replace(spared, trusted=min(spared.trusted, most), before=None)
            for origin, spared in self.spared.items()
        }

    def _quarantine(self, letters: Set[MessageId]) -> None:
        if not letters <= {entry.id for entry in self.view}:
            raise SessionError("the log puts letters aside that are not in the conversation there")
        # They stand behind all that has been answered, so that what has been sent before stays as it was.
        self.view = View([entry for entry in self.view if entry.id not in letters], self.view.base)
        self.begun, self.counted = min(self.begun, len(self.view)), min(self.counted, len(self.view))
        self._trust_again(len(self.view))
        if self.asker is not None and self.asker.id in letters:
            self.asker = None

    def _clear(self, *, continues: bool) -> None:
        self.view = View()
        self.summary, self.summarized, self.thinned, self.counted, self.said = None, (), (), 0, []
        self.open = {}
        self.answers = {}
        self.places = {call_id: place for call_id, place in self.places.items() if call_id in self.background}
        self.forgotten = self.forgotten | self.background
        self.pending = {key: kept for key, kept in self.pending.items() if not _is_of_the_past(kept)}
        self.undone, self.known, self.told, self.serve, self.left = {}, NOTHING, "", "", ""
        self.spared = {}
        self.begun = self.context_tokens = 0
        self.account.changed = "history"
        if not continues:
            self.asker, self.standing, self.rounds, self.cwd = None, SILENT, 0, ""


def planned(call_id: CallId) -> str:
    """A call that is to begin, as what is known."""
    return f"{PLANNED}{call_id}"


def _is_of_the_past(kept: Pending) -> bool:
    """Whether it tells of what went on beside a conversation that is cleared away."""
    return isinstance(kept, ToolResult) or (
        isinstance(kept, Prompt) and kept.author == "system" and kept.sender in TOLD
    )


def fold(path: Iterable[Kept]) -> State:
    """The state after these messages.

    Raises:
        SessionError: the log contradicts itself.
    """
    state = State()
    for message in path:
        state.apply(message)
    return state

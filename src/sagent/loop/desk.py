"""The desk: where the core seals messages and lays out what is to be done."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from sagent.atoms import CallId, MessageId
from sagent.compaction.compactor import Shortening
from sagent.errors import SessionError
from sagent.loop.account import Drawn
from sagent.loop.change import Change
from sagent.loop.filing import Filing
from sagent.loop.purse import Purse
from sagent.loop.repair import Omission
from sagent.loop.stamp import Asked, Stamp
from sagent.loop.state import State
from sagent.loop.traffic import Append, Birth, Effect, Emit
from sagent.messages.ids import Ids
from sagent.messages.origin import origin_of
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.words import sound
from sagent.protocols import Reply
from sagent.schema.event import Notice
from sagent.schema.message import (
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
    Plan,
    Prompt,
    Quarantined,
    Repaired,
    Reserved,
    ResponsePart,
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
from sagent.schema.part import Part, Text
from sagent.schema.signal import Clear, Letter
from sagent.schema.values import Author, StopReason

K = TypeVar("K", bound=Kept)

_SPENDING: Final = (ModelResponse, Summary, Reserved)


class Desk:
    """Makes every kept message, applies it to the state, and collects the effects in order."""

    __slots__ = ("_effects", "_ids", "_number", "now", "purse", "state")

    def __init__(self, state: State, ids: Ids, purse: Purse | None = None) -> None:
        self.state: State = state
        self.purse: Purse = purse or Purse()
        """The agent's place in the ledger of its tree."""
        self.purse.limits = state.coming_limits
        self.purse.balance(state.account)
        self._ids = ids
        self.now: float = 0.0
        self._number = 0
        self._effects: list[Effect] = []

    def open(self, now: float) -> None:
        """Begin with an empty sheet at this time."""
        self.now = now
        self._effects = []

    def sheet(self) -> Sequence[Effect]:
        """What has been laid out since, handed over."""
        sheet, self._effects = self._effects, []
        return sheet

    def do(self, effect: Effect) -> None:
        """Lay out one effect."""
        self._effects.append(effect)

    def tell(self, words: str) -> None:
        """Let whoever watches know."""
        self.do(Emit(Notice(content=words)))

    def number(self) -> int:
        """A number for what is begun and may be over before its end is told: a model call, a timer."""
        self._number += 1
        return self._number

    def call_id(self) -> CallId:
        """A name for a call."""
        return self._ids.call(self.now)

    def named(self, call: ToolCall) -> ToolCall:
        """The call under a name of ours; `replace` would take longer, for each call."""
        return ToolCall(
            call_id=self._ids.call(self.now),
            vendor_id=call.vendor_id,
            tool=call.tool,
            content=call.content,
            raw=call.raw,
        )

    def prompt(
        self, content: Sequence[Part], author: Author, asker: Prompt | None = None, sender: str = ""
    ) -> Prompt:
        """Our own words; those that ask again for an output tell it again."""
        output = None if asker is None else asker.output
        return self._keep(
            Prompt(**self._stamp(), content=sound(content), author=author, sender=sender, output=output)
        )

    def letter(self, letter: Letter, scheduled: str = "") -> Prompt:
        return self._keep(
            Prompt(
                id=self._ids.message(self.now),
                parent_id=self.state.head,
                timestamp=self.now,
                content=sound(letter.content),
                author=letter.author,
                sender=letter.sender,
                call_id=letter.call_id,
                scheduled=scheduled,
                output=letter.output,
                errand=letter.errand,
            )
        )

    def scheduled(self, plan: Plan, due: float) -> Scheduled:
        return self._keep(Scheduled(**self._stamp(), content=plan, due=due))

    def job(self, job: Job, scheduled: str = "") -> JobStarted:
        return self._keep(JobStarted(**self._stamp(), content=job, scheduled=scheduled))

    def change(self, change: Change) -> None:
        """One note for each thing that changes."""
        asked: Asked = {"by": change.by, "reason": change.reason}
        if change.system is not None:
            self._keep(System(**self._stamp(), **asked, content=change.system))
        if change.tools is not None:
            tools, off = tuple(change.tools), tuple(change.off) or None
            self._keep(ToolsChanged(**self._stamp(), **asked, content=tools, off=off))
        if change.model is not None:
            self._keep(ModelChanged(**self._stamp(), **asked, content=change.model))
        if change.limits is not None:
            self._keep(LimitsChanged(**self._stamp(), **asked, content=change.limits))
        if change.standing is not None:
            self._keep(StatusChanged(**self._stamp(), **asked, content=change.standing))

    def repaired(self, why: str, found: Omission) -> None:
        self._keep(
            Repaired(
                **self._stamp(),
                content=why,
                omitted=found.omitted,
                since=found.since,
                until=found.until,
                files=found.files,
                named=found.named,
            )
        )

    def quarantined(self, prompts: Sequence[MessageId], why: str) -> None:
        self._keep(Quarantined(**self._stamp(), content=tuple(prompts), why=why))

    def reserved(self, usd: float, tokens: int) -> None:
        self._keep(Reserved(**self._stamp(), content=usd, tokens=tokens))

    def drained(self, entering: Sequence[MessageId], asker: Prompt | None) -> None:
        asked_by = "" if asker is None else asker.id
        self._keep(Drained(**self._stamp(), content=tuple(entering), output_of=asked_by))

    def withdrawn(self, prompt: MessageId) -> None:
        self._keep(Withdrawn(**self._stamp(), content=prompt))

    def filed(self, filing: Filing) -> FilesChanged:
        """What is about to become of files."""
        return self._keep(
            FilesChanged(
                **self._stamp(),
                content=tuple(filing.changes),
                call_id=filing.call_id,
                undoes=tuple(filing.undoes),
            )
        )

    def birth(self, note: Birth) -> Birth:
        """What becomes of a child."""
        return self._keep(replace(note, **self._stamp()))

    def cleared(self, clear: Clear) -> None:
        why = clear.content or ("its own wish" if clear.by else "asked by the user")
        continues = bool(clear.guidance)
        self._keep(Cleared(**self._stamp(), by=clear.by, content=why, continues=continues))

    def summary(self, content: Sequence[Part], shortening: Shortening, drawn: Drawn) -> Summary:
        """A summary in place of what stands before the cut."""
        kept = self.state.view[shortening.cut :]
        return self._keep(
            Summary(
                **self._stamp(),
                content=sound(content),
                by=shortening.by,
                reason=shortening.reason,
                kept_from=kept[0].id if kept else None,
                guidance=shortening.guidance,
                tokens=shortening.tokens,
                model=drawn.model,
                usage=drawn.usage,
                cost_usd=drawn.cost_usd,
            )
        )

    def restored(self, summary: MessageId) -> None:
        self._keep(Restored(**self._stamp(), content=summary))

    def thinned(self, results: Sequence[MessageId]) -> None:
        self._keep(Thinned(**self._stamp(), content=tuple(results)))

    def moved(self, folder: str) -> None:
        self._keep(CwdChanged(**self._stamp(), content=folder))

    def detached(self, call: ToolCall, told: str, *, promises: bool, deadline: float | None) -> None:
        self._keep(
            Detached(
                **self._stamp(),
                call_id=call.call_id,
                tool=call.tool,
                content=told,
                promises=promises,
                deadline=deadline,
            )
        )

    def result(self, call: ToolCall, content: Sequence[Part], *, failed: bool, seconds: float = 0.0) -> None:
        self._keep(
            ToolResult(
                id=self._ids.message(self.now),
                parent_id=self.state.head,
                timestamp=self.now,
                call_id=call.call_id,
                tool=call.tool,
                content=sound(content),
                failed=failed,
                seconds=seconds,
            )
        )

    def response(
        self, content: Sequence[ResponsePart], stop: StopReason, reply: Reply | None
    ) -> ModelResponse:
        """A response of the model in force; without a reply one of which only the text arrived."""
        spec = self.state.model
        if spec is None:
            raise SessionError("the log has a response before any model")
        return self._keep(
            ModelResponse(
                **self._stamp(),
                content=sound(content),
                origin=origin_of(spec),
                model=spec.model if reply is None else reply.model,
                stop=stop,
                usage=NOTHING_SPENT if reply is None else reply.usage,
                cost_usd=None if reply is None else reply.cost_usd,
                native=() if reply is None else reply.native,
            )
        )

    def _stamp(self) -> Stamp:
        return {"id": self._ids.message(self.now), "parent_id": self.state.head, "timestamp": self.now}

    def _keep(self, message: K) -> K:
        self.state.apply(message)
        if isinstance(message, LimitsChanged):
            self.purse.limits = message.content
        elif isinstance(message, _SPENDING):
            self.purse.balance(self.state.account)
        self._effects.append(Append(message))
        return message


def text_parts(text: str) -> Sequence[Part]:
    """A text as parts; no text is no part."""
    return (Text(content=text),) if text else ()

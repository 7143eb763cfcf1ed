"""The calls that run or wait for leave, those in the background too."""

from collections.abc import Sequence
from typing import Final

from sagent.atoms import CallId
from sagent.loop.desk import Desk, text_parts
from sagent.loop.leave import Gate, Leave, Refusal
from sagent.loop.repetition import Repetition
from sagent.loop.traffic import Ask, CancelTool, Outcome, RunTool
from sagent.schema.message import ToolCall
from sagent.schema.signal import Detach

STUB: Final = "detached: still running; its result arrives in a later message"


class Cohort:
    """Runs, asks about, ends and counts calls; may be lost with the process."""

    __slots__ = ("_asking", "_desk", "_gate", "_leaves", "_repetition", "_running")

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate
        self._running: dict[CallId, tuple[ToolCall, Leave]] = {}
        self._asking: dict[CallId, ToolCall] = {}
        self._leaves: dict[CallId, Leave] = {}
        self._repetition = Repetition()

    @property
    def running(self) -> Sequence[CallId]:
        """The calls that run now, in the background too."""
        return tuple(self._running)

    def begin(self) -> None:
        """The calls of another response follow."""
        self._leaves.clear()

    def admit(self, call: ToolCall) -> None:
        """Run a call, ask about it, or say at once why not."""
        match self._gate(call):
            case Refusal(why=why):
                self._refuse(call, why)
            case Leave(asks=True):
                self._asking[call.call_id] = call
                self._desk.do(Ask(call))
            case Leave() as leave:
                self._run(call, leave)

    def decide(self, call_id: CallId, refusal: str | None) -> bool:
        """Somebody has decided about a call; whether that answers it."""
        call = self._asking.pop(call_id, None)
        if call is None:
            return False
        judged = self._gate(call) if refusal is None else Refusal(f"not run: {refusal}")
        match judged:
            case Leave() as leave:
                self._run(call, leave)
                return False
            case Refusal(why=why):
                self._refuse(call, why)
                return True

    def end(self, outcome: Outcome) -> bool:
        """A call has ended; whether that is news."""
        running = self._running.pop(outcome.call_id, None)
        if running is None:
            return False
        call, _ = running
        self._desk.result(call, outcome.content, failed=outcome.failed, seconds=outcome.seconds)
        return True

    def kill(self, call_id: CallId, reason: str) -> bool:
        """End a call; whether that answers it at once."""
        if call_id in self._running:
            self._desk.do(CancelTool(call_id, reason))
        elif call_id in self._asking:
            self._refuse(self._asking.pop(call_id), f"not run: {reason}")
            return True
        return False

    def cancel(self, reason: str) -> None:
        """End everything that runs."""
        for call_id in self._running:
            self._desk.do(CancelTool(call_id, reason))

    def cancel_open(self, reason: str) -> None:
        """End the calls that the view waits for."""
        for call_id in self._desk.state.open.keys() - self._asking.keys():
            self._desk.do(CancelTool(call_id, reason))

    def forget(self) -> Sequence[CallId]:
        """The conversation is to be cleared: ask no more about its calls; return those of them that run."""
        self._repetition.forget()
        opened = self._desk.state.open
        self._asking = {key: call for key, call in self._asking.items() if key not in opened}
        return [call_id for call_id in opened if call_id in self._running]

    def detach(self, wish: Detach) -> bool:
        """Let a call go on by itself, with a stub in its slot; whether that could be done.

        With a notice the stub says more, and the result is waited for (R17).
        """
        call = self._desk.state.open.get(wish.content)
        if call is None or not self._may_detach(call.call_id):
            return False
        self._desk.detached(call, wish.notice or STUB, promises=bool(wish.notice), deadline=wish.deadline)
        return True

    def make_way(self, *, for_user: bool) -> None:
        """Somebody must be heard while calls run: stub what can go on by itself (R5)."""
        for call_id, call in list(self._desk.state.open.items()):
            if call_id in self._asking and for_user:
                del self._asking[call_id]
                self._refuse(call, "not run: the user spoke instead")
            else:
                self.detach(Detach(content=call_id))

    def heard(self) -> None:
        """Somebody spoke, so that a repeated call may have a reason (R16)."""
        self._repetition.forget()

    def staleness(self) -> int:
        """How many rounds in a row, with this one, repeated earlier ones (R16); polling does not count."""
        polling = {call_id for call_id, leave in self._leaves.items() if leave.polls}
        return self._repetition.count(
            [pair for pair in self._desk.state.last_round() if pair[0].call_id not in polling],
            {call_id: leave.volatile for call_id, leave in self._leaves.items() if leave.volatile},
        )

    def _run(self, call: ToolCall, leave: Leave) -> None:
        self._running[call.call_id] = (call, leave)
        self._leaves[call.call_id] = leave
        self._desk.do(RunTool(call))

    def _refuse(self, call: ToolCall, why: str) -> None:
        self._desk.result(call, text_parts(why), failed=True)

    def _may_detach(self, call_id: CallId) -> bool:
        return call_id in self._running and self._running[call_id][1].detachable

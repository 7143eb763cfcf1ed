"""The calls that wait for leave, whoever gives it: a person, or the program at the end of a stream."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from sagent.atoms import CallId
from sagent.children import ASKER
from sagent.schema.message import ToolCall

if TYPE_CHECKING:
    from sagent.agent import Agent

NOBODY: Final = "leave has to be asked for, and nobody is left to give it"


class Approval:
    """Asks a surface about calls, and hands back what it decides."""

    def __init__(self) -> None:
        self._agent: Agent | None = None
        self._show: Callable[[ToolCall], None] = lambda _: None
        self._gone: Callable[[ToolCall], None] = lambda _: None
        self._waiting: dict[CallId, tuple[ToolCall, asyncio.Future[str | None]]] = {}
        self._askers: dict[CallId, str] = {}
        self._closed = False

    def attach(
        self,
        agent: "Agent",
        show: Callable[[ToolCall], None],
        gone: Callable[[ToolCall], None] = lambda _: None,
    ) -> None:
        """Ask about this agent's calls: `show` puts a question, and `gone` hears that it is over."""
        self._agent, self._show, self._gone = agent, show, gone

    async def __call__(self, call: ToolCall) -> str | None:
        """Ask, and return None where the call may run, or the reason why not."""
        if self._closed or self._agent is None:
            return NOBODY
        decided: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting[call.call_id] = call, decided
        self._askers[call.call_id] = ASKER.get()
        self._show(call)
        try:
            return await decided
        finally:
            del self._waiting[call.call_id], self._askers[call.call_id]
            self._gone(call)

    def reason(self, call: ToolCall) -> str:
        """Why a call is asked about."""
        return self._agent.judge(call).reason if self._agent else ""

    def asker(self, call: ToolCall) -> str:
        """The child that the call is one of, by its name; empty where the agent itself asks."""
        return self._askers.get(call.call_id, "")

    def waits(self, call_id: CallId) -> bool:
        """Whether nobody has decided about a call yet."""
        return call_id in self._waiting and not self._waiting[call_id][1].done()

    def decide(self, call_id: CallId, refusal: str | None) -> bool:
        """Take a decision: None is leave, words are the reason why not; whether the call waited for one."""
        if not self.waits(call_id):
            return False
        self._waiting[call_id][1].set_result(refusal)
        return True

    def allow_always(self, call_id: CallId) -> Sequence[str]:
        """Allow a call that waits, and those like it as long as the agent lives; the rules that do.

        There are none where no rule should allow it; then nothing is decided.
        """
        call, _ = self._waiting.get(call_id, (None, None))
        rules = self._agent.lasting(call) if self._agent and call else ()
        if self._agent and rules:
            self._agent.permissions = self._agent.permissions.allowing(*rules)
            self.reconsider()
        return rules

    def reconsider(self) -> None:
        """The policy is another: what it allows now need not wait."""
        for call_id, (call, _) in list(self._waiting.items()):
            ruling = self._agent.judge(call) if self._agent else None
            if ruling and ruling.effect != "ask":
                self.decide(call_id, None if ruling.effect == "allow" else ruling.reason)

    def refuse(self, why: str) -> None:
        """Let nothing run that waits."""
        for call_id in list(self._waiting):
            self.decide(call_id, why)

    def close(self) -> None:
        """Nobody decides any more: what waits, and whatever comes later, does not run."""
        self._closed = True
        self.refuse(NOBODY)

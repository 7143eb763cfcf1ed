"""Questions to the person at the terminal, one at a time, and what counts as an answer."""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sagent.cli.approval import Approval
from sagent.cli.paint import Paint, one_line
from sagent.cli.preview import heading, preview

if TYPE_CHECKING:
    from sagent.agent import Agent
    from sagent.schema.message import ToolCall

REFLEX: Final = 0.4
"""Seconds in which nobody can have read a question: what is begun within them was not meant for it."""

STOPPED: Final = "the user stopped it"

_ANSWER: Final = re.compile(r"(y|yes|a|always|n|no)(?:[\s,:;.!-]+(.*))?", re.IGNORECASE | re.DOTALL)


class Questions:
    """Those that wait; the first that is not decided yet is the one that is posed."""

    def __init__(
        self,
        write: Callable[[str], None],
        paint: Paint,
        *,
        clock: Callable[[], float] = time.monotonic,
        reflex: float = REFLEX,
    ) -> None:
        self.approval: Approval = Approval()
        self._write = write
        self._paint = paint
        self._clock = clock
        self._reflex = reflex
        self._agent: Agent | None = None
        self._queue: list[ToolCall] = []
        self._posed: ToolCall | None = None
        self._posed_at = 0.0
        self._lasting = False
        self._begun_at: float | None = None

    def attach(self, agent: "Agent") -> None:
        """Ask about this agent's calls."""
        self._agent = agent
        self.approval.attach(agent, self._ask, self._drop)

    @property
    def hint(self) -> str:
        """What can be pressed; empty where nothing is asked."""
        always = "a always · " if self._lasting else ""
        return f"y yes · {always}n no" if self._posed else ""

    def typed(self, text: str) -> None:
        """The line that is being typed is now this."""
        if not text:
            self._begun_at = None
        elif self._begun_at is None:
            self._begun_at = self._clock()

    def answers(self, line: str) -> bool:
        """Take a line as the answer, if it is one; else it is something that the user says."""
        begun, self._begun_at = self._begun_at, None
        said = _ANSWER.fullmatch(line)
        if self._posed is None or said is None:
            return False
        word, words = said[1][0].lower(), (said[2] or "").strip()
        if words and word[0] != "n":
            return False
        if begun is None or begun < self._posed_at + self._reflex:
            self._write(
                self._paint.yellow("that was begun before the question could be read: answer it again")
            )
            return True
        self._decide(self._posed, word[0], words)
        return True

    def stop(self) -> None:
        """Let nothing run that is asked about."""
        self.approval.refuse(STOPPED)

    def _decide(self, call: "ToolCall", word: str, words: str) -> None:
        if word == "a":
            rules = self.approval.allow_always(call.call_id)
            told = f"from now on, as long as this lasts: {', '.join(rules)}"
            self._write(
                self._paint.dim(one_line(told, 400))
                if rules
                else self._paint.yellow("no rule should allow this for good: answer y or n")
            )
        else:
            refusal = f"the user said: {words}" if words else "the user said no"
            self.approval.decide(call.call_id, None if word == "y" else refusal)

    def _ask(self, call: "ToolCall") -> None:
        self._queue.append(call)
        if self._posed is None:
            self._pose()

    def _drop(self, call: "ToolCall") -> None:
        self._queue.remove(call)
        if self._posed is call:
            self._posed = None
            self._pose()

    def _pose(self) -> None:
        call = next((each for each in self._queue if self.approval.waits(each.call_id)), None)
        if call is None:
            return
        self._posed = call
        rules = self._agent.lasting(call) if self._agent else ()
        self._lasting = bool(rules)
        always = f"a always ({one_line(', '.join(rules))}) · " if rules else ""
        who = self.approval.asker(call)
        what = f"{one_line(who)}: {heading(call)}" if who else heading(call)
        self._write(f"{self._paint.yellow('?')} {self._paint.bold(what)}")
        self._write(preview(call, self._paint))
        self._write(self._paint.dim(f"  {one_line(self._reason(call), 400)}"))
        self._write(self._paint.yellow(f"  y yes · {always}n no, or n and why"))
        self._posed_at = self._clock()

    def _reason(self, call: "ToolCall") -> str:
        """Why it is asked; the command is left out where the whole of it has just been shown."""
        command = call.content.get("command")
        reason = self.approval.reason(call)
        return reason.removesuffix(f": {command.strip()}") if isinstance(command, str) else reason

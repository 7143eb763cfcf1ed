"""The mail that has been accepted and has not entered the view: what enters next, and in which order."""

from collections.abc import Iterator, Sequence
from typing import Final

from sagent.errors import InboxFull
from sagent.loop.state import Pending, State
from sagent.loop.turn import Turn
from sagent.schema.message import LimitsChanged, ModelChanged, Prompt, System, ToolResult, ToolsChanged
from sagent.schema.signal import Letter

MOST: Final = 1_000
"""How many letters of agents and of the background are kept that have not entered the view."""


class Mailbag:
    """What the next drain takes: the user's words, then changes, then everything else (R2).

    A prompt that asks for another output than the turn's waits for its end, and so do those behind it in its
    queue, so that nobody overtakes it; words of the system and outcomes do not.
    """

    __slots__ = ("_begun", "_state", "asker", "entering")

    def __init__(self, state: State, turn: Turn) -> None:
        self._state = state
        self._begun = turn.begun
        self.asker: Prompt | None = state.asker
        """The prompt that says what the answer has to fit, once these have entered."""
        front: list[Pending] = []
        changes: list[Pending] = []
        back: list[Pending] = []
        for kept in state.pending.values():
            match kept:
                case Prompt(author="user"):
                    front.append(kept)
                case Prompt() | ToolResult():
                    back.append(kept)
                case System() | ModelChanged() | ToolsChanged() | LimitsChanged():
                    changes.append(kept)
        self.entering: Sequence[Pending] = (*self._heard(front), *changes, *self._heard(back))
        """All of it, in order."""

    @property
    def mail_waits(self) -> bool:
        """Whether there is anything that a model would have to be told."""
        return any(isinstance(kept, Prompt | ToolResult) for kept in self.entering)

    @property
    def user_waits(self) -> bool:
        """Whether the user has spoken."""
        return any(prompt.author == "user" for prompt in self.prompts)

    @property
    def urgent_waits(self) -> bool:
        """Whether somebody has spoken who must not wait for running calls."""
        return any(is_urgent(self._state, prompt) for prompt in self.prompts)

    @property
    def changes(self) -> Sequence[Pending]:
        """What is to be otherwise from now on."""
        return [kept for kept in self.entering if not isinstance(kept, Prompt | ToolResult)]

    @property
    def prompts(self) -> Sequence[Prompt]:
        """What somebody has said."""
        return [kept for kept in self.entering if isinstance(kept, Prompt)]

    def _heard(self, queue: Sequence[Pending]) -> Iterator[Pending]:
        waits = False
        for kept in queue:
            if isinstance(kept, Prompt) and kept.author != "system":
                known = self.asker.output if self.asker else None
                another = kept.output is not None and kept.output != known
                waits = waits or (another and self._begun)
                if waits:
                    continue
                if another:
                    self.asker = kept
                self._begun = True
            yield kept


def is_urgent(state: State, prompt: Prompt) -> bool:
    """Whether running calls must not keep it waiting: the user's, or from inside one of them (R5)."""
    return prompt.author == "user" or prompt.call_id in state.open


def admit(state: State, letter: Letter, most: int) -> None:
    """Let a letter in: the user's, the system's, and what was asked for, always; another's while few wait.

    Raises:
        InboxFull: too many do.
    """
    if not _is_bounded(letter) or len(state.pending) + len(state.timers) < most:
        return
    waiting = sum(isinstance(kept, Prompt) and _is_bounded(kept) for kept in state.pending.values())
    planned = [plan.content for plan in state.timers.values()]
    waiting += sum(isinstance(plan, Letter) and _is_bounded(plan) for plan in planned)
    if waiting >= most:
        raise InboxFull(f"the agent has {waiting:,} unread letters and takes no more until it has read some")


def _is_bounded(mail: Letter | Prompt) -> bool:
    return mail.author in {"peer", "background"} and not mail.errand

"""Who waits for an answer, and what the turn has consumed."""

from collections.abc import Iterable, Sequence
from typing import Final

from sagent.atoms import MessageId
from sagent.loop.resolution import Answered
from sagent.messages.usage import NOTHING_SPENT, added, cost_together
from sagent.messages.words import reasons, visible_text
from sagent.schema.event import Done
from sagent.schema.message import ModelResponse, ResponsePart, Summary
from sagent.schema.values import ModelSpec, StopReason

OTHERWISE: Final = "ask in another way, or choose another model"


class Turn:
    """From the first prompt that is drained to the answer; may be lost with the process."""

    __slots__ = (
        *("_awaited", "_cost", "_usage", "answered", "asked", "begun", "empties", "failed"),
        *("misfits", "repaired", "resends", "shortened"),
    )

    def __init__(self) -> None:
        self._awaited: set[MessageId] = set()
        self._begin()

    def _begin(self) -> None:
        self.asked: dict[MessageId, None] = {}
        """The prompts that have been drained since the last answer and that somebody waits for."""
        self.answered: Answered | None = None
        """What the model has answered them, while a job that they wait for still runs."""
        self.failed: list[ModelSpec] = []
        """The models that others have stood in for in this turn."""
        self.repaired: bool = False
        """Whether a history that was refused has been repaired since the last response that was not."""
        self.shortened: bool = False
        """Whether one that was too long has been condensed since."""
        self.begun: bool = False
        """Whether anybody has been heard; only who begins a turn can say what its answer has to fit."""
        self.resends: int = 0
        self.empties: int = 0
        self.misfits: int = 0
        self._usage = NOTHING_SPENT
        self._cost: float | None = 0.0

    def accept(self, prompt: MessageId) -> None:
        """Somebody may wait for the answer to this prompt."""
        self._awaited.add(prompt)

    def desert(self, prompt: MessageId) -> None:
        """Nobody waits for it any more."""
        self._awaited.discard(prompt)

    def hear(self, prompts: Sequence[MessageId]) -> None:
        """These have entered the conversation; who waits for one of them waits for this turn."""
        self.begun = self.begun or bool(prompts)
        self.asked.update(dict.fromkeys(prompt for prompt in prompts if prompt in self._awaited))

    def awaits(self, prompts: Iterable[MessageId]) -> bool:
        """Whether somebody waits for the answer to one of these."""
        return not self._awaited.isdisjoint(prompts)

    def forgive(self) -> None:
        """What went wrong before is past."""
        self.resends = self.empties = 0
        self.repaired = self.shortened = False

    def charge(self, response: ModelResponse | Summary) -> None:
        """Count what a response consumed."""
        self._usage = added(self._usage, response.usage)
        self._cost = cost_together(self._cost, response.cost_usd)

    def done(self, context_tokens: int) -> Done:
        """The turn's account."""
        return Done(content=self._usage, cost_usd=self._cost, context_tokens=context_tokens)

    def end(self) -> Sequence[MessageId]:
        """Return whoever waits for a prompt that was drained, once; a new turn begins."""
        asked = self.asked
        self._begin()
        return self._told(asked)

    def end_all(self) -> Sequence[MessageId]:
        """Return everybody who waits, drained or not, once; a new turn begins."""
        self._begin()
        return self._told(sorted(self._awaited))

    def dismiss(self, prompt: MessageId) -> Sequence[MessageId]:
        """Return the prompt if anybody waits for it, once."""
        return self._told([prompt])

    def _told(self, prompts: Iterable[MessageId]) -> Sequence[MessageId]:
        told = tuple(prompt for prompt in prompts if prompt in self._awaited)
        self._awaited.difference_update(told)
        return told


def answer_text(content: Sequence[ResponsePart], stop: StopReason) -> str:
    """The text of an answer; where there is none, a person is told why."""
    text = visible_text(content)
    return text if text.strip() else _instead(reasons(content), stop) or text


def shortfall(model: ModelSpec | None, content: Sequence[ResponsePart], stop: StopReason) -> str:
    """Why an answer is not whole, and what to do about it, for a person; empty where it is."""
    whose = f"{model.provider} {model.model}" if model else "the model"
    reason = reasons(content)
    why = f" ({reason})" if reason else ""
    match stop:
        case "refusal":
            return f"{whose} has declined to answer{why}: {OTHERWISE}"
        case "filter":
            return f"the filter of {whose} has cut the answer off{why}: {OTHERWISE}"
        case "length":
            return f"the output limit of {whose} has cut the answer off: raise it, or ask for the rest"
        case "malformed_call":
            return f"{whose} has sent malformed tool calls, which were not run: {OTHERWISE}"
        case "end" | "tool_calls" | "pause" | "interrupted" | "failed":
            return ""


def _instead(reason: str, stop: StopReason) -> str:
    match stop:
        case "refusal":
            return f"[{reason}]" if reason else "[the model declined to answer]"
        case "filter":
            return f"[{reason}]" if reason else "[the provider's filter withheld the answer]"
        case "length":
            return "[the output limit was used up before the answer began; raise it and ask again]"
        case "malformed_call":
            return "[the model's tool call came out malformed each time, and was not run]"
        case "end" | "tool_calls" | "pause" | "interrupted" | "failed":
            return ""

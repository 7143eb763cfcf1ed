"""What a session consumed: by turn, by model, and as a whole."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from json import loads
from pathlib import Path
from typing import Final

from sagent.errors import Malformed
from sagent.lib.value import frozen
from sagent.messages.usage import NOTHING_SPENT, added, cost_together
from sagent.schema.codec import decode_kept
from sagent.schema.message import AgentEnded, Kept, ModelResponse, Summary
from sagent.schema.values import Usage

_CHARGED: Final = (b'"multipart/x-model-response"', b'"multipart/x-summary"', b'"application/x-agent-ended"')


@frozen(kw_only=True)
class Entry:
    """One request, or all of an agent that was spawned, and of those below it."""

    model: str
    usage: Usage
    cost_usd: float | None
    """None where the price is unknown."""


@frozen(kw_only=True)
class Ledger:
    """All requests of a log, in order."""

    entries: Sequence[Entry]
    below: Sequence[Entry] = ()
    """What agents consumed that were spawned and have ended, whose requests are in logs of their own."""

    @property
    def usage(self) -> Usage:
        """What all of them consumed together."""
        spent = NOTHING_SPENT
        for entry in (*self.entries, *self.below):
            spent = added(spent, entry.usage)
        return spent

    @property
    def cost_usd(self) -> float | None:
        """What they cost together in US dollars; None where the price of any is unknown."""
        cost: float | None = 0.0
        for entry in (*self.entries, *self.below):
            cost = cost_together(cost, entry.cost_usd)
        return cost

    @property
    def models(self) -> Sequence[str]:
        """Who answered, each once, in the order of first answers."""
        return tuple(dict.fromkeys(entry.model for entry in self.entries if entry.model))


def ledger_of(messages: Iterable[Kept]) -> Ledger:
    """The requests of some messages; of a session those of all its branches count."""
    entries, below = list[Entry](), list[Entry]()
    for message in messages:
        if isinstance(message, ModelResponse | Summary):
            entries.append(Entry(model=message.model, usage=message.usage, cost_usd=message.cost_usd))
        elif isinstance(message, AgentEnded):
            below.append(Entry(model="", usage=message.usage, cost_usd=message.cost_usd))
    return Ledger(entries=entries, below=tuple(below))


def skimmed(file: Path) -> Ledger:
    """The requests of a log, of which nothing else is read; broken lines are passed over."""
    found: list[Kept] = []
    try:
        with file.open("rb") as lines:
            for line in lines:
                if any(kind in line for kind in _CHARGED):
                    with suppress(ValueError, Malformed):
                        found.append(decode_kept(loads(line.decode())))
    except OSError:
        pass  # it has gone meanwhile, or may not be read: whoever lists it says so
    return ledger_of(found)

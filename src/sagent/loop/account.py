"""What an agent has spent, and what is set aside."""

from dataclasses import dataclass
from typing import Final

from sagent.messages.usage import NOTHING_SPENT, added, less
from sagent.protocols import Reply
from sagent.schema.message import AgentEnded, ModelResponse, Reserved, Summary
from sagent.schema.values import StopReason, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What the requests for one summary have consumed together."""

    model: str = ""
    """Who really answered last; empty where nobody has yet."""
    usage: Usage = NOTHING_SPENT
    cost_usd: float | None = 0.0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.usage.input_tokens + self.usage.output_tokens

    def reply(self, stop: StopReason) -> Reply:
        """All of them as one that came to nothing."""
        return Reply(
            content=(), model=self.model, stop=stop, usage=self.usage, cost_usd=self.cost_usd, native=()
        )

    def plus(self, reply: Reply) -> "Drawn":
        """One request more."""
        known = self.cost_usd is not None and reply.cost_usd is not None
        return Drawn(
            model=reply.model,
            usage=added(self.usage, reply.usage),
            cost_usd=(self.cost_usd or 0.0) + (reply.cost_usd or 0.0) if known else None,
        )


UNDRAWN: Final = Drawn()
"""Nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What an agent, or several together, have used."""

    usage: Usage = NOTHING_SPENT
    cost_usd: float | None = 0.0
    """None where the price of anything is unknown."""
    charged_usd: float = 0.0
    """What counts against a budget."""
    charged_tokens: int = 0

    def plus(self, other: "Bill | AgentEnded") -> "Bill":
        """Both together."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Bill(
            usage=added(self.usage, other.usage),
            cost_usd=(self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
            charged_usd=self.charged_usd + other.charged_usd,
            charged_tokens=self.charged_tokens + other.charged_tokens,
        )

    def since(self, earlier: "Bill") -> "Bill":
        """What has come to it since."""
        known = self.cost_usd is not None and earlier.cost_usd is not None
        return Bill(
            usage=less(self.usage, earlier.usage),
            cost_usd=max(0.0, (self.cost_usd or 0.0) - (earlier.cost_usd or 0.0)) if known else None,
            charged_usd=max(0.0, self.charged_usd - earlier.charged_usd),
            charged_tokens=self.charged_tokens - earlier.charged_tokens,
        )


NO_BILL: Final = Bill()
"""Nothing was used."""


@dataclass(slots=True)
class Account:
    """What an agent has spent, and what is set aside."""

    spent: Usage = NOTHING_SPENT
    cost_usd: float = 0.0
    unpriced: int = 0
    """How many responses had no known price."""
    charged_usd: float = 0.0
    """What counts against the budget: what was spent, and what was set aside where that is unknown."""
    charged_tokens: int = 0
    reserved: Reserved | None = None
    """What is set aside for the request that is under way."""
    below: Bill = NO_BILL
    """What its children have used that have ended, and theirs."""

    @property
    def bill(self) -> Bill:
        """What it has used, with its children that have ended, and with what is set aside."""
        own = Bill(
            usage=self.spent,
            cost_usd=None if self.unpriced else self.cost_usd,
            charged_usd=self.charged_usd + (self.reserved.content if self.reserved else 0.0),
            charged_tokens=self.charged_tokens + (self.reserved.tokens if self.reserved else 0),
        )
        return own.plus(self.below)

    def charge(self, response: ModelResponse | Summary) -> None:
        """Count what was spent; against the budget, where that is not said, what was set aside."""
        self.spent = added(self.spent, response.usage)
        if response.cost_usd is None:
            self.unpriced += 1
        else:
            self.cost_usd += response.cost_usd
        used = response.usage.input_tokens + response.usage.output_tokens
        aside, self.reserved = self.reserved, None
        self.charged_tokens += used or (aside.tokens if aside else 0)
        unknown = aside.content if aside else 0.0
        self.charged_usd += response.cost_usd if response.cost_usd is not None and used else unknown

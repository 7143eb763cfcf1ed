"""What an agent has spent, and what is set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sagent.lib.value import frozen
from sagent.loop.caching import Miss, missed
from sagent.loop.spending import Spending, Spent
from sagent.messages.usage import NOTHING_SPENT, added, less
from sagent.protocols import Reply
from sagent.schema.message import AgentEnded, ModelResponse, Reserved, Summary
from sagent.schema.values import ModelSpec, StopReason, Usage


@frozen(kw_only=True)
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


@frozen(kw_only=True)
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
        """What has come to it since; nothing where the earlier one counts what this has yet to hear of."""
        known = self.cost_usd is not None and earlier.cost_usd is not None
        return Bill(
            usage=less(self.usage, earlier.usage),
            cost_usd=max(0.0, (self.cost_usd or 0.0) - (earlier.cost_usd or 0.0)) if known else None,
            charged_usd=max(0.0, self.charged_usd - earlier.charged_usd),
            charged_tokens=max(0, self.charged_tokens - earlier.charged_tokens),
        )


NO_BILL: Final = Bill()
"""Nothing was used."""


@dataclass(slots=True)
class Account:
    """What an agent has spent, and what is set aside."""

    models: Sequence[Spent] = ()
    """What was spent, by model."""
    charged_usd: float = 0.0
    """What counts against the budget: what was spent, and what was set aside where that is unknown."""
    charged_tokens: int = 0
    reserved: Reserved | None = None
    """What is set aside for the request that is under way."""
    below: Bill = NO_BILL
    """What its children have used that have ended, and theirs."""
    changed: Miss | None = None
    """What has changed since the last response, so that a cache may not hold."""
    last: ModelResponse | None = None
    """The last response that says what it consumed."""

    @property
    def bill(self) -> Bill:
        """What it has used, with its children that have ended, and with what is set aside."""
        own = Bill(
            usage=self.spending.usage,
            cost_usd=self.spending.cost_usd,
            charged_usd=self.charged_usd + (self.reserved.content if self.reserved else 0.0),
            charged_tokens=self.charged_tokens + (self.reserved.tokens if self.reserved else 0),
        )
        return own.plus(self.below)

    @property
    def spending(self) -> Spending:
        """What was spent."""
        return Spending(self.models)

    def charge(self, response: ModelResponse | Summary, spec: ModelSpec | None) -> None:
        """Count what was spent; against the budget, where that is not said, what was set aside."""
        provider, model = (spec.provider, spec.model) if spec else ("", response.model)
        spent = Spent(
            provider=provider,
            model=model,
            requests=1,
            usage=response.usage,
            known_usd=response.cost_usd or 0.0,
            unpriced=1 if response.cost_usd is None else 0,
        )
        if isinstance(response, ModelResponse) and response.usage.input_tokens:
            miss = missed(self.last, self.changed, response)
            spent = replace(spent, misses=((miss, 1),)) if miss else replace(spent, hits=1)
            self.last, self.changed = response, None
        self.models = self.spending.plus(Spending((spent,))).models
        used = response.usage.input_tokens + response.usage.output_tokens
        aside, self.reserved = self.reserved, None
        self.charged_tokens += used or (aside.tokens if aside else 0)
        unknown = aside.content if aside else 0.0
        self.charged_usd += response.cost_usd if response.cost_usd is not None and used else unknown

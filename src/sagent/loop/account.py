"""What an agent has spent, and what is set aside."""

from dataclasses import dataclass

from sagent.messages.usage import NOTHING_SPENT, added
from sagent.schema.message import ModelResponse, Reserved, Summary
from sagent.schema.values import Usage


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

"""What agents hold of a budget: spent for good, or set aside for a request that is under way."""

from dataclasses import dataclass
from typing import Final

from sagent.loop.account import Account
from sagent.loop.spending import UNSPENT, Spending


@dataclass(slots=True, kw_only=True)
class Held:
    """What counts against a budget."""

    usd: float = 0.0
    """Spent for good."""
    tokens: int = 0
    aside_usd: float = 0.0
    """Set aside for requests that are under way."""
    aside_tokens: int = 0
    requests: int = 0
    """How many these are."""
    spending: Spending = UNSPENT
    """What was spent: by the agent in its whole log, by its descendants in this process and before."""

    def shift(self, before: "Held", after: "Held") -> None:
        """What somebody held has become something else."""
        self.usd += after.usd - before.usd
        self.tokens += after.tokens - before.tokens
        self.aside_usd += after.aside_usd - before.aside_usd
        self.aside_tokens += after.aside_tokens - before.aside_tokens
        self.requests += after.requests - before.requests
        if after.spending.models is not before.spending.models:
            self.spending = self.spending.plus(after.spending).plus(before.spending, -1)
        if not self.requests:
            self.aside_usd = 0.0  # sums and differences of such numbers leave traces


NOTHING: Final = Held()
"""Not to be changed."""


def held_by(account: Account | None) -> Held:
    """What one agent holds, its descendants left out."""
    if account is None:
        return NOTHING
    aside = account.reserved
    return Held(
        usd=account.charged_usd,
        tokens=account.charged_tokens,
        aside_usd=aside.content if aside else 0.0,
        aside_tokens=aside.tokens if aside else 0,
        requests=1 if aside else 0,
        spending=account.spending,
    )

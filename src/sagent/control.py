"""What an agent may see and change of itself, as tools and callers find it."""

from collections.abc import Sequence
from typing import Protocol

from sagent.lib.json import JsonObject
from sagent.schema.tools.agent_self import AgentSelfDirective
from sagent.schema.values import Standing


class Control(Protocol):
    """An agent's hold on itself."""

    @property
    def standing(self) -> Standing:
        """How it says that its work stands."""
        ...

    def diagnostics(self) -> JsonObject:
        """What it has used and has left, and what it works with."""
        ...

    async def catalog(self, what: str, /) -> Sequence[str]:
        """A line for each of the `providers`, or for each model of the provider that is named.

        Raises:
            UsageError: there is no such provider.
        """
        ...

    async def change(self, patch: AgentSelfDirective, /) -> Sequence[str]:
        """Make all changes of a patch from the next request on, or none; return a line for each.

        Raises:
            UsageError: something of it does not fit, so nothing was done.
        """
        ...

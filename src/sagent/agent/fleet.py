"""Fleet: agents that work side by side, and end together."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from typing_extensions import override

from sagent.agent.agent import Agent
from sagent.agent.children import AgentChildren
from sagent.agent.parent import Parent
from sagent.children import TREE_LIMITS, TreeLimits
from sagent.protocols import Model, Session, Tool
from sagent.schema.message import ToolCall

if TYPE_CHECKING:
    from sagent.permissions.policy import Policy


class Fleet(Parent):
    """A parent that has no conversation of its own: its children are spawned, mapped and ended by code."""

    def __init__(
        self,
        model: Model,
        system: str = "",
        tools: Sequence[Tool] = (),
        *,
        name: str = "Fleet",
        session: Session | None = None,
        session_dir: Path | None = None,
        workspace: Path | None = None,
        max_budget_usd: float | None = None,
        max_budget_tokens: int | None = None,
        permissions: "Policy | None" = None,
        approve: Callable[[ToolCall], Awaitable[str | None]] | None = None,
        tree_limits: TreeLimits = TREE_LIMITS,
    ) -> None:
        """What its children are, and where their logs lie; all as with an `Agent`.

        Raises:
            UsageError: a model, a tool or the policy is none, or two tools have one name.
        """
        self._root = Agent(
            model,
            system,
            tools,
            name=name,
            session=session,
            session_dir=session_dir,
            workspace=workspace,
            max_budget_usd=max_budget_usd,
            max_budget_tokens=max_budget_tokens,
            permissions=permissions,
            approve=approve,
            tree_limits=tree_limits,
        )

    @property
    @override
    def children(self) -> AgentChildren:
        return self._root.children

    @property
    def session_id(self) -> str:
        """The name of its log, below which those of its children lie."""
        return self._root.session_id

    async def aclose(self) -> None:
        """End all children, and return when they are gone."""
        await self._root.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

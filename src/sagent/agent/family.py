"""What all agents of one tree share: how far it may grow."""

from sagent.children import TreeLimits
from sagent.errors import ToolError


class Family:
    """One tree of agents."""

    def __init__(self, limits: TreeLimits) -> None:
        self.limits: TreeLimits = limits
        self._spawned = 0

    def admit(self, depth: int) -> None:
        """Count one more agent that a model spawns, so many generations below the first.

        Raises:
            ToolError: the tree may not grow so far.
        """
        limits = self.limits
        if depth > limits.max_depth:
            raise ToolError(
                f"no agent is spawned: it would be {depth} generations below the first agent, and "
                f"{limits.max_depth} are allowed; do it yourself"
            )
        if self._spawned >= limits.max_children:
            raise ToolError(
                f"no agent is spawned: {self._spawned} have been spawned in all, and no more are allowed; "
                "do it yourself"
            )
        self._spawned += 1

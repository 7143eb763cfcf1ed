"""A change of an agent, as it is asked for."""

from collections.abc import Sequence

from sagent.atoms import ToolName
from sagent.lib.value import frozen
from sagent.schema.tool import ToolDefinition
from sagent.schema.values import Limits, ModelSpec, Standing


@frozen(kw_only=True)
class Change:
    """The agent's configuration from now on; what is None stays as it is."""

    system: str | None = None
    tools: Sequence[ToolDefinition] | None = None
    off: Sequence[ToolName] = ()
    """Where the tools change: those at hand that are turned off."""
    model: ModelSpec | None = None
    limits: Limits | None = None
    standing: Standing | None = None
    by: str = ""
    """The name of the agent that wants it; empty where its user or its program does."""
    reason: str = ""

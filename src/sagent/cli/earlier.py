"""What a log says of the agent that wrote it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Self

from sagent.lib.value import frozen
from sagent.schema.message import (
    AgentEnded,
    AgentSpawned,
    Cleared,
    CwdChanged,
    Detached,
    Drained,
    FilesChanged,
    JobStarted,
    Kept,
    LimitsChanged,
    ModelChanged,
    ModelResponse,
    Prompt,
    Quarantined,
    Repaired,
    Reserved,
    Restored,
    Scheduled,
    StatusChanged,
    Summary,
    System,
    Thinned,
    ToolResult,
    ToolsChanged,
    Withdrawn,
)
from sagent.schema.values import Limits, ModelSpec


@frozen(kw_only=True)
class Earlier:
    """What a log says of the agent that wrote it; None is not said."""

    system: str | None = None
    tools: Sequence[str] | None = None
    """Those that it was given, turned off or not."""
    model: ModelSpec | None = None
    limits: Limits | None = None

    @classmethod
    def of(cls, log: Iterable[Kept]) -> Self:
        """What was said last."""
        said = cls()
        for message in log:
            match message:
                case System():
                    said = replace(said, system=message.content)
                case ToolsChanged():
                    said = replace(
                        said, tools=[*(tool.name for tool in message.content), *(message.off or ())]
                    )
                case ModelChanged():
                    # Tools are logged as they change, and at first there are none.
                    said = replace(said, model=message.content, tools=said.tools or ())
                case Prompt() | ModelResponse() | ToolResult() | Detached():
                    pass
                case LimitsChanged():
                    said = replace(said, limits=message.content)
                case Drained() | Withdrawn() | Cleared() | CwdChanged() | Reserved() | Repaired():
                    pass
                case Scheduled() | JobStarted() | Summary() | Restored() | FilesChanged() | Thinned():
                    pass
                case StatusChanged() | AgentSpawned() | AgentEnded() | Quarantined():
                    pass
        return said

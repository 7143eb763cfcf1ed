"""What has to be changed so that an agent is as it is wanted."""

from sagent.loop.change import Change
from sagent.loop.state import State
from sagent.schema.message import LimitsChanged, ModelChanged, Prompt, System, ToolResult, ToolsChanged


def difference(state: State, wanted: Change) -> Change:
    """What of a configuration is not yet in the log, waiting changes included."""
    system, tools, model, limits = state.system, state.tools, state.model, state.limits
    for kept in state.pending.values():
        match kept:
            case System():
                system = kept.content
            case ToolsChanged():
                tools = kept.content
            case ModelChanged():
                model = kept.content
            case LimitsChanged():
                limits = kept.content
            case Prompt() | ToolResult():
                pass
    return Change(
        system=wanted.system if wanted.system != system else None,
        tools=wanted.tools if wanted.tools is not None and tuple(wanted.tools) != tuple(tools) else None,
        off=wanted.off,
        model=wanted.model if wanted.model != model else None,
        limits=wanted.limits if wanted.limits != limits else None,
    )

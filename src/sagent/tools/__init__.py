"""The built-in tools, and the ways to make others of functions and of commands."""

from sagent.protocols import Tool
from sagent.tools.agent_self import AgentSelf
from sagent.tools.agent_send import AgentSend
from sagent.tools.agent_spawn import AgentSpawn
from sagent.tools.apply_patch import ApplyPatch
from sagent.tools.background_task import BackgroundTask
from sagent.tools.bash import Bash
from sagent.tools.definitions import external, external_tools
from sagent.tools.edit import Edit
from sagent.tools.external_tool import ExternalTool
from sagent.tools.function import FunctionTool, tool
from sagent.tools.glob import Glob
from sagent.tools.grep import Grep
from sagent.tools.list import List
from sagent.tools.read import Read
from sagent.tools.sandbox import Sandbox
from sagent.tools.terminal import Terminal
from sagent.tools.write import Write

__all__ = [
    "AgentSelf",
    "AgentSend",
    "AgentSpawn",
    "ApplyPatch",
    "BackgroundTask",
    "Bash",
    "Edit",
    "ExternalTool",
    "FunctionTool",
    "Glob",
    "Grep",
    "List",
    "Read",
    "Sandbox",
    "Terminal",
    "Write",
    "builtin",
    "external",
    "external_tools",
    "optional",
    "tool",
]


def builtin() -> tuple[Tool, ...]:
    """All built-in tools, new, but for the optional ones."""
    return (
        Read(),
        Write(),
        Edit(),
        ApplyPatch(),
        Glob(),
        Grep(),
        List(),
        Bash(),
        BackgroundTask(),
        AgentSelf(),
        AgentSend(),
        AgentSpawn(),
    )


def optional() -> tuple[Tool, ...]:
    """The built-in tools that are for special purposes, new."""
    return (Terminal(),)

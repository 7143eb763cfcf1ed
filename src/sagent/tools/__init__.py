"""The built-in tools, and the ways to make others of functions and of commands."""

from typing import TYPE_CHECKING, Final

from sagent.protocols import Tool
from sagent.tools.agent_self import AgentSelf
from sagent.tools.agent_send import AgentSend
from sagent.tools.agent_spawn import AgentSpawn
from sagent.tools.apply_patch import ApplyPatch
from sagent.tools.background_task import BackgroundTask
from sagent.tools.bash import Bash
from sagent.tools.edit import Edit
from sagent.tools.glob import Glob
from sagent.tools.grep import Grep
from sagent.tools.list import List
from sagent.tools.read import Read
from sagent.tools.sandbox import Sandbox
from sagent.tools.write import Write

if TYPE_CHECKING:
    from sagent.tools.definitions import external, external_tools
    from sagent.tools.external_tool import ExternalTool
    from sagent.tools.function import FunctionTool, tool
    from sagent.tools.terminal import Terminal

_HOMES: Final = {
    "ExternalTool": "external_tool",
    "FunctionTool": "function",
    "Terminal": "terminal",
    "external": "definitions",
    "external_tools": "definitions",
    "tool": "function",
}
"""Where those names live that a command line seldom needs; they are imported when first asked for."""

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
    from sagent.tools.terminal import Terminal

    return (Terminal(),)


if not TYPE_CHECKING:  # to checkers every name would be there, misspelt ones too

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'sagent.tools' has no attribute {name!r}")
        from importlib import import_module

        value: object = getattr(import_module(f"sagent.tools.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

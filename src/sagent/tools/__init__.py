"""The built-in tools, and the ways to make others of functions and of commands."""

from sagent.protocols import Tool
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
from sagent.tools.write import Write

__all__ = [
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
    "Write",
    "builtin",
    "external",
    "external_tools",
    "tool",
]


def builtin() -> tuple[Tool, ...]:
    """All built-in tools, new."""
    return Read(), Write(), Edit(), ApplyPatch(), Glob(), Grep(), List(), Bash(), BackgroundTask()

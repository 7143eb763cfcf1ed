"""Which tools a command line offers: built-in ones, and those that directories define."""

from collections.abc import Sequence
from pathlib import Path

from sagent.abilities import Needing
from sagent.errors import UsageError
from sagent.protocols import Tool
from sagent.tools import builtin, optional


def chosen_tools(names: str | None, folders: Sequence[Path] = ()) -> Sequence[Tool]:
    """The built-in tools, and those that directories define, of these names, separated by commas.

    `none` is none, and None or `all` the usual ones: the optional ones have to be named.

    Raises:
        UsageError: there is no such tool, a definition is wrong, or no tool of the directories is named.
    """
    defined = defined_tools(folders)
    tools = (*builtin(), *defined)
    if names is None or names.strip().lower() == "all":
        return tools
    if names.strip().lower() == "none":
        return ()
    typed = [name.strip() for name in names.split(",") if name.strip()]
    wanted = [name.lower() for name in typed]
    known = {tool.name.lower(): tool for tool in (*tools, *optional())}
    unknown = [name for name in typed if name.lower() not in {"all", *known}]
    if "all" in wanted:
        wanted += [tool.name.lower() for tool in tools]
    if unknown or not wanted:
        what = f"there is no tool {unknown[0]!r}" if unknown else "--tools names no tool"
        offer = ", ".join(tool.name for tool in known.values())
        raise UsageError(f"{what}; there are {offer}, and `none` for no tools at all")
    if defined and not any(tool.name.lower() in wanted for tool in defined):
        raise UsageError(f"no tool of --tool-dir may be used: only {names}; name them in --tools, too")
    return [tool for name, tool in known.items() if name in wanted]


def ready(tools: Sequence[Tool]) -> Sequence[Tool]:
    """The same tools, all of which can work here.

    Raises:
        UsageError: one takes a package that is not installed; the message names the command.
    """
    for tool in tools:
        if isinstance(tool, Needing):
            tool.check()
    return tools


def defined_tools(folders: Sequence[Path]) -> Sequence[Tool]:
    """The tools that directories define.

    Raises:
        UsageError: a definition is wrong, or names a tool that there is already.
    """
    if not folders:
        return ()
    from sagent.tools.definitions import distinct, external_tools

    tools = distinct([tool for folder in folders for tool in external_tools(folder)])
    known = {tool.name.lower() for tool in (*builtin(), *optional())}
    for tool in tools:
        if tool.name.lower() in known:
            raise UsageError(f"{tool.file}: at $.name: a built-in tool is called {tool.name} already")
    return tools

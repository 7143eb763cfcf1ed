"""Tools that run commands, as far as the user lets them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from sagent.protocols import Tool
from sagent.tools import Bash, Sandbox

Confines: TypeAlias = Literal["off", "network", "offline"]
"""Not at all, in a sandbox with the network, or without it."""


def confined(tools: Sequence[Tool], how: Confines | None) -> Sequence[Tool]:
    """The same tools, with those that run commands in a sandbox if that is asked for.

    Raises:
        UsageError: there is no bubblewrap, or the system does not let it.
    """
    if how is None or how == "off":
        return tools
    from sagent.tools import Terminal

    sandbox = Sandbox(network=how == "network")
    return [replace(tool, sandbox=sandbox) if isinstance(tool, Bash | Terminal) else tool for tool in tools]

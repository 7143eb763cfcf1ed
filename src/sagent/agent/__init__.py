"""The agent: the one room that knows everybody."""

import logging
from typing import TYPE_CHECKING

from sagent.agent.agent import Agent
from sagent.agent.asking import Said
from sagent.loop.phase import Status

if TYPE_CHECKING:
    from sagent.agent.fleet import Fleet

__all__ = ["Agent", "Fleet", "Said", "Status"]

logging.getLogger("sagent").addHandler(logging.NullHandler())


if not TYPE_CHECKING:  # to checkers every name would be there, misspelt ones too

    def __getattr__(name: str) -> object:
        if name != "Fleet":
            raise AttributeError(f"module 'sagent.agent' has no attribute {name!r}")
        from sagent.agent.fleet import Fleet

        globals()["Fleet"] = Fleet  # a command line seldom needs it, so it is imported when first asked for
        return Fleet

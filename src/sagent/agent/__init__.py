"""The agent: the one room that knows everybody."""

import logging

from sagent.agent.agent import Agent
from sagent.agent.asking import Said
from sagent.agent.fleet import Fleet
from sagent.loop.phase import Status

__all__ = ["Agent", "Fleet", "Said", "Status"]

logging.getLogger("sagent").addHandler(logging.NullHandler())

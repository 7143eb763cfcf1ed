"""Where an agent keeps its log, and how it goes on from it."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from sagent.agent.models import Models
from sagent.compaction.compactor import Compactor
from sagent.loop.core import Core
from sagent.loop.leave import Gate
from sagent.loop.state import State, fold
from sagent.messages.ids import Ids
from sagent.protocols import Session
from sagent.schema.message import Kept, ModelChanged
from sagent.schema.values import ModelSpec


def new_session(place: Path | None, workspace: Path) -> Session:
    """A log in a directory, or without one in memory.

    Raises:
        SessionError: it cannot be kept there.
    """
    if place is None:
        from sagent.sessions.memory import MemorySession

        return MemorySession()
    from sagent.sessions.shelf import Shelf

    return Shelf(place).create(workspace)


def resumed(
    path: Iterable[Kept], gate: Gate, models: Models, compactor: Compactor | None, max_attempts: int
) -> Core:
    """The core of an agent with this past.

    Raises:
        SessionError: the log contradicts itself.
    """
    return Core(
        fold(path),
        Ids(secrets.token_hex(3)),
        gate,
        meter=models.tariff,
        window=models.window,
        cut=None if compactor is None else compactor.cut,
        fallbacks=models.fallbacks,
        max_attempts=max_attempts,
    )


def upcoming(state: State) -> ModelSpec | None:
    """The model that the next request goes to."""
    changes = [kept.content for kept in state.pending.values() if isinstance(kept, ModelChanged)]
    return changes[-1] if changes else state.model

"""Where an agent keeps its log, and how it goes on from it."""

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from sagent.errors import UsageError
from sagent.loop.budget import Meter
from sagent.loop.core import Core
from sagent.loop.leave import Gate
from sagent.loop.state import State, fold
from sagent.messages.ids import Ids
from sagent.protocols import Model, Session
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
    path: Iterable[Kept], gate: Gate, meter: Meter, max_attempts: int, fallbacks: Sequence[Model]
) -> Core:
    """The core of an agent with this past.

    Raises:
        SessionError: the log contradicts itself.
    """
    return Core(
        fold(path),
        Ids(secrets.token_hex(3)),
        gate,
        meter=meter,
        fallbacks=[model.spec for model in fallbacks],
        max_attempts=max_attempts,
    )


def chosen(models: Sequence[Model], spec: ModelSpec) -> Model:
    """The newest of the models that a log means.

    Raises:
        UsageError: it is none of them.
    """
    for model in reversed(models):
        if model.spec == spec:
            return model
    raise UsageError(f"the log goes on with {spec.provider} {spec.model}, which this agent was not given")


def upcoming(state: State) -> ModelSpec | None:
    """The model that the next request goes to."""
    changes = [kept.content for kept in state.pending.values() if isinstance(kept, ModelChanged)]
    return changes[-1] if changes else state.model

"""What to do about a model call that failed (LOOP R10): pure."""

from collections.abc import Sequence
from typing import TypeAlias

from sagent.errors import Illegal, Overflow, ProviderError
from sagent.lib.value import frozen
from sagent.loop import retry
from sagent.loop.repair import Omission, omission
from sagent.loop.state import State
from sagent.loop.turn import Turn
from sagent.schema.values import ModelSpec


@frozen()
class Mend:
    """Leave this out of the history, and call again."""

    omission: Omission


@frozen()
class Shorten:
    """Have the conversation condensed, and call again."""


@frozen()
class Pause:
    """Call again after so many seconds."""

    seconds: float


@frozen()
class Relieve:
    """Let this model go on from `failed`."""

    failed: ModelSpec
    by: ModelSpec


Recovery: TypeAlias = Mend | Shorten | Pause | Relieve
"""A way on."""


def recovery(
    state: State,
    turn: Turn,
    error: ProviderError,
    attempt: int,
    *,
    max_attempts: int,
    fallbacks: Sequence[ModelSpec],
    condenses: bool,
) -> Recovery | None:
    """How to go on after attempt number `attempt`; None if only the user can say."""
    if isinstance(error, Illegal):
        found = omission(state, error, repaired=turn.repaired)
        if found is not None:
            return Mend(found)
    if isinstance(error, Overflow) and condenses and not turn.shortened:
        return Shorten()
    pause = retry.delay(attempt, error, state.head or "") if attempt < max_attempts else None
    if pause is not None:
        return Pause(pause)
    # Another model helps where it is the provider that fails and not the conversation.
    if state.model is None or isinstance(error, Illegal | Overflow):
        return None
    wanted = state.upcoming or state.model
    line = [spec for spec in (wanted, *fallbacks) if spec not in (state.model, *turn.failed)]
    return Relieve(state.model, line[0]) if line else None

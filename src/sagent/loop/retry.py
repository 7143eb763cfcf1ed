"""When to try a failed model call again: pure."""

from typing import Final

from sagent.errors import LONGEST_ASKED, BadAnswer, Overloaded, ProviderError, Quota, Unreachable

FIRST: Final = 0.5
LONGEST: Final = 30.0

TIRELESS_PAUSE: Final = 60.0
"""Seconds after which an agent that runs forever tries again what was unreachable (LOOP R20)."""


def delay(attempt: int, error: ProviderError, seed: str) -> float | None:
    """Seconds until the next attempt, after attempt number `attempt` failed so; None if it is no use.

    Doubles from half a second to half a minute, spread by a quarter either way: `seed` is a name of the call,
    so that two agents which failed in one moment do not come back in one. What the provider asks for comes
    first, unless it asks for no time at all: then everybody would come back at once.
    """
    import hashlib

    match error:
        case Overloaded(retry_after=float() | int() as asked) if asked > 0:
            return float(asked) if asked <= LONGEST_ASKED else None
        case Overloaded() | Unreachable() | BadAnswer():
            pause = min(FIRST * 2.0 ** min(attempt - 1, 10), LONGEST)
            words = f"{attempt} {seed}".encode(errors="replace")
            spread = hashlib.blake2b(words, digest_size=1).digest()[0] / 255
            return pause * (0.75 + 0.5 * spread)
        case _:
            return None


def comeback(error: ProviderError | None) -> float | None:
    """Seconds until an agent that runs forever tries again by itself; None if only somebody's word helps."""
    match error:
        case Quota(retry_after=float() | int() as asked) | Overloaded(retry_after=float() | int() as asked):
            return max(float(asked), TIRELESS_PAUSE)
        case Overloaded() | Unreachable():
            return TIRELESS_PAUSE
        case _:
            return None

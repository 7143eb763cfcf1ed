"""When to try a failed model call again: pure."""

from typing import Final

from sagent.errors import BadAnswer, Overloaded, ProviderError, Unreachable

FIRST: Final = 0.5
LONGEST: Final = 30.0
LONGEST_ASKED: Final = 120.0
"""A provider that asks for a longer pause than this is treated as out of service."""


def delay(attempt: int, error: ProviderError) -> float | None:
    """Seconds until the next attempt, after attempt number `attempt` failed so; None if it is no use.

    Doubles from half a second to half a minute, spread by a quarter either way (a function of the error's
    words, so that it can be tested); what the provider asks for comes first.
    """
    import hashlib

    match error:
        case Overloaded(retry_after=float() | int() as asked):
            return float(asked) if asked <= LONGEST_ASKED else None
        case Overloaded() | Unreachable() | BadAnswer():
            pause = min(FIRST * 2.0 ** min(attempt - 1, 10), LONGEST)
            words = f"{attempt} {error}".encode(errors="replace")
            spread = hashlib.blake2b(words, digest_size=1).digest()[0] / 255
            return pause * (0.75 + 0.5 * spread)
        case _:
            return None

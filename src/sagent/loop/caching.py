"""Why a provider's cache did not hold what a request had in common with the one before: pure."""

from typing import Final, Literal, TypeAlias

from sagent.schema.message import ModelResponse

Miss: TypeAlias = Literal["first", "short", "model", "history", "system", "tools", "expired", "unknown"]
"""Nothing had been asked before; too little was asked; another model was; what came before was condensed,
cleared or repaired; the system prompt or the tools changed; the last request was long ago; nobody knows."""

SHORTEST: Final = 1_024
"""Tokens below which no provider caches a request; some want up to 4,096."""

BRIEF: Final = 300.0
"""Seconds that a cache holds at least where it is used; most providers promise no more."""

LONG: Final = 3_600.0
"""The same where an hour was asked and paid for."""


def missed(before: ModelResponse | None, changed: Miss | None, response: ModelResponse) -> Miss | None:
    """Why less than half of what could be was read from a cache; None where more was.

    `before` answered the request before this one, `changed` is what has changed in between.
    """
    usage = response.usage
    common = usage.input_tokens if before is None else min(before.usage.input_tokens, usage.input_tokens)
    if 2 * usage.cache_read_tokens >= common and (usage.cache_read_tokens or before is not None):
        return None
    if usage.input_tokens < SHORTEST:
        return "short"
    if before is None:
        return "first"
    if _asked(before) != _asked(response):
        return "model"
    if changed is not None:
        return changed
    lifetime = LONG if before.usage.cache_write_1h_tokens else BRIEF
    return "expired" if response.timestamp - before.timestamp > lifetime else "unknown"


def _asked(response: ModelResponse) -> tuple[str, str]:
    return response.origin.provider, response.origin.model

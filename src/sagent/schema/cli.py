# Generated from schemas/cli.json by `python -m codegen`. Change the schema and run that again.
"""What the command line tells other programs."""

from __future__ import annotations

from dataclasses import dataclass

from sagent.schema.values import StopReason, Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why there is no answer."""

    kind: str
    """The name of the error in sagent.errors, such as Unauthorized."""
    message: str
    """What went wrong and what can be done, for a person to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one prompt, as --output-format json prints it."""

    answer: str | None
    """The answer's text, or what there was of it when it broke off; null if nothing was said."""
    session_id: str | None
    """The session that the prompt belongs to; null if none was begun."""
    model: str | None
    """The model that answered last; null if none did."""
    stop: StopReason | None
    """Why the last response ended; null if there was none."""
    usage: Usage
    """What all model calls for this prompt consumed together."""
    cost_usd: float | None
    """What they cost in US dollars; null where a price is unknown."""
    error: Problem | None
    """Why there is no answer; null if there is one."""

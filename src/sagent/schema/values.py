# Generated from schemas/atoms.json by `python -m codegen`. Change the schema and run that again.
"""The words that all other schemas are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject
from sagent.lib.value import frozen


@frozen(kw_only=True)
class FileState:
    """What a path of a file system leads to."""

    content: Blob
    """The file's bytes, or the words of a symbolic link."""
    mode: int | None
    """Its type and permissions, as in stat(2); null where the system decides on them."""


@frozen(kw_only=True)
class FileChange:
    """A file before and after a change."""

    path: str
    """The file, links followed: relative to the session's workspace where it is inside, else absolute."""
    before: FileState | None
    """What was there; null where nothing was."""
    after: FileState | None
    """What shall be there; null for nothing."""


@frozen(kw_only=True)
class Usage:
    """What one model call consumed, in tokens, counted the same way for every provider."""

    input_tokens: int
    """All input, the cached part included."""
    cache_read_tokens: int
    """The part of the input that was read from the provider's cache."""
    cache_write_tokens: int
    """The part of the input that was written to a cache for five minutes."""
    cache_write_1h_tokens: int
    """The part of the input that was written to a cache for an hour."""
    output_tokens: int
    """All output, the reasoning included."""
    reasoning_tokens: int
    """The part of the output that was reasoning."""


StopReason: TypeAlias = Literal["end", "tool_calls", "length", "pause", "refusal", "filter", "malformed_call", "interrupted", "failed"]
"""
Why a response ended: it was done, it wants tools run, the output limit cut it, the provider asks to
be called again, the model declined, a filter cut it, a call came out malformed, a person halted it,
or the connection failed.
"""


@frozen(kw_only=True)
class Origin:
    """Where a response comes from. What only its maker can read goes back only to the same origin."""

    provider: str
    """The provider's name, such as Google."""
    dialect: str
    """The wire format, such as google."""
    endpoint: str
    """The base URL."""
    model: str
    """The model that was asked for."""


@frozen(kw_only=True)
class ModelSpec:
    """Enough to build a model again."""

    provider: str
    """The provider's name, such as Google."""
    dialect: str
    """The wire format, such as google."""
    endpoint: str
    """The base URL."""
    model: str
    """The model's id at the provider."""
    options: JsonObject
    """What was set beside that, such as effort."""


@frozen(kw_only=True)
class Limits:
    """Where an agent stops by itself."""

    max_tool_call_rounds: int | None
    """How many rounds of tool calls one prompt may take; null is unlimited."""
    max_budget_usd: float | None
    """How many US dollars may be spent in all; null is unlimited."""
    max_budget_tokens: int | None
    """How many tokens may be read and written in all; null is unlimited."""


@frozen(kw_only=True)
class Rules:
    """What tool calls may do: the mode, and the rules that come before it."""

    mode: Literal["read-only", "default", "accept-edits", "full"]
    """What holds where no rule says anything."""
    allow: Sequence[str]
    """What runs."""
    ask: Sequence[str]
    """What is asked about."""
    deny: Sequence[str]
    """What does not run."""


@frozen(kw_only=True)
class Standing:
    """How an agent's work stands, in its own words; empty is not said."""

    status: str
    """What it is doing, in a word or two."""
    progress: str
    """What is done."""
    pending: str
    """What is left to do."""
    needs_user: str
    """What only the user can say or do."""


Fate: TypeAlias = Literal["answered", "failed", "killed", "lost"]
"""
How an agent that another one spawned has ended: its last answer was given, it halted or had none,
it was ended before it had one, or its process was gone.
"""


Author: TypeAlias = Literal["user", "peer", "background", "system"]
"""Who is speaking."""

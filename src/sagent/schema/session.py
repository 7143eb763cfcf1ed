# Generated from schemas/session.json by `python -m codegen`. Change the schema and run that again.
"""One line of a session's log."""

from __future__ import annotations

from typing import Literal, TypeAlias

from sagent.lib.value import frozen
from sagent.schema.message import Kept


@frozen(kw_only=True)
class SessionHeader:
    """The first line of a log."""

    descriptor: Literal["application/x-session"] = "application/x-session"
    version: int
    """The version of the log's format."""
    session_id: str
    """The session's name."""
    workspace: str
    """The directory it belongs to."""
    timestamp: float
    """When it began, in seconds since 1970 UTC."""


Line: TypeAlias = SessionHeader | Kept
"""One line of a log."""

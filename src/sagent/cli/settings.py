"""What a command line asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The flags that choose an agent; what is None is decided by what there is."""

    provider: str | None = None
    model: str | None = None
    system: str | None = None
    tools: str | None = None
    session: str | None = None
    """The beginning of the id of a session to go on with."""
    latest: bool = False
    """Whether to go on with the directory's latest session."""
    persist: bool = True

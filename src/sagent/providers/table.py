"""All providers by name: a new one is a row here, and a module of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sagent.errors import MissingKey, UsageError
from sagent.protocols import Model, Provider
from sagent.providers.google.provider import KEYS as GOOGLE_KEYS
from sagent.providers.google.provider import Google
from sagent.schema.values import ModelSpec


class Restoring(Provider, Protocol):
    """A provider that can build a model of an earlier day again."""

    def restored(self, spec: ModelSpec, /) -> Model:
        """The model that a log names.

        Raises:
            UsageError: this provider cannot have made it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of a provider before it is made."""

    keys: Sequence[str]
    """The environment variables that may hold its key."""
    from_env: Callable[[], Restoring]
    """Makes it; raises MissingKey where none of them is set."""


PROVIDERS: Final[Mapping[str, Row]] = {"Google": Row(keys=GOOGLE_KEYS, from_env=Google.from_env)}
"""Each provider by its name; where nobody says which, the first whose key is set."""


def provider_named(name: str) -> Restoring:
    """A provider by its name, in capitals or not.

    Raises:
        UsageError: there is none of that name.
        MissingKey: its key is not set.
    """
    for known, row in PROVIDERS.items():
        if known.lower() == name.lower():
            return row.from_env()
    raise UsageError(f"there is no provider {name!r}; there are {', '.join(PROVIDERS)}")


def default_provider(environ: Mapping[str, str]) -> Restoring:
    """The first provider whose key is set.

    Raises:
        MissingKey: none is.
    """
    for row in PROVIDERS.values():
        if any(environ.get(key, "").strip() for key in row.keys):
            return row.from_env()
    raise MissingKey("any provider", [key for row in PROVIDERS.values() for key in row.keys])

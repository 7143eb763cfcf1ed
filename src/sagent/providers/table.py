"""All providers by name; each is imported when it is asked for."""

from collections.abc import Mapping
from importlib import import_module

from sagent.errors import MissingKey, UsageError
from sagent.providers.cards import CARDS, Card
from sagent.providers.vendor import Vendor


def provider_named(name: str, *, headers: Mapping[str, str] | None = None) -> Vendor:
    """A provider by its name, in capitals or not; `headers` are sent along with every request.

    Raises:
        UsageError: there is none of that name.
        MissingKey: its key is not set.
    """
    for known, card in CARDS.items():
        if known.lower() == name.lower():
            return _class(card).from_env(headers=headers or {})
    raise UsageError(f"there is no provider {name!r}; there are {', '.join(CARDS)}")


def default_provider(environ: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Vendor:
    """The first provider whose key is set.

    Raises:
        MissingKey: none is.
    """
    for card in CARDS.values():
        if any(environ.get(key, "").strip() for key in card.keys):
            return _class(card).from_env(environ, headers=headers or {})
    raise MissingKey("any provider", [key for card in CARDS.values() for key in card.keys])


def _class(card: Card) -> type[Vendor]:
    found: object = getattr(import_module(card.home), card.name)
    if isinstance(found, type) and issubclass(found, Vendor):
        return found
    raise TypeError(f"{card.home} holds no provider {card.name}")

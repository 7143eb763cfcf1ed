"""Which providers there are: those that come along, that a program defines, and that packages bring."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from sagent.errors import UsageError
from sagent.providers.cards import CARDS, Card

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from sagent.providers.vendor import Vendor

GROUP: Final = "sagent.providers"
"""The entry points by which a package brings providers: the name of each, and its class."""


def enlist(provider: "type[Vendor]") -> None:
    """Know a provider by the name on its card from now on; those that come along stay what they are."""
    if provider.card.name not in CARDS:
        _ADDED[provider.card.name] = provider


def cards() -> Sequence[Card]:
    """All that are known by now, first those that come along."""
    return (*CARDS.values(), *(provider.card for provider in _ADDED.values()))


def every_card() -> Sequence[Card]:
    """The same with those of all packages.

    Raises:
        UsageError: a package names one, and does not have it.
    """
    for name in _entries():
        card_brought(name)
    return cards()


def card_of(name: str) -> Card | None:
    """The one of this name among those, in capitals or not, whichever account is behind it."""
    own = name.partition("@")[0].lower()
    return next((card for card in cards() if card.name.lower() == own), None)


def card_brought(name: str) -> Card | None:
    """The same, and if there is none, the one that a package brings; to look for it takes a moment, once.

    Raises:
        UsageError: a package names it, and does not have it.
    """
    entry = None if card_of(name) else _entries().get(name.partition("@")[0].lower())
    if entry is None:
        return card_of(name)
    try:
        entry.load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the provider {entry.name} cannot be loaded from {entry.value}: {error}") from error
    if card_of(name) is None:
        raise UsageError(f"the provider {entry.name} is not in {entry.value}: its card has another name")
    return card_of(name)


def added(card: Card) -> "type[Vendor] | None":
    """The class of a provider that does not come along."""
    return _ADDED.get(card.name)


def closest(name: str) -> str:
    """In words, which provider has a name like this one; empty if none has."""
    from difflib import get_close_matches

    names = {card.name.lower(): card.name for card in cards()}
    found = get_close_matches(name.partition("@")[0].lower(), names, n=1)
    return f" (did you mean {names[found[0]]}?)" if found else ""


_ADDED: Final[dict[str, "type[Vendor]"]] = {}
"""By their names, the last that was defined."""


@cache
def _entries() -> "Mapping[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {entry.name.lower(): entry for entry in entry_points(group=GROUP)}

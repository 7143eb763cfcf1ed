"""The places where models live, and the wires to them; each is imported when it is asked for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagent.providers.google.provider import Google

__all__ = ["Google"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    from sagent.providers.cards import CARDS

    card = CARDS.get(name)
    if card is None:
        raise AttributeError(f"module 'sagent.providers' has no attribute {name!r}")
    provider: object = getattr(import_module(card.home), name)
    globals()[name] = provider
    return provider

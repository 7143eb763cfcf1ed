"""The places where models live, and the wires to them; each is imported when it is asked for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagent.providers.anthropic.provider import Anthropic
    from sagent.providers.google.provider import Google
    from sagent.providers.openai.provider import OpenAI
    from sagent.providers.openai_chat.provider import OpenAICompat

__all__ = ["Anthropic", "Google", "OpenAI", "OpenAICompat"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    from sagent.providers.cards import CARDS

    card = CARDS.get(name)
    if card is None:
        raise AttributeError(f"module 'sagent.providers' has no attribute {name!r}")
    provider: object = getattr(import_module(card.home), name)
    globals()[name] = provider
    return provider

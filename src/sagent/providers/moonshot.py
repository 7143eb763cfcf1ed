"""Moonshot as a provider: Kimi, by API key."""

from typing import ClassVar

from sagent.providers import tolerance
from sagent.providers.cards import MOONSHOT, Card
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_chat.provider import OpenAICompat


class Moonshot(OpenAICompat):
    """Moonshot's models and the key to them; they want their thoughts back with every answer."""

    card: ClassVar[Card] = MOONSHOT
    manners: ClassVar[Manners] = Manners(
        effort="thinking",
        reasoning_filler=" ",
        schemas="moonshot",
        sampled="at one",
        form="object",
        files=tolerance.MOONSHOT,
    )

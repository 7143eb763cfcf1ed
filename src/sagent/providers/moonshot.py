"""Moonshot as a provider: Kimi, by API key."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from sagent.providers import tolerance
from sagent.providers.cards import MOONSHOT, Card
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_chat.provider import OpenAICompat

SWITCHED: Final = Manners(
    effort="thinking",
    efforts=(),
    reasoning_filler=" ",
    schemas="moonshot",
    sampled="at one",
    form="object",
    amends=True,
    files=tolerance.MOONSHOT,
)
"""Kimi K2.5 and K2.6, which think or do not."""

MODELS: Final[Sequence[tuple[str, Manners]]] = (
    (
        r"kimi-k([3-9]|\d\d)",
        replace(
            SWITCHED,
            effort="reasoning_effort",
            efforts=("low", "high", "max"),
            always_thinks=True,
            adds_tools=True,
        ),
    ),
    (r"kimi-k2\.7|kimi-.*thinking", replace(SWITCHED, effort="unsaid")),
    (r"kimi-k2\.5", replace(SWITCHED, amends=False)),
    (
        r"kimi-k2-|moonshot-",
        replace(SWITCHED, effort="unsaid", reasoning_filler="", amends=False, sampled="always"),
    ),
)
"""Those that differ: K3 knows words, K2.7 always thinks, K2.5 is told its instructions only once, older ones
never think (platform.moonshot.ai, 2026-11)."""


class Moonshot(OpenAICompat):
    """Moonshot's models and the key to them; they want their thoughts back with every answer."""

    card: ClassVar[Card] = MOONSHOT
    manners: ClassVar[Manners] = SWITCHED
    model_manners: ClassVar[Sequence[tuple[str, Manners]]] = MODELS

"""What is known of each provider beforehand: a new one is a card here, and a module of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A provider as a line of a table."""

    name: str
    """What people call it; its class has this name too."""
    keys: Sequence[str]
    """The environment variables that may hold its key, in this order."""
    place: str
    """The environment variable that names another base URL, as the vendor's own SDK calls it."""
    base_url: str
    """Empty where there is none that could be meant."""
    dialects: Sequence[str]
    """The wires that it speaks, first the one that is meant where none is named."""
    default: str
    """The model that is meant where none is named."""
    utility: str
    """A small and cheap model that calls tools, for side work."""
    prices: str
    """Whose prices hold, by the provider's id in genai-prices; empty where nobody knows."""
    keyless: bool = False
    """Whether it can be talked to without a key."""
    home: str = ""
    """The module that holds its class; empty where it is not looked up by name."""


GOOGLE: Final = Card(
    name="Google",
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    place="GOOGLE_GEMINI_BASE_URL",
    base_url="https://generativelanguage.googleapis.com",
    dialects=("google",),
    default="gemini-2.5-flash",
    utility="gemini-2.5-flash-lite",
    prices="google",
    home="sagent.providers.google.provider",
)

OPENAI: Final = Card(
    name="OpenAI",
    keys=("OPENAI_API_KEY",),
    place="OPENAI_BASE_URL",
    base_url="https://api.openai.com/v1",
    dialects=("openai_responses", "openai_chat"),
    default="gpt-6.1-sol",
    utility="gpt-6-luna",
    prices="openai",
    home="sagent.providers.openai.provider",
)

OPENAI_COMPAT: Final = Card(
    name="OpenAICompat",
    keys=("OPENAI_COMPAT_API_KEY",),
    place="OPENAI_COMPAT_BASE_URL",
    base_url="",
    dialects=("openai_chat",),
    default="",
    utility="",
    prices="",
    keyless=True,
    home="sagent.providers.openai_chat.provider",
)

ANTHROPIC: Final = Card(
    name="Anthropic",
    keys=("ANTHROPIC_API_KEY",),
    place="ANTHROPIC_BASE_URL",
    base_url="https://api.anthropic.com",
    dialects=("anthropic",),
    default="claude-sonnet-5-5",
    utility="claude-haiku-5-5",
    prices="anthropic",
    home="sagent.providers.anthropic.provider",
)

CARDS: Final[Mapping[str, Card]] = {card.name: card for card in (GOOGLE, ANTHROPIC, OPENAI, OPENAI_COMPAT)}
"""Each provider by its name; where nobody says which, the first whose key is set."""

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
    dialects: Sequence[str]
    """The wires that it speaks, first the one that is meant where none is named."""
    default: str
    """The model that is meant where none is named."""
    utility: str
    """A small and cheap model that calls tools, for side work."""
    prices: str
    """Whose prices hold, by the provider's id in genai-prices."""
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

CARDS: Final[Mapping[str, Card]] = {card.name: card for card in (GOOGLE,)}
"""Each provider by its name; where nobody says which, the first whose key is set."""

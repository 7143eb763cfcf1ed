"""Providers that are no more than a card and a few flags of Chat Completions."""

from dataclasses import replace
from typing import ClassVar

from sagent.providers.cards import DEEPSEEK, GROQ, MISTRAL, OPENROUTER, Card
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_chat.provider import OpenAICompat
from sagent.providers.tolerance import COMPATIBLE
from sagent.providers.tolerance import MISTRAL as MISTRAL_FILES


class DeepSeek(OpenAICompat):
    """DeepSeek's models and the key to them; they want their thoughts back with every answer."""

    card: ClassVar[Card] = DEEPSEEK
    manners: ClassVar[Manners] = Manners(
        effort="thinking", efforts=("high", "max"), reasoning_filler=" ", form="object"
    )


class OpenRouter(OpenAICompat):
    """The models of many vendors, by one key; their ids begin with the vendor."""

    card: ClassVar[Card] = OPENROUTER
    manners: ClassVar[Manners] = Manners(
        effort="reasoning",
        efforts=("none", "minimal", "low", "medium", "high", "xhigh"),
        reasoning="reasoning",
        bills=True,
        files=replace(COMPATIBLE, documents=True),
    )


class Groq(OpenAICompat):
    """Open models on fast hardware, by one key."""

    card: ClassVar[Card] = GROQ
    manners: ClassVar[Manners] = Manners(
        max_tokens="max_completion_tokens",
        reasoning="reasoning",
        reasoning_back="renamed",
        files=replace(COMPATIBLE, pictures=()),
        form="unsaid",
    )


class Mistral(OpenAICompat):
    """Mistral's models and the key to them."""

    card: ClassVar[Card] = MISTRAL
    manners: ClassVar[Manners] = Manners(
        effort="unsaid",
        call_id_length=9,
        call_id_exact=True,
        bridge="Noted.",
        usage_on_request=False,
        files=MISTRAL_FILES,
    )

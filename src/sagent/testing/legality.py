"""Whether the body of a request is legal: what vendors answer with a 400, as far as its words alone tell."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sagent.errors import UsageError
from sagent.providers.anthropic import validator as messages
from sagent.providers.anthropic.manners import ANTHROPIC
from sagent.providers.anthropic.manners import Manners as MessagesManners
from sagent.providers.dashscope import DashScope
from sagent.providers.minimax import MiniMax
from sagent.providers.moonshot import Moonshot
from sagent.providers.openai_chat import validator as chat
from sagent.providers.openai_chat.manners import OPENAI
from sagent.providers.openai_chat.manners import Manners as ChatManners
from sagent.providers.openai_chat.provider import OpenAICompat
from sagent.providers.openai_chat.suited import OPENAI as OPENAIS
from sagent.providers.openai_chat.suited import suited
from sagent.providers.others import DeepSeek, Groq, Mistral, OpenRouter

VENDORS: Final[Mapping[str, type[OpenAICompat]]] = {
    vendor.card.name: vendor
    for vendor in (Moonshot, DeepSeek, DashScope, Mistral, OpenRouter, Groq, OpenAICompat)
}
"""Those who speak Chat Completions beside OpenAI, by their names."""


def anthropic_complaints(body: object, model: str) -> Sequence[str]:
    """Everything that Anthropic, or MiniMax for its models, would refuse; none if the body is legal."""
    return messages.complaints(body, model, messages_manners(model))


def openai_chat_complaints(body: object, model: str, *, provider: str = "") -> Sequence[str]:
    """Everything that a server of Chat Completions would refuse about a body; none if it is legal.

    Whose server it is the model's name tells, where no provider is named: `kimi-...` is Moonshot's.

    Raises:
        UsageError: no provider of this name speaks Chat Completions.
    """
    return chat.complaints(body, model, chat_manners(model, provider))


def messages_manners(model: str) -> MessagesManners:
    """What the server of such a model wants to be told in Messages."""
    return MiniMax.manners if model.startswith("MiniMax-") else ANTHROPIC


def chat_manners(model: str, provider: str = "") -> ChatManners:
    """What the server of such a model wants to be told in Chat Completions.

    Raises:
        UsageError: no provider of this name speaks it.
    """
    if provider == "OpenAI" or (not provider and re.match(r"gpt-\d|o\d", model)):
        return suited(OPENAI, model, OPENAIS)
    if not provider:
        named = next((name for name, vendor in VENDORS.items() if _is_of(vendor, model)), "")
        provider = named or ("OpenRouter" if "/" in model else "OpenAICompat")
    if provider not in VENDORS:
        raise UsageError(f"{provider!r} is not known to speak Chat Completions: {', '.join(VENDORS)} are")
    return VENDORS[provider].manners_of(model)


def _is_of(vendor: type[OpenAICompat], model: str) -> bool:
    return bool(vendor.card.ids and re.match(vendor.card.ids, model))

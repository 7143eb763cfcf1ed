"""The places where models live, and the wires to them; each is imported when it is asked for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagent.providers.anthropic.provider import Anthropic
    from sagent.providers.dashscope import DashScope
    from sagent.providers.google.provider import Google
    from sagent.providers.llama_cpp.provider import LlamaCpp
    from sagent.providers.minimax import MiniMax
    from sagent.providers.moonshot import Moonshot
    from sagent.providers.openai.provider import OpenAI
    from sagent.providers.openai_chat.provider import OpenAICompat
    from sagent.providers.others import DeepSeek, Groq, Mistral, OpenRouter
    from sagent.providers.platforms.amazon import AnthropicBedrock, AnthropicBedrockMantle
    from sagent.providers.platforms.azure import AnthropicFoundry, AzureOpenAI
    from sagent.providers.platforms.vertex import AnthropicVertex

__all__ = [
    "Anthropic",
    "AnthropicBedrock",
    "AnthropicBedrockMantle",
    "AnthropicFoundry",
    "AnthropicVertex",
    "AzureOpenAI",
    "DashScope",
    "DeepSeek",
    "Google",
    "Groq",
    "LlamaCpp",
    "MiniMax",
    "Mistral",
    "Moonshot",
    "OpenAI",
    "OpenAICompat",
    "OpenRouter",
]


if not TYPE_CHECKING:  # to checkers every name would be there, misspelt ones too

    def __getattr__(name: str) -> object:
        from importlib import import_module

        from sagent.providers.cards import CARDS

        card = CARDS.get(name)
        if card is None:
            raise AttributeError(f"module 'sagent.providers' has no attribute {name!r}")
        provider: object = getattr(import_module(card.home), name)
        globals()[name] = provider
        return provider

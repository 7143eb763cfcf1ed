"""What is known of each provider beforehand: a new one is a card here, and a module of its own."""

from collections.abc import Mapping
from typing import Final

from sagent.providers.card import Card as Card
from sagent.providers.platforms.cards import AZURE, BEDROCK, FOUNDRY, MANTLE, VERTEX

GOOGLE: Final = Card(
    name="Google",
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    place="GOOGLE_GEMINI_BASE_URL",
    base_url="https://generativelanguage.googleapis.com",
    dialects=("google",),
    default="gemini-2.5-flash",
    utility="gemini-2.5-flash-lite",
    prices="google",
    switches=("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI"),
    ids=r"(models/)?gemini-",
    home="sagent.providers.google.provider",
)

OPENAI: Final = Card(
    name="OpenAI",
    keys=("OPENAI_API_KEY",),
    payers=("OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
    place="OPENAI_BASE_URL",
    base_url="https://api.openai.com/v1",
    dialects=("openai_responses", "openai_chat"),
    default="gpt-6.1-sol",
    utility="gpt-6-luna",
    prices="openai",
    ids=r"(ft:)?(gpt-(?!oss)|o\d|codex|chatgpt)",
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
    signs=("OPENAI_COMPAT_BASE_URL",),
    routes=True,
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
    signs=("ANTHROPIC_AUTH_TOKEN",),
    ids="claude-",
    home="sagent.providers.anthropic.provider",
)

MOONSHOT: Final = Card(
    name="Moonshot",
    keys=("MOONSHOT_API_KEY",),
    place="MOONSHOT_BASE_URL",
    base_url="https://api.moonshot.ai/v1",
    dialects=("openai_chat",),
    default="kimi-k3.1-pro",
    utility="kimi-k2.6",
    prices="moonshotai",
    ids="kimi-|moonshot-",
    home="sagent.providers.moonshot",
)

DASHSCOPE: Final = Card(
    name="DashScope",
    keys=("DASHSCOPE_API_KEY",),
    place="DASHSCOPE_BASE_URL",
    base_url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    dialects=("openai_chat",),
    default="qwen3.8-max",
    utility="qwen3.8-flash",
    prices="",
    ids="qwen|qwq",
    home="sagent.providers.dashscope",
)

MINIMAX: Final = Card(
    name="MiniMax",
    keys=("MINIMAX_API_KEY",),
    place="MINIMAX_BASE_URL",
    base_url="https://api.minimax.io/anthropic",
    dialects=("anthropic", "openai_chat"),
    default="MiniMax-M3",
    utility="MiniMax-M3.1-Flash",
    prices="minimax",
    ids="minimax-",
    home="sagent.providers.minimax",
)

DEEPSEEK: Final = Card(
    name="DeepSeek",
    keys=("DEEPSEEK_API_KEY",),
    place="DEEPSEEK_BASE_URL",
    base_url="https://api.deepseek.com/v1",
    dialects=("openai_chat",),
    default="deepseek-v4-pro",
    utility="deepseek-flash",
    prices="deepseek",
    ids="deepseek-",
    home="sagent.providers.others",
)

OPENROUTER: Final = Card(
    name="OpenRouter",
    keys=("OPENROUTER_API_KEY",),
    place="OPENROUTER_BASE_URL",
    base_url="https://openrouter.ai/api/v1",
    dialects=("openai_chat",),
    default="anthropic/claude-sonnet-5.5",
    utility="google/gemini-3.8-flash",
    prices="openrouter",
    routes=True,
    home="sagent.providers.others",
)

GROQ: Final = Card(
    name="Groq",
    keys=("GROQ_API_KEY",),
    place="GROQ_BASE_URL",
    base_url="https://api.groq.com/openai/v1",
    dialects=("openai_chat",),
    default="openai/gpt-oss-120b",
    utility="openai/gpt-oss-20b",
    prices="groq",
    routes=True,
    home="sagent.providers.others",
)

MISTRAL: Final = Card(
    name="Mistral",
    keys=("MISTRAL_API_KEY",),
    place="MISTRAL_BASE_URL",
    base_url="https://api.mistral.ai/v1",
    dialects=("openai_chat",),
    default="mistral-medium-latest",
    utility="mistral-small-latest",
    prices="mistral",
    ids="(mi|mini|magi|code|dev)stral-",
    home="sagent.providers.others",
)

LLAMA_CPP: Final = Card(
    name="LlamaCpp",
    keys=(),
    place="LLAMA_ARG_MODEL",
    base_url="",
    dialects=("openai_chat",),
    default="",
    utility="",
    prices="",
    keyless=True,
    signs=("LLAMA_ARG_MODEL",),
    home="sagent.providers.llama_cpp.provider",
)

CARDS: Final[Mapping[str, Card]] = {
    card.name: card
    for card in (
        GOOGLE,
        ANTHROPIC,
        OPENAI,
        MOONSHOT,
        DASHSCOPE,
        MINIMAX,
        DEEPSEEK,
        MISTRAL,
        GROQ,
        OPENROUTER,
        BEDROCK,
        MANTLE,
        VERTEX,
        FOUNDRY,
        AZURE,
        OPENAI_COMPAT,
        LLAMA_CPP,
    )
}
"""Each provider by its name; where nobody says which, the first that has a key, or is meant without one."""

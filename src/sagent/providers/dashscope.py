"""DashScope (Alibaba Cloud Model Studio) as a provider: Qwen, by API key."""

from typing import ClassVar, Final

from sagent.providers import tolerance
from sagent.providers.cards import DASHSCOPE, Card
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_chat.provider import OpenAICompat

BUDGETED: Final = Manners(
    effort="enable_thinking",
    budgets={
        "minimal": 1_024,
        "low": 4_096,
        "medium": 8_192,
        "high": 16_384,
        "xhigh": 32_768,
        "max": 38_912,
    },
    streams_only=True,
    files=tolerance.DASHSCOPE,
    form="unsaid",
)
"""Thoughts are switched on, with so many tokens, and refused to who does not stream.

Who thinks cannot be held to JSON (alibabacloud.com/help/en/model-studio/json-mode).
"""


class DashScope(OpenAICompat):
    """Alibaba's models and the key to them."""

    card: ClassVar[Card] = DASHSCOPE
    manners: ClassVar[Manners] = BUDGETED

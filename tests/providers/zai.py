"""Z.ai as a provider, whose models think or do not."""

from sagent.providers.cards import Card
from sagent.providers.openai_chat.manners import Manners
from sagent.providers.openai_chat.provider import OpenAICompat


class Zai(OpenAICompat):
    """Z.ai's models and the key to them."""

    card = Card(
        name="Zai",
        keys=("ZAI_API_KEY",),
        place="ZAI_BASE_URL",
        base_url="https://api.z.ai/api/paas/v4",
        dialects=("openai_chat",),
        default="glm-5.3",
        utility="glm-5.3-flash",
        prices="zai",
    )
    manners = Manners(effort="thinking")

"""What is known beforehand of the clouds; what they serve is other vendors', and so are its ids."""

from typing import Final

from sagent.providers.card import Card

BEDROCK: Final = Card(
    name="AnthropicBedrock",
    keys=("AWS_BEARER_TOKEN_BEDROCK",),
    place="ANTHROPIC_BEDROCK_BASE_URL",
    base_url="",
    dialects=("anthropic",),
    default="global.anthropic.claude-sonnet-5-5",
    utility="global.anthropic.claude-haiku-5-5",
    prices="aws",
    keyless=True,
    routes=True,
    chain="AWS credentials (aws sso login)",
    ids=r"(\w+\.)?anthropic\.claude-|arn:aws[\w-]*:bedrock:",
    home="sagent.providers.platforms.amazon",
    vendor="Anthropic",
)

MANTLE: Final = Card(
    name="AnthropicBedrockMantle",
    keys=("AWS_BEARER_TOKEN_BEDROCK", "ANTHROPIC_AWS_API_KEY"),
    place="ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
    base_url="",
    dialects=("anthropic",),
    default="anthropic.claude-sonnet-5-5",
    utility="anthropic.claude-haiku-5-5",
    prices="aws",
    keyless=True,
    routes=True,
    chain="AWS credentials (aws sso login)",
    home="sagent.providers.platforms.amazon",
    vendor="Anthropic",
)

VERTEX: Final = Card(
    name="AnthropicVertex",
    keys=(),
    place="ANTHROPIC_VERTEX_BASE_URL",
    signs=("ANTHROPIC_VERTEX_PROJECT_ID",),
    base_url="",
    dialects=("anthropic",),
    default="claude-sonnet-5-5",
    utility="claude-haiku-5-5",
    prices="google",
    keyless=True,
    routes=True,
    chain="the application-default credentials of Google Cloud (gcloud auth application-default login)",
    home="sagent.providers.platforms.vertex",
    vendor="Anthropic",
)

FOUNDRY: Final = Card(
    name="AnthropicFoundry",
    keys=("ANTHROPIC_FOUNDRY_API_KEY",),
    place="ANTHROPIC_FOUNDRY_BASE_URL",
    base_url="",
    dialects=("anthropic",),
    default="claude-sonnet-5-5",
    utility="claude-haiku-5-5",
    prices="azure",
    keyless=True,
    routes=True,
    chain="an identity of Microsoft Entra (az login)",
    home="sagent.providers.platforms.azure",
    vendor="Anthropic",
)

AZURE: Final = Card(
    name="AzureOpenAI",
    keys=("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
    place="AZURE_OPENAI_ENDPOINT",
    base_url="",
    dialects=("openai_responses", "openai_chat"),
    default="gpt-6.1-sol",
    utility="gpt-6-luna",
    prices="azure",
    keyless=True,
    routes=True,
    chain="an identity of Microsoft Entra (az login)",
    home="sagent.providers.platforms.azure",
    vendor="OpenAI",
)

"""OpenAI, as a provider."""

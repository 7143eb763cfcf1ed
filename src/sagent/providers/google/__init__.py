"""Google: Gemini, by API key."""

from sagent.providers.google.provider import Google

__all__ = ["Google"]

"""OpenAI's newer wire: Responses."""

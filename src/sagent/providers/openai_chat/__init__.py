"""The wire that most servers speak: OpenAI's Chat Completions."""

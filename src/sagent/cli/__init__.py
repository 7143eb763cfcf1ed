"""The surfaces on a terminal: one prompt, a conversation, a demonstration."""

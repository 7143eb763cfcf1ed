"""Anthropic's wire: Messages."""

"""The words that must not be mixed up, each a type of its own."""

from typing import NewType

MessageId = NewType("MessageId", str)
"""Names one kept message; the ids of one agent sort by time."""

CallId = NewType("CallId", str)
"""Names one tool call in the agent's log; the provider's own id is kept beside it."""

ToolName = NewType("ToolName", str)
"""What a model calls a tool by."""

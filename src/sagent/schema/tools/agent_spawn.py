# Generated from schemas/tools/agent_spawn.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool AgentSpawn holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from typing_extensions import ReadOnly


class AgentSpawnDirective(TypedDict):
    """
    Give a task to an agent of your own, and get its answer. It starts with an empty conversation: it
    knows nothing but its prompt, and you see nothing of its work but its answer. Several of these in
    one response work side by side.
    """

    prompt: ReadOnly[str]
    """The task, with all that has to be known for it, and what the answer shall tell."""
    name: NotRequired[ReadOnly[str]]
    """What to call the agent."""
    tools: NotRequired[ReadOnly[Sequence[str]]]
    """Which of your tools it gets; all if absent."""
    model: NotRequired[ReadOnly[str]]
    """Another model than yours, as PROVIDER/ID or an ID of your provider."""

# Generated from schemas/tools/agent_spawn.json by `python -m codegen`. Change the schema and run that again.
"""What a call of the tool AgentSpawn holds."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypeAlias, TypedDict

from typing_extensions import ReadOnly

Prompt: TypeAlias = str


class AgentSpawnDirective(TypedDict):
    """
    Give a task to an agent of your own, and get its answer: that is all you see of its work. It knows
    nothing but its prompt. Several calls in one response work side by side; so do the agents that
    `prompts` makes, one for each, whose answers come in order.
    """

    prompt: NotRequired[ReadOnly[str]]
    """The task, with all that has to be known for it, and what the answer shall tell."""
    prompts: NotRequired[ReadOnly[Sequence[Prompt]]]
    """Instead: a task for each of several agents."""
    concurrency: NotRequired[ReadOnly[int]]
    """How many of them work at once."""
    name: NotRequired[ReadOnly[str]]
    """What to call it. One of that name that has ended goes on with its conversation."""
    tools: NotRequired[ReadOnly[Sequence[str]]]
    """Which of your tools it gets; all if absent."""
    model: NotRequired[ReadOnly[str]]
    """Another model, as PROVIDER/ID."""
    effort: NotRequired[ReadOnly[str]]
    """Another effort than yours."""
    output: NotRequired[ReadOnly[Mapping[str, object]]]
    """A JSON Schema that the answer has to fit."""
    background: NotRequired[ReadOnly[bool]]
    """Go on at once; the answer comes as a later message."""
    persistent: NotRequired[ReadOnly[bool]]
    """
    It works on until stopped, reads what is sent to it, and goes on when the program is restarted. You
    go on at once.
    """
    stop: NotRequired[ReadOnly[str]]
    """Instead of all else: end this agent, by its name."""
    hot: NotRequired[ReadOnly[bool]]
    """It starts with your conversation and tools."""
    workspace: NotRequired[ReadOnly[str]]
    """A directory inside of yours to work in."""
    worktree: NotRequired[ReadOnly[bool]]
    """It works in a git worktree of the last commit, on a new branch, kept if anything changes."""
    max_rounds: NotRequired[ReadOnly[int]]
    """Most rounds of tool calls."""
    max_depth: NotRequired[ReadOnly[int]]
    """Most generations of agents below it."""
    budget_usd: NotRequired[ReadOnly[float]]
    """Most US dollars that it may spend; with `prompts`, each."""
    budget_tokens: NotRequired[ReadOnly[int]]
    """The same in tokens."""

"""What a model can be told of in the midst of a conversation, and how this wire says it."""

from collections.abc import Mapping, Sequence
from typing import Final

from sagent.providers.anthropic import declarations
from sagent.providers.anthropic.catalog import Traits
from sagent.providers.anthropic.thinking import thinking
from sagent.providers.effort import EFFORTS
from sagent.providers.inline import Carries, Told
from sagent.providers.sendable import sendable
from sagent.schema.wire import anthropic as wire

DEFERRED: Final[wire.Tool] = {
    "name": "deferred_placeholder",
    "description": "Never offered.",
    "input_schema": {"type": "object", "properties": {}},
    "defer_loading": True,
}
"""Stands behind the tools from the first request on: without one that is deferred, the first tool that is
added later would change how all of them are shown, and no cache would hold."""


def carries(
    known: Traits,
    max_tokens: int,
    config: wire.ThinkingConfig | None,
    output: wire.OutputConfig | None,
    *,
    binds: bool,
) -> Carries:
    """What a model can be told of that thinks in this way, with this effort."""
    efforts: dict[str, str] = {}
    if "effort" in known.told and output is not None:
        for effort in EFFORTS:
            other, told = thinking(known, effort, max_tokens, binds=binds)
            word = told.get("effort") if told else None
            if word and other == config:  # how it thinks is said at the head alone
                efforts[effort] = word
    return Carries(
        system="system" in known.told,
        additions="tools" in known.told,
        removals="tools" in known.told,
        anchored=True,
        efforts=efforts,
        unbound=known.bound is False,
    )


def declared(tools: Sequence[wire.Tool], told: Carries) -> Sequence[wire.Tool]:
    """The tools at the head: with the deferred one, where others may come later."""
    if not tools or not told.additions or any(tool["name"] == DEFERRED["name"] for tool in tools):
        return tools
    return (*tools, DEFERRED)


def message(changes: Sequence[Told]) -> Mapping[str, object] | None:
    """One system message that says all of these; None where the later ones take the earlier ones back."""
    words, effort = "", ""
    blocks: dict[str, wire.AdditionBlock | wire.RemovalBlock] = {}
    fresh: set[str] = set()
    for told in changes:
        words = told.words or words
        effort = told.effort or effort
        for name in told.removed:
            if name in fresh:  # the model has never heard of it
                fresh.remove(name)
                del blocks[name]
            else:
                blocks[name] = {"type": "tool_removal", "tool": {"type": "tool_reference", "name": name}}
        fresh |= {tool.name for tool in told.added if tool.name not in blocks}
        for tool in declarations.tools((*told.added, *told.replaced)):
            given: wire.ToolGiven = {"type": "tool_definition", "definition": tool}
            blocks[tool["name"]] = {"type": "tool_addition", "tool": given}
    content: list[wire.Block] = [{"type": "text", "text": sendable(words)}] if words else []
    content += blocks.values()
    if not content and not effort:
        return None
    said: dict[str, object] = {"role": "system", "content": content}
    return {**said, "output_config": {"effort": effort}} if effort else said

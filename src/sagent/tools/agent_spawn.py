"""Giving a task to an agent of one's own, as a tool."""

from collections.abc import AsyncIterator
from dataclasses import field, replace
from typing import Self

from typing_extensions import override

from sagent.abilities import Reach
from sagent.children import CONCURRENCY, Errand
from sagent.errors import ToolError
from sagent.host import Host
from sagent.lib.json import freeze_object
from sagent.lib.streams import Closing
from sagent.lib.value import frozen
from sagent.messages.words import tool_result
from sagent.protocols import Answer
from sagent.schema import catalog
from sagent.schema.event import Event
from sagent.schema.message import ToolCall
from sagent.schema.tools.agent_spawn import AgentSpawnDirective
from sagent.tools.crafted import Crafted
from sagent.tools.lines import clipped
from sagent.validation import Schema


@frozen()
class AgentSpawn(Crafted[AgentSpawnDirective]):
    """Has a child of the agent do a task, and answers with its answer."""

    host: Host | None = field(default=None, repr=False, compare=False)
    """The agent whose child it is."""

    @property
    @override
    def schema(self) -> Schema[AgentSpawnDirective]:
        return catalog.AGENT_SPAWN_DIRECTIVE

    @property
    def detachable(self) -> bool:
        """It may go on while the conversation does."""
        return True

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool for this agent."""
        return replace(self, workspace=host.workspace, host=host)

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        if "stop" in directive:
            return f"Stop {directive['stop']}"
        prompts = directive.get("prompts", ())
        who = directive.get("name", f"{len(prompts)} agents" if prompts else "an agent")
        what = directive.get("prompt") or "; ".join(prompts)
        lasting = directive.get("background") or directive.get("persistent")
        where = " in the background" if lasting else ""
        return clipped(f"Spawn {who}{where}: {' '.join(what.split())}", 200)

    def reach(self, call: ToolCall, /) -> Reach | None:
        """Nothing, as each call of the child is judged by itself; but another model may cost more."""
        return None if "model" in self.directive(call) else Reach()

    async def run(self, message: ToolCall, /) -> AsyncIterator[Event | Answer]:
        """Do it; what the child says and does is told as it comes, and its answer is the result.

        Raises:
            ToolError: there may be no such agent.
        """
        if self.host is None:
            raise ToolError("only an agent can spawn agents")
        directive = self.directive(message)
        if "stop" in directive:
            name = await self.host.children.stop(directive["stop"])
            yield tool_result(message, f"{name} has ended.")
            return
        errand = _errand(directive)
        async with Closing(self.host.children.work(message, errand)) as items:
            async for item in items:
                yield item


def _errand(directive: AgentSpawnDirective) -> Errand:
    prompts = directive.get("prompts", ())
    if bool(prompts) == ("prompt" in directive):
        raise ToolError("say either a prompt or prompts")
    output, persistent = directive.get("output"), directive.get("persistent", False)
    if persistent and (prompts or output is not None or "worktree" in directive):
        raise ToolError("a persistent agent has one prompt, and neither an output nor a worktree")
    return Errand(
        prompts=prompts or (directive.get("prompt", ""),),
        together=bool(prompts),
        concurrency=directive.get("concurrency", CONCURRENCY),
        name=directive.get("name", ""),
        tools=directive.get("tools"),
        model=directive.get("model", ""),
        effort=directive.get("effort", ""),
        output=None if output is None else freeze_object(output),
        background=directive.get("background", False),
        hot=directive.get("hot", False),
        workspace=directive.get("workspace", ""),
        worktree=directive.get("worktree", False),
        persistent=persistent,
        max_rounds=directive.get("max_rounds"),
        max_depth=directive.get("max_depth"),
        budget_usd=directive.get("budget_usd"),
        budget_tokens=directive.get("budget_tokens"),
    )

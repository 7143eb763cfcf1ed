"""Looking at oneself and changing oneself, as a tool."""

from dataclasses import field, replace
from typing import Final, Self

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError, UsageError
from sagent.host import Host
from sagent.lib.value import frozen
from sagent.messages.words import tool_result
from sagent.schema import catalog
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import Data, Part, Text
from sagent.schema.tools.agent_self import AgentSelfDirective
from sagent.tools.crafted import Crafted
from sagent.validation import Schema

CHANGES: Final = frozenset(
    {"status", "checkpoint", "context", "model", "account", "effort", "max_response_tokens", "tools"}
)
"""The fields that change something."""


@frozen()
class AgentSelf(Crafted[AgentSelfDirective]):
    """Shows an agent its own figures and catalogs, and changes its status, model, tools and conversation."""

    host: Host | None = field(default=None, repr=False, compare=False)
    """The agent that it changes."""

    @property
    @override
    def schema(self) -> Schema[AgentSelfDirective]:
        return catalog.AGENT_SELF_DIRECTIVE

    @property
    def volatile(self) -> str:
        """Figures that grow with every request, and so are no news."""
        return "(input|cached|output|context|budget_left)_tokens|(cost|budget_left)_usd"

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool for this agent."""
        return replace(self, workspace=host.workspace, host=host)

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        told = {"model": directive.get("model"), "account": directive.get("account"), "reason": None}
        named = [f"{name} {value}" for name, value in told.items() if value]
        what = ", ".join([*named, *(name for name in directive if name not in told)])
        why = directive.get("reason", "")
        return f"Itself: {what or 'nothing'}{why and f' ({why})'}"

    def reach(self, call: ToolCall, /) -> Reach | None:
        """Nothing; but another model may cost more and be shown the conversation, another account pays."""
        return Reach() if {"model", "account"}.isdisjoint(self.directive(call)) else None

    async def run(self, message: ToolCall, /) -> ToolResult:
        """Make the changes of one patch, all or none, and tell what is asked for.

        Raises:
            ToolError: something of it cannot be done, so nothing was changed.
        """
        if self.host is None:
            raise ToolError("only an agent can look at itself or change itself")
        directive, control = self.directive(message), self.host.control
        diagnostics = directive.get("diagnostics", False)
        if not (diagnostics or CHANGES.intersection(directive) or "catalog" in directive):
            raise ToolError("say what is to be changed, or ask for diagnostics or a catalog")
        if self.name in directive.get("tools", {}).get("off", ()):
            raise ToolError(f"{self.name} stays on: nothing else could turn it on again; nothing was changed")
        lines: list[str] = []
        try:
            looked = await control.catalog(directive["catalog"]) if "catalog" in directive else ()
            if CHANGES.intersection(directive):
                lines += await control.change(directive)
        except UsageError as error:
            raise ToolError(f"{error}; nothing was changed") from error
        lines += looked
        told: list[Part] = [Text(content="\n".join(lines))] if lines else []
        if diagnostics:
            told.append(Data(content=control.diagnostics()))
        return tool_result(message, *told)

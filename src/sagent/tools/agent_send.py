"""Writing to other agents, as a tool."""

from dataclasses import field, replace
from typing import Final, Self

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError, UsageError
from sagent.host import Host
from sagent.lib.value import frozen
from sagent.messages.words import tool_result
from sagent.post import PATIENCE, shown, told
from sagent.schema import catalog
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.post import Accepted
from sagent.schema.tools.agent_send import AgentSendDirective
from sagent.tools.crafted import Crafted
from sagent.validation import Schema

LISTED: Final = 100
"""How many agents are listed; of more the rest is counted."""

ANSWERED: Final = "Somebody has written; it is your next message."


@frozen()
class AgentSend(Crafted[AgentSendDirective]):
    """Sends letters to other agents, lists them, and has its agent told when one of them is idle."""

    host: Host | None = field(default=None, repr=False, compare=False)
    """The agent that writes."""

    @property
    @override
    def schema(self) -> Schema[AgentSendDirective]:
        return catalog.AGENT_SEND_DIRECTIVE

    @override
    def hosted_by(self, host: Host, /) -> Self:
        """The same tool for this agent."""
        return replace(self, workspace=host.workspace, host=host)

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        directive = self.directive(call)
        to = directive.get("to", "")
        match directive.get("action", "send"):
            case "send":
                when = f" in {directive['delay']:g} s" if "delay" in directive else ""
                return f"To {to}{when}: {directive.get('message', '')}"
            case "list":
                return "List live agents"
            case "notify":
                return f"Hear when {to} is idle"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches: nothing; whoever is written to acts by its own permissions."""
        return Reach()

    async def run(self, message: ToolCall, /) -> ToolResult:
        """Do it, and tell each receipt; the result has failed where no letter was accepted.

        Raises:
            ToolError: it cannot be done.
        """
        if self.host is None:
            raise ToolError("only an agent can write to others")
        directive, post = self.directive(message), self.host.post
        names = [name.strip() for name in directive.get("to", "").split(",") if name.strip()]
        action = directive.get("action", "send")
        if action == "list":
            entries = await post.list()
            more = [f"and {len(entries) - LISTED} more"] if len(entries) > LISTED else []
            return tool_result(message, "\n".join([*map(shown, entries[:LISTED]), *more]))
        if not names:
            raise ToolError(f"{action} needs `to`: an agent's name or id; list shows who there is")
        if action == "notify":
            refusals = [refused for name in names if (refused := await post.notify(name)) is not None]
            lines = [told(refused) for refused in refusals]
            if len(lines) < len(names):
                lines.append("You will be told by a later message.")
            return tool_result(message, "\n".join(lines), failed=len(refusals) == len(names))
        try:
            receipts = await post.broadcast(
                names,
                directive.get("message", ""),
                delay=directive.get("delay", 0.0),
                timeout=directive.get("timeout", PATIENCE),
            )
        except UsageError as error:
            raise ToolError(str(error)) from error
        accepted = any(isinstance(receipt, Accepted) for receipt in receipts)
        lines = [*map(told, receipts)]
        if accepted and "wait" in directive:
            answered = await post.hear(directive["wait"])
            lines.append(ANSWERED if answered else f"Nobody has answered in {directive['wait']:g} s.")
        return tool_result(message, "\n".join(lines), failed=not accepted)

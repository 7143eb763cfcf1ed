"""The tools at hand, and the checks between a model's call and its tool."""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from sagent.abilities import Detachable, Hosted, Polling, Renewable, Sweeping, Volatile
from sagent.atoms import ToolName
from sagent.errors import UsageError
from sagent.host import Host
from sagent.lib.fitting import Plain, plain_of
from sagent.lib.json import JsonObject, freeze_object
from sagent.lib.nothing import NOTHING
from sagent.lib.value import frozen
from sagent.loop.leave import Leave, Refusal
from sagent.protocols import Tool
from sagent.schema.message import ToolCall
from sagent.schema.tool import ToolDefinition

if TYPE_CHECKING:
    from sagent.permissions.ruling import Ruling

NOBODY: Final = (
    "that takes leave, and nobody can be asked here (a rule in the settings or in Policy, --permission-mode "
    "or --yes gives it beforehand)"
)
"""Why a call does not run that is neither allowed nor denied."""
_log = logging.getLogger("sagent.agent")


@frozen()
class _Known:
    """What the gate knows of a tool."""

    schema: JsonObject
    plain: Plain | None
    """The schema again, where it is so plain that no validator is needed to say that a call fits."""
    leave: Leave

    @classmethod
    def of(cls, tool: Tool) -> Self:
        schema = freeze_object(tool.directive_schema)
        leave = Leave(
            detachable=isinstance(tool, Detachable) and tool.detachable,
            polls=isinstance(tool, Polling) and tool.polls,
            volatile=re.compile(tool.volatile) if isinstance(tool, Volatile) else None,
        )
        return cls(schema, plain_of(schema), leave)

    def complaint(self, directive: JsonObject) -> str | None:
        """What is wrong with the directive of a call, or None."""
        if self.plain is not None and self.plain.fits(directive):
            return None
        from sagent.validation import misfit  # jsonschema is heavy

        try:
            return misfit(self.schema, directive)
        except Exception as error:
            # The schema may be anybody's, and a broken one breaks the validator in its own way.
            return f"the schema itself is broken: {type(error).__name__}: {str(error)[:200]}"


class Gate:
    """Judges calls against the tools at hand and the policy in force."""

    __slots__ = ("_asks", "_judge", "_known", "_off")

    def __init__(
        self,
        tools: Mapping[ToolName, Tool],
        judge: Callable[[ToolCall], "Ruling"],
        *,
        asks: bool,
        off: Callable[[], Collection[ToolName]] = tuple,
    ) -> None:
        """`judge` is the policy; `asks` says whether somebody can be asked, `off` what is turned off now."""
        self._judge = judge
        self._asks = asks
        self._off = off
        self._known = {name: _Known.of(tool) for name, tool in tools.items()}

    def __call__(self, call: ToolCall) -> Leave | Refusal:
        """Leave to run, or why not, in words that help the model to do better."""
        known, off = self._known.get(call.tool), self._off()
        if known is not None and call.tool in off:
            return Refusal(f"not run: {call.tool} is turned off")
        if known is None:
            names = ", ".join(name for name in self._known if name not in off) or "none"
            return Refusal(f"not run: there is no tool {call.tool!r}; there are {names}")
        if call.raw:
            return Refusal(f"not run: the directive is not a JSON object: {call.raw[:200]!r}")
        complaint = known.complaint(call.content)
        if complaint is not None:
            return Refusal(f"not run: the directive does not fit the schema of {call.tool}: {complaint}")
        ruling = self._judge(call)
        match ruling.effect:
            case "allow":
                return known.leave
            case "ask" if self._asks:
                return replace(known.leave, asks=True)
            case "ask":
                return Refusal(f"not run: {ruling.reason}; {NOBODY}")
            case "deny":
                return Refusal(f"not run: {ruling.reason}")


async def allow(call: ToolCall) -> str | None:
    """Leave for every call."""
    return None


async def sweep(tools: Iterable[Tool]) -> None:
    """Have the tools end what they have left running."""
    for tool in tools:
        if isinstance(tool, Sweeping):
            try:
                await tool.sweep()
            except Exception:
                # A bug in one must not keep the others from it, nor the agent from its end.
                _log.exception("the tool %s could not end what it has left running", tool.name)


def definition(tool: Tool) -> ToolDefinition:
    """A tool as models are shown it."""
    return ToolDefinition(
        name=tool.name, description=tool.description, directive_schema=freeze_object(tool.directive_schema)
    )


def renewable(tools: Mapping[ToolName, Tool]) -> Set[ToolName]:
    """The tools whose old results can be had again."""
    return {
        name for name, tool in tools.items() if isinstance(tool, Renewable) and tool.supports_microcompaction
    } or NOTHING


def at_hand(tools: Sequence[Tool], host: Host) -> Mapping[ToolName, Tool]:
    """The tools by what models call them, serving `host`.

    Raises:
        UsageError: two have one name, or one is no tool.
    """
    for tool in tools:
        _check(tool)
    hosted = [tool.hosted_by(host) if isinstance(tool, Hosted) else tool for tool in tools]
    named = {tool.name: tool for tool in hosted}
    if len(named) < len(hosted):
        names = [tool.name for tool in hosted]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise UsageError(f"two tools are called {', '.join(twice)}; give each a name of its own")
    return named


def _check(tool: object) -> None:
    """Whoever makes an agent may not have been type-checked: a class, a name or a function is no tool."""
    if isinstance(tool, type):
        raise UsageError(f"tools: {tool.__name__} is a class; a tool is one of it: {tool.__name__}()")
    if not isinstance(getattr(tool, "name", None), str):
        how = (
            "`@tool` makes one of a function"
            if callable(tool)
            else "those that come along are in sagent.tools"
        )
        raise UsageError(f"tools: {tool!r} is no tool; {how}")

"""From flags to an agent: which provider, model, tools, session and system prompt it gets."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sagent.agent import Agent
from sagent.agent.prompting import is_default, system_prompt
from sagent.atoms import MessageId, ToolName
from sagent.cli.choice import chosen_model
from sagent.cli.confinement import confined
from sagent.cli.earlier import Earlier
from sagent.cli.hooks import after_tool, before_tool
from sagent.cli.recap import recap
from sagent.cli.resumption import fork_point, is_new, is_path, new_session, old_session
from sagent.cli.settings import Settings
from sagent.cli.toolbox import chosen_tools, defined_tools, ready
from sagent.errors import UsageError
from sagent.lib.value import frozen
from sagent.protocols import Model, Tool
from sagent.schema.message import (
    Kept,
    LimitsChanged,
    ModelChanged,
    ModelResponse,
    System,
    ToolCall,
    ToolsChanged,
)
from sagent.tools import optional

if TYPE_CHECKING:
    from sagent.permissions.policy import Policy
    from sagent.sessions.jsonl import JsonlSession

Approve: TypeAlias = Callable[[ToolCall], Awaitable[str | None]]
"""Asked before each tool call; returns None to allow it, or the reason why not."""


@frozen(kw_only=True)
class Assembled:
    """An agent, and what its user should know of it."""

    agent: Agent
    tools: Sequence[ToolName] = ()
    """What its tools are called."""
    notes: Sequence[str] = ()
    recap: Sequence[str] = ()
    """What was said last, if its session is gone on with."""
    kept: bool = True
    """Whether its session can be gone on with another time."""
    log: str | None = None
    """How its session was named, if by the path of its log."""
    begun: "JsonlSession | None" = None
    """Its session, if that began with it."""

    @property
    def hint(self) -> str:
        """How its session is gone on with; empty if it is not kept."""
        return f"go on with: sagent --session {self.log or self.agent.session_id}" if self.kept else ""

    @property
    def unused(self) -> bool:
        """Whether nobody has said, planned or done anything in a session that began with it."""
        preamble = (System, ToolsChanged, ModelChanged, LimitsChanged)
        return self.begun is not None and all(isinstance(kept, preamble) for kept in self.begun.path())

    def discard(self) -> bool:
        """Remove a session in which no model has ever answered; whether there was such a one.

        The agent must have ended.
        """
        if self.begun is None or any(isinstance(kept, ModelResponse) for kept in self.begun.path()):
            return False
        self.begun.file.unlink(missing_ok=True)
        return True


def assemble(
    settings: Settings, workspace: Path, approve: Approve | None = None, policy: "Policy | None" = None
) -> Assembled:
    """The agent that the flags ask for; `approve` decides about what the policy asks about.

    Raises:
        UsageError: there is no such provider, tool or session, or no key.
        SessionError: the session cannot be kept.
    """
    if not settings.persist and (settings.session or settings.latest):
        raise UsageError("--no-session-persistence goes with neither --session nor --continue")
    if settings.session and settings.latest:
        raise UsageError("--session and --continue each name a session; give one of them")
    if settings.fork and not (settings.session or settings.latest):
        raise UsageError("--fork goes on from a message of a session: name the session, or give --continue")
    if (settings.session or settings.latest) and not is_new(settings.session):
        return _resumed(settings, workspace, approve, policy)
    model = chosen_model(settings, None)
    tools = confined(ready(chosen_tools(settings.tools, settings.tool_dirs)), settings.sandbox)
    system = _system(settings, workspace, tools)
    begun = new_session(workspace, settings.session, fsync=settings.fsync) if settings.persist else None
    agent = _agent(settings, workspace, model, system, tools, begun, approve, policy)
    return Assembled(
        agent=agent,
        tools=[tool.name for tool in tools],
        kept=settings.persist,
        log=settings.session,
        begun=begun,
    )


def _resumed(
    settings: Settings, workspace: Path, approve: Approve | None, policy: "Policy | None"
) -> Assembled:
    session = old_session(settings, workspace)
    head = None if settings.fork is None else fork_point(session.path(), settings.fork)
    earlier, said = _recalled(session.path(head))
    if earlier.limits is not None:
        settings = settings.within(earlier.limits)
    notes = session.warning.splitlines()
    home = Path(session.header.workspace)
    if home != workspace.resolve():
        if home.is_dir():
            notes.append(f"this session belongs to {home}, and goes on there")
            workspace = home
        else:
            notes.append(f"{home}, where this session began, is gone; it goes on here")
            earlier = replace(earlier, system=None)
    tools = chosen_tools(settings.tools, settings.tool_dirs)
    if settings.tools is None and earlier.tools is not None:
        kept = {*earlier.tools, *(tool.name for tool in defined_tools(settings.tool_dirs))}
        tools = [tool for tool in (*tools, *optional()) if tool.name in kept]
    tools = confined(ready(tools), settings.sandbox)
    system = earlier.system
    model = chosen_model(settings, earlier.model)
    if system is None or settings.system is not None:
        system = _system(settings, workspace, tools)
    agent = _agent(settings, workspace, model, system, tools, session, approve, policy, head)
    return Assembled(
        agent=agent,
        tools=[tool.name for tool in tools],
        notes=notes,
        recap=said,
        log=settings.session if settings.session and is_path(settings.session) else None,
    )


def _recalled(log: Sequence[Kept]) -> tuple[Earlier, Sequence[str]]:
    # Here alone the log is held whole: the agent reads it again, and a long one is not to be there twice.
    return Earlier.of(log), recap(log)


def _agent(
    settings: Settings,
    workspace: Path,
    model: Model,
    system: str,
    tools: Sequence[Tool],
    session: "JsonlSession | None",
    approve: Approve | None,
    policy: "Policy | None",
    head: MessageId | None = None,
) -> Agent:
    agent = Agent(
        model=model,
        system=system,
        tools=tools,
        session=session,
        head=head,
        name=settings.name or "Agent",
        workspace=workspace,
        renew=_renewal(settings, workspace, system, tools),
        max_tool_call_rounds=settings.max_tool_call_rounds,
        max_budget_usd=settings.max_budget_usd,
        max_budget_tokens=settings.max_budget_tokens,
        permissions=policy,
        approve=None if policy is None else approve,
        before_tool=before_tool(settings.hooks, workspace, lambda call_id: agent.place(call_id)),
        after_tool=after_tool(settings.hooks, workspace, lambda call_id: agent.place(call_id)),
    )
    return agent


def _renewal(
    settings: Settings, workspace: Path, system: str, tools: Sequence[Tool]
) -> Callable[[], str] | None:
    """What makes the default prompt anew; a prompt of the user's own stays as it is."""
    return partial(_system, settings, workspace, tools) if is_default(system) else None


def _system(settings: Settings, workspace: Path, tools: Sequence[Tool]) -> str:
    if settings.system is not None:
        return settings.system
    return system_prompt(workspace, tools, datetime.now().astimezone().date())

"""From flags to an agent: which provider, model, tools, session and system prompt it gets."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sagent.agent import Agent
from sagent.agent.prompting import system_prompt
from sagent.cli.settings import Settings
from sagent.errors import SessionError, UsageError
from sagent.protocols import Model, Session, Tool
from sagent.providers.table import default_provider, provider_named
from sagent.schema.message import Kept, ModelChanged, System, ToolsChanged
from sagent.schema.values import ModelSpec
from sagent.tools import builtin

if TYPE_CHECKING:
    from sagent.sessions.jsonl import JsonlSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a log says of the agent that wrote it; None is not said."""

    system: str | None = None
    tools: Sequence[str] | None = None
    model: ModelSpec | None = None

    @classmethod
    def of(cls, log: Iterable[Kept]) -> Self:
        """What was said last."""
        said = cls()
        for message in log:
            match message:
                case System():
                    said = replace(said, system=message.content)
                case ToolsChanged():
                    said = replace(said, tools=[tool.name for tool in message.content])
                case ModelChanged():
                    said = replace(said, model=message.content)
                case _:  # the other kinds do not configure
                    pass
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """An agent, and what its user should know of it."""

    agent: Agent
    notes: Sequence[str] = ()
    kept: bool = True
    """Whether its session can be gone on with another time."""


def assemble(settings: Settings, workspace: Path) -> Assembled:
    """The agent that the flags ask for.

    Raises:
        UsageError: there is no such provider, tool or session, or no key.
        SessionError: the session cannot be kept.
    """
    if not settings.persist and (settings.session or settings.latest):
        raise UsageError("--no-session-persistence goes with neither --session nor --continue")
    if settings.session and settings.latest:
        raise UsageError("--session and --continue each name a session; give one of them")
    if settings.session or settings.latest:
        return _resumed(settings, workspace)
    model = chosen_model(settings, None)
    tools = chosen_tools(settings.tools)
    agent = Agent(
        model=model,
        system=_system(settings, workspace, tools),
        tools=tools,
        session=_new_session(settings, workspace),
        workspace=workspace,
    )
    return Assembled(agent=agent, kept=settings.persist)


def chosen_model(settings: Settings, earlier: ModelSpec | None) -> Model:
    """The model that the flags name, or else the log, or else the environment.

    Raises:
        UsageError: there is no such provider, no key, or no such model.
    """
    if settings.provider is not None:
        return provider_named(settings.provider).model(settings.model)
    if earlier is None:
        return default_provider(os.environ).model(settings.model)
    provider = provider_named(earlier.provider)
    return provider.model(settings.model) if settings.model else provider.restored(earlier)


def chosen_tools(names: str | None) -> Sequence[Tool]:
    """The built-in tools of these names, separated by commas; `none` is none, and None is all.

    Raises:
        UsageError: there is no such tool.
    """
    tools = builtin()
    if names is None or names.strip().lower() == "all":
        return tools
    if names.strip().lower() == "none":
        return ()
    wanted = [name.strip().lower() for name in names.split(",") if name.strip()]
    known = {tool.name.lower(): tool for tool in tools}
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        what = f"there is no tool {unknown[0]!r}" if unknown else "--tools names no tool"
        offer = ", ".join(tool.name for tool in tools)
        raise UsageError(f"{what}; there are {offer}, and `none` for no tools at all")
    return [tool for name, tool in known.items() if name in wanted]


def _resumed(settings: Settings, workspace: Path) -> Assembled:
    session = _old_session(settings, workspace)
    notes = [session.warning] if session.warning else []
    earlier = Earlier.of(session.path())
    home = Path(session.header.workspace)
    if home != workspace.resolve():
        if home.is_dir():
            notes.append(f"this session belongs to {home}, and goes on there")
            workspace = home
        else:
            notes.append(f"{home}, where this session began, is gone; it goes on here")
            earlier = replace(earlier, system=None)
    tools = chosen_tools(settings.tools)
    if settings.tools is None and earlier.tools is not None:
        tools = [tool for tool in tools if tool.name in earlier.tools]
    system = earlier.system
    agent = Agent(
        model=chosen_model(settings, earlier.model),
        system=_system(settings, workspace, tools)
        if system is None or settings.system is not None
        else system,
        tools=tools,
        session=session,
        workspace=workspace,
    )
    return Assembled(agent=agent, notes=notes)


def _new_session(settings: Settings, workspace: Path) -> Session:
    if settings.persist:
        from sagent.sessions.shelf import Shelf

        return Shelf().create(workspace)
    from sagent.sessions.memory import MemorySession

    return MemorySession()


def _old_session(settings: Settings, workspace: Path) -> "JsonlSession":
    from sagent.sessions.shelf import Shelf

    try:
        return Shelf().open(settings.session) if settings.session else Shelf().latest(workspace)
    except SessionError as error:
        # Whoever names a session that is not there, or is in use, has to name another.
        raise UsageError(str(error)) from error


def _system(settings: Settings, workspace: Path, tools: Sequence[Tool]) -> str:
    if settings.system is not None:
        return settings.system
    return system_prompt(workspace, tools, datetime.now().astimezone().date())

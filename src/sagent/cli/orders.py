"""What is ordered in a conversation by a line that begins with a slash: another model, another mode."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sagent.cli.approval import Approval
from sagent.cli.live import Live
from sagent.cli.permissions import policy_for, told
from sagent.cli.settings import Settings
from sagent.errors import UsageError

if TYPE_CHECKING:
    from sagent.agent import Agent
    from sagent.schema.signal import Mail


def mail_for(word: str, rest: str) -> "Mail":
    """What the agent is sent for one of the orders about its conversation."""
    from sagent.schema.signal import Clear, Compact, Restore

    if word == "/clear":
        return Clear()
    return Restore() if word == "/uncompact" else Compact(content=rest, again=word == "/recompact")


def swap(
    name: str, settings: Settings, agent: "Agent | None", live: Live, check: Callable[[Settings], str]
) -> Settings:
    """Say which model answers next, or let another one; the settings as they are then.

    Raises:
        UsageError: there is no such model, or no key for it.
    """
    from sagent.cli.choice import chosen_model, elsewhere

    if agent is None:
        wanted = elsewhere(settings, name, settings.provider) if name else settings
        live.model = check(wanted)
        settings = wanted
    elif name:
        agent.swap_model(chosen_model(elsewhere(settings, name, agent.model.spec.provider), None))
    live.write(f"the next answer comes from {live.model_name}")
    return settings


def permit(
    name: str, settings: Settings, agent: "Agent | None", approval: Approval, write: Callable[[str], None]
) -> Settings:
    """Say what tools may do, or let another mode hold from the next call on; the settings as they are then.

    Raises:
        UsageError: there is no such mode.
    """
    from sagent.permissions.mode import MODES
    from sagent.permissions.policy import Policy

    if name:
        modes = {mode: mode for mode in MODES}
        if name not in modes:
            raise UsageError(f"there is no mode {name!r}; there are {', '.join(MODES)}")
        settings = replace(settings, permission_mode=modes[name], yes=False)
        if agent is not None:
            agent.permissions = replace(agent.permissions, mode=modes[name])
            approval.reconsider()
    policy = policy_for(settings, "default") if agent is None else agent.permissions
    write(told(policy or Policy(mode="full")))
    return settings

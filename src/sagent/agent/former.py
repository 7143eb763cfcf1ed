"""A child as it was, by what its parent's log and its own say of it; it may do no more than it might then."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sagent.agent.models import Tunable
from sagent.agent.owing import was_told
from sagent.agent.upbringing import Upbringing
from sagent.errors import SessionError
from sagent.lib.value import frozen
from sagent.protocols import Model
from sagent.schema.message import AgentSpawned, Kept, ModelChanged, System
from sagent.schema.values import ModelSpec, Rules

if TYPE_CHECKING:
    from sagent.agent.children import AgentChildren
    from sagent.permissions.policy import Policy


class Untold(SessionError):
    """A child was to begin, and has not been told anything."""


@frozen(kw_only=True)
class Former:
    """What a child was, as far as that can be had again."""

    wanted: Upbringing
    told: bool
    """Whether it knew of anything to do."""
    conversation: str
    """What names its conversation to providers; empty for its session."""


def former(own: "AgentChildren", note: AgentSpawned) -> Former:
    """Its tools as far as they are still at hand, its model, its place, its prompt and its group.

    Raises:
        SessionError: its log cannot be opened.
        UsageError: its model cannot be built any more.
    """
    driver = own.driver()
    log = driver.session.child(note.content, own.workspace)
    try:
        path = log.path()
    finally:
        log.close()
    # A tool of the same name that the parent has may do more than the one that code had given it.
    lent = {*note.tools} - {*(note.own_tools or ())}
    wanted = Upbringing(tools=[tool for tool in own.tools if tool.name in lent], group=note.group)
    model = _model(
        own, next((kept.content for kept in reversed(path) if isinstance(kept, ModelChanged)), note.model)
    )
    if model is not None:
        wanted["model"] = model
    if Path(note.workspace).is_dir():
        wanted["workspace"] = Path(note.workspace)
    systems = [kept.content for kept in path if isinstance(kept, System)]
    if systems:
        wanted["system"] = systems[-1]
    above = driver.path()
    return Former(
        wanted=wanted,
        told=was_told(path, above),
        conversation=driver.conversation if _is_hot(path, above) else "",
    )


def policy_of(rules: Rules | None) -> "Policy | None":
    """What a child's calls may do, where that was not its parent's to say.

    Raises:
        UsageError: one of the rules is none any more.
    """
    if rules is None:
        return None
    from sagent.permissions.policy import Policy

    return Policy(mode=rules.mode, allow=rules.allow, ask=rules.ask, deny=rules.deny)


def _model(own: "AgentChildren", spec: ModelSpec) -> Model | None:
    """The model that it had; None where that is its parent's."""
    if spec == own.model.spec:
        return None
    models = own.setup.models
    known = models.exactly(spec) or models.known(spec.provider, spec.model)
    if known is None:
        from sagent.providers.table import provider_named

        return provider_named(spec.provider).restored(spec)
    if known.spec.options == spec.options or not isinstance(known, Tunable):
        return known
    effort, most = spec.options.get("effort"), spec.options.get("max_output_tokens")
    return known.tuned(
        effort=effort if isinstance(effort, str) else None,
        max_output_tokens=most if isinstance(most, int) else None,
    )


def _is_hot(path: Sequence[Kept], above: Sequence[Kept]) -> bool:
    """Whether it began with the conversation of its parent, whose messages have kept their names there."""
    return bool(path and above) and path[0].id == above[0].id

"""What a child is to be, made out of what a model says of it: checked against what its parent may give."""

import time
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagent.agent.former import Untold, former, policy_of
from sagent.agent.likeness import likeness
from sagent.agent.losses import billed
from sagent.agent.models import Tunable, named
from sagent.agent.upbringing import Upbringing
from sagent.children import Errand
from sagent.errors import SagentError, SessionError, ToolError, UsageError
from sagent.lib.value import frozen
from sagent.loop.account import NO_BILL, Bill
from sagent.protocols import Model, Tool
from sagent.schema.message import AgentSpawned, Kept, ToolCall

if TYPE_CHECKING:
    from sagent.agent.children import AgentChildren
    from sagent.permissions.policy import Policy

ABOUT: Final = 120
"""How many characters of what a child is asked are noted in its parent's log."""


@frozen(kw_only=True)
class Plan:
    """What a child is to be, and what is to be known of it; code need not say anything."""

    wanted: Upbringing = field(default_factory=Upbringing)
    session_id: str = ""
    """Its log; empty for a new one."""
    base: Bill = NO_BILL
    """What it has used that is counted already."""
    call_id: str = ""
    about: str = ""
    deepest: int | None = None
    """The last generation that there may be below it; None for as deep as its parent's may be."""
    past: Sequence[Kept] = ()
    """What its log begins with."""
    conversation: str = ""
    """The session whose requests its own begin with; empty for its own."""
    begun: bool = False
    """Whether its parent's log says already that there is such a child."""
    preface: str = ""
    """What is said before its prompt."""
    policy: "Policy | None" = None
    """What its calls may do, where that is not its parent's to say."""

    def named(self, name: str, prompt: str) -> "Plan":
        """The same for one child, and its prompt."""
        from sagent.sessions.shelf import new_session_id

        wanted = Upbringing(**self.wanted)
        if name:
            wanted["name"] = name
        session_id = self.session_id or new_session_id(time.time())
        return replace(self, wanted=wanted, session_id=session_id, about=" ".join(prompt.split())[:ABOUT])

    def words(self, prompt: str) -> str:
        """What the child is asked."""
        return f"{self.preface}{prompt}"


def planned(own: "AgentChildren", call: ToolCall, errand: Errand) -> Plan:
    """What an errand makes of children, whom the tree has room for.

    Raises:
        ToolError: there may be no such child, or its parent cannot give what it wants.
    """
    names = [errand.name] if errand.name and not errand.together else []
    names += [f"{errand.name}-{number}" for number, _ in enumerate(errand.prompts, 1) if errand.name]
    # One that serves may not be running: it has not ended, and its log is its own.
    taken = {child.name for child in own} | {note.name for note in own.driver().core.state.children.values()}
    for name in names:
        if name in taken:
            raise ToolError(f"nothing is spawned: {name} is at work already; choose another name")
    deepest = own.deepest
    if errand.max_depth is not None:
        deepest = min(deepest, own.depth + errand.max_depth)
    plan = Plan(call_id=call.call_id, deepest=deepest)
    try:
        note = None if errand.together or errand.hot else _former(own, errand.name)
        if note is not None:
            log, found = own.driver().path(), former(own, note)
            base, wanted = billed(log, note.content), found.wanted
            plan = replace(
                plan, session_id=note.content, base=base, wanted=wanted, conversation=found.conversation
            )
        plan = replace(plan, wanted=_wanted(own, call, errand, plan))
        if errand.hot:
            plan = _hot(own, call, errand, plan)
    except (SessionError, UsageError) as error:
        raise ToolError(f"nothing is spawned: {error}") from error
    own.family.admit(own.depth, own.deepest, len(errand.prompts))
    return plan


def _wanted(own: "AgentChildren", call: ToolCall, errand: Errand, plan: Plan) -> Upbringing:
    base, deepest = plan.base, own.deepest if plan.deepest is None else plan.deepest
    wanted = Upbringing(**plan.wanted)
    if errand.hot:
        wanted["tools"] = own.tools
    elif errand.tools is not None or "tools" not in wanted:
        wanted["tools"] = _chosen(own, call, errand.tools, deepest)
    if errand.model or errand.effort:
        wanted["model"] = _model(own, errand, wanted.get("model", own.model))
    if errand.max_rounds is not None:
        wanted["max_tool_call_rounds"] = errand.max_rounds
    if errand.persistent:
        wanted["persistent"] = True
    if errand.budget_usd is not None:
        wanted["max_budget_usd"] = errand.budget_usd + base.charged_usd
    if errand.budget_tokens is not None:
        wanted["max_budget_tokens"] = errand.budget_tokens + base.charged_tokens
    if errand.workspace:
        wanted["workspace"] = _workspace(own.workspace, errand.workspace)
    return wanted


def as_before(own: "AgentChildren", note: AgentSpawned) -> Plan:
    """A child that goes on as it was spawned: no new note is kept of it, and it may do no more than before.

    Raises:
        SessionError: its log cannot be opened.
        Untold: its process ended before it was told what to do.
        UsageError: its model cannot be built any more, or the directory that it worked in is gone.
    """
    found = former(own, note)
    wanted = found.wanted
    if note.call_id and not found.told:
        raise Untold(f"{note.name} was told nothing before its process ended")
    if "workspace" not in wanted:
        raise UsageError(f"the directory {note.workspace}, in which it worked, is gone")
    wanted["name"], wanted["persistent"] = note.name, note.persistent
    wanted["max_tool_call_rounds"] = note.limits.max_tool_call_rounds
    wanted["max_budget_usd"] = note.limits.max_budget_usd
    wanted["max_budget_tokens"] = note.limits.max_budget_tokens
    driver = own.driver()
    return Plan(
        wanted=wanted,
        session_id=note.content,
        base=billed(driver.path(), note.content),
        call_id=note.call_id,
        deepest=None if note.max_depth is None else min(own.deepest, own.depth + note.max_depth),
        conversation=found.conversation,
        begun=True,
        policy=policy_of(note.rules),
    )


def _former(own: "AgentChildren", name: str) -> AgentSpawned | None:
    """The last child of this name that has ended."""
    driver = own.driver()
    session_id = driver.core.state.former.get(name) if name else None
    if session_id is None:
        return None
    path = driver.path()
    notes = [kept for kept in path if isinstance(kept, AgentSpawned) and kept.content == session_id]
    return notes[-1] if notes else None


def _chosen(
    own: "AgentChildren", call: ToolCall, names: Sequence[str] | None, deepest: int
) -> Sequence[Tool]:
    """Those of the agent's own tools; who may have no children gets no tool to spawn them."""
    known = {tool.name: tool for tool in own.tools if own.depth < deepest or tool.name != call.tool}
    unknown = [name for name in names or () if name not in known and name != call.tool]
    if unknown:
        raise ToolError(
            f"nothing is spawned: it cannot be given {', '.join(unknown)}; "
            f"you have {', '.join(known) or 'no tools that it could have'}"
        )
    return [tool for name, tool in known.items() if names is None or name in names]


def _model(own: "AgentChildren", errand: Errand, otherwise: Model | str) -> Model:
    model = named(errand.model or otherwise, own.model.spec)
    if not errand.effort:
        return model
    if not isinstance(model, Tunable):
        raise ToolError(f"nothing is spawned: {model.spec.model} has no effort that could be set")
    return model.tuned(effort=errand.effort)


def _workspace(home: Path, words: str) -> Path:
    place = (home / words).resolve()
    if not place.is_relative_to(home.resolve()):
        raise ToolError(f"nothing is spawned: {words} is not inside of {home}")
    if not place.is_dir():
        raise ToolError(f"nothing is spawned: there is no directory {words}")
    return place


def _hot(own: "AgentChildren", call: ToolCall, errand: Errand, plan: Plan) -> Plan:
    """One that begins with the conversation of its parent."""
    if errand.tools is not None:
        raise ToolError("nothing is spawned: a hot agent has your tools; leave out tools, or hot")
    driver = own.driver()
    try:
        past = likeness(driver.path(), call, driver.session.read)
    except SagentError as error:
        raise ToolError(f"nothing is spawned: {error}") from error
    preface = (
        f"[From here on you are an agent that {own.setup.name} has spawned; what stands above was its "
        "conversation. Its calls go on without you. Do only what follows; answer with what came of it.]\n\n"
    )
    wanted = Upbringing(**plan.wanted)
    wanted["system"] = driver.core.state.system
    return replace(plan, wanted=wanted, past=past, preface=preface, conversation=driver.conversation)

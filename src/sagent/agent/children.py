"""The children of one agent: spawned, at work, and ended with it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sagent.agent.asker import asking
from sagent.agent.errands import Errands
from sagent.agent.family import Family, Seat
from sagent.agent.keeping import Keeping, over
from sagent.agent.models import named
from sagent.agent.plans import Plan
from sagent.agent.tie import Tie
from sagent.agent.upbringing import Upbringing
from sagent.atoms import CallId
from sagent.children import Errand
from sagent.errors import SagentError, ToolError
from sagent.inbox import Inbox
from sagent.loop.phase import Status
from sagent.loop.purse import Purse
from sagent.loop.truth import AT_WORK, AWAY, IDLE, STOPPED
from sagent.protocols import Model, Tool
from sagent.schema.event import Event
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.signal import Mail

if TYPE_CHECKING:
    from sagent.agent.agent import Agent
    from sagent.agent.asking import Said
    from sagent.agent.opening import Setup
    from sagent.loop.driver import Driver

_log = logging.getLogger("sagent.agent")

UNPLANNED: Final = Plan()
"""Nobody has said more of a child."""


STANDS: Final[Mapping[Status, str]] = {"idle": IDLE, "halted": STOPPED, "closed": AWAY}
"""How a child stands, in the words of its parent's truth; else it is at work."""


class AgentChildren:
    """The children of an agent that have not ended: iterated over, or found by name or session."""

    def __init__(
        self,
        setup: "Setup",
        driver: "Callable[[], Driver]",
        inbox: Inbox[Mail],
        workspace: Path,
        purse: Purse,
        detach: Callable[[CallId, str, float | None], bool],
        tie: Tie | None,
    ) -> None:
        """`tie` is the agent's own to its parent, if it has one."""
        self.setup: Setup = setup
        self.driver: Callable[[], Driver] = driver
        self.workspace: Path = workspace
        self.detach: Callable[[CallId, str, float | None], bool] = detach
        self.family: Family = Family(setup.tree_limits) if tie is None else tie.family
        """The tree that they belong to."""
        self.depth: int = 1 if tie is None else tie.depth + 1
        """How many generations they are below the first agent."""
        self.deepest: int = self.family.limits.max_depth if tie is None else tie.deepest
        """The last generation that there may be."""
        self.seat: Seat | None = None
        """The agent's own right to be at work, which it lends to a child that it waits for."""
        self.inbox: Inbox[Mail] = inbox
        self.purse: Purse = purse
        self._living: dict[str, Agent] = {}
        self._born = 0
        self._keeping: Keeping | None = None
        self.tidying: asyncio.Task[None] | None = None
        """What clears away what those of an earlier process have left."""

    def __iter__(self) -> "Iterator[Agent]":
        return iter(tuple(self._living.values()))

    def __len__(self) -> int:
        return len(self._living)

    def __getitem__(self, name: str) -> "Agent":
        """The child of this name or session.

        Raises:
            KeyError: none that has not ended is called so.
        """
        for session_id, child in self._living.items():
            if name in (session_id, child.name):
                return child
        raise KeyError(name)

    def spawn(self, wanted: Upbringing, plan: Plan = UNPLANNED) -> "Agent":
        """A new child, as its parent is but for what is said of it; it opens its log when it is used.

        Raises:
            UsageError: a tool or a model is none, or the model's provider has no key.
        """
        from sagent.agent.agent import Agent  # which imports this
        from sagent.sessions.shelf import new_session_id

        self._born += 1
        setup, session_id = self.setup, plan.session_id or new_session_id(time.time())
        name = wanted.get("name") or f"{setup.name}-{self._born}"
        tie = Tie(
            parent=self.driver,
            inbox=self.inbox,
            given=setup.given,
            permit=setup.permit,
            purse=self.purse,
            family=self.family,
            session_id=session_id,
            depth=self.depth,
            deepest=self.deepest if plan.deepest is None else plan.deepest,
            group=wanted.get("group", ""),
            call_id=plan.call_id,
            about=plan.about,
            base=plan.base,
            past=plan.past,
            conversation=plan.conversation,
            persistent=wanted.get("persistent", False),
            noted=plan.begun,
            forget=lambda: self.forget(session_id),
        )
        model = wanted.get("model")
        child = Agent(
            self.model if model is None else named(model, self.model.spec),
            wanted.get("system", setup.system),
            wanted.get("tools", self.tools),
            name=name,
            description=wanted.get("description", ""),
            workspace=wanted.get("workspace", self.workspace),
            max_tool_call_rounds=wanted.get("max_tool_call_rounds"),
            max_attempts=setup.max_attempts,
            max_budget_usd=wanted.get("max_budget_usd"),
            max_budget_tokens=wanted.get("max_budget_tokens"),
            compactor=setup.compactor,
            fallback_models=setup.models.stand_ins,
            approve=asking(setup.approve, name),
            before_tool=setup.hooks.before,
            after_tool=setup.hooks.after,
            permissions=plan.policy,
            parent=tie,
            group=wanted.get("group", ""),
        )
        self._living[session_id] = child
        return child

    def work(self, call: ToolCall, errand: Errand, /) -> AsyncIterator[Event | ToolResult]:
        """Have children run an errand for a call: what they say and do, and last what came of it.

        Closing the iterator ends the children, and returns when they are gone.

        Raises:
            ToolError: there may be no such child.
        """
        return Errands(self, call, errand).run()

    def serve(self, child: "Agent", prompt: "Said | None" = None) -> None:
        """Have a child serve its inbox on the running event loop, beside everything else, until it ends.

        What it answers to `prompt` comes as mail. One that is persistent serves again when its parent goes on
        in another process.
        """
        self.keeping.serve(child, prompt)

    @property
    def serving(self) -> "Sequence[Agent]":
        """Those that serve their inboxes, until they are ended or their parent is."""
        return () if self._keeping is None else [child for child in self if self._keeping.serves(child)]

    async def stop(self, name: str, /) -> str:
        """End a child, and return what it was called when it is gone.

        Raises:
            ToolError: none is called so.
        """
        try:
            child = self[name]
        except KeyError:
            if await self.keeping.drop(name):
                return name
            names = ", ".join(f"{child.name} ({child.session_id})" for child in self)
            raise ToolError(f"none of your agents is called {name!r}; there are {names or 'none'}") from None
        await self.keeping.stop(child)
        return child.name

    @property
    def keeping(self) -> Keeping:
        """Those that serve their inboxes."""
        if self._keeping is None:
            self._keeping = Keeping(self)
        return self._keeping

    async def tidied(self) -> None:
        """Return when that is done, if it was begun."""
        if self.tidying is not None:
            await over([self.tidying])

    def place(self, child: "Agent", seat: Seat) -> None:
        """A child takes a seat, which it lends to children of its own."""
        child.children.seat = seat

    async def aclose(self) -> None:
        """End all of them, and return when they are gone; what keeps one from it is logged."""
        await self.tidied()
        if self._living:
            await asyncio.gather(*map(_close, self))
        if self._keeping is not None:
            await self._keeping.ended()

    @property
    def standing(self) -> Mapping[str, str]:
        """How each of them stands, in words, by its session."""
        return {session_id: self._stands(child) for session_id, child in self._living.items()}

    def _stands(self, child: "Agent") -> str:
        roused = self._keeping is not None and self._keeping.rouses(child)
        return AT_WORK if roused else STANDS.get(child.status, AT_WORK)

    @property
    def tools(self) -> Sequence[Tool]:
        """What the agent may give to children: its tools that are on, as they were given to it."""
        off = self.driver().core.state.turned_off
        return [tool for tool in self.setup.given if tool.name not in off]

    @property
    def model(self) -> Model:
        """The model that its next request goes to."""
        models = self.setup.models
        return models[self.driver().core.state.upcoming or models.newest]

    def forget(self, session_id: str) -> None:
        """The child of this session is none any more, or never was."""
        self._living.pop(session_id, None)


async def _close(child: "Agent") -> None:
    try:
        await child.aclose()
    except SagentError as error:
        # Somebody else may have its log by now; the others, and the parent, end all the same.
        _log.warning("%s could not be ended: %s", child.session_id, error)

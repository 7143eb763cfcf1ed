"""The children of one agent: spawned, at work, and ended with it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sagent.agent.family import Family
from sagent.agent.models import named
from sagent.agent.tie import Tie
from sagent.agent.upbringing import Upbringing
from sagent.children import Errand, TreeLimits
from sagent.errors import AgentHalted, SagentError, ToolError, UsageError
from sagent.inbox import Inbox
from sagent.lib.streams import Closing
from sagent.loop.account import NO_BILL
from sagent.loop.purse import Purse
from sagent.messages.words import tool_result
from sagent.protocols import Model, Tool
from sagent.schema.event import Event, Progress, TextDelta, ThinkingDelta, ToolLabel
from sagent.schema.message import Message, ToolCall, ToolResult
from sagent.schema.part import ErrorText, Text
from sagent.schema.signal import Mail

if TYPE_CHECKING:
    from sagent.agent.agent import Agent
    from sagent.agent.opening import Setup
    from sagent.loop.driver import Driver

ABOUT = 120
"""How many characters of what a child is asked are noted in its parent's log."""


class AgentChildren:
    """The children of an agent that have not ended: iterated over, or found by name or session."""

    def __init__(
        self,
        setup: "Setup",
        driver: "Callable[[], Driver]",
        inbox: Inbox[Mail],
        workspace: Path,
        purse: Purse,
        tie: Tie | None,
    ) -> None:
        """`tie` is the agent's own to its parent, if it has one."""
        self._setup = setup
        self._driver = driver
        self._inbox = inbox
        self._workspace = workspace
        self._purse = purse
        self.family: Family = Family(TreeLimits()) if tie is None else tie.family
        """The tree that they belong to."""
        self._depth = 1 if tie is None else tie.depth + 1
        self._living: dict[str, Agent] = {}
        self._born = 0

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

    def spawn(self, wanted: Upbringing, *, call_id: str = "", about: str = "") -> "Agent":
        """A new child, as its parent is but for what is said of it; it opens its log when it is used.

        Raises:
            UsageError: a tool or a model is none, or the model's provider has no key.
        """
        from sagent.agent.agent import Agent  # which imports this
        from sagent.sessions.shelf import new_session_id

        self._born += 1
        setup, session_id = self._setup, new_session_id(time.time())
        tie = Tie(
            parent=self._driver,
            inbox=self._inbox,
            permit=setup.permit,
            purse=self._purse,
            family=self.family,
            session_id=session_id,
            depth=self._depth,
            call_id=call_id,
            about=about,
            base=NO_BILL,
            forget=lambda: self._forget(session_id),
        )
        name = wanted.get("name") or f"{setup.name}-{self._born}"
        child = Agent(
            self._model(wanted.get("model")),
            wanted.get("system", setup.system),
            wanted.get("tools", self._tools),
            name=name,
            description=wanted.get("description", ""),
            workspace=wanted.get("workspace", self._workspace),
            max_tool_call_rounds=wanted.get("max_tool_call_rounds"),
            max_attempts=setup.max_attempts,
            max_budget_usd=wanted.get("max_budget_usd"),
            max_budget_tokens=wanted.get("max_budget_tokens"),
            compactor=setup.compactor,
            fallback_models=setup.models.stand_ins,
            approve=setup.approve,
            before_tool=setup.hooks.before,
            after_tool=setup.hooks.after,
            parent=tie,
        )
        self._living[session_id] = child
        return child

    async def work(self, call: ToolCall, errand: Errand, /) -> AsyncIterator[Event | ToolResult]:
        """Have a new child run an errand for a call: what it says and does, and last its answer.

        Closing the iterator ends the child, and returns when it is gone.

        Raises:
            ToolError: there may be no such child.
        """
        child = self._sent(call, errand)
        said: Message | None = None
        try:
            async with Closing(child.stream(errand.prompt)) as items:
                async for item in items:
                    said = item
                    if isinstance(item, TextDelta | ThinkingDelta | ToolLabel | Progress):
                        yield item
        except SagentError as error:
            yield _failure(call, child, error)
            return
        finally:
            await child.aclose()
        yield tool_result(call, said if isinstance(said, Text) else "")

    async def aclose(self) -> None:
        """End all of them, and return when they are gone."""
        if self._living:
            await asyncio.gather(*(child.aclose() for child in self))

    def _sent(self, call: ToolCall, errand: Errand) -> "Agent":
        if errand.name and any(child.name == errand.name for child in self):
            raise ToolError(f"no agent is spawned: {errand.name} is at work already; choose another name")
        wanted = Upbringing(tools=self._chosen(call, errand.tools))
        if errand.name:
            wanted["name"] = errand.name
        if errand.model:
            wanted["model"] = errand.model
        self.family.admit(self._depth)
        try:
            return self.spawn(wanted, call_id=call.call_id, about=errand.prompt[:ABOUT])
        except UsageError as error:
            raise ToolError(f"no agent is spawned: {error}") from error

    def _chosen(self, call: ToolCall, names: Sequence[str] | None) -> Sequence[Tool]:
        """Those of the agent's own tools; who may have no children gets no tool to spawn them."""
        lasts = self._depth < self.family.limits.max_depth
        own = {tool.name: tool for tool in self._tools if lasts or tool.name != call.tool}
        unknown = [name for name in names or () if name not in own]
        if unknown:
            raise ToolError(
                f"no agent is spawned: it cannot be given {', '.join(unknown)}; "
                f"you have {', '.join(own) or 'no tools that it could have'}"
            )
        return [tool for name, tool in own.items() if names is None or name in names]

    @property
    def _tools(self) -> Sequence[Tool]:
        off = self._driver().core.state.turned_off
        return [tool for tool in self._setup.given if tool.name not in off]

    def _model(self, wanted: Model | str | None) -> Model:
        models = self._setup.models
        own = models[self._driver().core.state.upcoming or models.newest]
        return own if wanted is None else named(wanted, own.spec)

    def _forget(self, session_id: str) -> None:
        self._living.pop(session_id, None)


def _failure(call: ToolCall, child: "Agent", error: SagentError) -> ToolResult:
    told = ErrorText(content=f"{child.name} has not answered: {error} (its session is {child.session_id})")
    partial = error.partial if isinstance(error, AgentHalted) else ""
    said = [Text(content=f"It had said:\n{partial}")] if partial else []
    return tool_result(call, told, *said, failed=True)

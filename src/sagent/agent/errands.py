"""What a call sends its agent's children out for: one child, or several at once, and what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sagent.agent.family import Seat
from sagent.agent.plans import Plan, planned
from sagent.agent.worktree import Worktree
from sagent.children import Errand
from sagent.errors import AgentHalted, SagentError, ToolError
from sagent.lib.feed import Feed
from sagent.lib.json import json_freeze
from sagent.lib.streams import Closing
from sagent.lib.value import frozen
from sagent.messages.words import tool_result
from sagent.schema.event import Event, Progress, TextDelta, ThinkingDelta, ToolLabel
from sagent.schema.message import ToolCall, ToolResult
from sagent.schema.part import Data, ErrorText, Part, Text

if TYPE_CHECKING:
    from sagent.agent.agent import Agent
    from sagent.agent.children import AgentChildren

TURN: Final = "waits for its turn: as many agents as may be are at work"
"""What is shown meanwhile."""


@frozen()
class Came:
    """What came of one prompt."""

    content: Sequence[Part]
    failed: bool = False


BROKEN_OFF: Final = Came((), failed=True)
"""Nobody waits for it any more."""


@frozen()
class Sent:
    """A child on its errand."""

    child: "Agent"
    prompt: str
    tree: Worktree | None

    async def back(self, came: Came) -> Came:
        """End it, and say where its work is, if that is not where its parent's is."""
        await self.child.aclose()
        if self.tree is None:
            return came
        try:
            told: Part = Text(content=await self.tree.settle())
        except ToolError as error:
            told = ErrorText(content=f"Its git worktree {self.tree.root} is left as it is: {error}")
        return replace(came, content=(*came.content, told))


class Errands:
    """One call's errand."""

    def __init__(self, children: "AgentChildren", call: ToolCall, errand: Errand) -> None:
        self._children = children
        self._call = call
        self._errand = errand

    async def run(self) -> AsyncIterator[Event | ToolResult]:
        """What the children say and do, and last what came of it.

        Raises:
            ToolError: there may be no such child.
        """
        errand = self._errand
        await self._children.tidied()
        plan = planned(self._children, self._call, errand)
        if errand.persistent:
            yield await self._kept(plan)
            return
        if errand.background:
            who = errand.name or ("several agents" if errand.together else "an agent")
            notice = f"{who} works on it in the background; what comes of it is a later message"
            self._children.detach(self._call.call_id, notice, None)
        async with Closing(self._several(plan) if errand.together else self._one(plan)) as items:
            async for item in items:
                yield item

    async def _kept(self, plan: Plan) -> ToolResult:
        """A child that serves its inbox from now on."""
        prompt, name = self._errand.prompts[0], self._errand.name
        plan = plan.named(name, prompt)
        child = self._children.spawn(plan.wanted, plan)
        try:
            await self._children.keeping.begin(child, plan.words(prompt))
        except SagentError as error:
            raise ToolError(f"nothing is spawned: {error}") from error
        return tool_result(
            self._call,
            f"{child.name} is at work until you stop it (its id is {child.session_id}). Its answer, and what "
            "else it has to say, comes as messages; it reads what is sent to it.",
        )

    async def _one(self, plan: Plan) -> AsyncIterator[Event | ToolResult]:
        sent = await self._send(plan, self._errand.prompts[0], self._errand.name)
        came, seat, said = BROKEN_OFF, self._seat(), None
        try:
            if seat is None:
                yield Progress(call_id=self._call.call_id, content=TURN)
                seat = await self._turn()
            self._children.place(sent.child, seat)
            async with Closing(sent.child.follow(sent.prompt, self._errand.output)) as items:
                async for item in items:
                    said = item
                    if isinstance(item, TextDelta | ThinkingDelta | ToolLabel | Progress):
                        yield item
            came = self._answer(said)
        except SagentError as error:
            came = _failure(sent.child, error)
        finally:
            if seat is not None:
                self._children.family.leave(seat)
            came = await sent.back(came)
        yield tool_result(self._call, *came.content, failed=came.failed)

    async def _several(self, plan: Plan) -> AsyncIterator[Event | ToolResult]:
        prompts, feed, results = self._errand.prompts, Feed[Progress](), dict[int, Came]()
        left = iter(enumerate(prompts, 1))

        async def work() -> None:
            for number, prompt in left:
                results[number] = await self._alone(plan, number, prompt)
                failed = sum(came.failed for came in results.values())
                done = f"{len(results)} of {len(prompts)} done"
                news = f"{done}, {failed} failed" if failed else done
                feed.put(Progress(call_id=self._call.call_id, content=news))

        async def all_of_them() -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._errand.concurrency, len(prompts))):
                    group.create_task(work())

        working = asyncio.create_task(all_of_them())
        working.add_done_callback(lambda _: feed.close())
        try:
            async for news in feed:
                yield news
            await working
        finally:
            if not working.done():
                working.cancel()
                await asyncio.wait([working])
        yield self._together([results[number] for number in sorted(results)])

    async def _alone(self, plan: Plan, number: int, prompt: str) -> Came:
        """What comes of one of several prompts."""
        name = f"{self._errand.name}-{number}" if self._errand.name else ""
        try:
            sent = await self._send(plan, prompt, name)
        except ToolError as error:
            return Came((ErrorText(content=str(error)),), failed=True)
        came, seat = BROKEN_OFF, self._seat()
        try:
            seat = seat or await self._turn()
            self._children.place(sent.child, seat)
            came = self._answer(await sent.child.answer(sent.prompt, self._errand.output))
        except SagentError as error:
            came = _failure(sent.child, error)
        finally:
            if seat is not None:
                self._children.family.leave(seat)
            came = await sent.back(came)
        return came

    def _together(self, results: Sequence[Came]) -> ToolResult:
        parts: list[Part] = []
        for number, came in enumerate(results, 1):
            head = f"[{number} of {len(results)}{', failed' if came.failed else ''}]"
            match came.content:
                case [Text() as text, *others]:
                    parts += [Text(content=f"{head}\n{text.content}"), *others]
                case content:
                    parts += [Text(content=head), *content]
        return tool_result(self._call, *parts, failed=all(came.failed for came in results))

    async def _send(self, plan: Plan, prompt: str, name: str) -> Sent:
        """A child, in a worktree of its own where that is wanted.

        Raises:
            ToolError: there can be no worktree.
        """
        plan = plan.named(name, prompt)
        if not self._errand.worktree:
            return Sent(self._children.spawn(plan.wanted, plan), plan.words(prompt), None)
        workspace = plan.wanted.get("workspace", self._children.workspace)
        tree = await Worktree.made(workspace, name or "agent", plan.session_id)
        where = f"[You work in {tree.workspace}, in a git worktree on the branch {tree.branch}.]\n\n"
        child = self._children.spawn({**plan.wanted, "workspace": tree.workspace}, plan)
        return Sent(child, plan.words(where + prompt), tree)

    def _seat(self) -> Seat | None:
        own = self._children
        return own.family.seat(own.seat, waits=not self._errand.background)

    async def _turn(self) -> Seat:
        own = self._children
        return await own.family.turn(own.seat, waits=not self._errand.background)

    def _answer(self, said: object) -> Came:
        if self._errand.output is not None:
            return Came((Data(content=json_freeze(said)),))
        return Came((said if isinstance(said, Text) else Text(content=""),))


def _failure(child: "Agent", error: SagentError) -> Came:
    told = ErrorText(content=f"{child.name} has not answered: {error} (its session is {child.session_id})")
    partial = error.partial if isinstance(error, AgentHalted) else ""
    said = [Text(content=f"It had said:\n{partial}")] if partial else []
    return Came((told, *said), failed=True)

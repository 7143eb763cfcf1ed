"""A model that is held to the budget and counted, request by request."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from typing_extensions import override

from sagent.errors import Overloaded, Refused
from sagent.loop.budget import FREE, Grant
from sagent.loop.drawing import Draws, Drew
from sagent.loop.metered import Metered
from sagent.loop.traffic import Input
from sagent.messages.words import visible_text
from sagent.protocols import Chunk, Model, Reply, Request
from sagent.schema.event import Notice
from sagent.schema.message import Message
from sagent.testing import Scripted
from tests.compaction.conversation import work
from tests.providers.conversation import prompt


def request() -> Request:
    """Some request."""
    return work([prompt("hi")], cut=1).request


class Loading(Scripted):
    """A model that says that it is loaded before it answers, and how long the answers may be."""

    @override
    async def stream(self, request: Request, /) -> AsyncIterator[Chunk]:
        yield Notice(content=f"loading for {request.max_output}")
        async for chunk in super().stream(request):
            yield chunk


class Till:
    """A metered model, and what it tells; it says the same to every request."""

    def __init__(self, model: Model, granted: Grant | str = FREE) -> None:
        self.told: list[Input] = []
        self.shown: list[Message] = []
        self.granted = granted
        self.model = Metered(model, 7, feed=self._feed, show=self.shown.append)

    def _feed(self, arrived: Input) -> None:
        self.told.append(arrived)
        if isinstance(arrived, Draws):
            self.model.decide(self.granted)

    async def ask(self) -> Sequence[object]:
        """All that comes of one request."""
        return [chunk async for chunk in self.model.stream(request())]


async def test_leave_is_asked_for_each_request_and_what_it_consumed_is_told() -> None:
    till = Till(Scripted("one", "two"))

    await till.ask()
    await till.ask()

    assert [type(arrived) for arrived in till.told] == [Draws, Drew, Draws, Drew]
    told = [arrived.reply.content for arrived in till.told if isinstance(arrived, Drew)]
    assert list(map(visible_text, told)) == ["one", "two"]
    assert {arrived.number for arrived in till.told if isinstance(arrived, Draws | Drew)} == {7}


async def test_no_request_is_made_without_leave() -> None:
    scripted = Scripted("one")
    till = Till(scripted, "the budget does not allow another request")

    with pytest.raises(Refused, match="the budget does not allow"):
        await till.ask()

    assert scripted.requests == ()


async def test_a_request_has_as_many_tokens_as_the_budget_allows_and_what_the_user_should_know_is_shown() -> (
    None
):
    till = Till(Loading("one"), Grant(usd=0.1, tokens=2_000, max_output=1_500))

    await till.ask()

    assert till.shown == [Notice(content="loading for 1500")]


async def test_of_two_requests_at_once_the_second_waits_for_the_first() -> None:
    till = Till(Scripted("one", "two"))

    both = await asyncio.gather(till.ask(), till.ask())

    assert [type(arrived) for arrived in till.told] == [Draws, Drew, Draws, Drew]
    assert all(isinstance(answer[-1], Reply) for answer in both)


async def test_a_failure_of_which_nothing_came_has_not_to_be_paid_for() -> None:
    till = Till(Scripted(Overloaded("busy")))

    with pytest.raises(Overloaded) as told:
        await till.ask()

    assert not told.value.begun

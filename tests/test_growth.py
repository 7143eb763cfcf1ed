"""What a turn costs does not grow with the conversation: entries that are looked at are counted, not time."""

from typing import TYPE_CHECKING, overload

import pytest
from typing_extensions import override

from sagent.compaction.cut import cut_of
from sagent.loop.change import Change
from sagent.loop.traffic import Responded
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.view import View, Viewed
from sagent.schema.values import Limits, Usage
from sagent.testing import call as called
from sagent.testing import reply
from tests.loop.stage import USAGE, Stage
from tests.providers.conversation import call, prompt, request, response, result
from tests.providers.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sagent.messages.view import Span

SHORT, LONG = 20, 200
"""Rounds of calls."""

BUDGET = Limits(max_tool_call_rounds=None, max_budget_usd=None, max_budget_tokens=1_000_000_000)


class Counted(View):
    """A view that counts how many of its entries are looked at."""

    __slots__ = ("looks",)

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    @overload
    def __getitem__(self, index: int) -> Viewed: ...
    @overload
    def __getitem__(self, index: "Span") -> "Sequence[Viewed]": ...
    @override
    def __getitem__(self, index: "int | Span") -> "Viewed | Sequence[Viewed]":
        self.looks += 1 if isinstance(index, int) else len(range(*index.indices(len(self))))
        return super().__getitem__(index)


@pytest.mark.parametrize(
    "usage", [USAGE, NOTHING_SPENT], ids=["counted by the provider", "counted by nobody"]
)
def test_a_round_of_the_loop_looks_at_as_many_entries_after_many_as_after_few(usage: Usage) -> None:
    view = Counted()
    stage = Stage(window=lambda _: 10_000_000, cut=cut_of)
    stage.state.view = view
    stage.take(Change(limits=BUDGET))
    stage.says("add them all")
    looks: list[int] = []

    for number in range(LONG):
        before = view.looks
        assert stage.model is not None
        asked, stage.model = stage.model, None
        stage.take(Responded(asked, reply(called("edit", text=str(number)), usage=usage)))
        stage.ends("edit", str(number))
        looks.append(view.looks - before)

    assert len(view) == 2 * LONG + 1
    assert set(looks[SHORT:]) == {looks[SHORT]}


@pytest.mark.parametrize("name", TARGETS)
async def test_a_request_looks_at_as_many_entries_after_many_rounds_as_after_few(name: str) -> None:
    target = TARGETS[name]
    view, scribe = Counted(), target.dialect.scribe()
    view.add(prompt("add them all"))
    looks: list[int] = []

    for number in range(LONG):
        view.add(response(call(number), origin=target.origin, stop="tool_calls"))
        view.add(result(number, "1"))
        before = view.looks
        asked = request(view)
        await scribe.prepare(asked)
        scribe.body(asked)
        looks.append(view.looks - before)

    assert set(looks[SHORT:]) == {looks[SHORT]}

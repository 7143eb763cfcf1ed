"""What a turn costs and leaves behind does not grow with the conversation: things are counted, not time."""

import asyncio
import gc
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

import pytest
from typing_extensions import override

from sagent.agent import Agent
from sagent.compaction.cut import cut_of
from sagent.lib.blob import Blob
from sagent.lib.json import JsonObject, json_text
from sagent.loop.change import Change
from sagent.loop.traffic import Responded
from sagent.messages.usage import NOTHING_SPENT
from sagent.messages.view import View, Viewed
from sagent.messages.words import letter
from sagent.protocols import ModelLimits
from sagent.providers import Anthropic, Google, OpenAI
from sagent.providers.remote import Remote
from sagent.schema.message import Summary
from sagent.schema.part import Image
from sagent.schema.session import SessionHeader
from sagent.schema.signal import Clear
from sagent.schema.values import Limits, Usage
from sagent.sessions.jsonl import JsonlSession
from sagent.testing import Scripted, WireReplying, WireServer, always, reply
from sagent.testing import call as called
from tests import samples
from tests.agent.props import Trick, echo
from tests.loop.stage import USAGE, Stage
from tests.providers.conversation import call, prompt, request, response, result
from tests.providers.targets import TARGETS

if TYPE_CHECKING:
    from sagent.messages.view import Span

SHORT, LONG = 20, 200
"""Rounds of calls."""

TURNS, SWAP = 120, 10
"""Turns of a conversation that is condensed again and again, and after how many another dialect goes on."""

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


class Narrow:
    """A model that is said to have little room."""

    limits = ModelLimits(context_window=8_000, max_output=1_000)

    def __init__(self, model: Remote) -> None:
        self.spec = model.spec
        self.stream = model.stream


def told(body: JsonObject) -> WireReplying:
    """A summary, a call in each fifth turn, or words."""
    entries = next(body[name] for name in ("messages", "contents", "input") if name in body)
    last = json_text(entries[-1] if isinstance(entries, Sequence) else entries)
    if "about to become too long" in last or "Write the summary" in last:
        return "We spoke of tea."
    if re.search(r"turn \d*[05]: ", last) and "tool_result" not in last and "functionResponse" not in last:
        return called("echo", text=f"{len(last)} leaves")
    return "tea and biscuits " * 20


def picture(turn: int) -> Image:
    """A small picture, another one for each turn."""
    return Image(descriptor="image/png", content=Blob.of(samples.picture(8, 8, colour=turn)))


def census() -> Counter[str]:
    """How many values of each of our kinds are alive."""
    gc.collect()
    kinds = (type(each) for each in gc.get_objects())
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith("sagent."))


async def test_what_is_in_memory_does_not_grow_with_the_turns_that_were_condensed(tmp_path: Path) -> None:
    header = SessionHeader(version=1, session_id="long", workspace=str(tmp_path), timestamp=1.0)
    session = JsonlSession.create(tmp_path / "long.jsonl", header, fsync=False)
    async with WireServer(always(told), recall=0) as server:
        models = [
            Narrow(Anthropic.from_env(server.environment).model("claude-sonnet-4-5")),
            Narrow(Google.from_env(server.environment).model("gemini-3-flash-preview")),
            Narrow(OpenAI.from_env(server.environment).model("gpt-5.5")),
            Narrow(OpenAI.from_env(server.environment).model("gpt-5.5", dialect="openai_chat")),
        ]
        agent = Agent(models[0], "You are tireless.", [Trick("echo", echo)], session=session)
        condensed = asyncio.Event()
        agent.watch(lambda message: condensed.set() if isinstance(message, Summary) else None)
        counts: list[Counter[str]] = []

        for turn in range(TURNS):
            if turn and turn % SWAP == 0:
                agent.swap_model(models[turn // SWAP % 4])
            words = f"turn {turn}: {'a cup of tea ' * 100}"
            await agent.run(letter(words, picture(turn)) if turn % SWAP == 3 else letter(words))
            if condensed.is_set():
                condensed.clear()
                counts.append(census())
        await agent.aclose()

    warm, last = counts[len(counts) // 3], counts[-1]
    assert server.complaints == ()
    assert len(counts) > 10
    assert {kind: count for kind, count in last.items() if count > 1.5 * warm[kind] + 20} == {}


async def test_an_agent_that_goes_on_with_a_long_log_holds_what_it_shows_and_not_the_log(
    tmp_path: Path,
) -> None:
    header = SessionHeader(version=1, session_id="long", workspace=str(tmp_path), timestamp=1.0)
    before = Agent(
        Scripted(always("aha")),
        session=JsonlSession.create(tmp_path / "long.jsonl", header, fsync=False),
    )
    for turn in range(TURNS):
        await before.run(f"turn {turn}")
    before.inbox.post(Clear())
    await before.aclose()
    del before
    bare = census()

    agent = Agent(Scripted("hm"), session=JsonlSession.open(tmp_path / "long.jsonl", fsync=False))
    await agent.run("so?")

    assert len(agent.messages) > 3 * TURNS
    assert (census() - bare)["Prompt"] < 5

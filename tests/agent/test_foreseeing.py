"""What a model is told of the next request while calls run: in time, and only of what will be asked of it."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from sagent.agent import Agent
from sagent.protocols import Answer, Request
from sagent.schema.message import ModelResponse, Prompt, ToolCall
from sagent.schema.part import Text
from sagent.schema.signal import Clear
from sagent.testing import Scripted, call
from sagent.testing.script import Replying
from tests.agent.props import Recorder, Trick


class Foresighted(Scripted):
    """A scripted model that notes in a diary what it is told before it is asked."""

    def __init__(self, diary: list[object], *script: Replying, model: str = "scripted") -> None:
        super().__init__(*script, model=model)
        self._diary = diary

    def foresee(self, request: Request, /) -> None:
        self._diary.append([type(entry) for entry in request.view])


def noting(diary: list[object], meanwhile: Callable[[], None] = lambda: None) -> Trick:
    """A tool that notes in a diary when it begins and ends."""

    async def deed(asked: ToolCall) -> Answer:
        diary.append("begun")
        meanwhile()
        for _ in range(9):
            await asyncio.sleep(0)
        diary.append("ended")
        return Text(content="done")

    return Trick("work", deed)


TOLD: Sequence[object] = [Prompt, ModelResponse]


async def test_a_model_is_told_once_of_its_response_when_all_calls_have_begun_and_none_has_ended() -> None:
    diary: list[object] = []
    agent = Agent(Foresighted(diary, [call("work"), call("work")], "ok"), tools=[noting(diary)])

    await agent.run("go")

    assert diary == ["begun", "begun", TOLD, "ended", "ended"]


async def test_a_model_is_told_behind_a_flush_of_the_log_too() -> None:
    diary: list[object] = []
    model = Foresighted(diary, call("work"), "ok")
    agent = Agent(model, tools=[noting(diary)], session=Recorder([]))

    await agent.run("go")

    assert diary == ["begun", TOLD, "ended"]


async def test_a_model_that_is_about_to_be_swapped_away_is_not_told() -> None:
    diary: list[object] = []
    other = Foresighted(diary, "ok", model="other")
    tool = noting(diary, lambda: agent.swap_model(other))
    agent = Agent(Foresighted(diary, call("work"), "never"), tools=[tool])

    answer = await agent.run("go")

    assert (answer, diary) == (Text(content="ok"), ["begun", "ended"])


async def test_a_conversation_that_was_cleared_is_not_told_of() -> None:
    diary: list[object] = []
    tool = noting(diary, lambda: agent._driver.feed(Clear()))
    agent = Agent(Foresighted(diary, call("work"), "new"), tools=[tool])
    with pytest.raises(Exception, match="cleared"):
        await agent.run("go")

    answer = await agent.run("hi")

    assert (answer, TOLD in diary) == (Text(content="new"), False)


async def test_a_bug_in_what_a_model_foresees_is_logged_and_the_agent_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Blind(Scripted):
        def foresee(self, request: Request, /) -> None:
            raise RuntimeError("fog")

    agent = Agent(Blind(call("work"), "ok"), tools=[noting([])])

    answer = await agent.run("go")

    assert answer == Text(content="ok")
    assert "the model raised, before it was asked" in caplog.text

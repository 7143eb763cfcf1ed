"""Whatever people do to an agent at whatever moment, it answers the next question."""

import asyncio
import random

import pytest

from sagent.agent import Agent
from sagent.errors import AgentHalted, Overloaded, Refused
from sagent.loop.state import fold
from sagent.messages.words import letter
from sagent.protocols import Answer, Request
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.signal import Clear, Detach, Halt, Kill, Undetach
from sagent.testing import Scripted, always, call
from sagent.testing.script import Replying
from tests.agent.props import Recorder, Trick

STEPS = 60


async def turns(count: int) -> None:
    """Let the event loop go round so many times."""
    for _ in range(count):
        await asyncio.sleep(0)


class Storm:
    """Chance, with an agent in it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.calm = False
        self.session = Recorder([])
        tools = [Trick("slow", self.deed, detachable=True), Trick("edit", self.deed)]
        self.agent = Agent(
            Scripted(always(self.reply)), tools=tools, session=self.session, approve=self.approve
        )
        self.agent._driver.core.grace = 0.0
        self.agent._driver.crew.kill_patience = 0.05
        self.asking: list[asyncio.Task[Text]] = []

    def reply(self, request: Request) -> Replying:
        if self.calm:
            return "calm"
        replies: list[Replying] = [
            "words",
            ["words", call("slow")],
            [call("edit"), call("slow"), call("nope")],
            ["half", Overloaded("busy", retry_after=0.001)],
            Refused("no"),
            ZeroDivisionError("a bug"),
        ]
        return self.chance.choice(replies)

    async def deed(self, asked: ToolCall) -> Answer:
        await turns(0 if self.calm else self.chance.randrange(12))
        return Text(content="done")

    async def approve(self, asked: ToolCall) -> str | None:
        await turns(0 if self.calm else self.chance.randrange(4))
        return self.chance.choice([None, None, "no"])

    def strike(self) -> None:
        """Do something to the agent."""
        running = [*self.agent._driver.core.state.open, *self.agent._driver.core.state.detached]
        match self.chance.randrange(10):
            case 0 | 1:
                self.asking.append(asyncio.create_task(self.agent.run("please")))
            case 2:
                self.agent.inbox.post(letter("by the way"))
            case 3:
                self.agent.inbox.post(Halt())
            case 4 if self.asking:
                self.chance.choice(self.asking).cancel()
            case 5 if self.chance.random() < 0.3:
                self.agent.inbox.post(Clear())
            case 6 | 7 if running:
                verb = self.chance.choice([Kill, Detach, Undetach])
                self.agent.inbox.post(verb(content=self.chance.choice(running)))
            case _:
                pass


@pytest.mark.parametrize("seed", range(25))
async def test_an_agent_weathers_any_storm_and_answers_the_next_question(
    seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "sagent")
    storm = Storm(seed)
    for _ in range(STEPS):
        storm.strike()
        await turns(storm.chance.randrange(4))

    storm.calm = True
    answer = await asyncio.wait_for(storm.agent.run("are you there?"), 20.0)
    told = await asyncio.wait_for(asyncio.gather(*storm.asking, return_exceptions=True), 20.0)

    assert answer.content == "calm"
    assert {type(each) for each in told} <= {Text, AgentHalted, asyncio.CancelledError}
    assert fold(storm.session.path()) == storm.agent._driver.core.state
    await asyncio.wait_for(storm.agent.aclose(), 20.0)
    assert storm.agent._driver.crew.idle

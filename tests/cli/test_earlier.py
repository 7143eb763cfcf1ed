"""What a log says of the agent that wrote it."""

from sagent.agent import Agent
from sagent.cli.earlier import Earlier
from sagent.testing import MemorySession, Scripted, call
from sagent.tools import AgentSelf, List


async def test_a_tool_that_is_turned_off_is_one_that_the_agent_was_given() -> None:
    session = MemorySession()
    model = Scripted(call("AgentSelf", tools={"off": ["List"]}), "done")
    agent = Agent(model, "Be brief.", [List(), AgentSelf()], session=session)
    await agent.run("go")

    earlier = Earlier.of(session.path())

    assert earlier == Earlier(system="Be brief.", tools=["AgentSelf", "List"], model=model.spec)

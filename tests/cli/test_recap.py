"""What is shown of a conversation that is gone on with."""

from sagent.agent import Agent
from sagent.cli.recap import recap
from sagent.schema.message import Cleared
from sagent.schema.signal import Clear
from sagent.testing import MemorySession, Scripted, call
from sagent.tools import List


async def said(*turns: str, by: Scripted) -> MemorySession:
    session = MemorySession()
    async with Agent(by, tools=[List()], session=session) as agent:
        for words in turns:
            await agent.run(words)
    return session


async def test_the_last_words_and_the_last_answer_are_shown() -> None:
    session = await said("one", "two\nand more", by=Scripted("First.", [call("List")], "Second.\n\nDone."))

    assert recap(tuple(session.messages)) == ["> two", "  and more", "Second.", "", "Done."]


async def test_of_long_words_the_beginning_and_of_a_long_answer_the_end_is_shown() -> None:
    long = "\n".join(map(str, range(20)))

    session = await said(long, by=Scripted(long))

    assert recap(tuple(session.messages)) == [
        *("> 0", "  1", "  2", "  … 17 more lines", "… 8 lines before"),
        *map(str, range(8, 20)),
    ]


async def test_of_what_was_cleared_nothing_is_shown() -> None:
    session = MemorySession()
    async with Agent(Scripted("First.", "Second."), session=session) as agent:
        await agent.run("one")
        agent.inbox.post(Clear())
        await agent.run("two")
    log = tuple(session.messages)
    (at,) = (at for at, message in enumerate(log) if isinstance(message, Cleared))

    assert (recap(log[: at + 1]), recap(log)) == ((), ["> two", "Second."])

"""Mail that is handed in for a receipt: kept, refused, or told that nobody reads it now (LOOP R1, R20)."""

import asyncio

import pytest
from typing_extensions import override

from sagent.agent import Agent
from sagent.errors import AgentClosed, InboxFull, SessionError, UsageError
from sagent.lib.blob import Blob
from sagent.loop.driver import Driver
from sagent.loop.traffic import Receipt
from sagent.schema.event import Halted
from sagent.schema.message import Kept, Message, Prompt, Scheduled
from sagent.schema.part import Image, Text
from sagent.schema.signal import Letter, Schedule
from sagent.testing import MemorySession, Scripted, always, hold
from tests.agent.props import FullDisk, seen


class Disk(MemorySession):
    """A session that says how many messages each flush has brought to the disk."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed: list[int] = []
        self.new = 0
        self.full = False

    @property
    @override
    def dirty(self) -> bool:
        return self.new > 0

    @override
    def append(self, message: Kept, /) -> None:
        super().append(message)
        self.new += 1

    @override
    async def flush(self) -> None:
        going, self.new = self.new, 0
        await asyncio.sleep(0)
        if self.full:
            raise SessionError("disk full")
        self.flushed.append(going)


def word(words: str = "psst") -> Letter:
    """What another agent says."""
    return Letter(content=(Text(content=words),), author="peer", sender="kim")


def at_work(session: MemorySession | None = None) -> tuple[Agent, Driver]:
    """An agent whose model does not answer, so that nothing is read."""
    agent = Agent(Scripted((hold(asyncio.Event()), "ok")), session=session)
    agent._driver.bind()
    agent._driver.post(Letter(content=(Text(content="go"),), author="user", sender=""))
    return agent, agent._driver


async def delivered(driver: Driver, mail: Letter | Schedule) -> Receipt:
    """The receipt of what the inbox has room for."""
    (told,) = await driver.deliver((mail,))
    assert isinstance(told, Receipt)
    return told


async def test_a_receipt_names_the_prompt_that_is_in_the_log() -> None:
    agent, driver = at_work()

    receipt = await delivered(driver, word())

    newest = agent.messages[-1]
    assert isinstance(newest, Prompt)
    assert receipt == Receipt(newest.id)
    assert newest.content == (Text(content="psst"),)
    await agent.aclose()


async def test_a_receipt_of_delayed_mail_names_its_plan() -> None:
    agent, driver = at_work()

    receipt = await delivered(driver, Schedule(content=word(), seconds=60.0))

    newest = agent.messages[-1]
    assert isinstance(newest, Scheduled)
    assert receipt == Receipt(newest.id)
    await agent.aclose()


async def test_a_receipt_comes_once_the_disk_has_the_mail() -> None:
    disk = Disk()
    agent, driver = at_work(disk)

    receipt = await delivered(driver, word())

    assert disk.new == 0
    assert receipt.accepted in [kept.id for kept in disk.messages]
    await agent.aclose()


async def test_mail_that_arrives_together_is_flushed_together() -> None:
    disk = Disk()
    agent, driver = at_work(disk)
    await delivered(driver, word())
    before = len(disk.flushed)

    receipts = await asyncio.gather(*(delivered(driver, word(str(number))) for number in range(100)))

    assert disk.flushed[before:] == [100]
    said = [kept for kept in disk.messages if isinstance(kept, Prompt)][-100:]
    assert [receipt.accepted for receipt in receipts] == [prompt.id for prompt in said]
    assert [prompt.content for prompt in said] == [(Text(content=str(n)),) for n in range(100)]
    await agent.aclose()


async def test_what_stands_in_an_inbox_is_flushed_once() -> None:
    disk = Disk()
    agent, driver = at_work(disk)
    await delivered(driver, word())
    before = len(disk.flushed)

    for number in range(100):
        agent.inbox.post(word(str(number)))
    await delivered(driver, word("last"))
    await delivered(driver, word("after"))

    assert disk.flushed[before:] == [101, 1]
    said = [kept.content for kept in disk.messages if isinstance(kept, Prompt)][-102:]
    assert [words for (words,) in said if isinstance(words, Text)] == [
        Text(content=each) for each in ("last", *map(str, range(100)), "after")
    ]
    await agent.aclose()


async def test_what_was_kept_before_the_disk_was_full_has_been_shown() -> None:
    disk = FullDisk(7)
    agent, driver = at_work(disk)
    shown: list[Message] = []
    deaf = agent.watch(shown.append)
    before = disk.messages

    with pytest.raises(SessionError, match="the disk is full"):
        await driver.deliver([word(str(number)) for number in range(20)])

    kept = disk.messages[len(before) :]
    assert 0 < len(kept) < 20
    assert [each for each in shown if isinstance(each, Prompt)] == list(kept)
    deaf()
    await agent.aclose()


async def test_mail_that_cannot_be_kept_has_no_receipt() -> None:
    disk = Disk()
    _, driver = at_work(disk)
    await delivered(driver, word())
    disk.full = True

    told = await asyncio.gather(delivered(driver, word()), delivered(driver, word()), return_exceptions=True)

    assert [str(error) for error in told] == ["disk full", "disk full"]
    assert {type(error) for error in told} == {SessionError}
    with pytest.raises(AgentClosed):
        await delivered(driver, word())


async def test_whoever_writes_to_a_halted_agent_is_told_why_it_will_not_be_read() -> None:
    agent, driver = at_work()
    halted = seen(agent, Halted)
    agent.halt()
    await halted.wait()

    receipt = await delivered(driver, word())

    assert receipt.halted == "halted"
    await agent.aclose()


async def test_an_agent_with_too_much_unread_mail_refuses_more_with_a_reason() -> None:
    agent, driver = at_work()
    driver.core.most_letters = 2
    await delivered(driver, word())
    await delivered(driver, Schedule(content=word(), seconds=60.0))
    before = agent.messages

    told = await driver.deliver((word(), Schedule(content=word(), seconds=1.0)))

    why = "the agent has 2 unread letters and takes no more until it has read some"
    assert [(type(full), str(full)) for full in told] == [(InboxFull, why)] * 2
    assert agent.messages == before
    assert agent.status == "calling"
    await agent.aclose()


async def test_an_agent_that_has_ended_gives_no_receipt() -> None:
    agent, driver = at_work()
    await agent.aclose()

    for mail in (word(), Schedule(content=word(), seconds=1.0)):
        with pytest.raises(AgentClosed):
            await delivered(driver, mail)


async def test_mail_that_no_log_could_keep_gives_no_receipt() -> None:
    agent, driver = at_work()
    empty = Image(descriptor="image/png", content=Blob(digest="0" * 64, size=3))

    with pytest.raises(UsageError, match="without its bytes"):
        await delivered(driver, Letter(content=(empty,), author="peer", sender="kim"))

    await agent.aclose()


class Slow(Disk):
    """A disk that takes longer than an event loop lives."""

    @override
    async def flush(self) -> None:
        await asyncio.Event().wait()


def test_an_event_loop_that_ends_keeps_nobody_waiting_for_a_disk() -> None:
    told: list[str] = []

    async def written_to(driver: Driver) -> None:
        try:
            await delivered(driver, word())
        except SessionError as error:
            told.append(str(error))

    async def cut_short() -> None:
        _, driver = at_work(Slow())
        begun = asyncio.Event()

        async def parting() -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                await written_to(driver)

        parted = asyncio.create_task(parting())
        await begun.wait()
        assert not parted.done()

    asyncio.run(cut_short())

    assert told == ["the event loop has ended before the log was on the disk"]


class Stuck(Disk):
    """A disk whose next flush takes longer than an event loop lives, once it is stuck."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck = False
        self.written: list[str] = []

    @override
    def append(self, message: Kept, /) -> None:
        super().append(message)
        self.written.append(message.id)

    @override
    async def flush(self) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        await super().flush()


def test_what_an_event_loop_has_left_undone_is_written_once_on_the_next() -> None:
    disk = Stuck()

    async def cut_short() -> Agent:
        agent = Agent(Scripted(("I begin", hold(asyncio.Event())), always("ok")), session=disk)
        driver = agent._driver
        driver.bind()
        driver.post(Letter(content=(Text(content="go"),), author="user", sender=""))
        await delivered(driver, word())
        disk.stuck = True
        sending = asyncio.ensure_future(driver.deliver([word("left")]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not sending.done()
        return agent

    async def go_on(agent: Agent) -> None:
        disk.stuck = False
        await agent.run("go on")
        await agent.aclose()

    agent = asyncio.run(cut_short())
    asyncio.run(go_on(agent))

    assert len(set(disk.written)) == len(disk.written)
    assert disk.written == [kept.id for kept in agent.messages]


class BusyDisk(Disk):
    """A session whose disk takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()

    @override
    async def flush(self) -> None:
        await self.let.wait()
        await super().flush()


async def test_what_waits_for_the_disk_is_part_of_the_log_for_whoever_looks_back() -> None:
    disk = BusyDisk()
    agent, driver = at_work(disk)
    driver.feed(word("second"))

    log, written = driver.path(), agent.messages
    disk.let.set()
    await delivered(driver, word("third"))

    assert len(log) > len(written)
    assert log == tuple(agent.messages)[: len(log)]
    assert driver.path() == tuple(agent.messages)
    await agent.aclose()

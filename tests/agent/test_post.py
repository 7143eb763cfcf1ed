"""Letters between agents of one process, from the sender's call to the receiver's answer."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress

import pytest

from sagent.agent import Agent
from sagent.errors import AgentHalted, SessionError, UsageError
from sagent.messages.words import plain
from sagent.schema.message import Detached, Drained, Message, Prompt, Scheduled
from sagent.schema.post import Accepted, Expired, Rejected
from sagent.schema.signal import Quit
from sagent.testing import Replying, Scripted, always, call, hold
from sagent.tools import AgentSend, AgentSpawn
from tests.agent.props import FullDisk, Recorder


def called(name: str, *script: Replying, group: str = "") -> Agent:
    """An agent that can write to others."""
    return Agent(Scripted(*script or ["ok"] * 9), tools=[AgentSend()], name=name, group=group)


def heard(agent: Agent) -> list[tuple[str, str, str]]:
    """What was said to it: by whom, under which name, and what."""
    return [
        (kept.author, kept.sender, " ".join(map(plain, kept.content)))
        for kept in agent.messages
        if isinstance(kept, Prompt)
    ]


def drained(agent: Agent) -> list[str]:
    """The mail that has entered its view, in order."""
    return [each for kept in agent.messages if isinstance(kept, Drained) for each in kept.content]


async def until(agent: Agent, holds: Callable[[Agent], bool]) -> None:
    """Return when something is true of an agent."""
    event = asyncio.Event()

    def look(_: object = None) -> None:
        with suppress(SessionError):  # what is shown may be on its way to the log
            if holds(agent):
                event.set()

    deaf = agent.watch(look)
    look()
    await asyncio.wait_for(event.wait(), 10)
    deaf()


def said(*words: str) -> Callable[[Agent], bool]:
    """Whether these words of others have been heard, in any order."""
    return lambda agent: {text for _, _, text in heard(agent)}.issuperset(words)


async def test_two_agents_talk_and_each_knows_who_has_written() -> None:
    ann = called("Ann", call("AgentSend", to="Bob", message="Which colour?"), "I asked", "Red it is")
    bob = called("Bob", "hello", call("AgentSend", to="Ann", message="Red."), "answered")
    async with ann, bob:
        await bob.run("hello")
        await ann.run("Find out which colour roses are.")
        await until(ann, said("Red."))

        assert heard(bob)[1:] == [("peer", "Ann", "Which colour?")]
        assert heard(ann)[1:] == [("peer", "Bob", "Red.")]


async def test_an_accepted_letter_stands_in_the_receivers_log_on_the_disk() -> None:
    diary: list[str] = []
    async with (
        called("Writer") as writer,
        Agent(Scripted(always("ok")), session=Recorder(diary), name="Reader") as reader,
    ):
        await reader.run("hello")
        diary.clear()

        receipt = await writer.send("Reader", "news")
        kept_by_then = diary[diary.index("Prompt") :]

    assert isinstance(receipt, Accepted)
    assert (receipt.to, receipt.session_id, receipt.due, receipt.halted) == (
        "Reader",
        reader.session_id,
        None,
        "",
    )
    assert "flush" in kept_by_then
    assert receipt.content in [kept.id for kept in reader.messages]


async def test_a_name_that_several_have_is_refused_with_their_ids() -> None:
    async with AsyncExitStack() as stack:
        ann, one, other = [await stack.enter_async_context(called(name)) for name in ("Ann", "Bob", "Bob")]
        for agent in (ann, one, other):
            await agent.run("hello")

        refused = await ann.send("Bob", "hello")
        accepted = await ann.send(other.session_id, "hello")

        assert isinstance(refused, Rejected)
        assert refused.why == "unknown"
        assert one.session_id in refused.content
        assert other.session_id in refused.content
        assert isinstance(accepted, Accepted)
        assert heard(other)[1:] == [("peer", "Ann", "hello")]


async def test_where_a_name_would_not_tell_who_writes_its_id_does() -> None:
    async with called("Bob") as one, called("Bob") as other:
        await other.run("hello")

        await one.send("Bob", "hello")

        assert heard(other)[1:] == [("peer", f"Bob ({one.session_id})", "hello")]


async def test_nobody_and_those_that_have_ended_are_told_apart() -> None:
    async with called("Ann") as ann:
        gone = called("Gone")
        await gone.run("hello")
        await gone.aclose()

        unknown, stopped = await ann.send("Nobody", "hello"), await ann.send("Gone", "hello")

    assert unknown == Rejected(content="no live agent or group is called so", to="Nobody", why="unknown")
    assert stopped == Rejected(content="it has ended, and takes no more mail", to="Gone", why="stopped")


async def test_a_full_inbox_refuses_and_says_so_while_its_user_is_still_heard() -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    async with called("Ann") as ann, called("Slow", [hold(release, reached=reached), "x"], "y") as slow:
        slow._driver.core.most_letters = 2
        asking = asyncio.create_task(slow.run("hello"))
        await reached.wait()

        receipts = [await ann.send("Slow", f"letter {number}") for number in range(3)]
        release.set()
        await asking

        assert [type(receipt) for receipt in receipts] == [Accepted, Accepted, Rejected]
        refused = receipts[2]
        assert isinstance(refused, Rejected)
        assert refused.why == "full"


async def test_letters_that_are_sent_together_are_read_in_order_and_each_has_its_receipt() -> None:
    async with called("Ann") as ann, called("Bob") as bob:
        await bob.run("hello")

        receipts = await ann.post.send_all("Bob", [f"letter {number}" for number in range(100)])
        await until(bob, said("letter 99"))

        kept = [each for each in bob.messages if isinstance(each, Prompt)][1:]
        accepted = [each.content for each in receipts if isinstance(each, Accepted)]
        assert accepted == [each.id for each in kept]
        assert heard(bob)[1:] == [("peer", "Ann", f"letter {number}") for number in range(100)]


async def test_of_letters_that_are_sent_together_those_find_no_room_that_come_last() -> None:
    async with called("Ann") as ann, called("Slow", [hold(asyncio.Event()), "x"]) as slow:
        slow._driver.core.most_letters = 2
        asking = asyncio.create_task(slow.run("hello"))
        await until(slow, said("hello"))

        receipts = await ann.post.send_all("Slow", ["one", "two", "three", "four"])
        asking.cancel()

        assert [type(receipt) for receipt in receipts] == [Accepted, Accepted, Rejected, Rejected]
        assert [each.why for each in receipts if isinstance(each, Rejected)] == ["full", "full"]
        assert [words for _, _, words in heard(slow)] == ["hello", "one", "two"]


async def test_letters_to_nobody_are_refused_one_by_one() -> None:
    async with called("Ann") as ann:
        await ann.run("hello")

        receipts = await ann.post.send_all("Nobody", ["one", "two"])
        nothing = await ann.post.send_all("Nobody", [])

    why = "no live agent or group is called so"
    assert receipts == [Rejected(content=why, to="Nobody", why="unknown")] * 2
    assert nothing == []


async def test_where_one_of_several_letters_cannot_be_kept_nobody_knows_of_the_others() -> None:
    async with called("Ann") as ann:
        broken = Agent(Scripted(always("ok")), session=FullDisk(6), name="Broken")
        await broken.run("hello")

        receipts = await ann.post.send_all("Broken", ["one", "two", "three", "four", "five"])

    why = "the disk is full; nobody knows whether it was kept"
    assert receipts == [Expired(content=why, to="Broken")] * 5


async def test_a_receiver_that_has_stopped_takes_the_letter_and_the_sender_is_told() -> None:
    async with called("Ann") as ann:
        halted = Agent(Scripted(), name="Halted")  # its script is at its end at once
        with pytest.raises(AgentHalted):
            await halted.run("hello")

        receipt = await ann.send("Halted", "hello")

        assert isinstance(receipt, Accepted)
        assert "script" in receipt.halted
        assert [each for each in drained(halted) if each == receipt.content] == []
        await halted.aclose()


async def test_whether_a_log_that_fails_has_taken_a_letter_is_not_claimed_to_be_known() -> None:
    async with called("Ann") as ann:
        broken = Agent(Scripted(always("ok")), session=FullDisk(4), name="Broken")
        await broken.run("hello")

        receipt = await ann.send("Broken", "hello")

    assert receipt == Expired(content="the disk is full; nobody knows whether it was kept", to="Broken")


async def test_a_delayed_letter_is_planned_in_the_receivers_log() -> None:
    async with called("Ann") as ann, called("Bob") as bob:
        await bob.run("hello")

        planned = await ann.send("Bob", "later", delay=3_600)
        soon = await ann.send("Bob", "soon", delay=0.01)
        await until(bob, said("soon"))

        (plan, _) = [kept for kept in bob.messages if isinstance(kept, Scheduled)]
        assert isinstance(planned, Accepted)
        assert (planned.content, planned.due) == (plan.id, plan.due)
        assert isinstance(soon, Accepted)
        assert heard(bob)[1:] == [("peer", "Ann", "soon")]


async def test_a_group_is_written_to_at_once_without_the_sender() -> None:
    async with AsyncExitStack() as stack:
        one, other, third = [
            await stack.enter_async_context(called(name, group=group))
            for name, group in (("One", "reviewers"), ("Other", "reviewers"), ("Third", "testers"))
        ]
        for agent in (one, other, third):
            await agent.run("hello")

        receipts = await one.post.broadcast(["reviewers", "Third", "Other", "Nobody"], "look here")
        refused = await third.send("reviewers", "look here")

        assert [(type(receipt), receipt.to) for receipt in receipts] == [
            (Accepted, "Other"),
            (Accepted, "Third"),
            (Rejected, "Nobody"),
        ]
        ids = f"{one.session_id}, {other.session_id}"
        words = f"that is a group, and one agent is to be named; it has {ids}"
        assert refused == Rejected(content=words, to="reviewers", why="unknown")
        assert [heard(agent)[1:] for agent in (one, other, third)] == [
            [],
            [("peer", "One", "look here")],
            [("peer", "One", "look here")],
        ]


async def test_whoever_asks_is_told_once_when_another_is_idle() -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    async with called("Ann") as ann, called("Busy", [hold(release, reached=reached), "x"]) as busy:
        await ann.run("hello")
        asking = asyncio.create_task(busy.run("hello"))
        await reached.wait()

        later = await ann.post.notify("Busy")
        before = heard(ann)[1:]
        release.set()
        await asking
        told = ("background", "AgentSend", f"Busy ({busy.session_id}) is idle.")
        await until(ann, said(told[2]))
        at_once = await ann.post.notify("Busy")
        await until(ann, lambda agent: len(heard(agent)) == 3)

        assert (later, at_once, before) == (None, None, [])
        assert heard(ann)[1:] == [told, told]


async def test_whoever_asks_is_told_when_another_ends_or_stops() -> None:
    async with called("Ann") as ann:
        await ann.run("hello")
        release, reached = asyncio.Event(), asyncio.Event()
        ending = called("Ending", [hold(release, reached=reached), "x"])
        asking = asyncio.create_task(ending.run("hello"))
        await reached.wait()

        await ann.post.notify("Ending")
        await ending.aclose()
        await until(ann, said(f"Ending ({ending.session_id}) has ended."))
        await asyncio.gather(asking, return_exceptions=True)

        refused = await ann.post.notify("Ending")
        assert refused == Rejected(content="it has ended, and takes no more mail", to="Ending", why="stopped")


async def test_the_directory_lists_how_things_stand() -> None:
    async with called("Ann", group="writers") as ann:
        await ann.run("hello")

        (entry,) = [entry for entry in await ann.post.list() if entry.session_id == ann.session_id]

        assert (entry.name, entry.status, entry.group, entry.model, entry.persistent) == (
            "Ann",
            "idle",
            "writers",
            "Scripted/scripted",
            False,
        )


async def test_an_agent_on_another_thread_is_reached_on_its_own_event_loop() -> None:
    there, here = asyncio.Event(), asyncio.get_running_loop()
    far = called("Far")
    told: list[object] = []

    def note(message: Message) -> None:
        if isinstance(message, Prompt):
            told.append(threading.current_thread())

    async def live() -> None:
        serving = asyncio.create_task(far.run_forever())
        await far.run("hello")
        far.watch(
            lambda message: told.append(threading.current_thread()) if isinstance(message, Prompt) else None
        )
        here.call_soon_threadsafe(there.set)
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    await there.wait()
    async with called("Near") as near:
        receipt = await near.send("Far", "hello")
        await near.send("Far", "and")
        far.inbox.post(Quit())
        await asyncio.to_thread(thread.join)
        late = await near.send(far.session_id, "too late")

    assert isinstance(receipt, Accepted)
    assert told == [thread, thread]
    assert isinstance(late, Rejected)
    assert late.why == "stopped"


def test_an_agent_whose_event_loop_has_ended_is_stopped_and_hears_again_when_it_runs() -> None:
    bob = called("Sleeper")
    bob.run_sync("hello")

    async def write() -> object:
        async with called("Ann") as ann:
            return await ann.send("Sleeper", "hello")

    receipt = asyncio.run(write())

    words = "nothing runs it now; it hears again when it is asked something"
    assert receipt == Rejected(content=words, to="Sleeper", why="stopped")


async def test_a_child_that_asks_its_parent_from_inside_its_call_is_answered() -> None:
    model = Scripted(
        call("AgentSpawn", prompt="rebase it", name="Child"),
        call("AgentSend", to="Parent", message="which branch?", wait=30),
        call("AgentSend", to="Child", message="main"),
        "The branch is main.",
        "I told it.",
        "It is rebased on main.",
    )
    parent = Agent(model, tools=[AgentSpawn(), AgentSend()], name="Parent")
    parent._driver.core.grace = 0.0
    async with parent:
        await asyncio.wait_for(parent.run("go"), 10)

        (question,) = [kept for kept in parent.messages if isinstance(kept, Prompt) and kept.author == "peer"]
        (spawning,) = [kept for kept in parent.messages if isinstance(kept, Detached)]
        assert (question.sender, question.call_id) == ("Child", spawning.call_id)


async def test_somebody_who_waits_for_an_answer_goes_on_when_it_comes_or_the_time_is_over() -> None:
    ann = called(
        "Ann",
        call("AgentSend", to="Bob", message="which?", wait=30),
        "Red.",
        call("AgentSend", to="Bob", message="and?", wait=0.01),
        "No idea.",
    )
    bob = called("Bob", "hello", call("AgentSend", to="Ann", message="Red."), "told", "nothing to say")
    async with ann, bob:
        await bob.run("hello")

        answered = await asyncio.wait_for(ann.run("which colour?"), 10)
        unanswered = await asyncio.wait_for(ann.run("and which shade?"), 10)

        assert (answered.content, unanswered.content) == ("Red.", "No idea.")


async def test_a_thousand_letters_arrive_each_once_and_each_senders_in_order() -> None:
    release, reached = asyncio.Event(), asyncio.Event()
    async with AsyncExitStack() as stack:
        reader = await stack.enter_async_context(called("Reader", [hold(release, reached=reached), "x"], "y"))
        senders = [await stack.enter_async_context(called(f"Sender{number}")) for number in range(10)]
        asking = asyncio.create_task(reader.run("hello"))
        await reached.wait()

        async def write(sender: Agent) -> Sequence[object]:
            return [await sender.send("Reader", str(number)) for number in range(100)]

        receipts = [each for row in await asyncio.gather(*map(write, senders)) for each in row]
        release.set()
        await asking
        ids = [receipt.content for receipt in receipts if isinstance(receipt, Accepted)]
        await until(reader, lambda agent: set(drained(agent)).issuperset(ids))

        assert len(set(ids)) == 1_000
        assert sorted(each for each in drained(reader) if each in set(ids)) == sorted(ids)
        for sender in senders:
            words = [text for _, name, text in heard(reader) if name == sender.name]
            assert words == [str(number) for number in range(100)]


@pytest.mark.parametrize(
    ("message", "delay", "timeout", "why"),
    [
        (" ", 0.0, 1.0, "the message is empty"),
        ("x" * 200_001, 0.0, 1.0, "put it into a file"),
        ("x", -1.0, 1.0, "nothing can be planned for -1.0 seconds"),
        ("x", float("inf"), 1.0, "nothing can be planned for inf seconds"),
        ("x", 0.0, 0.0, "nothing can be waited for 0.0 seconds"),
    ],
)
async def test_what_cannot_be_sent_is_an_error_of_the_caller(
    message: str, delay: float, timeout: float, why: str
) -> None:
    async with called("Ann") as ann:
        with pytest.raises(UsageError, match=why):
            await ann.send("Bob", message, delay=delay, timeout=timeout)
